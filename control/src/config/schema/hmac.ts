// `gateway.auth.hmac`: what signatures of requests must be like.
import { z } from "zod";
import { signatureAlgorithms } from "../../model/auth.ts";
import { readHeaderName } from "./http.ts";
import { duration, flag, text, word } from "./scalar.ts";

const signedHeader = text((name) => (name === "@request-target" ? name : readHeaderName(name)), {
  form: "header name, or `@request-target`",
});

export const hmacSchema = z.strictObject({
  algorithms: z
    .array(word(signatureAlgorithms))
    .min(1)
    .prefault([...signatureAlgorithms])
    .describe("The algorithms that are taken."),
  clockSkew: duration({ min: 1000 })
    .prefault("5m")
    .describe("How far the time of a request may be from the gateway's. An older one is refused."),
  signedHeaders: z
    .array(signedHeader)
    .prefault(["@request-target", "date"])
    .describe(
      "What every signature must cover: headers, and `@request-target` for method, path and query. In the form with `x-ca-signature` these two, `accept`, `content-type` and `content-md5` are covered always.",
    )
    .meta({ sample: ["@request-target", "date", "digest"] }),
  requireDigest: flag()
    .prefault(false)
    .describe(
      "A request with a body needs its digest in the signature: `Digest` (SHA-256 or SHA-512), or `Content-MD5`. One that is there is always checked.",
    ),
  requireNonce: flag()
    .prefault(false)
    .describe("A request needs a nonce in its signature. One that is there may be used once, within `clockSkew`."),
  nonceHeader: text(readHeaderName, { form: "header name" })
    .prefault("x-ca-nonce")
    .describe("The header that holds the nonce."),
});

// `gateway.auth.jwt[]`: tokens of an identity provider, in place of keys.
import { z } from "zod";
import { Mistake, text } from "./scalar.ts";
import { urlText } from "./url.ts";

const issuer = text((value) =>
  value.length <= 512 ? value : new Mistake("is longer than 512 characters", "Write what the tokens' iss says"),
);

const claim = () =>
  text(
    (value) => (value.length <= 256 ? value : new Mistake("is longer than 256 characters", "Write a claim's name")),
    { form: "claim" },
  );

export const jwtSchema = z.strictObject({
  issuer: issuer.describe("What `iss` of its tokens says. Unique.").meta({ sample: "https://login.example.com/" }),
  audiences: z
    .array(text())
    .prefault([])
    .describe(
      "One of these must be in `aud`. Without it every token of this issuer is taken, also those that are meant for others.",
    )
    .meta({ sample: ["weir"] }),
  jwks: z
    .strictObject({
      url: urlText()
        .optional()
        .describe("Where Envoy fetches the issuer's keys, every ten minutes.")
        .meta({ sample: "https://login.example.com/.well-known/jwks.json" }),
      file: text().optional().describe("A file with them; relative to this file.").meta({ sample: "jwks.json" }),
    })
    .describe("The issuer's public keys, as a JSON Web Key Set: `url` or `file`."),
  consumerClaim: claim()
    .prefault("sub")
    .describe("The claim that names the consumer. A consumer of this name in `consumers` lends its limits."),
  organizationClaim: claim().optional().describe("The claim that names the organisation.").meta({ sample: "org" }),
  teamClaim: claim().optional().describe("The claim that names the team.").meta({ sample: "team" }),
  userClaim: claim().optional().describe("The claim that names the person.").meta({ sample: "email" }),
});

export type JwtConfig = z.output<typeof jwtSchema>;

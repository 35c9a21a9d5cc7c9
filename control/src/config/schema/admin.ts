// `admin`: the API by which keys, consumers, limits and budgets are changed without touching the file.
import { isIP } from "node:net";
import { z } from "zod";
import { readAddress } from "./http.ts";
import { name } from "./name.ts";
import { flag, integer, Mistake, scalar, text } from "./scalar.ts";

const address = scalar({ form: "IP address", type: "string" }, (value) =>
  readAddress(value, (text) => isIP(text) !== 0),
);

/** A shorter one could be guessed. */
const tokenLengthMin = 24;

const token = text((value) => {
  if (value.length >= tokenLengthMin && /^[\x21-\x7e]+$/.test(value)) return value;
  return new Mistake(
    `is no token of at least ${tokenLengthMin} visible ASCII characters`,
    "Make one with openssl rand -base64 32",
  );
});

export const adminSchema = z.strictObject({
  address: address
    .prefault("127.0.0.1")
    .describe("The address to listen on. It has no TLS: put a proxy before it where others than this machine need it."),
  port: integer({ min: 1, max: 65_535 }).prefault(18_002).describe("The port to listen on."),
  tokens: z
    .array(
      z.strictObject({
        name: name().describe("Who it is, for the audit log. Unique."),
        token: token.describe("What they send as `authorization: Bearer`.").meta({ sample: "${WEIR_ADMIN_TOKEN}" }),
        readBodies: flag()
          .prefault(false)
          .describe(
            "Whether it may read [recorded prompts and answers](ledger.md#prompts-and-answers). Each look is in the audit log.",
          ),
      }),
    )
    .min(1)
    .describe("Who may use it.")
    .meta({ sample: [{ name: "ops", token: "${WEIR_ADMIN_TOKEN}" }] }),
});

export type AdminConfig = z.output<typeof adminSchema>;

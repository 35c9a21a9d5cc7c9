// `consumers[]`: who may call the gateway, with which keys, and what each key may do.
import { z } from "zod";
import { name } from "./name.ts";
import { network } from "./network.ts";
import { modelPattern } from "./route.ts";
import { flag, kindOf, Mistake, scalar, text } from "./scalar.ts";

/** Of an organisation, a team or a person: whatever they are called elsewhere. */
const label = () =>
  text((value) => (value.length <= 128 ? value : new Mistake("is longer than 128 characters", "Shorten it")));

export const hash = text(
  (value) => {
    if (/^[0-9a-fA-F]{64}$/.test(value)) return value.toLowerCase();
    return new Mistake("is not a SHA-256 in hex", "Write the 64 digits that weir keys hash prints");
  },
  { form: "SHA-256 in hex" },
);

const keyId = text(
  (value) =>
    /^[\x21-\x7e]{1,128}$/.test(value) && !/["\\]/.test(value)
      ? value
      : new Mistake("is not a key id", "Use 1 to 128 visible ASCII characters, without quotes and backslashes"),
  { form: "key id" },
);

const timeFix = "Write it as in 2027-01-31T00:00:00Z";

/** https://www.rfc-editor.org/rfc/rfc3339#section-5.6, in Unix milliseconds. */
export const time = scalar({ form: "time", type: "string" }, (value) => {
  if (typeof value !== "string") return new Mistake(`must be a time, not ${kindOf(value)}`, timeFix);
  const [, date] = /^(\d{4}-\d\d-\d\d)[Tt ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/.exec(value) ?? [];
  const ms = date === undefined ? NaN : Date.parse(value.replace(" ", "T").toUpperCase());
  // A 30th of February would become the 2nd of March.
  const isDay = date !== undefined && new Date(`${date}T00:00:00Z`).toJSON()?.startsWith(date) === true;
  return Number.isNaN(ms) || !isDay ? new Mistake("is not a time with date and zone", timeFix) : ms;
});

/** What keys may be limited to, in a key or for all keys of a consumer. */
const limits = {
  models: z
    .array(modelPattern)
    .min(1)
    .optional()
    .describe("The model names that may be used: names, prefixes (`gpt-*`), or `*`. Every model when not given.")
    .meta({ sample: ["gpt-*"] }),
  routes: z
    .array(name())
    .min(1)
    .optional()
    .describe("The names of the routes that may be used. Every route when not given.")
    .meta({ sample: ["chat"] }),
  networks: z
    .array(network)
    .min(1)
    .optional()
    .describe("The networks that requests may come from. Every address when not given.")
    .meta({ sample: ["10.0.0.0/8"] }),
};

export const keySchema = z.strictObject({
  name: name().describe("How logs and metrics name it. Unique in its consumer."),
  sha256: hash
    .optional()
    .describe("The key's SHA-256 in hex, as `weir keys new` prints it. The key itself need not be known here.")
    .meta({ sample: "4d6f4fa8ea4e61d4bf3fb3aa6ca9a9bd4cb2a4e1a4f5c0b1bb7f2f6a3e0c9d15" }),
  key: text()
    .optional()
    .describe("The key itself, in place of its hash. It is hashed when the file is read, and goes nowhere.")
    .meta({ sample: "${CI_KEY}" }),
  hmac: z
    .strictObject({
      keyId: keyId
        .describe("What the caller sends for this: `keyId` or `x-ca-key`. Unique.")
        .meta({ sample: "search-app" }),
      secret: text()
        .describe("What the caller signs with. It is never sent, and has to be known here.")
        .meta({ sample: "${SEARCH_SECRET}" }),
    })
    .optional()
    .describe("In place of a key that is sent: the caller signs its requests (HMAC)."),
  expires: time
    .optional()
    .describe("From this time on the key is refused. When a key is replaced, give the old one some time here.")
    .meta({ sample: "2027-01-31T00:00:00Z" }),
  disabled: flag().prefault(false).describe("Refuse the key, within a second, and keep it in the file."),
  ...limits,
});

export const consumerSchema = z.strictObject({
  name: name().describe("How logs, metrics and other plugins name it. Unique."),
  organization: label().optional().describe("The organisation it belongs to, for logs and metrics."),
  team: label().optional().describe("The team, likewise."),
  user: label().optional().describe("The person, likewise.").meta({ sample: "ada@example.com" }),
  ...limits,
  keys: z
    .array(keySchema)
    .prefault([])
    .describe(
      "Its keys. `models`, `routes` and `networks` of the consumer hold for each of them that does not have its own.",
    )
    .meta({ sample: [{ name: "ci", key: "${CI_KEY}" }] }),
});

export type ConsumerConfig = z.output<typeof consumerSchema>;
export type KeyConfig = z.output<typeof keySchema>;

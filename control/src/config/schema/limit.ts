// `limits[]`: how much may be used in which time, and by whom.
import { z } from "zod";
import { limitAlgorithms, limitPeriods, limitUnits, storeFailures, unknownPrices } from "../../model/limits.ts";
import { onExceeded } from "./exceeded.ts";
import { headerPatterns, parameterPatterns } from "./header-map.ts";
import { name } from "./name.ts";
import { readNetwork } from "./network.ts";
import { pattern } from "./pattern.ts";
import { flag, integer, Mistake, scalar, text, word } from "./scalar.ts";

const networkOrEach = text((value) => (value === "*" ? value : readNetwork(value)), { form: "network" });

/** As written, for the unit says what it may be. */
const amount = scalar({ form: "number", type: ["number", "string"], minimum: 0 }, (value) => {
  const written = typeof value === "number" || typeof value === "string" ? String(value).replaceAll("_", "") : "";
  if (/^\d{1,16}(\.\d{1,9})?$/.test(written)) return written;
  return new Mistake("is not a number from 0 on", "Write a number such as 100000");
});

/** `1`, `0.25`; in thousandths. */
const weight = scalar({ form: "number", type: ["number", "string"], minimum: 0 }, (value) => {
  const number = typeof value === "string" && /^\d{1,4}(\.\d{1,3})?$/.test(value) ? Number(value) : value;
  const thousandths = typeof number === "number" ? Math.round(number * 1000) : NaN;
  const isExact = typeof number === "number" && Math.abs(number * 1000 - thousandths) < 1e-6;
  if (isExact && thousandths >= 0 && thousandths <= 1_000_000) return thousandths;
  return new Mistake("is not a weight", "Write a number from 0 to 1000 with at most three decimals");
});

const match = z.strictObject({
  consumer: pattern().optional().describe("The consumer's name.").meta({ sample: "*" }),
  organization: pattern().optional().describe("The consumer's organisation.").meta({ sample: "acme" }),
  team: pattern().optional().describe("The consumer's team.").meta({ sample: "*" }),
  user: pattern().optional().describe("The person.").meta({ sample: "*" }),
  key: pattern().optional().describe("The name of the consumer's key.").meta({ sample: "ci" }),
  model: pattern().optional().describe("The model, by the name that the client uses.").meta({ sample: "gpt-*" }),
  provider: pattern().optional().describe("The name of the provider that is tried first.").meta({ sample: "openai" }),
  route: pattern().optional().describe("The route's name.").meta({ sample: "chat" }),
  tool: pattern()
    .optional()
    .describe("The tool of an MCP server that is called. Only `requests` and `concurrentRequests` are counted.")
    .meta({ sample: "search_*" }),
  headers: headerPatterns()
    .prefault({})
    .describe("Headers, by name.")
    .meta({ sample: { "x-tenant": "*" } }),
  query: parameterPatterns()
    .prefault({})
    .describe("Parameters of the query, by name.")
    .meta({ sample: { tier: "free" } }),
  cookies: parameterPatterns()
    .prefault({})
    .describe("Cookies, by name.")
    .meta({ sample: { session: "*" } }),
  network: networkOrEach
    .optional()
    .describe("The network that the request comes from as Envoy sees it, or `*` for each address by itself.")
    .meta({ sample: "10.0.0.0/8" }),
});

const window = z.strictObject({
  unit: word(limitUnits).describe(
    "What is counted. `totalTokens` is input and output; `weightedTokens` goes by `weights`; `concurrentRequests` are those under way; `cost` is US dollars, by the prices of the catalogue and of `models`.",
  ),
  limit: amount.describe("How much of it: a whole number, or of `cost` US dollars, such as 25 or 0.50."),
  per: word(limitPeriods).optional().describe("In which time. Every unit but `concurrentRequests` needs it."),
  algorithm: word(limitAlgorithms)
    .optional()
    .describe(
      "`slidingWindow`: in any stretch of that length. `tokenBucket`: what is used comes back evenly, all the time. `calendar`: the count begins anew with each UTC minute, hour, day, Monday or month. Without it, `slidingWindow` up to an hour and `calendar` from a day on.",
    )
    .meta({ sample: "slidingWindow" }),
});

const weights = z.strictObject({
  input: weight.prefault(1).describe("Of a token of input that is none of the other kinds."),
  output: weight.prefault(1).describe("Of a token of output."),
  cacheRead: weight
    .optional()
    .describe("Of input from the provider's cache; as `input` when not given.")
    .meta({ sample: 0.1 }),
  cacheWrite: weight.optional().describe("Of input written to it, likewise.").meta({ sample: 1.25 }),
  audioInput: weight.optional().describe("Of sound in the input, likewise.").meta({ sample: 8 }),
  audioOutput: weight.optional().describe("Of sound in the output; as `output` when not given.").meta({ sample: 16 }),
});

export const limitSchema = z.strictObject({
  name: name().describe("How logs, errors and metrics name it. Unique. Counters are kept under this name."),
  match: match
    .prefault({})
    .describe(
      'Which requests it is for: all of these must fit. Each is a name, a prefix ("gpt-*"), a regular expression of RE2\'s syntax behind `~`, or `*` for any value, each with a counter of its own. A request that does not have what is named is not limited by this rule. Without it every request counts, in one counter.',
    ),
  windows: z
    .array(window)
    .min(1)
    .describe("How much, in which time. A request has to fit into each of them.")
    .meta({ sample: [{ unit: "totalTokens", limit: 100_000, per: "minute" }] }),
  weights: weights.prefault({}).describe("What a token counts for `weightedTokens`."),
  outputTokensMax: integer({ min: 1, max: 10_000_000 })
    .optional()
    .describe(
      "No answer may be longer. It is what is set aside for an answer before it is there, and what the provider is told where the request asks for more, or for nothing.",
    )
    .meta({ sample: 4096 }),
  shadow: flag()
    .prefault(false)
    .describe("Count, and tell in the access log what would have been refused, but refuse nothing."),
  onExceeded: onExceeded(),
  onStoreFailure: word(storeFailures)
    .prefault("local")
    .describe(
      "With `gateway.limitService`, when it cannot be asked: `local` counts in this Envoy alone, `open` lets through, `closed` refuses.",
    ),
  onUnknownPrice: word(unknownPrices)
    .prefault("allow")
    .describe(
      "With a window of `cost`, where a model has no price: `allow` lets it through without counting its cost, and tells so in the access log; `refuse` refuses it.",
    ),
});

export type LimitConfig = z.output<typeof limitSchema>;

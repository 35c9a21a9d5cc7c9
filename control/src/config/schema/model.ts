// `models`: what the file knows better than the catalogue about models and their prices.
import { z } from "zod";
import { picoUsd, tokenKinds, type TokenKind } from "../../model/price.ts";
import { modelPattern } from "./route.ts";
import { providerName } from "./routing.ts";
import { integer, kindOf, Mistake, scalar } from "./scalar.ts";

/** USD per million tokens, as pico-dollars a token. */
const usd = () =>
  scalar({ form: "USD per million tokens", type: ["number", "string"], minimum: 0 }, (value) => {
    const fix = "Write US dollars per million tokens, such as 2.50";
    if (typeof value !== "number" && typeof value !== "string") {
      return new Mistake(`must be a number, not ${kindOf(value)}`, fix);
    }
    const price = picoUsd(typeof value === "number" ? plain(value) : value);
    return Number.isNaN(price) ? new Mistake("is not a price with at most six decimals", fix) : price;
  });

/** Without an exponent: 0.0000001 is too fine for a price, and must be told so. */
function plain(value: number): string {
  const text = String(value);
  return text.includes("e") ? value.toFixed(12).replace(/0+$/, "") : text;
}

const meanings: Record<TokenKind, string> = {
  input: "Input that is in none of the kinds below.",
  output: "Output that is in none of the kinds below.",
  cacheRead: "Input that the provider read from a cache. By default as `input`.",
  cacheWrite: "Input that the provider wrote to a cache. By default as `input`.",
  cacheWriteHour: "Of that, what it keeps for an hour. By default as `cacheWrite`.",
  reasoning: "Output that is thinking. By default as `output`.",
  audioInput: "Input that is sound. By default as `input`.",
  audioOutput: "Output that is sound. By default as `output`.",
};

const kinds = Object.fromEntries(
  tokenKinds.map((kind) => {
    const isRequired = kind === "input" || kind === "output";
    return [kind, (isRequired ? usd() : usd().optional()).describe(meanings[kind])];
  }),
) as Record<"input" | "output", ReturnType<typeof usd>> &
  Record<Exclude<TokenKind, "input" | "output">, z.ZodOptional<ReturnType<typeof usd>>>;

const tier = z.strictObject({
  aboveInputTokens: integer({ min: 1, max: 2 ** 40 }).describe("Holds for a whole request with more input than this."),
  ...kinds,
});

const tokens = () => integer({ min: 1, max: 2 ** 40 });

export const modelSchema = z.strictObject({
  name: modelPattern
    .describe(
      "The provider's name of the model, or a prefix such as `my-*`. A name without a date stands for those with one too.",
    )
    .meta({ sample: "gpt-4.1" }),
  provider: providerName()
    .optional()
    .describe("The provider in this file that it holds for, or one of its keys, `name/key`; without it, each."),
  contextWindow: tokens().optional().describe("How many tokens input and output may have together."),
  outputTokensMax: tokens().optional().describe("How many tokens an answer may have."),
  price: z
    .strictObject({
      ...kinds,
      tiers: z.array(tier).prefault([]).describe("Prices of requests with a large input."),
    })
    .optional()
    .describe("US dollars per million tokens. It replaces the catalogue's price as a whole."),
});

export type ModelConfig = z.output<typeof modelSchema>;

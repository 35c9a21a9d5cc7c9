// The shape of a provider's list of models, in few words: limits in tokens, prices in USD per million of them.
// A model without a row is unknown, which the ledger says; it is never taken to be free.
import type { ModelRow } from "../../model/model-facts.ts";
import { picoUsd, type Price, type PriceTier, type TokenKind, type TokenPrices } from "../../model/price.ts";

export interface ModelList {
  /** Types of providers that charge this. */
  providers: readonly string[];
  /** Where the rows that do not say so themselves were read. */
  source: string;
  /** When that was true, `YYYY-MM-DD`. */
  date: string;
  models: readonly ListedModel[];
}

interface ListedModel extends Origin {
  name: string;
  contextWindow: number | null;
  outputTokensMax: number | null;
  price: Price;
  shutdownDate: string | null;
}

interface Origin {
  source?: string;
  date?: string;
}

interface Further extends Origin {
  /** Prices of longer prompts, ascending. */
  tiers?: readonly PriceTier[];
  /** When the provider ends it, as it has announced. */
  shutdownDate?: string;
}

type Limits = readonly [contextWindow: number | null, outputTokensMax: number | null];

/** USD per million tokens, as the provider's page has it. */
type Usd = string;

export function model(name: string, limits: Limits, prices: TokenPrices, further: Further = {}): ListedModel {
  const { tiers = [], shutdownDate = null, ...origin } = further;
  const [contextWindow, outputTokensMax] = limits;
  return {
    name,
    contextWindow,
    outputTokensMax,
    price: { picoUsd: prices, tiers: [...tiers] },
    shutdownDate,
    ...origin,
  };
}

/** What `others` does not name costs what the input or output costs that it is part of. */
export function price(input: Usd, output: Usd, others: Partial<Record<TokenKind, Usd>> = {}): TokenPrices {
  const prices: TokenPrices = { input: picoUsd(input), output: picoUsd(output) };
  for (const [kind, usd] of Object.entries(others)) prices[kind as TokenKind] = picoUsd(usd);
  return prices;
}

/** The price of a whole request whose input is larger than so many tokens. */
export function above(inputTokens: number, prices: TokenPrices): PriceTier {
  return { aboveInputTokens: inputTokens, picoUsd: prices };
}

/** A provider's folder in the public catalogue of models.dev, as it was at this commit. */
export function modelsDev(provider: string): string {
  const commit = "f3fc692299671838c7c65fd8126bf84d81a2e817";
  return `https://github.com/anomalyco/models.dev/tree/${commit}/providers/${provider}/models`;
}

/** A list as rows of the model of the world. */
export function rowsOf({ providers, models, ...list }: ModelList): ModelRow[] {
  return models.map((listed) => ({ providers: [...providers], targets: null, ...list, ...listed }));
}

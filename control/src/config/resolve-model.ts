// An entry of `models` → a row for `modelFacts`; and the catalogue's rows for the providers in use.
import { modelLists } from "../catalog/models/lists.ts";
import { rowsOf } from "../catalog/models/list.ts";
import { fromConfiguration, type ModelRow } from "../model/model-facts.ts";
import type { Target } from "../model/model.ts";
import type { TokenPrices } from "../model/price.ts";
import { didYouMean } from "./did-you-mean.ts";
import { membersNamed, type KnownProviders } from "./known-provider.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";
import type { ModelConfig } from "./schema/model.ts";

/** Null when the provider it is for is not there, which the report then says. */
export function resolveModel(
  config: ModelConfig,
  providers: KnownProviders,
  report: Report,
  path: Path,
): ModelRow | null {
  const { name, provider, contextWindow = null, outputTokensMax = null } = config;
  const members = provider === undefined ? null : membersNamed(provider, providers);
  if (members?.length === 0) {
    reportAbsence(provider!, providers, report, path);
    return null;
  }
  const targets = members && members.map(({ target }) => target.name);
  const price = resolvePrice(config, report, path);
  if (report.isBroken(path)) return null;
  const origin = { shutdownDate: null, source: fromConfiguration, date: "" };
  return { name, providers: null, targets, contextWindow, outputTokensMax, price, ...origin };
}

/** A provider that is there and left out has been reported on. */
function reportAbsence(name: string, providers: KnownProviders, report: Report, path: Path): void {
  const [provider = ""] = name.split("/");
  if (providers.get(provider)?.members.length === 0) return;
  const meant = didYouMean(provider, [...providers.keys()]);
  const message = "There is no provider of this name, or no key of it";
  const fix = meant && meant !== provider ? `Did you mean "${meant}"?` : "Write the name of a provider in this file";
  report.error([...path, "provider"], { message, fix });
}

function resolvePrice({ price }: ModelConfig, report: Report, path: Path): ModelRow["price"] {
  if (!price) return null;
  const { tiers, ...prices } = price;
  const bounds = tiers.map(({ aboveInputTokens }) => aboveInputTokens);
  const wrong = bounds.findIndex((bound, index) => index > 0 && bound <= bounds[index - 1]!);
  if (wrong > 0) {
    const message = "must be more than the tier's before it";
    report.error([...path, "price", "tiers", wrong, "aboveInputTokens"], { message, fix: "Sort the tiers" });
    return null;
  }
  return {
    picoUsd: withoutGaps(prices),
    tiers: tiers.map(({ aboveInputTokens, ...prices }) => ({ aboveInputTokens, picoUsd: withoutGaps(prices) })),
  };
}

/** Without the fields that are not set, which `undefined` would keep in the model. */
function withoutGaps(prices: { [kind in keyof TokenPrices]: TokenPrices[kind] | undefined }): TokenPrices {
  return Object.fromEntries(Object.entries(prices).filter(([, price]) => price !== undefined)) as TokenPrices;
}

export function catalogueOf(targets: readonly Target[]): ModelRow[] {
  const types = new Set(targets.map(({ provider }) => provider));
  return modelLists.filter(({ providers }) => providers.some((type) => types.has(type))).flatMap(rowsOf);
}

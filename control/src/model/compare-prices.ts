// Which of a route's targets is the cheapest for a model, before it is known how long prompt and answer will be: three
// tokens of input to one of output, as prompts are longer than answers. Only the order of these numbers means anything.
import { mapModel, matchesModel } from "./match-model.ts";
import { modelFacts } from "./model-facts.ts";
import type { Model, Route, Target } from "./model.ts";
import type { Fallback } from "./routing.ts";

const inputShare = 3;
/** Plugins read numbers of 31 bits. */
const priceMax = 2 ** 31 - 1;

/** What a target's model costs, as far as it is known: one number where the route says which model it is. */
export interface ComparedPrices {
  price?: number;
  /** By the name that the client asks for. */
  prices?: Record<string, number>;
}

export function comparePrices(route: Route, planned: Fallback, model: Model): ComparedPrices {
  const target = model.targets.find(({ name }) => name === planned.target);
  if (!target) return {};
  if (planned.model !== null) return fixed(priceOf(planned.model, target, model));
  const known = namesFor(route, model).flatMap((name): [string, number][] => {
    const price = priceOf(mapModel(target.modelMapping, name).model, target, model);
    return price === null ? [] : [[name, price]];
  });
  return known.length > 0 ? { prices: Object.fromEntries(known) } : {};
}

function fixed(price: number | null): ComparedPrices {
  return price === null ? {} : { price };
}

/** The exact names that the route serves, and those that its patterns hold as far as anybody knows of them. */
function namesFor(route: Route, { models }: Model): string[] {
  const exact = [...route.models, ...route.listedModels, ...models.map(({ name }) => name)];
  const names = new Set(exact.filter((name) => !name.endsWith("*")));
  return [...names].filter((name) => route.models.some((pattern) => matchesModel(pattern, name)));
}

/** Pico-dollars for three tokens of input and one of output; null where it is unknown. */
function priceOf(name: string, target: Target, { models }: Model): number | null {
  const price = modelFacts(models, target, name)?.price?.picoUsd;
  return price ? Math.min(inputShare * price.input + price.output, priceMax) : null;
}

// What a request's body wishes of its targets, as ai-fallback reads it, and the part of a route that it leaves.
import { isNamed } from "../model/listed-models.ts";
import type { Route } from "../model/model.ts";
import type { Fallback, RouteTarget } from "../model/routing.ts";

export interface Wishes {
  order: string[];
  only: string[];
  ignore: string[];
  allowsFallbacks: boolean;
  /** Further models, in order. */
  models: string[];
  /** Why the request is refused; null when it is not. */
  problem: string | null;
}

type Fields = Record<string, unknown>;

const unsupported = [
  "sort",
  "max_price",
  "data_collection",
  "zdr",
  "zeroDataRetention",
  "quantizations",
  "require_parameters",
];
const modelsMax = 16;

export function noWishes(): Wishes {
  return { order: [], only: [], ignore: [], allowsFallbacks: true, models: [], problem: null };
}

export function readWishes(body: Fields): Wishes {
  const reader = new WishReader();
  reader.readModels(body["models"], "models");
  reader.readWishes(body["provider"], "provider");
  const options = reader.object(body["providerOptions"], "providerOptions");
  const gateway = options?.["gateway"];
  reader.readWishes(gateway, "providerOptions.gateway");
  reader.readModels((gateway as Fields | null | undefined)?.["models"], "providerOptions.gateway.models");
  return reader.wishes;
}

class WishReader {
  readonly wishes = noWishes();

  readWishes(given: unknown, path: string): void {
    const fields = this.object(given, path);
    if (!fields) return;
    const wanted = unsupported.find((name) => ![undefined, null, false, "allow"].includes(fields[name] as never));
    if (wanted !== undefined) this.#fail(`${path}.${wanted} is not supported`);
    for (const name of ["order", "only", "ignore"] as const) {
      this.wishes[name].push(...this.#names(fields[name], `${path}.${name}`));
    }
    if (fields["allow_fallbacks"] === false) this.wishes.allowsFallbacks = false;
  }

  readModels(given: unknown, path: string): void {
    this.wishes.models.push(...this.#names(given, path));
    if (this.wishes.models.length > modelsMax) this.#fail(`${path} has more than ${modelsMax} names`);
  }

  object(given: unknown, path: string): Fields | null {
    if (given === undefined || given === null) return null;
    if (typeof given === "object" && !Array.isArray(given)) return given as Fields;
    this.#fail(`${path} is not an object`);
    return null;
  }

  #names(given: unknown, path: string): string[] {
    if (given === undefined || given === null) return [];
    if (Array.isArray(given) && given.every((name) => typeof name === "string" && name !== "")) return given;
    this.#fail(`${path} is not a list of names`);
    return [];
  }

  #fail(problem: string): void {
    this.wishes.problem ??= problem;
  }
}

export function choosesTargets({ order, only, ignore, allowsFallbacks }: Wishes): boolean {
  return order.length + only.length + ignore.length > 0 || !allowsFallbacks;
}

/** The part of a route that is the provider's (null: all of it) and that the wishes leave; null for none. */
export function narrow(route: Route, provider: string | null, wishes: Wishes): Route | null {
  const { order, only, ignore } = wishes;
  const isOneOf = (target: string, names: string[]) => names.some((name) => isNamed(target, name));
  const isKept = ({ target }: Fallback) =>
    (provider === null || isNamed(target, provider)) &&
    (only.length === 0 || isOneOf(target, only)) &&
    !isOneOf(target, ignore);
  const part = { ...route, targets: route.targets.filter(isKept), fallbacks: route.fallbacks.filter(isKept) };
  if (part.targets.length + part.fallbacks.length === 0) return null;
  return order.length > 0 ? inOrder(part, wishes) : part;
}

/** The first name that is there begins; the others follow, and then those not named. */
function inOrder(route: Route, { order, allowsFallbacks }: Wishes): Route | null {
  const ranked = [...route.targets].sort((a, b) => b.weight - a.weight);
  const all: RouteTarget[] = [...ranked, ...route.fallbacks.map((fallback) => ({ ...fallback, weight: 1 }))];
  const groups = order
    .map((name) => all.filter(({ target }) => isNamed(target, name)))
    .filter((group) => group.length > 0);
  const named = [...new Set(groups.flat())];
  const others = allowsFallbacks ? all.filter((one) => !named.includes(one)) : [];
  const first = named.filter((one) => groups[0]?.includes(one));
  const then = [...named.slice(first.length), ...others].map(({ target, model }) => ({ target, model }));
  return first.length + then.length > 0 ? { ...route, targets: first, fallbacks: then } : null;
}

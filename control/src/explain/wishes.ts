// What a request's body wishes of its targets, as ai-fallback reads it, and the part of a route that it leaves.
import { isNamed } from "../model/listed-models.ts";
import type { Route } from "../model/model.ts";
import type { OfferedPrice } from "../model/offered-prices.ts";
import type { Fallback, RouteTarget } from "../model/routing.ts";

export interface Wishes {
  order: string[];
  only: string[];
  ignore: string[];
  allowsFallbacks: boolean;
  /** What comes first. */
  sort: "price" | "firstToken" | "throughput" | null;
  /** The most that a token may cost, in pico-dollars. */
  inputMax: number;
  outputMax: number;
  /** Further models, in order. */
  models: string[];
  /** Why the request is refused; null when it is not. */
  problem: string | null;
}

type Fields = Record<string, unknown>;

const unsupported = ["data_collection", "zdr", "zeroDataRetention", "quantizations", "require_parameters"];
const modelsMax = 16;
const sorts: Record<string, Wishes["sort"]> = {
  price: "price",
  cost: "price",
  latency: "firstToken",
  ttft: "firstToken",
  throughput: "throughput",
  tps: "throughput",
};

export function noWishes(): Wishes {
  const prices = { sort: null, inputMax: Infinity, outputMax: Infinity };
  return { order: [], only: [], ignore: [], allowsFallbacks: true, ...prices, models: [], problem: null };
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
    const wanted = unsupported.find((name) => isAskedFor(fields[name]));
    if (wanted !== undefined) this.#fail(`${path}.${wanted} is not supported`);
    this.#readSort(fields["sort"], `${path}.sort`);
    this.#readMaxPrice(fields["max_price"], `${path}.max_price`);
    for (const name of ["order", "only", "ignore"] as const) {
      this.wishes[name].push(...this.#names(fields[name], `${path}.${name}`));
    }
    if (fields["allow_fallbacks"] === false) this.wishes.allowsFallbacks = false;
  }

  /** A word, or an object whose `by` is one. */
  #readSort(given: unknown, path: string): void {
    if (typeof given === "object" && given !== null && !Array.isArray(given)) {
      const { by, partition } = given as Fields;
      if (isAskedFor(partition) && partition !== "model") this.#fail(`${path}.partition is not supported`);
      return this.#readSort(by, `${path}.by`);
    }
    const sort = typeof given === "string" && Object.hasOwn(sorts, given) ? sorts[given] : undefined;
    if (sort) this.wishes.sort = sort;
    else if (isAskedFor(given)) this.#fail(`${path} is not supported`);
  }

  #readMaxPrice(given: unknown, path: string): void {
    const fields = this.object(given, path);
    if (!fields) return;
    const read = (price: unknown) =>
      price === undefined || price === null ? Infinity : typeof price === "number" && price >= 0 ? price * 1e6 : NaN;
    this.wishes.inputMax = read(fields["prompt"]);
    this.wishes.outputMax = read(fields["completion"]);
    if (Number.isNaN(this.wishes.inputMax + this.wishes.outputMax)) this.#fail(`${path} holds no numbers`);
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

function isAskedFor(value: unknown): boolean {
  return ![undefined, null, false, "allow"].includes(value as never);
}

export function choosesTargets(wishes: Wishes): boolean {
  const { order, only, ignore, allowsFallbacks, sort } = wishes;
  return order.length + only.length + ignore.length > 0 || !allowsFallbacks || sort !== null || hasMaxPrice(wishes);
}

function hasMaxPrice({ inputMax, outputMax }: Wishes): boolean {
  return inputMax < Infinity || outputMax < Infinity;
}

/** What a target would cost; undefined where nobody knows. */
export type PriceAt = (planned: Fallback) => OfferedPrice | undefined;

/** The part of a route that is the provider's (null: all of it) and that the wishes leave; null for none. */
export function narrow(route: Route, provider: string | null, wishes: Wishes, priceAt: PriceAt): Route | null {
  const { order, only, ignore, inputMax, outputMax } = wishes;
  const isOneOf = (target: string, names: string[]) => names.some((name) => isNamed(target, name));
  const isCheapEnough = (planned: Fallback) => {
    const { input, output } = priceAt(planned) ?? { input: NaN, output: NaN };
    return !hasMaxPrice(wishes) || (input <= inputMax && output <= outputMax);
  };
  const isKept = (planned: Fallback) =>
    (provider === null || isNamed(planned.target, provider)) &&
    (only.length === 0 || isOneOf(planned.target, only)) &&
    !isOneOf(planned.target, ignore) &&
    isCheapEnough(planned);
  const part = { ...route, targets: route.targets.filter(isKept), fallbacks: route.fallbacks.filter(isKept) };
  if (part.targets.length + part.fallbacks.length === 0) return null;
  const sorted = wishes.sort === null ? part : wishes.sort === "price" ? cheapestFirst(part, priceAt) : asOne(part);
  return order.length > 0 ? inOrder(sorted, wishes) : sorted;
}

/** All of a route's, the heaviest target first. */
function allOf({ targets, fallbacks }: Route): RouteTarget[] {
  const ranked = [...targets].sort((a, b) => b.weight - a.weight);
  return [...ranked, ...fallbacks.map((fallback) => ({ ...fallback, weight: 1 }))];
}

function cheapestFirst(route: Route, priceAt: PriceAt): Route {
  const sumOf = (planned: Fallback) => {
    const price = priceAt(planned);
    return price ? price.input + price.output : Number.MAX_VALUE;
  };
  const [first, ...others] = allOf(route).sort((a, b) => sumOf(a) - sumOf(b));
  return { ...route, targets: [first!], fallbacks: others.map(({ target, model }) => ({ target, model })) };
}

/** All of it becomes one choice, in which it counts what has been measured. */
function asOne(route: Route): Route {
  return { ...route, targets: allOf(route), fallbacks: [], affinity: null, balance: "fastest" };
}

/** The first name that is there begins; the others follow, and then those not named. */
function inOrder(route: Route, { order, allowsFallbacks }: Wishes): Route | null {
  const all = allOf(route);
  const groups = order
    .map((name) => all.filter(({ target }) => isNamed(target, name)))
    .filter((group) => group.length > 0);
  const named = [...new Set(groups.flat())];
  const others = allowsFallbacks ? all.filter((one) => !named.includes(one)) : [];
  const first = named.filter((one) => groups[0]?.includes(one));
  const then = [...named.slice(first.length), ...others].map(({ target, model }) => ({ target, model }));
  return first.length + then.length > 0 ? { ...route, targets: first, fallbacks: then } : null;
}

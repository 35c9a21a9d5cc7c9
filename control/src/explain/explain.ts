// Says what would become of a request, without sending it: the same decisions as Envoy's routes, ai-fallback and
// ai-proxy make, taken from the same model.
import type { Consumer, ConsumerKey } from "../model/auth.ts";
import { countsTokens, findService, type Service } from "../model/dialect.ts";
import { hasTarget, listModels, type ListedModel } from "../model/listed-models.ts";
import { matchesModel } from "../model/match-model.ts";
import type { Model, Route, Target } from "../model/model.ts";
import { behindProvider } from "../model/names.ts";
import { offeredPrices } from "../model/offered-prices.ts";
import { isDirect, targetsOf, type Fallback } from "../model/routing.ts";
import { servingRoutes } from "../model/serving.ts";
import { apiRoots, type Surface } from "../model/surface.ts";
import { describeAttempt } from "./attempt.ts";
import { findConsumer, findKey, mayUseModel, mayUseRoute, needsKey, whyRefused } from "./caller.ts";
import { cheaperWays } from "./cheaper.ts";
import { whyNotBody, whyNotCaller } from "./conditions.ts";
import type {
  Attempt,
  ConsideredRoute,
  Explanation,
  NamedModel,
  RequestToExplain,
  RunningTarget,
} from "./explanation.ts";
import { LiveFigures } from "./live-figures.ts";
import { meaningOf } from "./names.ts";
import { describePlan, plannedAttempts, type PlanFor, withTargetsFor } from "./plan.ts";
import { covers, hostOf, matchesHost, pairs, unmet } from "./request-conditions.ts";
import { findSurface, isBelow, isRouted, normalizePath, type RequestPath, type WantedSurface } from "./request-path.ts";
import { choosesTargets, narrow, noWishes, readWishes, type Wishes } from "./wishes.ts";

export function explain(model: Model, given: RequestToExplain): Explanation {
  // It is asked at the gateway's own listener.
  const asked = { ...model, routes: model.routes.filter(({ isAttachedOnly }) => !isAttachedOnly) };
  const explanation = new Explainer(asked, given).explain();
  const explainFor = (name: string) => new Explainer(asked, given, name).explain();
  return { ...explanation, cheaper: cheaperWays(asked, explanation, explainFor) };
}

/** Names of the gateway's own. */
const withheldPrefixes = ["x-weir-", "x-envoy-"];

class Explainer {
  readonly #model: Model;
  readonly #method: string;
  readonly #host: string;
  readonly #path: RequestPath;
  readonly #headers: Map<string, string>;
  readonly #body: Record<string, unknown>;
  #modelName: string | null;
  readonly #caller: string | null;
  /** The caller's key. Null: a caller who may do everything. */
  readonly #key: ConsumerKey | null;
  readonly #consumer: Consumer | null;
  readonly #now: RunningTarget[] | null;
  #needsKey = false;
  readonly #routes: ConsideredRoute[] = [];

  /** `moved` is asked for in place of the model that is named. */
  constructor(model: Model, given: RequestToExplain, moved: string | null = null) {
    this.#model = model;
    this.#method = (given.method ?? "POST").toUpperCase();
    this.#host = hostOf(given.host ?? "");
    this.#path = normalizePath(given.path);
    const headers = Object.entries(given.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
    // The listener removes these from every request before anything looks at it.
    this.#headers = new Map(headers.filter(([name]) => !withheldPrefixes.some((prefix) => name.startsWith(prefix))));
    // A model is named in the path, or in a body, which only a POST has.
    const inPath = findSurface(this.#path.path)?.model;
    this.#body =
      this.#method === "POST" ? { ...given.body, ...(given.model !== undefined && { model: given.model }) } : {};
    const inBody = typeof this.#body["model"] === "string" ? this.#body["model"] : null;
    this.#modelName = this.#method === "POST" ? (moved ?? inPath ?? inBody) : null;
    this.#caller = given.caller ?? null;
    this.#now = given.now ?? null;
    this.#key = given.caller === undefined ? null : findKey(model, given.caller);
    this.#consumer = given.caller === undefined ? null : findConsumer(model, given.caller);
  }

  explain(): Explanation {
    const list = this.#modelList();
    if (list) return list;
    const entry = this.#model.routes.find((route) => this.#whyNotTaken(route, this.#isRouted) === null);
    const serving = entry ? servingRoutes(entry, this.#routesOfHost()) : [];
    const refused = this.#whyRefused(serving);
    if (refused) return this.#answered(refused.status, refused.reason, entry);
    if (!entry) {
      for (const route of this.#model.routes) this.#consider(route, this.#isRouted, this.#modelName);
      return this.#answered(404, "No route has this path, host and headers");
    }
    const wanted = findSurface(this.#path.path);
    if (!wanted || !this.#allowsMethod(wanted.rest)) {
      return this.#answered(404, "The API has no such operation: its path or method is another", entry);
    }
    const wishes = this.#model.names.requestOptions ? readWishes(this.#body) : noWishes();
    if (this.#modelName === null && this.#body["model"] === undefined) this.#modelName = wishes.models.shift() ?? null;
    const lacksModel = this.#modelName === null && wanted.rest === "";
    if (lacksModel && !isDirect(entry)) return this.#answered(400, "The request names no model", entry);
    if (wishes.problem !== null) return this.#answered(400, wishes.problem, entry);
    const found = this.#choose(entry, wishes);
    if ("status" in found) return this.#answered(found.status, found.reason, entry);
    return this.#serve(found, entry, wanted, wishes);
  }

  /** The routes of the models that the request names, or why it is refused. */
  #choose(entry: Route, wishes: Wishes): Choice[] | Refusal {
    const first = this.#find(entry, this.#modelName);
    if (!first) return { status: 404, reason: `No route here serves the model "${this.#modelName}"` };
    if (!this.#mayUse(first)) return { status: 404, reason: `The key may not use the model "${this.#modelName}"` };
    const considered = this.#routes.splice(0);
    const further = wishes.models.map((name) => this.#find(entry, name));
    this.#routes.splice(0, Infinity, ...considered);
    const missing = further.findIndex((choice) => !choice || !this.#mayUse(choice));
    if (missing >= 0) return { status: 400, reason: `No route here serves the model "${wishes.models[missing]}"` };
    const choices = [first, ...further.filter((choice) => choice !== null)];
    const named = [...wishes.order, ...wishes.only, ...wishes.ignore];
    const unknown = named.find((name) => !choices.some(({ route }) => hasTarget(route, name)));
    return unknown === undefined ? choices : { status: 400, reason: `No provider here is named "${unknown}"` };
  }

  /** By the name that the client uses. */
  #mayUse({ name, model, isWritten }: Choice): boolean {
    if (!this.#needsKey || !this.#key || name === null || model === null) return true;
    return mayUseModel(this.#key, name) || (isWritten && mayUseModel(this.#key, model));
  }

  #routesOfHost(): Route[] {
    return this.#model.routes.filter(({ hosts }) => this.#hasHost(hosts));
  }

  /** What the caller gets before anything else is looked at. */
  #whyRefused(serving: Route[]): { status: number; reason: string } | null {
    this.#needsKey = needsKey(this.#model, serving);
    if (!this.#needsKey || !this.#key) return null;
    return whyRefused(this.#key, serving);
  }

  /** What stands below `models` is an operation only where it is posted to. */
  readonly #isRouted: PathTest = (path, prefix) => {
    return isRouted(path, prefix) && (this.#method === "POST" || !/\/models\//.test(path.slice(prefix.length)));
  };

  /** Operations are posted to; what stands below `responses` may also be read and deleted. */
  #allowsMethod(rest: string): boolean {
    return this.#method === "POST" || (rest !== "" && ["GET", "DELETE"].includes(this.#method));
  }

  /** `GET …/models` and `GET …/models/{id}` are Envoy's own answers. */
  #modelList(): Explanation | null {
    if (this.#method !== "GET") return null;
    const { path } = this.#path;
    const listed = this.#model.routes
      .filter((route) => this.#hasHost(route.hosts) && this.#missing(route) === null)
      .flatMap((route) => apiRoots(route.pathPrefix).map((root) => ({ route, base: `${root}/models` })))
      .find(({ base }) => path === base || path.startsWith(`${base}/`));
    if (!listed) return null;
    const { route, base } = listed;
    const listing = this.#model.routes.filter((other) => covers(other, route) && this.#hasHost(other.hosts));
    const refused = this.#whyRefused(listing);
    if (refused) return this.#answered(refused.status, refused.reason, route);
    if (path === base) return this.#answered(200, "The gateway lists its models itself", route);
    const id = path.slice(base.length + 1);
    const isListed = listModels(listing, this.#model).some((one) => this.#isShown(one, id));
    if (isListed) return this.#answered(200, "The gateway lists this model itself", route);
    return this.#answered(404, "The gateway lists no such model", route);
  }

  #isShown(listed: ListedModel, id: string): boolean {
    if (!isWrittenAs(listed.id, id)) return false;
    const key = this.#needsKey ? this.#key : null;
    const consumer = this.#needsKey ? this.#consumer : null;
    if (key && !mayUseModel(key, listed.id)) return false;
    return listed.routes.some(
      (route) => (!key || mayUseRoute(key, route)) && whyNotCaller(route.callers, consumer) === null,
    );
  }

  /** The first route for a model, whatever its name stands for. */
  #find(entry: Route, name: string | null): Choice | null {
    const { names } = this.#model;
    const meaning = name === null ? { model: null, because: null } : meaningOf(name, names, this.#body);
    const { model, because } = meaning;
    for (const split of names.providerNames && model !== null ? behindProvider(model) : []) {
      const route = this.#findRoute(entry, split.model, split.provider);
      if (route) return { name, route, ...split, isWritten: model === name, because };
    }
    const route = this.#findRoute(entry, model, null);
    return route && { name, route, model, provider: null, isWritten: false, because };
  }

  /** The first route that fits in everything. Notes about each one up to it what decided. */
  #findRoute(entry: Route, model: string | null, provider: string | null): Route | null {
    // Envoy takes its route table's word for a route that serves every model; else ai-fallback looks at all of
    // them, and of the path at the prefix alone.
    const fitsPath = isDirect(entry) ? this.#isRouted : isBelow;
    this.#routes.length = 0;
    for (const route of this.#model.routes) {
      if (!this.#consider(route, fitsPath, model)) continue;
      if (provider === null || hasTarget(route, provider)) return route;
      this.#routes.at(-1)!.fits = false;
      this.#routes.at(-1)!.because = `it has no target of "${provider}"`;
      if (route.models.includes("*")) return null;
    }
    return null;
  }

  #consider(route: Route, fitsPath: PathTest, model: string | null): boolean {
    const reason = this.#whyNotTaken(route, fitsPath) ?? this.#whyNotServed(route, model);
    this.#routes.push({ name: route.name, fits: reason === null, because: reason ?? whyServed(route, model) });
    return reason === null;
  }

  /** Without regard to the model: path, host and headers. */
  #whyNotTaken(route: Route, fitsPath: PathTest): string | null {
    if (!fitsPath(this.#path.path, route.pathPrefix)) {
      return `the path is not one of the API below ${route.pathPrefix || "/"}`;
    }
    if (!this.#hasHost(route.hosts)) return `the host is not ${route.hosts.join(" or ")}`;
    return this.#missing(route);
  }

  /** A request that names no model is below `responses`, and any route may have it. */
  #whyNotServed(route: Route, name: string | null): string | null {
    const { models } = route;
    if (this.#needsKey && this.#key && !mayUseRoute(this.#key, route)) return "the key may not use it";
    if (name !== null && !models.some((pattern) => matchesModel(pattern, name))) {
      return `it does not serve the model "${name}", only ${models.join(", ")}`;
    }
    const consumer = this.#needsKey ? this.#consumer : null;
    return whyNotCaller(route.callers, consumer) ?? whyNotBody(route.body, this.#body);
  }

  #serve(choices: Choice[], entry: Route, { surface, rest }: WantedSurface, wishes: Wishes): Explanation {
    const able = (route: Route) =>
      withTargetsFor(route, (name) => countsTokens(surface) || this.#service(name, surface) !== null);
    const prices = offeredPrices(this.#model);
    const priceAt = (name: string | null) => (planned: Fallback) =>
      prices.get(planned.target)?.get(planned.model ?? name ?? "");
    const parts = choices.flatMap(({ route, model, provider }) => {
      const part =
        provider === null && !choosesTargets(wishes) ? route : narrow(route, provider, wishes, priceAt(model));
      return part ? [{ route: able(part), model }] : [];
    });
    const [first] = parts;
    const names = namedModels(choices);
    if (!first) return { ...this.#answered(400, "No provider that is asked for serves the model", entry), names };
    const { name } = choices[0]!.route;
    const wantedOf = this.#wantedOf(surface, wishes);
    const plan = describePlan(first.route, wantedOf(first.model));
    const explanation = { ...this.#base(entry), surface, route: name, names, plan };
    const attempts = this.#stepsOf(parts, wishes, wantedOf).map(({ planned, because, model }) => {
      const attempt = this.#attempt(planned, surface, rest, model);
      return attempt && { ...attempt, because };
    });
    if (!attempts[0]) return { ...explanation, answer: this.#unserved(targetsOf(first.route), surface) };
    if (this.#modelName === null && rest === "") {
      return { ...explanation, answer: { status: 400, reason: "The request names no model" } };
    }
    return { ...explanation, outcome: "sent", answer: null, attempts: attempts.filter((attempt) => attempt !== null) };
  }

  /** One model's targets after the other's, none twice for the same model. */
  #stepsOf(
    parts: { route: Route; model: string | null }[],
    { allowsFallbacks, order }: Wishes,
    wantedOf: (name: string | null) => PlanFor,
  ) {
    const all = parts.flatMap(({ route, model }) =>
      plannedAttempts(route, wantedOf(model)).map((attempt) => ({ ...attempt, model })),
    );
    const keyOf = ({ planned, model }: (typeof all)[number]) => JSON.stringify([planned, planned.model ?? model]);
    const steps = all.filter((step, index) => all.findIndex((other) => keyOf(other) === keyOf(step)) === index);
    return allowsFallbacks || order.length > 0 ? steps : steps.slice(0, 1);
  }

  #wantedOf(surface: Surface, { sort }: Wishes): (name: string | null) => PlanFor {
    const isStream = surface === "streamGenerateContent" || this.#body["stream"] === true;
    return (name) => {
      const live = this.#now && new LiveFigures(this.#model, this.#now, { surface, isStream, name });
      return { model: this.#model, name, sort, live };
    };
  }

  /** What a target answers by itself for what its provider has not. */
  #unserved(targets: string[], surface: Surface): Explanation["answer"] {
    if (countsTokens(surface)) {
      if (this.#modelName === null) return { status: 400, reason: "The request names no model" };
      return { status: 200, reason: `${subject(targets)} not count tokens: the gateway estimates them` };
    }
    return { status: 404, reason: `${subject(targets)} not have ${surface}` };
  }

  #service(name: string, surface: Surface): Service | null {
    return findService(this.#targetNamed(name), surface);
  }

  #targetNamed(name: string): Target {
    return this.#model.targets.find((target) => target.name === name)!;
  }

  /** Null where the target has nothing of the kind. */
  #attempt(planned: Fallback, surface: Surface, rest: string, model: string | null): Omit<Attempt, "because"> | null {
    const service = this.#service(planned.target, surface);
    // What stands below a surface is the provider's own.
    if (!service || (rest !== "" && service.how === "translated")) return null;
    const sent = { path: this.#path, rest, headers: this.#headers, model };
    return describeAttempt(this.#targetNamed(planned.target), service, planned, sent);
  }

  #answered(status: number, reason: string, entry: Route | null = null): Explanation {
    return { ...this.#base(entry), outcome: "answered", answer: { status, reason } };
  }

  #base(entry: Route | null): Explanation {
    return {
      request: {
        method: this.#method,
        host: this.#host,
        path: this.#path.path + this.#path.query,
        model: this.#modelName,
      },
      surface: null,
      outcome: "answered",
      answer: null,
      route: null,
      envoyRoute: entry?.name ?? null,
      needsKey: this.#needsKey,
      caller: this.#caller,
      readsBody: entry !== null && !isDirect(entry),
      routes: this.#routes,
      names: [],
      plan: null,
      attempts: [],
      cheaper: [],
    };
  }

  #hasHost(hosts: string[]): boolean {
    return hosts.length === 0 || hosts.some((pattern) => matchesHost(pattern, this.#host));
  }

  /** Which of the route's conditions the request does not meet. */
  #missing(route: Route): string | null {
    const parameters = new Map(pairs(this.#path.query.slice(1), "&"));
    const cookies = new Map(pairs(this.#headers.get("cookie") ?? "", ";"));
    return (
      unmet("header", route.headers, this.#headers) ??
      unmet("query parameter", route.query, parameters) ??
      unmet("cookie", route.cookies, cookies)
    );
  }
}

/** A model that the request names, and the route that serves it. */
interface Choice {
  name: string | null;
  route: Route;
  /** What it stands for. */
  model: string | null;
  provider: string | null;
  /** Whether the client has written `model` itself, behind the provider. */
  isWritten: boolean;
  because: string | null;
}

interface Refusal {
  status: number;
  reason: string;
}

function namedModels(choices: Choice[]): NamedModel[] {
  const isPlain = choices.length === 1 && choices[0]!.name === choices[0]!.model;
  if (isPlain) return [];
  return choices.map(({ name, model, provider, route, because }) => {
    return { name: name ?? "", model: model ?? "", provider, route: route.name, because };
  });
}

function whyServed({ models }: Route, name: string | null): string {
  if (name === null) return "the request names no model";
  const pattern = models.find((pattern) => matchesModel(pattern, name));
  return pattern === "*" ? "it serves every model" : `it serves the model by "${pattern}"`;
}

function subject(names: string[]): string {
  return names.length === 1 ? `The target "${names[0]}" does` : `The targets ${names.join(", ")} do`;
}

type PathTest = (path: string, prefix: string) => boolean;

/** Clients escape a model's name in a path, or do not; Envoy has unescaped its slashes. */
function isWrittenAs(model: string, written: string): boolean {
  return written === model || written === encodeURIComponent(model).replaceAll("%2F", "/");
}

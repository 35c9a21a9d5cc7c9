// Says what would become of a request, without sending it: the same decisions as Envoy's routes, ai-fallback and
// ai-proxy make, taken from the same model.
import type { ConsumerKey } from "../model/auth.ts";
import { countsTokens, findService, type Service } from "../model/dialect.ts";
import { matchesModel } from "../model/match-model.ts";
import type { Condition, Model, Route, Target } from "../model/model.ts";
import { isDirect, targetsOf, type Fallback } from "../model/routing.ts";
import { servingRoutes } from "../model/serving.ts";
import { apiRoots, type Surface } from "../model/surface.ts";
import { describeAttempt } from "./attempt.ts";
import { findKey, mayUseModel, mayUseRoute, needsKey, whyRefused } from "./caller.ts";
import type { Attempt, ConsideredRoute, Explanation, RequestToExplain } from "./explanation.ts";
import { describePlan, plannedAttempts, withTargetsFor } from "./plan.ts";
import { findSurface, isBelow, isRouted, normalizePath, type RequestPath, type WantedSurface } from "./request-path.ts";

export function explain(model: Model, given: RequestToExplain): Explanation {
  return new Explainer(model, given).explain();
}

/** Names of the gateway's own. */
const withheldPrefixes = ["x-weir-", "x-envoy-"];

class Explainer {
  readonly #model: Model;
  readonly #method: string;
  readonly #host: string;
  readonly #path: RequestPath;
  readonly #headers: Map<string, string>;
  readonly #modelName: string | null;
  readonly #caller: string | null;
  /** The caller's key. Null: a caller who may do everything. */
  readonly #key: ConsumerKey | null;
  #needsKey = false;
  readonly #routes: ConsideredRoute[] = [];

  constructor(model: Model, given: RequestToExplain) {
    this.#model = model;
    this.#method = (given.method ?? "POST").toUpperCase();
    this.#host = hostOf(given.host ?? "");
    this.#path = normalizePath(given.path);
    const headers = Object.entries(given.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
    // The listener removes these from every request before anything looks at it.
    this.#headers = new Map(headers.filter(([name]) => !withheldPrefixes.some((prefix) => name.startsWith(prefix))));
    // A model is named in the path, or in a body, which only a POST has.
    const inPath = findSurface(this.#path.path)?.model;
    this.#modelName = this.#method === "POST" ? (inPath ?? given.model ?? null) : null;
    this.#caller = given.caller ?? null;
    this.#key = given.caller === undefined ? null : findKey(model, given.caller);
  }

  explain(): Explanation {
    const list = this.#modelList();
    if (list) return list;
    const entry = this.#model.routes.find((route) => this.#whyNotTaken(route, this.#isRouted) === null);
    const serving = entry ? servingRoutes(entry, this.#routesOfHost()) : [];
    const refused = this.#whyRefused(serving);
    if (refused) return this.#answered(refused.status, refused.reason, entry);
    if (!entry) {
      for (const route of this.#model.routes) this.#consider(route, this.#isRouted);
      return this.#answered(404, "No route has this path, host and headers");
    }
    const wanted = findSurface(this.#path.path);
    if (!wanted || !this.#allowsMethod(wanted.rest)) {
      return this.#answered(404, "The API has no such operation: its path or method is another", entry);
    }
    const lacksModel = this.#modelName === null && wanted.rest === "";
    if (lacksModel && !isDirect(entry)) return this.#answered(400, "The request names no model", entry);
    const found = this.#find(entry);
    if (!found) return this.#answered(404, `No route here serves the model "${this.#modelName}"`, entry);
    if (this.#modelName !== null && this.#needsKey && this.#key && !mayUseModel(this.#key, this.#modelName)) {
      return this.#answered(404, `The key may not use the model "${this.#modelName}"`, entry);
    }
    return this.#serve(found, entry, wanted);
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
    const isListed = listing.some((other) => other.listedModels.some((model) => this.#isShown(other, model, id)));
    if (isListed) return this.#answered(200, "The gateway lists this model itself", route);
    return this.#answered(404, "The gateway lists no such model", route);
  }

  #isShown(route: Route, model: string, id: string): boolean {
    const mayUse = !this.#needsKey || !this.#key || (mayUseRoute(this.#key, route) && mayUseModel(this.#key, model));
    return mayUse && isWrittenAs(model, id);
  }

  /** The first route that fits in everything. Notes about each one up to it what decided. */
  #find(entry: Route): Route | null {
    // Envoy takes its route table's word for a route that serves every model; else ai-fallback looks at all of
    // them, and of the path at the prefix alone.
    const fitsPath = isDirect(entry) ? this.#isRouted : isBelow;
    return this.#model.routes.find((route) => this.#consider(route, fitsPath)) ?? null;
  }

  #consider(route: Route, fitsPath: PathTest): boolean {
    const reason = this.#whyNotTaken(route, fitsPath) ?? this.#whyNotServed(route);
    this.#routes.push({ name: route.name, fits: reason === null, because: reason ?? this.#whyServed(route) });
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
  #whyNotServed(route: Route): string | null {
    const { models } = route;
    const name = this.#modelName;
    if (this.#needsKey && this.#key && !mayUseRoute(this.#key, route)) return "the key may not use it";
    if (name === null || models.some((pattern) => matchesModel(pattern, name))) return null;
    return `it does not serve the model "${name}", only ${models.join(", ")}`;
  }

  #whyServed({ models }: Route): string {
    const name = this.#modelName;
    if (name === null) return "the request names no model";
    const pattern = models.find((pattern) => matchesModel(pattern, name));
    return pattern === "*" ? "it serves every model" : `it serves the model by "${pattern}"`;
  }

  #serve(route: Route, entry: Route, { surface, rest }: WantedSurface): Explanation {
    const able = withTargetsFor(route, (name) => countsTokens(surface) || this.#service(name, surface) !== null);
    const explanation = { ...this.#base(entry), surface, route: route.name, plan: describePlan(able) };
    const attempts = plannedAttempts(able).map(({ planned, because }) => {
      const attempt = this.#attempt(planned, surface, rest);
      return attempt && { ...attempt, because };
    });
    if (!attempts[0]) return { ...explanation, answer: this.#unserved(targetsOf(able), surface) };
    if (this.#modelName === null && rest === "") {
      return { ...explanation, answer: { status: 400, reason: "The request names no model" } };
    }
    return { ...explanation, outcome: "sent", answer: null, attempts: attempts.filter((attempt) => attempt !== null) };
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
  #attempt(planned: Fallback, surface: Surface, rest: string): Omit<Attempt, "because"> | null {
    const service = this.#service(planned.target, surface);
    // What stands below a surface is the provider's own.
    if (!service || (rest !== "" && service.how === "translated")) return null;
    const sent = { path: this.#path, rest, headers: this.#headers, model: this.#modelName };
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
      plan: null,
      attempts: [],
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

function unmet(kind: string, conditions: Condition[], given: Map<string, string>): string | null {
  const missing = conditions.find(({ name, value }) => given.get(name) !== value);
  return missing ? `the ${kind} ${missing.name} is not "${missing.value}"` : null;
}

/** `a=1&b=2`: of two that are named alike the first counts, which is the last that a map is given. */
function pairs(text: string, separator: string): [string, string][] {
  return text
    .split(separator)
    .map((pair): [string, string] => {
      const [name = "", ...value] = pair.trim().split("=");
      return [name, value.join("=")];
    })
    .reverse();
}

function subject(names: string[]): string {
  return names.length === 1 ? `The target "${names[0]}" does` : `The targets ${names.join(", ")} do`;
}

type PathTest = (path: string, prefix: string) => boolean;

/** Whether everything that fits `narrow` fits `wide` too, hosts and models apart. */
function covers(wide: Route, narrow: Route): boolean {
  if (wide.pathPrefix !== narrow.pathPrefix) return false;
  const has = (conditions: Condition[], { name, value }: Condition) =>
    conditions.some((other) => other.name === name && other.value === value);
  return (["headers", "query", "cookies"] as const).every((kind) => wide[kind].every((one) => has(narrow[kind], one)));
}

/** The port does not count, nor does the case. */
function hostOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, "");
}

function matchesHost(pattern: string, host: string): boolean {
  if (!pattern.startsWith("*.")) return pattern === host;
  return host.endsWith(pattern.slice(1)) && host.length > pattern.length - 1;
}

/** Clients escape a model's name in a path, or do not; Envoy has unescaped its slashes. */
function isWrittenAs(model: string, written: string): boolean {
  return written === model || written === encodeURIComponent(model).replaceAll("%2F", "/");
}

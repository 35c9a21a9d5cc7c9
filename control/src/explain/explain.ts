// Says what would become of a request, without sending it: the same decisions as Envoy's routes, the model router and
// ai-proxy make, taken from the same model.
import { countsTokens, endpointPath, findService, type Service } from "../model/dialect.ts";
import { matchesModel, mapModel } from "../model/match-model.ts";
import type { Model, ModelMapping, Route, Target } from "../model/model.ts";
import { Secret } from "../model/secret.ts";
import { apiRoots } from "../model/surface.ts";
import type { Attempt, ConsideredRoute, Explanation, RequestToExplain } from "./explanation.ts";
import { findSurface, isBelow, isRouted, normalizePath, type RequestPath, type WantedSurface } from "./request-path.ts";

export function explain(model: Model, given: RequestToExplain): Explanation {
  return new Explainer(model, given).explain();
}

/** What a client authenticates with, and what would hide the answer; every name of the gateway's own goes too. */
const withheldHeaders = new Set([
  "accept-encoding",
  "api-key",
  "authorization",
  "cookie",
  "proxy-authorization",
  "x-api-key",
  "x-goog-api-key",
]);
const withheldPrefixes = ["x-weir-", "x-envoy-"];

class Explainer {
  readonly #model: Model;
  readonly #method: string;
  readonly #host: string;
  readonly #path: RequestPath;
  readonly #headers: Map<string, string>;
  readonly #modelName: string | null;
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
  }

  explain(): Explanation {
    const list = this.#modelList();
    if (list) return list;
    const entry = this.#model.routes.find((route) => this.#whyNotTaken(route, this.#isRouted) === null);
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
    const serving = this.#find(entry);
    if (!serving) return this.#answered(404, `No route here serves the model "${this.#modelName}"`, entry);
    return this.#serve(serving, entry, wanted);
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
      .filter(({ hosts, headers }) => this.#hasHost(hosts) && this.#missingHeader(headers) === null)
      .flatMap((route) => apiRoots(route.pathPrefix).map((root) => ({ route, base: `${root}/models` })))
      .find(({ base }) => path === base || path.startsWith(`${base}/`));
    if (!listed) return null;
    const { route, base } = listed;
    if (path === base) return this.#answered(200, "The gateway lists its models itself", route);
    const id = path.slice(base.length + 1);
    const listing = this.#model.routes.filter((other) => covers(other, route) && this.#hasHost(other.hosts));
    const isListed = listing.some(({ listedModels }) => listedModels.some((model) => isWrittenAs(model, id)));
    if (isListed) return this.#answered(200, "The gateway lists this model itself", route);
    return this.#answered(404, "The gateway lists no such model", route);
  }

  /** The first route that fits in everything. Notes about each one up to it what decided. */
  #find(entry: Route): Route | null {
    // Envoy takes its route table's word for a route that serves every model; else the model router looks at all of
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
    const missing = this.#missingHeader(route.headers);
    return missing && `the header ${missing.name} is not "${missing.value}"`;
  }

  /** A request that names no model is below `responses`, and any route may have it. */
  #whyNotServed({ models }: Route): string | null {
    const name = this.#modelName;
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
    const target = this.#model.targets.find(({ name }) => name === route.target)!;
    const explanation = { ...this.#base(entry), surface, route: route.name };
    const service = findService(target, surface);
    // What stands below a surface is the provider's own.
    if (!service && countsTokens(surface) && this.#modelName !== null) {
      const reason = `The target "${target.name}" does not count tokens: the gateway estimates them`;
      return { ...explanation, outcome: "answered", answer: { status: 200, reason }, attempts: [] };
    }
    if (!service || (rest !== "" && service.how === "translated")) {
      const reason = `The target "${target.name}" does not have ${surface}`;
      return { ...explanation, outcome: "answered", answer: { status: 404, reason }, attempts: [] };
    }
    if (this.#modelName === null && rest === "") {
      return { ...explanation, answer: { status: 400, reason: "The request names no model" } };
    }
    return { ...explanation, outcome: "sent", answer: null, attempts: [this.#attempt(target, service, rest)] };
  }

  #attempt(target: Target, { how, endpoint }: Service, rest: string): Attempt {
    const mapped = this.#modelName === null ? null : mapModel(target.modelMapping, this.#modelName);
    const isTranslated = how === "translated";
    const headersSet = headersOf(target, isTranslated ? new Map() : this.#headers);
    const kept = new Set(headersSet.map(({ name }) => name));
    const { name, provider, dialect, authority, host, port, timeouts } = target;
    const own = (target.paths[endpoint] ?? target.basePath + endpointPath(endpoint, dialect)).replaceAll(
      "{model}",
      encodeURIComponent(mapped?.model ?? ""),
    );
    const path = isTranslated ? own : joinPath(own, rest, withoutKey(this.#path.query));
    const isWithheld = (name: string) => withheldHeaders.has(name) || (isTranslated && isOfDialect(name));
    return {
      target: name,
      provider,
      service: how,
      dialect,
      url: `${target.tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${port}${path}`,
      authority,
      path,
      model: mapped?.model ?? null,
      mapping: mapped?.mapping ? writtenAs(mapped.mapping) : null,
      headersSet,
      headersRemoved: [...this.#headers.keys()].filter((name) => isWithheld(name) && !kept.has(name)),
      timeouts,
    };
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
      readsBody: entry !== null && !isDirect(entry),
      routes: this.#routes,
      attempts: [],
    };
  }

  #hasHost(hosts: string[]): boolean {
    return hosts.length === 0 || hosts.some((pattern) => matchesHost(pattern, this.#host));
  }

  #missingHeader(headers: Route["headers"]): Route["headers"][number] | null {
    return headers.find(({ name, value }) => this.#headers.get(name) !== value) ?? null;
  }
}

type PathTest = (path: string, prefix: string) => boolean;

/** Whether one target has every model of the route, so that the model router is not asked. */
function isDirect(route: Route): boolean {
  return route.models.includes("*");
}

/** Whether everything that fits `narrow` fits `wide` too, hosts and models apart. */
function covers(wide: Route, narrow: Route): boolean {
  if (wide.pathPrefix !== narrow.pathPrefix) return false;
  return wide.headers.every((a) => narrow.headers.some((b) => a.name === b.name && a.value === b.value));
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

/** A client of Gemini's may authenticate itself with a parameter. */
function withoutKey(query: string): string {
  if (!/[?&]key=/.test(query)) return query;
  const kept = query
    .slice(1)
    .split("&")
    .filter((parameter) => !parameter.startsWith("key="));
  return kept.join("") === "" ? "" : `?${kept.join("&")}`;
}

/** A configured path may have a query of its own, which the client's then follows. */
function joinPath(own: string, rest: string, query: string): string {
  const mark = own.indexOf("?");
  if (mark < 0) return own + rest + query;
  const more = query.length > 1 ? `&${query.slice(1)}` : "";
  return own.slice(0, mark) + rest + own.slice(mark) + more;
}

/** What clients of one dialect say to its own provider, and to no other. */
function isOfDialect(name: string): boolean {
  return /^(anthropic-|openai-|x-goog-)/.test(name);
}

function headersOf(target: Target, given: Map<string, string>): Attempt["headersSet"] {
  const headers = target.headers
    .filter(({ name, ifAbsent }) => !ifAbsent || !given.has(name))
    .map(({ name, value }) => ({ name, value: value instanceof Secret ? null : value }));
  return [...headers, ...credentialHeaders(target.credential).map((name) => ({ name, value: null }))];
}

function credentialHeaders(credential: Target["credential"]): string[] {
  if (!credential) return [];
  if (credential.kind === "header") return [credential.header];
  if (credential.kind === "google") return ["authorization"];
  const token = credential.sessionToken ? ["x-amz-security-token"] : [];
  return ["authorization", "x-amz-date", ...token];
}

function writtenAs({ match, pattern }: ModelMapping): string {
  switch (match) {
    case "exact":
      return pattern;
    case "prefix":
      return `${pattern}*`;
    case "regex":
      return `~${pattern}`;
    case "any":
      return "*";
  }
}

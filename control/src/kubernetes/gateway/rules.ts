// The rules of HTTPRoutes and GRPCRoutes as routes, without their hosts and order yet.
import {
  noPolicies,
  type Forward,
  type PathMatch,
  type Respond,
  type ServeModels,
  type Session,
  type ValueMatch,
  type WebMatch,
  type WebPolicies,
  type WebRetry,
  type WeightedBackend,
} from "../../model/web.ts";
import { isRegex, quote } from "../regex.ts";
import { resolveReference, type ReferenceContext } from "./backend-references.ts";
import { isFalse, type Told } from "../conditions.ts";
import { milliseconds } from "./durations.ts";
import { readFilters, type Filtered, type RedirectTo } from "./filters.ts";
import { leadsToModels, modelsRule } from "./models.ts";
import type {
  BackendReference,
  GrpcRoute,
  HttpMatch,
  HttpRoute,
  HttpRule,
  RouteFilter,
  ValueMatchObject,
} from "./objects.ts";

/** One match of one rule. */
export interface RuleRoute {
  name: string;
  match: WebMatch;
  /** A redirect's port is told by the listener. */
  action: Forward | Respond | ServeModels | ({ kind: "redirect" } & RedirectTo);
  policies: WebPolicies;
}

export interface CompiledRoute {
  routes: RuleRoute[];
  /** For the route's conditions; several of one type, of which the first counts. */
  problems: Told[];
}

export function compileHttpRoute({ metadata, spec }: HttpRoute, context: ReferenceContext): CompiledRoute {
  const problems: Told[] = [];
  const routes = (spec.rules ?? []).flatMap((rule, index) => {
    const name = `HTTPRoute/${metadata.namespace}/${metadata.name}/${rule.name ?? index}`;
    const matches = (rule.matches ?? [{}]).map((match) => httpMatch(match, problems));
    return compileRule(rule, { name, matches }, context, problems);
  });
  return { routes, problems };
}

export function compileGrpcRoute({ metadata, spec }: GrpcRoute, context: ReferenceContext): CompiledRoute {
  const problems: Told[] = [];
  const routes = (spec.rules ?? []).flatMap((rule, index) => {
    const name = `GRPCRoute/${metadata.namespace}/${metadata.name}/${rule.name ?? index}`;
    const matches = (rule.matches ?? [{}]).map(({ method = {}, headers = [] }): WebMatch | null => {
      const path = grpcPath(method);
      return whole({ path, headers: valueMatches(headers, lowerCase), query: [], method: null }, problems);
    });
    return compileRule(rule, { name, matches }, context, problems);
  });
  return { routes, problems };
}

interface Named {
  name: string;
  /** Null: it cannot be matched. */
  matches: (WebMatch | null)[];
}

function compileRule(
  rule: Omit<HttpRule, "matches">,
  { name, matches }: Named,
  context: ReferenceContext,
  problems: Told[],
): RuleRoute[] {
  if (leadsToModels(rule)) return compileModels(rule, { name, matches }, context, problems);
  const filtered = readFilters(rule.filters ?? [], context);
  problems.push(...filtered.problems);
  const action = actionOf(rule, filtered, context, problems);
  const { requestHeaders, responseHeaders, cors } = filtered;
  const policies = { ...noPolicies, requestHeaders, responseHeaders, cors };
  return matches.flatMap((match) => (match ? [{ name, match, action, policies }] : []));
}

/** Each match is a way in of its own: what one asks for, the others need not. */
function compileModels(
  rule: Omit<HttpRule, "matches">,
  { name, matches }: Named,
  context: ReferenceContext,
  problems: Told[],
): RuleRoute[] {
  return matches.flatMap((match, index) => {
    if (!match) return [];
    const own = { name: index === 0 ? name : `${name}/${index}`, match };
    const { action, problems: found } = modelsRule(rule, own, context);
    problems.push(...found);
    return [{ ...own, action: action ?? failure, policies: noPolicies }];
  });
}

const failure: Respond = { kind: "respond", status: 500, body: "" };

function actionOf(
  rule: Omit<HttpRule, "matches">,
  filtered: Filtered,
  context: ReferenceContext,
  problems: Told[],
): RuleRoute["action"] {
  // A rule that cannot be followed whole is not followed at all.
  if (filtered.problems.some(({ type }) => type === "Accepted")) return failure;
  if (filtered.redirect) return { kind: "redirect", ...filtered.redirect };
  const backends = (rule.backendRefs ?? []).map((reference) => weighted(reference, context, problems));
  const { timeouts = {}, retry, sessionPersistence } = rule;
  return {
    kind: "forward",
    backends,
    rewrite: filtered.rewrite,
    mirrors: filtered.mirrors,
    timeoutMs: milliseconds(timeouts.request),
    attemptTimeoutMs: milliseconds(timeouts.backendRequest),
    retry: retry ? retryOf(retry) : null,
    hashBy: [],
    session: sessionPersistence ? sessionOf(sessionPersistence) : null,
  };
}

function weighted(
  { weight = 1, filters = [], ...reference }: BackendReference & { filters?: RouteFilter[] },
  context: ReferenceContext,
  problems: Told[],
): WeightedBackend {
  const { backend, problem } = resolveReference(reference, context);
  if (problem) problems.push(problem);
  const { requestHeaders, responseHeaders, problems: own } = readFilters(filters, context);
  const other = filters.find(({ type }) => type !== "RequestHeaderModifier" && type !== "ResponseHeaderModifier");
  problems.push(...own);
  if (!other) return { backend, weight, requestHeaders, responseHeaders };
  problems.push(isFalse("Accepted", "UnsupportedValue", `${other.type} can be a rule's, and no backend's`));
  return { backend: null, weight, requestHeaders, responseHeaders };
}

function retryOf({ codes = [], attempts = 1, backoff }: NonNullable<HttpRule["retry"]>): WebRetry {
  const on = ["connect-failure", "refused-stream", "reset"];
  return { retries: attempts, statuses: codes, on, backoffMs: milliseconds(backoff) };
}

function sessionOf({
  sessionName,
  type = "Cookie",
  absoluteTimeout,
  cookieConfig,
}: NonNullable<HttpRule["sessionPersistence"]>): Session {
  if (type === "Header") return { by: "header", name: (sessionName ?? "x-session").toLowerCase() };
  const isPermanent = cookieConfig?.lifetimeType === "Permanent";
  return {
    by: "cookie",
    name: sessionName ?? "session",
    path: "/",
    ttlMs: isPermanent ? milliseconds(absoluteTimeout) : 0,
  };
}

function httpMatch(
  { path = {}, headers = [], queryParams = [], method = "" }: HttpMatch,
  problems: Told[],
): WebMatch | null {
  const types = { Exact: "exact", PathPrefix: "prefix", RegularExpression: "regex" } as const;
  const { type = "PathPrefix", value = "/" } = path;
  return whole(
    {
      path: { type: types[type], value, ignoreCase: false },
      method: method === "" ? null : method,
      headers: valueMatches(headers, lowerCase),
      query: valueMatches(queryParams, (name) => name),
    },
    problems,
  );
}

/** Null where an expression in it is none. */
function whole(match: Omit<WebMatch, "cookies" | "oneLabelBelow">, problems: Told[]): WebMatch | null {
  const patterns = [match.path, ...match.headers, ...match.query].filter(({ type }) => type === "regex");
  const wrong = patterns.find(({ value }) => !isRegex(value));
  if (!wrong) return { ...match, cookies: [], oneLabelBelow: null };
  problems.push(isFalse("Accepted", "UnsupportedValue", `${wrong.value} is no regular expression of RE2`));
  return null;
}

const lowerCase = (name: string): string => name.toLowerCase();

/** Of two for one name the first counts. */
function valueMatches(matches: ValueMatchObject[], nameOf: (name: string) => string): ValueMatch[] {
  const byName = new Map<string, ValueMatch>();
  for (const { type = "Exact", name, value } of matches) {
    const key = nameOf(name);
    if (!byName.has(key)) byName.set(key, { name: key, type: type === "Exact" ? "exact" : "regex", value });
  }
  return [...byName.values()];
}

/** `/package.Service/Method`. */
function grpcPath({
  type = "Exact",
  service,
  method,
}: {
  type?: string;
  service?: string;
  method?: string;
}): PathMatch {
  const ignoreCase = false;
  if (!service && !method) return { type: "prefix", value: "/", ignoreCase };
  if (type === "Exact" && service) {
    return method
      ? { type: "exact", value: `/${service}/${method}`, ignoreCase }
      : { type: "start", value: `/${service}/`, ignoreCase };
  }
  const part = (text: string | undefined): string =>
    text ? (type === "Exact" ? quote(text) : `(?:${text})`) : "[^/]+";
  return { type: "regex", value: `/${part(service)}/${part(method)}`, ignoreCase };
}

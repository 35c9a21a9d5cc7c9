// The filters of a rule, as what happens to its requests.
import {
  noHeaderChanges,
  type Cors,
  type HeaderChanges,
  type PathRewrite,
  type Redirect,
  type Rewrite,
  type WebMirror,
} from "../../model/web.ts";
import { resolveReference, type ReferenceContext } from "./backend-references.ts";
import { isFalse, type Told } from "../conditions.ts";
import type { HeaderModifier, PathModifier, RouteFilter } from "./objects.ts";

export interface Filtered {
  requestHeaders: HeaderChanges;
  responseHeaders: HeaderChanges;
  mirrors: WebMirror[];
  redirect: RedirectTo | null;
  rewrite: Rewrite;
  cors: Cors | null;
  /** For the route's conditions. */
  problems: Told[];
}

/** The port is told by the listener where the filter does not. */
export type RedirectTo = Omit<Redirect, "kind">;

export function readFilters(filters: RouteFilter[], context: ReferenceContext): Filtered {
  const result: Filtered = {
    requestHeaders: noHeaderChanges,
    responseHeaders: noHeaderChanges,
    mirrors: [],
    redirect: null,
    rewrite: { host: null, path: null },
    cors: null,
    problems: [],
  };
  for (const filter of filters) readFilter(filter, result, context);
  return result;
}

function readFilter(filter: RouteFilter, result: Filtered, context: ReferenceContext): void {
  if (filter.type === "RequestHeaderModifier") result.requestHeaders = headerChanges(filter.requestHeaderModifier);
  else if (filter.type === "ResponseHeaderModifier")
    result.responseHeaders = headerChanges(filter.responseHeaderModifier);
  else if (filter.type === "RequestMirror") readMirror(filter, result, context);
  else if (filter.type === "RequestRedirect") result.redirect = redirectTo(filter.requestRedirect ?? {});
  else if (filter.type === "URLRewrite") {
    const { hostname = null, path } = filter.urlRewrite ?? {};
    result.rewrite = { host: hostname, path: path ? pathRewrite(path) : null };
  } else if (filter.type === "CORS") result.cors = corsOf(filter.cors ?? {});
  else {
    const message = `There is no filter ${filter.type}`;
    result.problems.push(isFalse("Accepted", "UnsupportedValue", message));
  }
}

export function headerChanges({ set = [], add = [], remove = [] }: HeaderModifier = {}): HeaderChanges {
  const lower = (list: { name: string; value: string }[]) =>
    list.map(({ name, value }) => ({ name: name.toLowerCase(), value }));
  return { set: lower(set), add: lower(add), remove: remove.map((name) => name.toLowerCase()) };
}

function readMirror({ requestMirror }: RouteFilter, result: Filtered, context: ReferenceContext): void {
  if (!requestMirror) return;
  const { backend, problem } = resolveReference(requestMirror.backendRef, context);
  if (problem) result.problems.push(problem);
  const { percent = 100, fraction } = requestMirror;
  const { numerator = percent, denominator = 100 } = fraction ?? {};
  if (backend) result.mirrors.push({ backend, numerator, denominator });
}

const statuses = [301, 302, 303, 307, 308] as const;

function redirectTo({
  scheme,
  hostname,
  path,
  port,
  statusCode = 302,
}: NonNullable<RouteFilter["requestRedirect"]>): RedirectTo {
  return {
    status: statuses.find((status) => status === statusCode) ?? 302,
    scheme: scheme ?? null,
    host: hostname ?? null,
    port: port ?? null,
    path: path ? pathRewrite(path) : null,
  };
}

function pathRewrite({ type, replaceFullPath = "", replacePrefixMatch = "" }: PathModifier): PathRewrite {
  return type === "ReplaceFullPath"
    ? { kind: "full", value: replaceFullPath }
    : { kind: "prefix", value: replacePrefixMatch };
}

function corsOf(cors: NonNullable<RouteFilter["cors"]>): Cors {
  return {
    origins: cors.allowOrigins ?? [],
    methods: cors.allowMethods ?? [],
    headers: cors.allowHeaders ?? [],
    exposed: cors.exposeHeaders ?? [],
    credentials: cors.allowCredentials ?? false,
    maxAgeSeconds: cors.maxAge ?? 5,
  };
}

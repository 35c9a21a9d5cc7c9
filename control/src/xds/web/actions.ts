// What becomes of a request of plain HTTP: sent to backends, sent elsewhere, or answered.
import type {
  Forward,
  HashBy,
  PathMatch,
  PathRewrite,
  Redirect,
  WebMirror,
  WebRetry,
  WebRoute,
  WeightedBackend,
} from "../../model/web.ts";
import { duration, type ProtoJson } from "../resources.ts";
import { clusterNameOf, nowhere, usable } from "./clusters.ts";
import { changes } from "./header-changes.ts";
import { quote } from "./regex.ts";

export function actionOf({ action, match }: WebRoute): ProtoJson {
  if (action.kind === "models") return respond(500, "");
  if (action.kind === "redirect") return { redirect: redirect(action, match.path) };
  if (action.kind === "respond") return respond(action.status, action.body);
  const weighted = action.backends.filter(({ weight }) => weight > 0);
  if (weighted.length === 0) return respond(500, "");
  return { route: forward(action, weighted, match.path) };
}

function respond(status: number, text: string): ProtoJson {
  return { direct_response: { status, ...(text !== "" && { body: { inline_string: text } }) } };
}

function forward(action: Forward, weighted: WeightedBackend[], path: PathMatch): ProtoJson {
  const { rewrite, mirrors, timeoutMs, hashBy } = action;
  const policy = retryPolicy(action);
  return {
    ...clusters(weighted),
    // Nobody has a cluster for what cannot be.
    cluster_not_found_response_code: "INTERNAL_SERVER_ERROR",
    timeout: duration(timeoutMs),
    ...(rewrite.host !== null && { host_rewrite_literal: rewrite.host, append_x_forwarded_host: true }),
    ...(rewrite.path && rewriteOf(rewrite.path, path)),
    ...(policy && { retry_policy: policy }),
    ...(mirrors.length > 0 && { request_mirror_policies: mirrors.map(mirrorPolicy) }),
    ...(hashBy.length > 0 && { hash_policy: hashBy.map(hashPolicy) }),
  };
}

function clusters(weighted: WeightedBackend[]): ProtoJson {
  const list = weighted.map(({ backend, weight, requestHeaders, responseHeaders }) => ({
    name: backend === null ? nowhere : clusterNameOf(backend),
    weight,
    ...changes("request", requestHeaders),
    ...changes("response", responseHeaders),
  }));
  const [only] = list;
  if (only && list.length === 1 && Object.keys(only).length === 2) return { cluster: only.name };
  return { weighted_clusters: { clusters: list } };
}

function retryPolicy({ attemptTimeoutMs, retry, backends }: Forward): ProtoJson | null {
  const perTry = attemptTimeoutMs > 0 ? { per_try_timeout: duration(attemptTimeoutMs) } : {};
  if (retry) return { ...retryOn(retry), ...perTry };
  if (attemptTimeoutMs > 0) return { num_retries: 0, ...perTry };
  // A server that has just gone has not begun with a request that it never read.
  return usable(backends).length > 0 ? { retry_on: "connect-failure,refused-stream", num_retries: 2 } : null;
}

function retryOn({ retries, statuses, on, backoffMs }: WebRetry): ProtoJson {
  const conditions = [...on, ...(statuses.length > 0 ? ["retriable-status-codes"] : [])];
  const base_interval = duration(backoffMs);
  return {
    retry_on: conditions.join(","),
    num_retries: retries,
    ...(statuses.length > 0 && { retriable_status_codes: statuses }),
    ...(backoffMs > 0 && { retry_back_off: { base_interval, max_interval: duration(backoffMs * 10) } }),
  };
}

function mirrorPolicy({ backend, numerator, denominator }: WebMirror): ProtoJson {
  const parts = Math.round((numerator / denominator) * 1_000_000);
  return {
    cluster: clusterNameOf(backend),
    runtime_fraction: { default_value: { numerator: parts, denominator: "MILLION" } },
    disable_shadow_host_suffix_append: true,
  };
}

function hashPolicy(hash: HashBy): ProtoJson {
  if (hash.by === "header") return { header: { header_name: hash.name }, terminal: true };
  if (hash.by === "query") return { query_parameter: { name: hash.name }, terminal: true };
  if (hash.by === "address") return { connection_properties: { source_ip: true }, terminal: true };
  const { name, path, ttlMs } = hash;
  return { cookie: { name, path, ...(ttlMs !== null && { ttl: duration(ttlMs) }) }, terminal: true };
}

const codes: Record<Redirect["status"], string> = {
  301: "MOVED_PERMANENTLY",
  302: "FOUND",
  303: "SEE_OTHER",
  307: "TEMPORARY_REDIRECT",
  308: "PERMANENT_REDIRECT",
};

function redirect({ status, scheme, host, port, path: to }: Redirect, path: PathMatch): ProtoJson {
  return {
    response_code: codes[status],
    ...(scheme !== null && { scheme_redirect: scheme }),
    ...(host !== null && { host_redirect: host }),
    ...(port !== null && { port_redirect: port }),
    ...(to?.kind === "full" ? { path_redirect: to.value } : to && rewriteOf(to, path)),
  };
}

/** Of the path, its query stays. */
function rewriteOf(rewrite: PathRewrite, { type, value: matched }: PathMatch): ProtoJson {
  if (rewrite.kind === "regex") return regexRewrite(rewrite.pattern, rewrite.value);
  if (rewrite.kind === "full") return regexRewrite("^/.*$", literal(rewrite.value));
  if (type === "exact") return regexRewrite("^/.*$", literal(rewrite.value || "/"));
  const prefix = matched.replace(/\/+$/, "");
  const value = rewrite.value.replace(/\/+$/, "");
  // `/a` for `/` in front of `/b` is `/a/b`, and nothing for `/a` in front of `/a/b` is `/b`: the slash is the rest's.
  if (value === "") return regexRewrite(`^${quote(prefix)}/*`, "/");
  if (prefix === "") return regexRewrite("^/*", literal(`${value}/`));
  return { prefix_rewrite: value };
}

function regexRewrite(regex: string, substitution: string): ProtoJson {
  return { regex_rewrite: { pattern: { regex }, substitution } };
}

/** In a substitution a backslash means a group. */
function literal(text: string): string {
  return text.replaceAll("\\", "\\\\");
}

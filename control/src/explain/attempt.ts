// What one target would be sent: the decisions of ai-proxy, taken from the model.
import { endpointPath, type Service } from "../model/dialect.ts";
import { mapModel, type MappedModel } from "../model/match-model.ts";
import type { ModelMapping, Target } from "../model/model.ts";
import type { Fallback } from "../model/routing.ts";
import { Secret } from "../model/secret.ts";
import type { Attempt } from "./explanation.ts";
import type { RequestPath } from "./request-path.ts";

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

/** The request, as far as the targets see it. */
export interface Sent {
  path: RequestPath;
  /** What stands below the surface's own path. */
  rest: string;
  headers: Map<string, string>;
  model: string | null;
}

/** An attempt at `target`, which serves the request as `service` says. */
export function describeAttempt(
  target: Target,
  { how, endpoint }: Service,
  planned: Fallback,
  sent: Sent,
): Omit<Attempt, "because"> {
  const mapped = mapFor(target, planned, sent.model);
  const isTranslated = how === "translated";
  const headersSet = headersOf(target, isTranslated ? new Map() : sent.headers);
  const kept = new Set(headersSet.map(({ name }) => name));
  const { name, provider, dialect, authority, host, port, timeouts } = target;
  const own = (target.paths[endpoint] ?? target.basePath + endpointPath(endpoint, dialect)).replaceAll(
    "{model}",
    encodeURIComponent(mapped?.model ?? ""),
  );
  const path = isTranslated ? own : joinPath(own, sent.rest, withoutKey(sent.path.query));
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
    isModelOfRoute: mapped !== null && planned.model !== null,
    headersSet,
    headersRemoved: [...sent.headers.keys()].filter((name) => isWithheld(name) && !kept.has(name)),
    timeouts,
  };
}

/** The route's own name for the model comes before the target's mapping. */
function mapFor(target: Target, planned: Fallback, model: string | null): MappedModel | null {
  if (model === null) return null;
  return planned.model === null ? mapModel(target.modelMapping, model) : { model: planned.model, mapping: null };
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

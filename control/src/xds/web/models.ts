// Routes of the model at listeners of Gateways: the same Envoy routes as at the gateway's own, each with a word about
// which way its requests came in. By that the plugin that looks for routes leaves those of other listeners alone.
import type { Model, Route } from "../../model/model.ts";
import type { ServeModels, WebHost, WebMatch, WebRoute } from "../../model/web.ts";
import { namespace } from "../client-api.ts";
import { covers } from "../host-domains.ts";
import { translateModelLists } from "../model-list.ts";
import { extension, type ProtoJson } from "../resources.ts";
import { chosenRoutes, removedHeaders, translateApis, unknownPath } from "../routes.ts";
import { anthropicMark } from "../client-api.ts";
import { matchOf } from "./matches.ts";

/** What a virtual host with such routes needs beside them. */
export function modelsHost(model: Model): ProtoJson {
  return { include_request_attempt_count: true, request_body_buffer_limit: model.gateway.bodyBytesMax };
}

/** Those that are found by what a plugin has chosen, before all others of the host. */
export function chosenModels(host: WebHost, model: Model): ProtoJson[] {
  const served = host.routes.flatMap(({ action }) => (action.kind === "models" ? [action] : []));
  const names = new Set(served.flatMap(({ routes }) => routes));
  const here = { ...model, coming: (model.coming ?? []).filter(({ name }) => names.has(name)) };
  const routes = servedRoutes([...names], host.domain, model);
  return routes.length > 0 ? chosenRoutes(routes, here).map((route) => withDoor(route, served[0]!.door, model)) : [];
}

/** In place of a route that leads to models. */
export function translateModels({ action, match }: WebRoute & { action: ServeModels }, host: WebHost, model: Model) {
  const routes = servedRoutes(action.routes, host.domain, model);
  const known = [...translateApis(routes, model), ...translateModelLists(routes, model)];
  const unknown = action.isWhole ? unknownPaths(match) : [];
  const within = action.isWhole ? known.filter((route) => isWithin(route, match)) : known;
  const conditions = action.isWhole ? conditionsOf(match) : {};
  return [...within.map((route) => restricted(route, conditions)), ...unknown].map((route) =>
    withDoor(route, action.door, model),
  );
}

/** In CEL: whether a request was one for models. */
export const cameByDoor: ProtoJson = {
  extension_filter: extension(
    "envoy.access_loggers.extension_filters.cel",
    "envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter",
    { expression: `'door' in xds.route_metadata.filter_metadata['${namespace}']` },
  ),
};

function servedRoutes(names: string[], domain: string, model: Model): Route[] {
  return model.routes.filter(({ name, hosts }) => {
    const isHere = hosts.length === 0 || hosts.some((host) => covers(host.toLowerCase(), domain));
    return names.includes(name) && isHere;
  });
}

function withDoor(route: ProtoJson, door: string, model: Model): ProtoJson {
  const { metadata } = route as { metadata?: { filter_metadata: Record<string, ProtoJson> } };
  return {
    ...route,
    metadata: { filter_metadata: { [namespace]: { ...metadata?.filter_metadata[namespace], door } } },
    request_headers_to_remove: removedHeaders(model),
  };
}

function isWithin({ match }: ProtoJson, { path }: WebMatch): boolean {
  const prefix = path.value.replace(/\/+$/, "");
  const { path: exact, prefix: start, path_separated_prefix: root } = match as Record<string, string | undefined>;
  const own = exact ?? start ?? root;
  return prefix === "" || (own !== undefined && (own === prefix || own.startsWith(`${prefix}/`)));
}

function conditionsOf(match: WebMatch): ProtoJson {
  const { headers, query_parameters } = matchOf(match);
  return { ...(headers !== undefined && { headers }), ...(query_parameters !== undefined && { query_parameters }) };
}

/** What both ask for. */
function restricted(route: ProtoJson, conditions: ProtoJson): ProtoJson {
  const match = route["match"] as Record<string, unknown>;
  const joined = Object.entries(conditions).map(([name, own]) => {
    return [name, [...((match[name] as ProtoJson[] | undefined) ?? []), ...(own as ProtoJson[])]];
  });
  return { ...route, match: { ...match, ...Object.fromEntries(joined) } };
}

function unknownPaths(match: WebMatch): ProtoJson[] {
  const path = matchOf(match);
  const anthropic = restricted({ match: path }, { headers: [anthropicMark] })["match"] as ProtoJson;
  return [unknownPath("anthropic", anthropic), unknownPath("openai", path)];
}

// The route configuration: virtual hosts, and in each the API's paths, the lists of models, and a 404 for the rest.
import { isInner } from "../model/mcp.ts";
import type { Model, Route } from "../model/model.ts";
import { isDirect } from "../model/routing.ts";
import { servingRoutes } from "../model/serving.ts";
import { apiRoots, type ClientApi } from "../model/surface.ts";
import { translateCallerApi } from "./caller-routes.ts";
import { anthropicMark, clientMetadata } from "./client-api.ts";
import { clientPaths } from "./client-paths.ts";
import { errorBody, jsonContentType } from "./error-body.ts";
import { routeState } from "./filters/ai-fallback.ts";
import { withLimits } from "./filters/token-ratelimit.ts";
import { enableBudget, runsBudget } from "./filters/budget.ts";
import { withRecording } from "./filters/recorder.ts";
import { routesByDomain } from "./host-domains.ts";
import { calledRoutes, innerCalledRoutes, translateMcpServers } from "./mcp-routes.ts";
import { routeConfigurationName } from "./listener.ts";
import { translateModelLists } from "./model-list.ts";
import { withPlugins } from "./plugins/choices.ts";
import { openToAll, withAuth } from "./route-auth.ts";
import { type NamedResource, type ProtoJson } from "./resources.ts";
import { differentMatches, matchOf } from "./route-match.ts";
import { chosenAction, directAction, hasOwnAction, needsMatcher, routedAction, targetMatcher } from "./route-action.ts";

export function translateRoutes(model: Model): NamedResource {
  const servers = model.mcp?.servers ?? [];
  const own = model.routes.filter(({ isAttachedOnly }) => !isAttachedOnly);
  const virtual_hosts = routesByDomain(own, servers).map(({ domain, routes, servers: here }) => ({
    name: domain,
    domains: [domain],
    // Tells ai-proxy which attempt it is on.
    include_request_attempt_count: true,
    request_body_buffer_limit: model.gateway.bodyBytesMax,
    routes: [
      ...calledRoutes(servers),
      ...innerCalledRoutes(servers.filter((server) => isInner(server, model.mcp))),
      ...chosenRoutes(routes, model),
      ...translateMcpServers(here, model),
      ...translateApis(routes, model),
      ...translateModelLists(routes, model),
      ...translateCallerApi(routes, model),
      ...unknownPaths(routes),
    ],
  }));
  const resource = {
    name: routeConfigurationName,
    ignore_port_in_host_matching: true,
    max_direct_response_body_size_bytes: bodySizeMax(virtual_hosts),
    ...(needsMatcher(model) && { cluster_specifier_plugins: [targetMatcher(model)] }),
    request_headers_to_remove: removedHeaders(model),
    ...filtersOfAll(model),
    virtual_hosts,
  };
  return { name: routeConfigurationName, resource: withPlugins(resource, model, (name) => servingNames(name, model)) };
}

/** What an Envoy route of this name may lead to: plugins run before it is known which of them. */
export function servingNames(name: string, { routes }: Model): string[] {
  const route = routes.find((one) => one.name === name);
  return route ? [name, ...servingRoutes(route, routes).map((one) => one.name)] : [name];
}

/** Where nobody has a key, nobody is asked for one, and no plugin runs for it. Budgets hold on open routes, too. */
export function filtersOfAll(model: Model): ProtoJson {
  const typed_per_filter_config = { ...(!model.auth && openToAll), ...(runsBudget(model) && enableBudget) };
  return Object.keys(typed_per_filter_config).length > 0 ? { typed_per_filter_config } : {};
}

/**
 * Taken by requests for which a plugin has chosen a route of the model, when Envoy looks a second time. One Envoy route
 * for each API, so that the client's is known.
 */
export function chosenRoutes(routes: Route[], model: Model): ProtoJson[] {
  // Where every route is direct nobody chooses.
  if (routes.every(isDirect)) return [];
  const all = [...(model.coming ?? []), ...routes].filter((route) => hasOwnAction(route, model));
  return all
    .filter(({ name }, index) => all.findIndex((other) => other.name === name) === index)
    .flatMap((route) => {
      const { name, pathPrefix } = route;
      const filter_state = [{ key: routeState, string_match: { exact: name } }];
      const path = (client: ClientApi, match: ProtoJson): ProtoJson => ({
        name,
        match: { ...match, filter_state },
        ...clientMetadata(client),
        ...chosenAction(route, model),
      });
      return [
        path("anthropic", { path_separated_prefix: `${pathPrefix}/messages` }),
        ...apiRoots(pathPrefix).map((root) => path("gemini", { prefix: `${root}/models/` })),
        path("openai", { prefix: "/" }),
      ];
    });
}

/** One Envoy route for each different match; routes of the model that share one are told apart by the model's name. */
export function translateApis(routes: Route[], model: Model): ProtoJson[] {
  return differentMatches(routes).flatMap((route) => {
    const action = isDirect(route) ? directAction(route, model) : routedAction(route, routes, model);
    return clientPaths(route.pathPrefix).map(({ client, path, method }) => {
      const match = matchOf(route, path, { method });
      const envoyRoute = { name: route.name, match, ...clientMetadata(client), ...action };
      const serving = servingRoutes(route, routes);
      return withRecording(withLimits(withAuth(envoyRoute, serving, model), model), serving, model);
    });
  });
}

/** What is left is told to each client in its own words. */
function unknownPaths(routes: Route[]): ProtoJson[] {
  const geminiRoots = new Set(routes.flatMap(({ pathPrefix }) => apiRoots(pathPrefix).slice(1)));
  return [
    unknownPath("anthropic", { prefix: "/", headers: [anthropicMark] }),
    ...[...geminiRoots].map((root) => unknownPath("gemini", { prefix: `${root}/` })),
    unknownPath("openai", { prefix: "/" }),
  ];
}

export function unknownPath(client: ClientApi, match: ProtoJson): ProtoJson {
  const body = errorBody(
    {
      status: 404,
      message: "This gateway serves nothing at this path with this method",
      type: "invalid_request_error",
      param: null,
      code: "unknown_url",
    },
    client,
  );
  return {
    name: "unknown-path",
    match,
    ...clientMetadata(client),
    direct_response: { status: 404, body: { inline_string: body } },
    response_headers_to_add: [jsonContentType],
  };
}

/** Who the client is, and which way it came, is not the provider's business. */
export const clientTraces = ["forwarded", "via", "x-forwarded-for", "x-forwarded-proto", "x-envoy-external-address"];

/** Nor is the key that the gateway has asked for. */
export function removedHeaders({ auth }: Model): string[] {
  return [...clientTraces, ...(auth?.keyHeaders ?? [])];
}

interface VirtualHost {
  routes: ProtoJson[];
}

/** Envoy refuses bodies over 4 KiB unless it is told of a larger limit. */
export function bodySizeMax(hosts: VirtualHost[]): number {
  const bodies = hosts.flatMap((host) => host.routes).map((route) => bodyOf(route));
  return Math.max(4096, ...bodies.map((body) => Buffer.byteLength(body)));
}

function bodyOf(route: ProtoJson): string {
  const response = route.direct_response as { body?: { inline_string: string } } | undefined;
  return response?.body?.inline_string ?? "";
}

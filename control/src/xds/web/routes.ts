// The route configurations of plain HTTP: one for each chain that has HTTP in it.
import type { Model } from "../../model/model.ts";
import { servesModels, type ServeModels, type WebHost, type WebRoute } from "../../model/web.ts";
import type { TranslateOptions } from "../options.ts";
import { withPlugins } from "../plugins/choices.ts";
import type { VirtualHost } from "../plugins/hosts.ts";
import type { NamedResource, ProtoJson } from "../resources.ts";
import { disableBudget, runsBudget } from "../filters/budget.ts";
import { needsMatcher, targetMatcher } from "../route-action.ts";
import { bodySizeMax, filtersOfAll, servingNames, unknownPath } from "../routes.ts";
import { openToAll } from "../route-auth.ts";
import { actionOf } from "./actions.ts";
import { changes } from "./header-changes.ts";
import { routesName } from "./listeners.ts";
import { matchOf } from "./matches.ts";
import { chosenModels, modelsHost, translateModels } from "./models.ts";
import { policiesOf } from "./policies.ts";

export function translateWebRoutes(model: Model, options: TranslateOptions): NamedResource[] {
  return (model.web?.listeners ?? []).flatMap((listener) =>
    listener.chains.flatMap((chain) => {
      if (chain.kind !== "http") return [];
      const name = routesName(listener, chain);
      const isForModels = servesModels(chain);
      const virtual_hosts = chain.hosts.map((host) => {
        return isForModels ? translateMixed(host, model, options) : translateHost(host, options);
      });
      if (isForModels && !chain.hosts.some(({ domain }) => domain === "*")) virtual_hosts.push(nobodysHost(model));
      const own = isForModels ? ofModels(virtual_hosts, model) : {};
      const resource = { name, ignore_port_in_host_matching: true, ...own, virtual_hosts };
      return [{ name, resource: withPlugins(resource, model, (route) => servingNames(route, model)) }];
    }),
  );
}

function ofModels(hosts: VirtualHost[], model: Model): ProtoJson {
  return {
    max_direct_response_body_size_bytes: bodySizeMax(hosts),
    ...(needsMatcher(model) && { cluster_specifier_plugins: [targetMatcher(model)] }),
    ...filtersOfAll(model),
  };
}

function translateHost({ domain, routes }: WebHost, options: TranslateOptions): VirtualHost {
  return { name: domain, domains: [domain], routes: routes.map((route) => translateRoute(route, options)) };
}

function translateMixed(host: WebHost, model: Model, options: TranslateOptions): VirtualHost {
  const { domain, routes } = host;
  const own = routes.flatMap((route) =>
    leadsToModels(route)
      ? translateModels(route, host, model)
      : [withoutPlugins(translateRoute(route, options), model)],
  );
  const all = [...chosenModels(host, model), ...own, nothing(model)];
  return { name: domain, domains: [domain], ...modelsHost(model), routes: all };
}

function nobodysHost(model: Model): VirtualHost {
  return { name: "*", domains: ["*"], routes: [nothing(model)] };
}

/** Without any route the plugin that asks for keys would refuse what is not there. */
function nothing(model: Model): ProtoJson {
  return withoutPlugins(unknownPath("openai", { prefix: "/" }), model);
}

/** Keys and budgets are for models. */
function withoutPlugins(route: ProtoJson, model: Model): ProtoJson {
  const others = route["typed_per_filter_config"] as ProtoJson | undefined;
  const off = { ...(model.auth && openToAll), ...(runsBudget(model) && disableBudget) };
  return Object.keys(off).length > 0 ? { ...route, typed_per_filter_config: { ...others, ...off } } : route;
}

function leadsToModels(route: WebRoute): route is WebRoute & { action: ServeModels } {
  return route.action.kind === "models";
}

function translateRoute(route: WebRoute, options: TranslateOptions): ProtoJson {
  const { requestHeaders, responseHeaders } = route.policies;
  return {
    name: route.name,
    match: matchOf(route.match),
    ...actionOf(route),
    ...changes("request", requestHeaders),
    ...changes("response", responseHeaders),
    ...policiesOf(route, options),
  };
}

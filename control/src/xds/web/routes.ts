// The route configurations of plain HTTP: one for each chain that has HTTP in it.
import type { Model } from "../../model/model.ts";
import type { WebHost, WebRoute } from "../../model/web.ts";
import type { TranslateOptions } from "../options.ts";
import type { NamedResource, ProtoJson } from "../resources.ts";
import { actionOf } from "./actions.ts";
import { changes } from "./header-changes.ts";
import { routesName } from "./listeners.ts";
import { matchOf } from "./matches.ts";
import { policiesOf } from "./policies.ts";

export function translateWebRoutes(model: Model, options: TranslateOptions): NamedResource[] {
  return (model.web?.listeners ?? []).flatMap((listener) =>
    listener.chains.flatMap((chain) => {
      if (chain.kind !== "http") return [];
      const name = routesName(listener, chain);
      const virtual_hosts = chain.hosts.map((host) => translateHost(host, options));
      return [{ name, resource: { name, ignore_port_in_host_matching: true, virtual_hosts } }];
    }),
  );
}

function translateHost({ domain, routes }: WebHost, options: TranslateOptions): ProtoJson {
  return { name: domain, domains: [domain], routes: routes.map((route) => translateRoute(route, options)) };
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

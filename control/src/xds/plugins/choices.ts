// Which configuration of each foreign plugin runs on which of Envoy's routes.
import type { Model } from "../../model/model.ts";
import type { ForeignPlugin, PluginRule } from "../../model/plugins.ts";
import { typed, type ProtoJson } from "../resources.ts";
import { coversHost, withHosts, type VirtualHost } from "./hosts.ts";
import { instanceName, pluginsInOrder } from "./instances.ts";
import { servicesOf } from "./services.ts";

export interface Served {
  virtual_hosts: VirtualHost[];
  typed_per_filter_config?: ProtoJson;
}

/** The names of the model's routes that one of Envoy's may lead to. */
export type NamesOf = (routeName: string) => string[];

/** A route configuration in which each route says what runs on it, where that is not what runs everywhere. */
export function withPlugins<T extends Served>(served: T, model: Model, namesOf: NamesOf = (name) => [name]): T {
  const plugins = pluginsInOrder(model);
  if (plugins.length === 0) return served;
  const patterns = plugins.flatMap(({ rules }) => rules.flatMap(({ hosts }) => hosts));
  const virtual_hosts = withHosts(served.virtual_hosts, patterns).map((host) => {
    const about = { domain: host.domains[0]!, namesOf };
    return { ...host, routes: host.routes.map((route) => withChoices(route, plugins, about)) };
  });
  const everywhere = plugins.filter(({ configuration }) => configuration !== null);
  const enabled = Object.fromEntries(everywhere.map((plugin) => [instanceName(plugin, null), on]));
  const typed_per_filter_config = { ...served.typed_per_filter_config, ...enabled };
  return {
    ...served,
    virtual_hosts,
    ...(Object.keys(typed_per_filter_config).length > 0 && { typed_per_filter_config }),
  };
}

const on = typed("envoy.config.route.v3.FilterConfig", { config: {} });
const off = typed("envoy.config.route.v3.FilterConfig", { disabled: true });

interface Place {
  domain: string;
  namesOf: NamesOf;
}

interface Weighted {
  name: string;
  typed_per_filter_config?: ProtoJson;
}

function withChoices(route: ProtoJson, plugins: ForeignPlugin[], { domain, namesOf }: Place): ProtoJson {
  const names = namesOf(String(route["name"]));
  const choices = (cluster: string | null): ProtoJson =>
    Object.assign({}, ...plugins.map((plugin) => choiceOf(plugin, { names, domain, cluster }))) as ProtoJson;
  const action = route["route"] as { cluster?: string; weighted_clusters?: { clusters: Weighted[] } } | undefined;
  const weighted = action?.weighted_clusters?.clusters;
  const chosen = withConfig(route, choices(action?.cluster ?? null));
  const bySome = plugins.some(({ rules }) => rules.some(({ services }) => services.length > 0));
  if (!weighted || !bySome) return chosen;
  // Which one it will be is known before the plugins run.
  const clusters = weighted.map((one) => withConfig(one, choices(one.name)));
  return { ...chosen, route: { ...action, weighted_clusters: { ...action?.weighted_clusters, clusters } } };
}

function withConfig<T extends object>(given: T, more: ProtoJson): T {
  if (Object.keys(more).length === 0) return given;
  const { typed_per_filter_config: before } = given as { typed_per_filter_config?: ProtoJson };
  return { ...given, typed_per_filter_config: { ...before, ...more } };
}

interface Facts {
  names: string[];
  domain: string;
  cluster: string | null;
}

function choiceOf(plugin: ForeignPlugin, facts: Facts): ProtoJson {
  const index = plugin.rules.findIndex((rule) => fits(rule, facts));
  const rule = plugin.rules[index];
  if (!rule) return {};
  return {
    ...(plugin.configuration !== null && { [instanceName(plugin, null)]: off }),
    ...(rule.configuration !== null && { [instanceName(plugin, index)]: on }),
  };
}

function fits({ routes, hosts, services }: PluginRule, { names, domain, cluster }: Facts): boolean {
  // One that is named may have become several.
  const isOf = (name: string) => routes.some((route) => name === route || name.startsWith(`${route}/`));
  const isRoute = routes.length === 0 || names.some(isOf);
  const isHost = hosts.length === 0 || hosts.some((pattern) => coversHost(pattern, domain));
  const own = services.length > 0 && cluster !== null ? servicesOf(cluster) : [];
  return isRoute && isHost && (services.length === 0 || own.some((name) => services.includes(name)));
}

// Each configuration of a foreign plugin is a filter of its own, and routes say which of them runs: a plugin need not
// know of rules. Those with the same code share a VM.
import { pluginPhases, type ForeignPlugin, type PluginPhase } from "../../model/plugins.ts";
import type { Model } from "../../model/model.ts";
import type { Secret } from "../../model/secret.ts";

export interface PluginInstance {
  /** Of the filter, and of the resource with its configuration. */
  name: string;
  plugin: ForeignPlugin;
  configuration: Secret;
  /** Of which rule it is; null for what no rule is for. */
  rule: number | null;
}

/** In the order in which they run. */
export function pluginInstances(model: Model, phase?: PluginPhase): PluginInstance[] {
  return pluginsInOrder(model).flatMap((plugin) => (phase && plugin.phase !== phase ? [] : instancesOf(plugin)));
}

export function pluginsInOrder({ plugins = [] }: Model): ForeignPlugin[] {
  const rank = ({ phase }: ForeignPlugin): number => pluginPhases.indexOf(phase);
  return [...plugins].sort((a, b) => rank(a) - rank(b) || b.priority - a.priority);
}

export function instancesOf(plugin: ForeignPlugin): PluginInstance[] {
  const all = [null, ...plugin.rules.keys()];
  return all.flatMap((rule) => {
    const { configuration } = rule === null ? plugin : plugin.rules[rule]!;
    return configuration === null ? [] : [{ name: instanceName(plugin, rule), plugin, configuration, rule }];
  });
}

/** By the rule's place: another configuration in the same place touches no listener. */
export function instanceName({ name }: ForeignPlugin, rule: number | null): string {
  return rule === null ? `plugin/${name}` : `plugin/${name}/${rule + 1}`;
}

// An entry of `plugins` → a foreign plugin of the model.
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import { pullsAlways, registryOf } from "../model/module-reference.ts";
import type { ForeignPlugin, PluginRule } from "../model/plugins.ts";
import { Secret } from "../model/secret.ts";
import { didYouMean } from "./did-you-mean.ts";
import { formatPath, type Path } from "./path.ts";
import { toSecret, type Reference } from "./reference.ts";
import type { Report } from "./report.ts";
import { pluginSchema, type PluginConfig } from "./schema/plugin.ts";

export const pluginPart = { field: "plugins", schema: pluginSchema };

export interface PluginContext {
  report: Report;
  path: Path;
  references: Map<string, Reference>;
  baseDir: string;
  /** Names of routes and MCP servers. */
  routes: string[];
}

/** Null when something is wrong with it, which the report then says. */
export function resolvePlugin(config: PluginConfig, context: PluginContext): ForeignPlugin | null {
  const { report, path } = context;
  const { name, phase, priority, failure, rootId = "", allowOnHeadersStopIteration = null } = config;
  const module = moduleOf(config, context);
  const rules = config.rules.map((rule, index) => ruleOf(rule, index, context));
  const values = Object.entries(config.environment.values).map(([key, value]) => [key, String(value)] as const);
  if (report.isBroken(path)) return null;
  return {
    name,
    module,
    phase,
    priority,
    failure,
    rootId,
    environment: { host: config.environment.names, values: Object.fromEntries(values) },
    allowOnHeadersStopIteration,
    configuration: ownConfiguration(config, context),
    rules,
  };
}

function ownConfiguration({ config, rules }: PluginConfig, context: PluginContext): Secret | null {
  if (config === undefined) return rules.length > 0 ? null : new Secret("", { kind: "literal" });
  return configurationOf(config, [...context.path, "config"], context);
}

/** As one text, which is secret where anything in it is. */
function configurationOf(config: object, path: Path, { references }: PluginContext): Secret {
  const within = `${formatPath(path)}.`;
  const found = [...references].find(([at]) => at.startsWith(within));
  return new Secret(JSON.stringify(config), found?.[1].source ?? { kind: found ? "env" : "literal", name: "" });
}

function moduleOf(config: PluginConfig, context: PluginContext): ForeignPlugin["module"] {
  const { report, path, references, baseDir } = context;
  const { auth, sha256 = null, verificationKey = null } = config;
  const url = addressOf(config.url, baseDir);
  const isImage = registryOf(url) !== null;
  if (!isImage && verificationKey !== null) {
    report.error([...path, "verificationKey"], { message: "Only images have signatures", fix: "Give its sha256" });
  }
  if (!isImage && auth) {
    report.error([...path, "auth"], { message: "Only registries are shown it", fix: "Remove it" });
  }
  const password = auth && toSecret(auth.password, [...path, "auth", "password"], references);
  return {
    url,
    sha256,
    pull: config.pull ?? (pullsAlways(url) ? "always" : "ifNotPresent"),
    credential: auth && password ? { username: auth.username, password } : null,
    verificationKey,
    revision: "",
  };
}

/** `stamp.wasm` would be an image: what ends as modules do is a file, unless it says otherwise. */
function addressOf(url: string, baseDir: string): string {
  const isScheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(url);
  return !isScheme && url.endsWith(".wasm") ? pathToFileURL(resolve(baseDir, url)).href : url;
}

function ruleOf(rule: PluginConfig["rules"][number], index: number, context: PluginContext): PluginRule {
  const { report } = context;
  const path = [...context.path, "rules", index];
  const { routes, hosts, services, config, disabled } = rule;
  if (routes.length + hosts.length + services.length === 0) {
    const fix = "Write routes, hosts or services, or the plugin's own config";
    report.error(path, { message: "The rule does not say which requests it is for", fix });
  }
  if (disabled && config !== undefined) {
    report.error([...path, "config"], { message: "It does not run for these requests", fix: "Remove one of the two" });
  }
  routes.forEach((name, at) => reportUnknown(name, [...path, "routes", at], context));
  const configuration = disabled ? null : configurationOf(config ?? {}, [...path, "config"], context);
  return { routes, hosts, services, configuration };
}

/** What a cluster has is known later. */
function reportUnknown(name: string, path: Path, { report, routes }: PluginContext): void {
  if (name.includes("/") || routes.includes(name)) return;
  const meant = didYouMean(name, routes);
  const fix = meant ? `Did you mean "${meant}"?` : `Use one of: ${routes.slice(0, 20).join(", ") || "(there is none)"}`;
  report.error(path, { message: "There is no route of this name", fix });
}

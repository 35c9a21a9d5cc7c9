// WasmPlugins as foreign plugins of the model, with what is wrong with each. One that is wrong stays a plugin: where it
// is to fail closed, nothing gets past it.
import { pullsAlways, readModuleReference, registryOf } from "../../model/module-reference.ts";
import type { ForeignPlugin, ModuleSource, PluginPhase, PluginRule } from "../../model/plugins.ts";
import { Secret } from "../../model/secret.ts";
import { keyOf } from "../objects.ts";
import type { TranslateContext } from "../translate.ts";
import type { MatchRule, WasmPlugin, WasmPluginSpec } from "./objects.ts";
import { credentialFor } from "./pull-secret.ts";

export interface TranslatedPlugin {
  object: WasmPlugin;
  /** Null where nothing of it is to be served. */
  plugin: ForeignPlugin | null;
  /** Empty where it says what it should. */
  problems: string[];
}

const phases: Record<NonNullable<WasmPluginSpec["phase"]>, PluginPhase> = {
  UNSPECIFIED_PHASE: "unspecified",
  AUTHN: "authn",
  AUTHZ: "authz",
  STATS: "stats",
};

/** Higress's own are its to serve, unless Weir stands in its place. */
export function translateWasmPlugins(context: TranslateContext): TranslatedPlugin[] {
  const { objects, settings } = context;
  if (!settings.alsoServe.includes("higress")) return [];
  // Of those alike in phase and priority Higress's order is by name.
  const sorted = [...objects.WasmPlugin.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return sorted.map((object) => translate(object, context));
}

function translate(object: WasmPlugin, context: TranslateContext): TranslatedPlugin {
  const { namespace = "" } = object.metadata;
  const { pluginNamespaces } = context.settings;
  if (!pluginNamespaces.includes(namespace)) {
    const message = `Plugins are taken from ${pluginNamespaces.join(", ") || "no namespace"}, for they see all requests`;
    return { object, plugin: null, problems: [message] };
  }
  const spec = object.spec ?? {};
  const problems: string[] = [];
  const configuration = defaultOf(spec);
  const rules = spec.pluginConfig ? [] : rulesOf(spec, namespace, problems);
  if (configuration === null && rules.length === 0) return { object, plugin: null, problems };
  const plugin: ForeignPlugin = {
    name: keyOf(object),
    module: moduleOf(object, spec, context, problems),
    phase: phases[spec.phase ?? "UNSPECIFIED_PHASE"],
    priority: spec.priority ?? 0,
    failure: spec.failStrategy === "FAIL_OPEN" ? "open" : "closed",
    rootId: spec.pluginName ?? "",
    environment: environmentOf(spec),
    allowOnHeadersStopIteration: null,
    configuration,
    rules,
  };
  return { object, plugin, problems };
}

function secretOf(config: object): Secret {
  return new Secret(JSON.stringify(config), { kind: "literal" });
}

/** As Higress has it: an empty default is one only where there are no rules. */
function defaultOf({ pluginConfig, defaultConfig, defaultConfigDisable, matchRules = [] }: WasmPluginSpec) {
  if (pluginConfig) return secretOf(pluginConfig);
  if (defaultConfigDisable) return null;
  const isEmpty = !defaultConfig || Object.keys(defaultConfig).length === 0;
  if (isEmpty && matchRules.length > 0) return null;
  return defaultConfig ? secretOf(defaultConfig) : new Secret("", { kind: "literal" });
}

function rulesOf({ matchRules = [] }: WasmPluginSpec, namespace: string, problems: string[]): PluginRule[] {
  return matchRules.flatMap((rule, index) => {
    if (rule.configDisable) return [];
    const match = matchOf(rule, namespace);
    if (!match) {
      problems.push(`matchRules[${index}] has no ingress, domain or service that it could be for, and is left out`);
      return [];
    }
    return [{ ...match, configuration: secretOf(rule.config ?? {}) }];
  });
}

/** As Higress has it: hosts count where there are no Ingresses, and Services alone or beside Ingresses. */
function matchOf(rule: MatchRule, namespace: string): Omit<PluginRule, "configuration"> | null {
  const { ingress = [], domain = [], service = [], routeType = "HTTP" } = rule;
  const kinds = routeType === "GRPC" ? ["GRPCRoute"] : ["Ingress", "HTTPRoute"];
  const named = ingress.map((name) => (name.includes("/") ? name : `${namespace}/${name}`));
  const routes = named.flatMap((name) => kinds.map((kind) => `${kind}/${name}`));
  if (routes.length > 0) return { routes, hosts: [], services: service };
  // What begins alike has no virtual host in Envoy.
  const hosts = domain.filter((host) => /^\*?[^*]*$/.test(host)).map((host) => host.toLowerCase().replace(/:\d+$/, ""));
  if (hosts.length > 0) return { routes: [], hosts, services: [] };
  return service.length > 0 && domain.length === 0 ? { routes: [], hosts: [], services: service } : null;
}

function moduleOf(
  { metadata: { namespace, uid, generation } }: WasmPlugin,
  spec: WasmPluginSpec,
  { objects }: TranslateContext,
  problems: string[],
): ModuleSource {
  const { url = "", imagePullPolicy = "UNSPECIFIED_POLICY", imagePullSecret = "", verificationKey = "" } = spec;
  if (!readModuleReference(url))
    problems.push("url is neither an image's name nor oci://, https://, http:// or file://");
  const secret = objects.Secret.get(`${namespace}/${imagePullSecret}`);
  const registry = registryOf(url);
  const credential = secret && registry !== null ? credentialFor(registry, secret) : null;
  if (imagePullSecret !== "" && !secret) problems.push(`The Secret ${imagePullSecret} is not there`);
  else if (imagePullSecret !== "" && registry !== null && !credential) {
    problems.push(`The Secret ${imagePullSecret} has nothing for ${registry}`);
  }
  const isAlways = imagePullPolicy === "UNSPECIFIED_POLICY" ? pullsAlways(url) : imagePullPolicy === "Always";
  return {
    url,
    sha256: digestOf(spec, problems),
    pull: isAlways ? "always" : "ifNotPresent",
    credential,
    verificationKey: verificationKey === "" ? null : verificationKey,
    revision: `${uid}/${generation}`,
  };
}

function digestOf({ url = "", sha256 = "" }: WasmPluginSpec, problems: string[]): string | null {
  if (sha256 === "") return null;
  const digest = sha256.replace(/^sha256:/, "").toLowerCase();
  const reference = readModuleReference(url);
  if (!/^[0-9a-f]{64}$/.test(digest)) problems.push("sha256 is no SHA-256 in hex");
  else if (reference?.kind === "image" && reference.digest !== null && reference.digest !== `sha256:${digest}`) {
    problems.push("sha256 is another digest than that in the url");
  }
  return digest;
}

function environmentOf({ vmConfig }: WasmPluginSpec): ForeignPlugin["environment"] {
  const all = (vmConfig?.env ?? []).filter(({ name }) => name);
  const isHost = ({ valueFrom }: { valueFrom?: string }): boolean => valueFrom === "HOST";
  const values = all.filter((one) => !isHost(one)).map(({ name = "", value = "" }) => [name, value] as const);
  return { host: all.filter(isHost).map(({ name = "" }) => name), values: Object.fromEntries(values) };
}

// The same resources for an Envoy that has no control plane: what it would learn by discovery is written in its place.
import type { Model } from "../model/model.ts";
import type { TranslateOptions } from "./options.ts";
import { type NamedResource, type ProtoJson, type Resources, typeUrls } from "./resources.ts";
import { translate } from "./translate.ts";

/** Complete in themselves: the `static_resources` of a bootstrap. */
export interface StaticResources {
  listeners: ProtoJson[];
  clusters: ProtoJson[];
}

/**
 * The listeners and clusters of an Envoy that serves `model` by itself. Unless `credentials` says otherwise they hold
 * no secret: Envoy reads each from its environment, by the names that `environmentNames` gives.
 */
export function translateStatic(model: Model, options: TranslateOptions): StaticResources {
  const resources = translate(alone(model), { ...options, credentials: options.credentials ?? "environment" });
  return {
    listeners: (resources[typeUrls.listener] ?? []).map(({ resource }) => resolve(resource, resources) as ProtoJson),
    clusters: (resources[typeUrls.cluster] ?? []).map(({ resource }) => resolve(resource, resources) as ProtoJson),
  };
}

/** Nobody is there to answer what callers ask of the ledger. */
function alone(model: Model): Model {
  return { ...model, ledger: model.ledger && { ...model.ledger, callerApi: false } };
}

/** `value` with everything that refers to another resource replaced by that resource, at any depth. */
function resolve(value: unknown, resources: Resources): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(item, resources));
  if (typeof value !== "object" || value === null) return value;
  const { config_discovery, rds, eds_cluster_config, ...rest } = value as ProtoJson;
  const resolved: ProtoJson = Object.fromEntries(Object.entries(rest).map(([key, v]) => [key, resolve(v, resources)]));
  if (config_discovery) resolved.typed_config = find(resources[typeUrls.extension], rest.name).typed_config;
  if (rds) resolved.route_config = find(resources[typeUrls.route], (rds as ProtoJson).route_config_name);
  if (eds_cluster_config) {
    resolved.type = "STATIC";
    resolved.load_assignment = find(resources[typeUrls.endpoints], rest.name);
  }
  return resolved;
}

function find(list: NamedResource[] | undefined, name: unknown): ProtoJson {
  const found = list?.find((resource) => resource.name === name);
  if (!found) throw new Error(`The translation refers to ${String(name)}, which it does not contain`);
  return found.resource;
}

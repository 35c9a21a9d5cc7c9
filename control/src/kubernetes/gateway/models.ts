// Rules of HTTPRoutes that lead to Weir's own objects, and AIRoutes that attach to listeners themselves: both as routes
// of the model at a Gateway's listeners.
import { createHash } from "node:crypto";
import { objectKey, type ObjectEntry } from "../../model/object-entry.ts";
import { objectGroup } from "../../model/object-kinds.ts";
import { noPolicies, type ServeModels, type WebMatch } from "../../model/web.ts";
import { configurationName } from "../configured/entries.ts";
import { byAge, keyOf, type ConfigObject } from "../objects.ts";
import type { TranslateContext } from "../translate.ts";
import { attach, type Attachment } from "./attachments.ts";
import type { ReferenceContext } from "./backend-references.ts";
import type { AttachedHttp } from "./chains.ts";
import { isFalse, isTrue, type Told } from "../conditions.ts";
import { gatewayGroup, isGranted } from "./grants.ts";
import type { OwnListener } from "./listeners.ts";
import type { BackendReference, HttpRule } from "./objects.ts";

export function leadsToModels({ backendRefs = [] }: Pick<HttpRule, "backendRefs">): boolean {
  return backendRefs.some(({ group }) => group === objectGroup);
}

export interface ModelsRule {
  /** Null where it cannot be followed. */
  action: ServeModels | null;
  problems: Told[];
}

/** `name` is the rule's own, which is the way in too. */
export function modelsRule(
  rule: Omit<HttpRule, "matches">,
  { name, match }: { name: string; match: WebMatch },
  own: ReferenceContext,
): ModelsRule {
  const unsupported = whyNot(rule, own.kind) ?? whyNotMatch(match);
  if (unsupported) return failed(isFalse("Accepted", "UnsupportedValue", unsupported));
  const used = (rule.backendRefs ?? []).filter(({ weight = 1 }) => weight > 0);
  const found = used.map((reference) => ({ reference, ...find(reference, own) }));
  const problems = found.flatMap(({ problem }) => problem ?? []);
  const objects = found.flatMap(({ object, reference }) => (object ? [{ object, reference }] : []));
  const prefix = match.path.value.replace(/\/+$/, "");
  if (used[0]?.kind === "Provider") {
    const entry = impliedRoute(name, prefix, objects, own);
    if (objects.length > 0) own.context.implied.push(entry);
    const routes = objects.length > 0 ? [entry.name] : [];
    return { action: { kind: "models", door: name, routes, isWhole: true }, problems };
  }
  const outside = objects.find(({ object }) => !covers(prefix, pathPrefixOf(object)));
  if (outside) {
    const { object } = outside;
    const message = `AIRoute ${keyOf(object)} serves paths below ${pathPrefixOf(object)}, and not ${prefix}`;
    return failed(isFalse("Accepted", "UnsupportedValue", message));
  }
  const routes = objects.map(({ object }) => configurationName(object));
  return { action: { kind: "models", door: name, routes, isWhole: true }, problems };
}

function failed(problem: Told): ModelsRule {
  return { action: null, problems: [problem] };
}

/** Half of it would be served, and nobody told. */
function whyNot({ backendRefs = [], filters = [], timeouts, retry, sessionPersistence }: HttpRule, kind: string) {
  if (kind !== "HTTPRoute") return `A ${kind} leads to Services alone`;
  const kinds = new Set(backendRefs.map((one) => `${one.group ?? ""}/${one.kind ?? "Service"}`));
  if (kinds.size > 1) return "A rule leads to Services, to AIRoutes or to Providers: one of the three";
  const filtered = filters[0] ?? backendRefs.find((one) => (one.filters ?? []).length > 0)?.filters?.[0];
  if (filtered) return `${filtered.type} is not for models: what they are asked, and answer, is translated as a whole`;
  if (timeouts) return "timeouts are not for models: an AIRoute has its own";
  if (retry) return "retry is not for models: an AIRoute has fallbacks";
  return sessionPersistence ? "sessionPersistence is not for models: an AIRoute has affinity" : null;
}

function whyNotMatch({ path }: WebMatch): string | null {
  return path.type === "prefix" ? null : "A rule that leads to models matches a PathPrefix, such as /v1";
}

function covers(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

function pathPrefixOf({ spec }: ConfigObject): string {
  const { pathPrefix = "/v1" } = (spec["match"] ?? {}) as { pathPrefix?: string };
  return pathPrefix.replace(/\/+$/, "");
}

const modelKinds = ["AIRoute", "Provider"] as const;

function find(
  { kind = "Service", namespace, name }: BackendReference,
  own: ReferenceContext,
): { object: ConfigObject | null; problem: Told | null } {
  const { objects } = own.context;
  const place = { namespace: namespace ?? own.namespace, name };
  const told = `${kind} ${place.namespace}/${name}`;
  const wrong = (reason: string, message: string) => ({
    object: null,
    problem: isFalse("ResolvedRefs", reason, message),
  });
  const known = modelKinds.find((one) => one === kind);
  if (!known) return wrong("InvalidKind", `${kind} ${name} is neither an AIRoute nor a Provider`);
  const from = { group: gatewayGroup, kind: own.kind, namespace: own.namespace };
  if (!isGranted(objects, from, { group: objectGroup, kind, ...place })) {
    return wrong("RefNotPermitted", `No ReferenceGrant lets it refer to ${told}`);
  }
  const object = objects[known].get(`${place.namespace}/${name}`);
  return object ? { object, problem: null } : wrong("BackendNotFound", `${told} is not there`);
}

/** For Providers without an AIRoute: every model, by the rule's weights. */
function impliedRoute(
  rule: string,
  prefix: string,
  providers: { object: ConfigObject; reference: BackendReference }[],
  own: ReferenceContext,
): ObjectEntry {
  const name = routeName(rule);
  const targets = providers.map(({ object, reference: { weight = 1 } }) => {
    return { provider: configurationName(object), weight: Math.min(weight, weightMax) };
  });
  const granted = providers.map(({ object: { metadata } }) => {
    return { kind: "Provider", namespace: metadata.namespace ?? "", name: metadata.name };
  });
  return {
    kind: "AIRoute",
    namespace: own.namespace,
    name,
    spec: { match: { pathPrefix: prefix === "" ? "/v1" : prefix }, targets },
    isTrusted: false,
    isAttachedOnly: true,
    isImplied: true,
    secrets: {},
    granted,
  };
}

const weightMax = 10_000;

/** As names of the configuration are: `HTTPRoute_default_chat_0`, with a hash where that is too long or not one. */
function routeName(rule: string): string {
  const name = rule.replaceAll("/", "_");
  if (/^[A-Za-z0-9_-]{1,63}$/.test(name)) return name;
  const hash = createHash("sha256").update(rule).digest("hex").slice(0, 12);
  return `${name.replace(/[^A-Za-z0-9_-]/g, "-").slice(0, 50)}_${hash}`;
}

export interface AttachedModels {
  http: AttachedHttp[];
  /** By `objectKey`. */
  conditions: Map<string, Told[]>;
  /** Each route once for each of its listeners. */
  listeners: OwnListener[];
}

/** AIRoutes at listeners of Gateways, without any HTTPRoute. */
export function attachModels(own: Map<string, OwnListener[]>, context: TranslateContext): AttachedModels {
  const conditions = new Map<string, Told[]>();
  const placed: { object: ConfigObject; attachment: Attachment }[] = [];
  for (const object of [...context.objects.AIRoute.values()].sort(byAge)) {
    const { metadata, spec } = object;
    const { parentRefs = [] } = spec;
    if (parentRefs.length === 0) continue;
    const { hosts = [] } = (spec["match"] ?? {}) as { hosts?: string[] };
    const route = { metadata, spec: { parentRefs, hostnames: hosts } };
    const parents = attach("HTTPRoute", route, own, context);
    const refused = parents.find(({ accepted }) => !accepted.isTrue)?.accepted;
    const absent = isFalse("Attached", "NoMatchingParent", "A Gateway that it names is none of Weir's");
    const told = parents.length < parentRefs.length ? absent : refused && { ...refused, type: "Attached" };
    const key = objectKey({ kind: "AIRoute", namespace: metadata.namespace ?? "", name: metadata.name });
    conditions.set(key, [told ?? isTrue("Attached")]);
    for (const attachment of parents.flatMap((parent) => parent.attachments)) placed.push({ object, attachment });
  }
  const groups = Map.groupBy(placed, ({ object, attachment: { listener } }) => {
    return JSON.stringify([keyOf(listener.gateway), listener.listener.name, pathPrefixOf(object)]);
  });
  return {
    http: [...groups.values()].map(asAttached),
    conditions,
    listeners: placed.map(({ attachment }) => attachment.listener),
  };
}

/** All of one listener are one to the plugin that chooses among them. */
function asAttached(group: { object: ConfigObject; attachment: Attachment }[]): AttachedHttp {
  const [{ object, attachment }] = group as [(typeof group)[0]];
  const { gateway, listener } = attachment.listener;
  const door = `Gateway/${keyOf(gateway)}/${listener.name}`;
  const routes = [...new Set(group.map((one) => configurationName(one.object)))];
  const path = { type: "prefix" as const, value: pathPrefixOf(object) || "/", ignoreCase: false };
  const match = { path, method: null, headers: [], query: [], cookies: [], oneLabelBelow: null };
  const action: ServeModels = { kind: "models", door, routes, isWhole: false };
  return {
    listener: attachment.listener,
    hostnames: [...new Set(group.flatMap((one) => one.attachment.hostnames))],
    object: { metadata: object.metadata, spec: {} },
    routes: [{ name: door, match, action, policies: noPolicies }],
  };
}

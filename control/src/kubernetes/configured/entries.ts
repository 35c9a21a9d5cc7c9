// Weir's own objects as entries of the configuration: with what their references to Secrets stand for, and what other
// namespaces let them refer to. Who is right about what they say is the configuration's business.
import { nameOfObject, type GrantedObject, type ObjectEntry, type SecretValue } from "../../model/object-entry.ts";
import { objectGroup, objectKindNames, type ObjectKindName } from "../../model/object-kinds.ts";
import { textOf } from "../certificates.ts";
import { isGranted } from "../gateway/grants.ts";
import { byAge, type ConfigObject, type Objects } from "../objects.ts";
import type { TranslateContext } from "../translate.ts";

type Own = Pick<TranslateContext, "objects" | "settings">;

export interface PlacedEntry {
  object: ConfigObject;
  entry: ObjectEntry;
}

/** Of all kinds, the oldest first. */
export function entriesOf({ objects, settings }: Own): PlacedEntry[] {
  const all = objectKindNames.flatMap((kind) => [...objects[kind].values()].map((object) => ({ kind, object })));
  return all
    .sort((a, b) => byAge(a.object, b.object))
    .map(({ kind, object }) => ({ object, entry: entryOf(kind, object, { objects, settings }) }));
}

function entryOf(kind: ObjectKindName, { metadata, spec }: ConfigObject, { objects, settings }: Own): ObjectEntry {
  const { name, namespace = "" } = metadata;
  const parents = spec.parentRefs ?? [];
  return {
    kind,
    namespace,
    name,
    spec,
    isTrusted: namespace === settings.lease.namespace,
    isAttachedOnly: parents.length > 0,
    isImplied: false,
    secrets: secretsOf(kind, namespace, spec, objects),
    granted: grantedTo(kind, namespace, objects),
  };
}

/** How an object of another kind is referred to in the configuration. */
export function configurationName({ metadata, spec }: ConfigObject): string {
  return nameOfObject({ spec, name: metadata.name });
}

const reference = /\$\$\{|\$\{secret:([^{}]*)\}/g;

function secretsOf(
  kind: ObjectKindName,
  namespace: string,
  spec: object,
  objects: Objects,
): Record<string, SecretValue> {
  // As JSON every text of it is a part of one.
  const names = [...JSON.stringify(spec).matchAll(reference)].flatMap(([, name]) => name?.trim() ?? []);
  const from = { group: objectGroup, kind, namespace };
  return Object.fromEntries([...new Set(names)].map((name) => [name, secretOf(name, from, objects)]));
}

/** `name/key`, or `namespace/name/key`. */
function secretOf(
  text: string,
  from: { group: string; kind: string; namespace: string },
  objects: Objects,
): SecretValue {
  const parts = text.split("/");
  const [namespace, name, key] = parts.length === 2 ? [from.namespace, ...parts] : parts;
  if (parts.length > 3 || !namespace || !name || !key) {
    return {
      problem: "A reference to a Secret is neither NAME/KEY nor NAMESPACE/NAME/KEY",
      fix: "Write ${secret:NAME/KEY}",
    };
  }
  if (!isGranted(objects, from, { group: "", kind: "Secret", namespace, name })) {
    const fix = `Create one in ${namespace}, from ${from.kind} of ${from.namespace}`;
    return { problem: `No ReferenceGrant lets it refer to Secret ${namespace}/${name}`, fix };
  }
  const secret = objects.Secret.get(`${namespace}/${name}`);
  if (!secret) return { problem: `There is no Secret ${namespace}/${name}`, fix: "Create it, or correct its name" };
  if (!secret.data?.[key]) {
    const known = Object.keys(secret.data ?? {}).slice(0, 20);
    const fix = `Add it, or use one of: ${known.join(", ") || "(there is none)"}`;
    return { problem: `Secret ${namespace}/${name} has no key ${key}`, fix };
  }
  return { text: textOf(secret, key) };
}

function grantedTo(kind: ObjectKindName, namespace: string, { ReferenceGrant }: Objects): GrantedObject[] {
  return [...ReferenceGrant.values()].flatMap(({ metadata, spec }) => {
    const isFrom = spec.from.some((one) => {
      return one.group === objectGroup && one.kind === kind && one.namespace === namespace;
    });
    if (!isFrom) return [];
    const own = spec.to.filter(({ group }) => group === objectGroup);
    return own.map((to) => ({ kind: to.kind, namespace: metadata.namespace ?? "", name: to.name ?? null }));
  });
}

// Weir's own objects of a cluster as plain data: what the configuration reads them as, and what it says to them.
import type { ObjectKindName } from "./object-kinds.ts";
import type { ForeignPlugin } from "./plugins.ts";
import type { Web } from "./web.ts";

/** What a cluster has for the gateway. */
export interface FromCluster {
  web: Web;
  plugins: ForeignPlugin[];
  /** The oldest first. */
  objects: ObjectEntry[];
}

export interface ObjectEntry {
  kind: ObjectKindName;
  namespace: string;
  name: string;
  spec: Record<string, unknown>;
  /** Of the namespace that Weir runs in: what it says has the file's own rights. */
  isTrusted: boolean;
  /** Whether listeners of Gateways alone serve it. */
  isAttachedOnly: boolean;
  /** Made of another object, which is told what is wrong in its place. */
  isImplied: boolean;
  /** What `${secret:…}` in it stands for, by what stands behind the colon. */
  secrets: Record<string, SecretValue>;
  /** Objects of other namespaces that it may refer to; a name that is null stands for all. */
  granted: GrantedObject[];
}

/** The text, or why there is none. */
export type SecretValue = { text: string } | { problem: string; fix: string };

export interface GrantedObject {
  kind: string;
  namespace: string;
  name: string | null;
}

/** What is wrong with an object. Without any it is in force as it is written. */
export interface ObjectFinding {
  severity: "error" | "warning" | "info";
  /** `Conflicted`, `RefNotPermitted`, `NotPermitted`, or `Invalid` for the rest. */
  reason: FindingReason;
  /** In the object: `spec.apiKey`. */
  path: string;
  message: string;
  fix: string;
}

export type FindingReason = "Conflicted" | "RefNotPermitted" | "NotPermitted" | "Invalid";

/** By `objectKey`. */
export type ObjectFindings = ReadonlyMap<string, readonly ObjectFinding[]>;

/** `Provider default/openai`. */
export function objectKey({ kind, namespace, name }: Pick<ObjectEntry, "kind" | "namespace" | "name">): string {
  return `${kind} ${namespace}/${name}`;
}

/** How the configuration names it, and others refer to it. */
export function nameOfObject({ spec, name }: Pick<ObjectEntry, "spec" | "name">): string {
  return typeof spec["name"] === "string" ? spec["name"] : name;
}

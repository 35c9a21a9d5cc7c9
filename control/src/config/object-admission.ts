// Which objects of a cluster may say what they say: names that others have, what only the gateway's own namespace may,
// and what other namespaces have not granted. What is refused is not read at all.
import {
  nameOfObject,
  objectKey,
  type FindingReason,
  type ObjectEntry,
  type ObjectFinding,
} from "../model/object-entry.ts";
import { objectKinds, type ObjectKindName } from "../model/object-kinds.ts";
import { referencesIn } from "./object-references.ts";
import { formatPath, type Path } from "./path.ts";
import { isMapping, namesIn } from "./written-names.ts";

export interface Admitted {
  entries: ObjectEntry[];
  refused: Map<string, ObjectFinding[]>;
}

/** `root` is the file's; `entries` come the oldest first. */
export function admitObjects(root: Record<string, unknown>, entries: readonly ObjectEntry[]): Admitted {
  return new Admission(root).admit(entries);
}

/** Routes and MCP servers share their names. */
function spaceOf(section: string): string {
  return section === "mcpServers" ? "routes" : section;
}

class Admission {
  readonly #root: Record<string, unknown>;
  /** By name space and name; null for the file's. */
  readonly #owners = new Map<string, ObjectEntry | null>();
  readonly #whole = new Map<string, ObjectEntry>();
  readonly #refused = new Map<string, ObjectFinding[]>();

  constructor(root: Record<string, unknown>) {
    this.#root = root;
    for (const { section, isWhole } of Object.values(objectKinds)) {
      if (isWhole || section === "models") continue;
      for (const name of namesIn(root[section])) this.#owners.set(`${spaceOf(section)} ${name}`, null);
    }
  }

  admit(entries: readonly ObjectEntry[]): Admitted {
    const placed = entries.filter((entry) => this.#isPlaced(entry));
    const admitted = placed.filter((entry) => {
      const findings = [...restrictions(entry), ...this.#ungranted(entry), ...this.#unledgered(entry)];
      if (findings.length > 0) this.#refused.set(objectKey(entry), findings);
      return findings.length === 0;
    });
    return { entries: admitted, refused: this.#refused };
  }

  /** Whether the place that it is for is free, which it then has. */
  #isPlaced(entry: ObjectEntry): boolean {
    const { section, isWhole } = objectKinds[entry.kind];
    if (isWhole) return this.#isWholePlaced(entry, section);
    if (section === "models") return true;
    const place = `${spaceOf(section)} ${nameOfObject(entry)}`;
    const owner = this.#owners.get(place);
    if (owner === undefined) {
      this.#owners.set(place, entry);
      return true;
    }
    const message = `The name ${nameOfObject(entry)} is taken already, by ${owner ? `${objectKey(owner)}, which is older` : "the configuration file"}`;
    return this.#refuse(entry, "Conflicted", { path: [], message, fix: "Give it a spec.name of its own" });
  }

  #isWholePlaced(entry: ObjectEntry, section: string): boolean {
    if (!entry.isTrusted) {
      const message = `A ${entry.kind} counts in the namespace that Weir runs in alone`;
      return this.#refuse(entry, "NotPermitted", { path: [], message, fix: "Create it there" });
    }
    const older = this.#whole.get(section);
    if (this.#root[section] === undefined && !older) {
      this.#whole.set(section, entry);
      return true;
    }
    const message = older
      ? `${objectKey(older)} is older, and counts`
      : `The configuration file has ${section}: itself`;
    return this.#refuse(entry, "Conflicted", { path: [], message, fix: "Remove one of the two" });
  }

  #refuse(entry: ObjectEntry, reason: FindingReason, about: Finding): false {
    this.#refused.set(objectKey(entry), [findingOf(reason, about)]);
    return false;
  }

  #unledgered({ kind }: ObjectEntry): ObjectFinding[] {
    if (kind !== "Budget" || this.#root["ledger"] !== undefined || this.#whole.has("ledger")) return [];
    const message = "Without a ledger nobody knows what is spent";
    return [findingOf("Invalid", { path: [], message, fix: "Create a Ledger, or add ledger: {} to the file" })];
  }

  #ungranted(entry: ObjectEntry): ObjectFinding[] {
    return referencesIn(entry.kind, entry.spec).flatMap(({ path, kinds, name }) => {
      const owner = this.#ownerOf(kinds, name);
      if (!owner || owner.namespace === entry.namespace || isGranted(entry, owner)) return [];
      const message = `No ReferenceGrant lets it refer to ${objectKey(owner)}`;
      const fix = `Create one in ${owner.namespace}, from ${entry.kind} of ${entry.namespace}`;
      return [findingOf("RefNotPermitted", { path, message, fix })];
    });
  }

  #ownerOf(kinds: readonly ObjectKindName[], name: string): ObjectEntry | null {
    const found = kinds.map((kind) => this.#owners.get(`${spaceOf(objectKinds[kind].section)} ${name}`));
    return found.find((owner) => owner !== undefined) ?? null;
  }
}

interface Finding {
  path: Path;
  message: string;
  fix: string;
}

function findingOf(reason: FindingReason, { path, message, fix }: Finding): ObjectFinding {
  return { severity: "error", reason, path: formatPath(["spec", ...path]), message, fix };
}

function isGranted({ granted }: ObjectEntry, { kind, namespace, name }: ObjectEntry): boolean {
  return granted.some((one) => {
    return one.kind === kind && one.namespace === namespace && (one.name ?? name) === name;
  });
}

/** Whoever may create objects somewhere must not read the gateway's environment and files by them. */
function restrictions({ isTrusted, spec }: ObjectEntry): ObjectFinding[] {
  if (isTrusted) return [];
  return textsIn(spec, []).flatMap(({ path, text }) => {
    const references = [...text.matchAll(/\$\$\{|\$\{([^{}]*)/g)];
    if (references.some(([, inner]) => inner !== undefined && !inner.startsWith("secret:"))) {
      const message = "Variables and files are the gateway's own";
      const fix = "Refer to a Secret: ${secret:NAME/KEY}";
      return [findingOf("NotPermitted", { path, message, fix })];
    }
    if (!String(path.at(-1)).endsWith("File")) return [];
    const fix = "Create the object in the namespace that Weir runs in, or do without the file";
    return [findingOf("NotPermitted", { path, message: "Files are the gateway's own", fix })];
  });
}

function textsIn(value: unknown, path: Path): { path: Path; text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsIn(item, [...path, index]));
  return isMapping(value) ? Object.entries(value).flatMap(([key, item]) => textsIn(item, [...path, key])) : [];
}

// A configuration file and the objects of a cluster as one model. An object with a mistake costs no other, and never
// what the file says.
import { isDeepStrictEqual } from "node:util";
import type { Model } from "../model/model.ts";
import {
  nameOfObject,
  objectKey,
  type ObjectEntry,
  type ObjectFinding,
  type ObjectFindings,
} from "../model/object-entry.ts";
import { objectKinds } from "../model/object-kinds.ts";
import { ConfigParser } from "./config-parser.ts";
import { describeConfig, type FieldSchema } from "./json-schema.ts";
import { admitObjects } from "./object-admission.ts";
import { ObjectSource, type PlacedObject } from "./object-source.ts";
import type { Path } from "./path.ts";
import type { Problem } from "./problem.ts";
import type { ParserOptions, ReferenceReader, SecretText } from "./reference.ts";
import type { Source } from "./source.ts";
import { isMapping } from "./written-names.ts";

export interface ObjectsRead {
  model: Model | null;
  /** Of the file alone. */
  problems: Problem[];
  findings: ObjectFindings;
}

/** No object's mistake may go unsaid for others' sake. */
const problemsMax = 10_000;

export function readWithObjects(
  file: string,
  source: Source,
  reader: ParserOptions,
  entries: readonly ObjectEntry[],
): ObjectsRead {
  const given = { file, source, reader };
  let left = entries;
  const fallen = new Map<string, readonly ObjectFinding[]>();
  for (;;) {
    const { model, problems, findings } = read(given, left);
    for (const [key, found] of fallen) findings.set(key, found);
    if (model || left.length === 0) return { model, problems, findings };
    // What the whole of the file would fall by, falls by itself; where nobody is at fault, the objects make way.
    const bad = left.filter((entry) => hasErrors(findings.get(objectKey(entry))));
    for (const entry of bad) fallen.set(objectKey(entry), findings.get(objectKey(entry))!);
    left = bad.length > 0 ? left.filter((entry) => !bad.includes(entry)) : [];
  }
}

function read(given: Given, entries: readonly ObjectEntry[]): Parsed {
  const { root } = given.source;
  if (!isMapping(root)) return parse(given, []);
  const admitted = admitObjects(root, entries);
  const placed = inOrder(admitted.entries).map(placedOf);
  const { model, problems, findings } = parse(given, placed);
  for (const [key, found] of admitted.refused) findings.set(key, found);
  // Objects alone have no need of the other.
  const isFiles = ({ path }: Problem): boolean =>
    (path !== "routes" && path !== "providers") || root[path] !== undefined;
  return { model: model && marked(model, placed), problems: problems.filter(isFiles), findings };
}

function hasErrors(findings: readonly ObjectFinding[] = []): boolean {
  return findings.some(({ severity }) => severity === "error");
}

/** As they say, and then the oldest first. */
function inOrder(entries: readonly ObjectEntry[]): ObjectEntry[] {
  const order = ({ spec }: ObjectEntry): number => (typeof spec["order"] === "number" ? spec["order"] : 0);
  return entries.toSorted((a, b) => order(a) - order(b));
}

/** It takes a while to make. */
let described: FieldSchema | null = null;

function placedOf(entry: ObjectEntry): PlacedObject {
  const { section, isWhole } = objectKinds[entry.kind];
  described ??= describeConfig();
  const schema = described.properties![section]!;
  const { order: _, parentRefs: __, ...spec } = entry.spec;
  const body = withoutDefaults(spec, (isWhole ? schema : schema.items)!) as Record<string, unknown>;
  return { entry, body: isWhole ? body : { ...body, name: nameOfObject(entry) } };
}

/** The API server fills them in, and a field that nobody has written is nobody's mistake. */
function withoutDefaults(value: unknown, schema: FieldSchema): unknown {
  const { items, properties } = schema;
  if (Array.isArray(value)) return items ? value.map((item) => withoutDefaults(item, items)) : value;
  if (!properties || !isMapping(value)) return value;
  const fields = Object.entries(value).flatMap(([name, given]) => {
    const field = properties[name];
    if (!field) return [[name, given]];
    const written = withoutDefaults(given, field);
    return field.default !== undefined && isDeepStrictEqual(written, field.default) ? [] : [[name, written]];
  });
  return Object.fromEntries(fields) as unknown;
}

interface Parsed extends ObjectsRead {
  findings: Map<string, readonly ObjectFinding[]>;
}

interface Given {
  file: string;
  source: Source;
  reader: ParserOptions;
}

function parse({ file, source, reader }: Given, placed: readonly PlacedObject[]): Parsed {
  const joined = new ObjectSource(source, placed);
  const at = (path: Path): ReferenceReader | null => {
    const owner = joined.ownerOf(path);
    return owner && readerOf(owner.entry, reader);
  };
  const parser = new ConfigParser(file, joined, { ...reader, at, problemsMax });
  const model = parser.parse();
  const findings = new Map<string, readonly ObjectFinding[]>();
  const problems: Problem[] = [];
  for (const problem of parser.problems()) {
    const { owner, path } = placeOf(problem.path, joined);
    if (!owner) problems.push(problem);
    else push(findings, objectKey(owner.entry), findingOf(problem, path));
  }
  return { model, problems, findings };
}

function push(findings: Parsed["findings"], key: string, finding: ObjectFinding): void {
  findings.set(key, [...(findings.get(key) ?? []), finding]);
}

function findingOf({ severity, message, fix }: Problem, path: string): ObjectFinding {
  return { severity, reason: "Invalid", path, message, fix };
}

/** Whose `providers[3].apiKey` is, and where it is in there: `spec.apiKey`. */
function placeOf(text: string, source: ObjectSource): { owner: PlacedObject | null; path: string } {
  const [, section = "", index, rest = ""] = /^(\w+)(?:\[(\d+)\])?(.*)$/s.exec(text) ?? [];
  const owner = source.ownerOf(index === undefined ? [section] : [section, Number(index)]);
  return { owner, path: `spec${rest}` };
}

function readerOf({ isTrusted, secrets }: ObjectEntry, { env, readFile }: ParserOptions): ReferenceReader {
  const readSecret = (name: string): SecretText => {
    const value = Object.hasOwn(secrets, name) ? secrets[name]! : { problem: "It is not known", fix: "Name one" };
    return "text" in value ? value : { kind: "unset", message: value.problem, fix: value.fix };
  };
  return { env: isTrusted ? env : {}, readFile, readSecret };
}

function marked(model: Model, placed: readonly PlacedObject[]): Model {
  const attached = placed.filter(({ entry }) => entry.isAttachedOnly).map(({ entry }) => nameOfObject(entry));
  if (attached.length === 0) return model;
  const names = new Set(attached);
  const routes = model.routes.map((route) =>
    names.has(route.name) ? { ...route, isAttachedOnly: true as const } : route,
  );
  return { ...model, routes };
}

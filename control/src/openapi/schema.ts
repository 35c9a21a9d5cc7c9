// Schemas of a document → JSON Schemas that stand for themselves. What is referred to once, or is small, is put in
// place; what repeats or holds itself goes below `$defs`, so that no schema grows beyond what the document says.
// https://spec.openapis.org/oas/v3.1.1#schema-object
import type { Path } from "../config/path.ts";
import type { Findings } from "./findings.ts";
import { describing, mergeAllOf } from "./merge-all-of.ts";
import { mapping, placeOf, type ApiDocument, type Json } from "./part.ts";
import {
  isAllowed,
  isPattern,
  isPlainKeyword,
  listKeywords,
  mapKeywords,
  schemaKeywords,
  silentKeywords,
} from "./schema-keywords.ts";

/** A definition of so few values is put in place however often it is used. */
const smallSize = 16;

/** `request`: without what only the API may set. `answer`: without what is never shown. */
export type Direction = "request" | "answer";

/** Writes the schemas of one tool, all arguments or the answer, which share their definitions. */
export class SchemaWriter {
  readonly #definitions: Json = {};
  readonly #document: ApiDocument;
  readonly #hidden: "readOnly" | "writeOnly";
  readonly #findings: Findings;
  readonly #uses = new Map<string, number>();
  readonly #recursive = new Set<string>();
  readonly #names = new Map<string, string>();
  /** References that are being written in place. */
  readonly #open = new Set<string>();

  constructor(document: ApiDocument, direction: Direction, findings: Findings) {
    this.#document = document;
    this.#hidden = direction === "request" ? "readOnly" : "writeOnly";
    this.#findings = findings;
  }

  /** Counts what `schema` refers to. To be called with every schema of the tool before the first is written. */
  survey(schema: unknown): void {
    this.#survey(schema, []);
  }

  #survey(schema: unknown, open: string[]): void {
    for (const each of subschemasOf(schema)) this.#survey(each, open);
    const reference = mapping(schema)?.["$ref"];
    if (typeof reference !== "string") return;
    if (open.includes(reference)) this.#recursive.add(reference);
    const count = this.#uses.get(reference) ?? 0;
    this.#uses.set(reference, count + 1);
    if (count === 0) this.#survey(this.#targetOf(reference), [...open, reference]);
  }

  #targetOf(reference: string): unknown {
    const place = placeOf(reference);
    const target = place ? this.#document.valueAt(place) : undefined;
    const object = mapping(target);
    // References that lead to each other alone lead nowhere.
    return object && !this.#document.follow({ value: object, place: [] }) ? undefined : target;
  }

  /** The schema, which may refer to what `withDefinitions` adds. */
  write(schema: unknown, place: Path): unknown {
    const object = mapping(schema);
    if (!object) return typeof schema === "boolean" ? schema : {};
    if (typeof object["$ref"] === "string") return this.#writeReference(object, object["$ref"], place);
    const { allOf, ...others } = object;
    const written = this.#writeKeywords(others, place);
    const whole = Array.isArray(allOf) ? this.#writeAllOf(written, allOf, [...place, "allOf"]) : written;
    // Where a type is given, null has become one of its types.
    return object["nullable"] === true && !("type" in object) ? { anyOf: [whole, { type: "null" }] } : whole;
  }

  /** The schema itself, whatever stands behind a reference. */
  writeRoot(schema: unknown, place: Path): Json {
    const reference = mapping(schema)?.["$ref"];
    const isWritten =
      typeof reference !== "string" || this.#open.has(reference) || this.#targetOf(reference) === undefined;
    if (isWritten) return mapping(this.write(schema, place)) ?? {};
    return this.#inPlace(mapping(schema)!, reference, (target, at) => this.writeRoot(target, at));
  }

  /** What `#/$defs/Pet` stands for; empty while it is being written. */
  definition(reference: string): Json {
    return mapping(this.#definitions[reference.slice("#/$defs/".length)]) ?? {};
  }

  /** `schema` with those definitions that it refers to. */
  withDefinitions(schema: Json): Json {
    const used = new Set<string>();
    const collect = (value: unknown): void => {
      if (typeof value !== "object" || value === null) return;
      const reference = (value as Json)["$ref"];
      const name = typeof reference === "string" ? reference.slice("#/$defs/".length) : null;
      if (name !== null && Object.hasOwn(this.#definitions, name) && !used.has(name)) {
        used.add(name);
        collect(this.#definitions[name]);
      }
      for (const each of Object.values(value)) collect(each);
    };
    collect(schema);
    if (used.size === 0) return schema;
    return { ...schema, $defs: Object.fromEntries([...used].map((name) => [name, this.#definitions[name]])) };
  }

  #writeReference(object: Json, reference: string, place: Path): unknown {
    const target = this.#targetOf(reference);
    if (target === undefined) {
      this.#findings.lost(place, `The reference ${reference} leads nowhere`, "Anything is allowed in its place");
      return {};
    }
    const isShared = (this.#uses.get(reference) ?? 0) > 1 && sizeOf(target) > smallSize;
    if (!isShared && !this.#recursive.has(reference)) {
      return this.#inPlace(object, reference, (value, at) => this.write(value, at));
    }
    return { ...this.#siblings(object, place), $ref: `#/$defs/${this.#define(reference, target)}` };
  }

  #inPlace(object: Json, reference: string, write: (target: unknown, place: Path) => unknown): Json {
    const isOpen = this.#open.has(reference);
    this.#open.add(reference);
    const target = write(this.#targetOf(reference), placeOf(reference)!);
    if (!isOpen) this.#open.delete(reference);
    const siblings = this.#siblings(object, placeOf(reference)!);
    const clashes = Object.keys(siblings).some((key) => !describing.has(key));
    const written = mapping(target) ?? {};
    return clashes ? { allOf: [written, siblings] } : { ...written, ...siblings };
  }

  /** What stands beside a reference holds too, since 3.1. */
  #siblings(object: Json, place: Path): Json {
    const { $ref: _, ...siblings } = object;
    return this.#writeKeywords(siblings, place);
  }

  #define(reference: string, target: unknown): string {
    const known = this.#names.get(reference);
    if (known !== undefined) return known;
    const name = this.#freeName(nameOf(placeOf(reference)!));
    this.#names.set(reference, name);
    this.#definitions[name] = {};
    this.#definitions[name] = this.write(target, placeOf(reference)!);
    return name;
  }

  #freeName(wanted: string): string {
    const base = wanted.replace(/[^A-Za-z0-9_.-]+/g, "_") || "schema";
    let name = base;
    for (let number = 2; Object.hasOwn(this.#definitions, name); number++) name = `${base}_${number}`;
    return name;
  }

  #writeKeywords(object: Json, place: Path): Json {
    const written: Json = {};
    for (const [keyword, value] of Object.entries(object)) {
      const at = [...place, keyword];
      if (schemaKeywords.has(keyword)) written[keyword] = this.write(value, at);
      else if (mapKeywords.has(keyword)) written[keyword] = this.#writeMap(value, at);
      else if (listKeywords.has(keyword)) this.#writeForms(written, value, at);
      else if (isPlainKeyword(keyword)) this.#writePlain(written, value, at);
      else this.#leaveOut(keyword, at);
    }
    this.#hide(written, object);
    return written;
  }

  #writeList(value: unknown, place: Path): unknown[] {
    return Array.isArray(value) ? value.map((each, index) => this.write(each, [...place, index])) : [];
  }

  #writeMap(value: unknown, place: Path): Json {
    const all = Object.entries(mapping(value) ?? {}).filter(([, schema]) => !this.#isHidden(schema));
    const entries = place.at(-1) === "patternProperties" ? all.filter(([pattern]) => isPattern(pattern)) : all;
    return Object.fromEntries(entries.map(([name, schema]) => [name, this.write(schema, [...place, name])]));
  }

  #isHidden(schema: unknown): boolean {
    const object = mapping(schema);
    if (!object) return false;
    return (
      object[this.#hidden] === true || this.#document.follow({ value: object, place: [] })?.value[this.#hidden] === true
    );
  }

  /** What is hidden is not asked for either. */
  #hide(written: Json, object: Json): void {
    if (!Array.isArray(written["required"])) return;
    const properties = mapping(object["properties"]) ?? {};
    const required = written["required"].filter((name) => !this.#isHidden(properties[String(name)]));
    if (required.length > 0) written["required"] = required;
    else delete written["required"];
  }

  #writeForms(written: Json, value: unknown, place: Path): void {
    const forms = this.#writeList(value, place);
    if (forms.length > 0) written[String(place.at(-1))] = forms;
  }

  #writePlain(written: Json, value: unknown, place: Path): void {
    const keyword = String(place.at(-1));
    if (isAllowed(keyword, value)) written[keyword] = value;
    else if (keyword === "pattern")
      this.#findings.lost(place, "The pattern is none of JSON Schema's", "Write it as JavaScript has them");
    else this.#findings.lost(place, `${keyword} cannot be this in JSON Schema`, "It is left out; correct it");
  }

  #leaveOut(keyword: string, place: Path): void {
    if (silentKeywords.has(keyword) || keyword.startsWith("x-")) return;
    if (keyword === "readOnly" || keyword === "writeOnly") return;
    const fix = keyword === "discriminator" ? "The forms are told apart by their own fields" : "It is not checked";
    this.#findings.chosen(place, `${keyword} is left out: JSON Schema for tools has no such keyword`, fix);
  }

  /** One object in place of several that all have to fit, where that says the same. */
  #writeAllOf(rest: Json, allOf: unknown[], place: Path): Json {
    const parts = allOf.map((part, index) => this.writeRoot(part, [...place, index]));
    return mergeAllOf(rest, parts) ?? { ...rest, allOf: this.#writeList(allOf, place) };
  }
}

/** Of steps that say nothing the one before them. */
function nameOf(place: Path): string {
  const isTelling = (step: string | number) =>
    !/^(items|schema|additionalProperties|(any|one|all)Of|\d+)$/.test(String(step));
  return String(place.findLast(isTelling) ?? "schema");
}

function subschemasOf(schema: unknown): unknown[] {
  return Object.entries(mapping(schema) ?? {}).flatMap(([keyword, value]) => {
    if (schemaKeywords.has(keyword)) return [value];
    if (listKeywords.has(keyword)) return Array.isArray(value) ? value : [];
    return mapKeywords.has(keyword) ? Object.values(mapping(value) ?? {}) : [];
  });
}

/** How many values it has; one that refers to others counts as large. */
function sizeOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 1;
  if ("$ref" in value) return smallSize + 1;
  return Object.values(value).reduce<number>((sum, each) => sum + sizeOf(each), 1);
}

// Reads YAML text into plain values and remembers where each of them stands. Knows nothing of what they mean.
// Aliases and merge keys are expanded here, within bounds; a key given twice is a problem, the first one counts.
import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Alias,
  type Node,
  type YAMLMap,
} from "yaml";
import { depthMax, problemsMax, valuesMax } from "./limits.ts";
import { extendPath, formatPath, type Path } from "./path.ts";
import { explainMistake, rootCauses, type YamlMistake } from "./yaml-mistake.ts";

export interface Position {
  line: number;
  column: number;
}

/** Something wrong with the YAML itself. */
export interface SyntaxProblem extends Position {
  severity: "error" | "warning";
  path: Path;
  message: string;
  fix: string;
}

export interface Source {
  /** Maps without a prototype, arrays, strings, numbers, booleans, null; undefined when the text is not YAML. */
  root: unknown;
  problems: SyntaxProblem[];
  /** Where the value starts, or the nearest parent's value that is in the file. */
  valueAt(path: Path): Position;
  /** Where the key is, in place of its value. */
  keyAt(path: Path): Position;
  /** The same in words: `line 12`. */
  placeOf(path: Path): string;
}

/** A path and its text, which is built up on the way down. */
interface Place {
  path: Path;
  text: string;
}

function below({ path, text }: Place, step: string | number): Place {
  return { path: [...path, step], text: extendPath(text, step) };
}

/** How much a text may unfold to. */
export interface SourceBounds {
  valuesMax: number;
  depthMax: number;
}

/** Never throws, whatever the text. */
export function readSource(text: string, bounds: SourceBounds = { valuesMax, depthMax }): Source {
  const reader = new SourceReader(text, bounds);
  reader.read();
  return reader;
}

class SourceReader implements Source {
  root: unknown = undefined;
  readonly problems: SyntaxProblem[] = [];
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #values = new Map<string, Position>();
  readonly #keys = new Map<string, Position>();
  readonly #anchors = new Map<string, Node>();
  readonly #aliases = new Map<Alias, Node>();
  /** Above 0 inside what an alias stands for, where anchors were met before. */
  #aliasDepth = 0;
  #count = 0;
  readonly #bounds: SourceBounds;

  constructor(text: string, bounds: SourceBounds) {
    this.#text = text;
    this.#bounds = bounds;
  }

  valueAt(path: Path): Position {
    for (let length = path.length; length >= 0; length--) {
      const position = this.#values.get(formatPath(path.slice(0, length)));
      if (position) return position;
    }
    return { line: 1, column: 1 };
  }

  keyAt(path: Path): Position {
    return this.#keys.get(formatPath(path)) ?? this.valueAt(path);
  }

  placeOf(path: Path): string {
    return `line ${this.valueAt(path).line}`;
  }

  read(): void {
    try {
      const document = parseDocument(this.#text, {
        lineCounter: this.#lines,
        // Off: its messages would quote the line, and with it whatever secret is on it.
        prettyErrors: false,
        uniqueKeys: false,
      });
      for (const error of rootCauses(document.errors)) this.#syntax("error", error);
      for (const warning of document.warnings.slice(0, problemsMax)) this.#syntax("warning", warning);
      if (document.errors.length === 0) this.root = this.#value(document.contents, { path: [], text: "" });
    } catch (error) {
      // The library recurses into nested values; a file nested tens of thousands of levels deep ends its stack.
      if (!(error instanceof RangeError || error instanceof TooMuch)) throw error;
      const isOurs = error instanceof TooMuch;
      const message = isOurs ? error.message : "The file is nested too deeply";
      const position = this.valueAt(isOurs ? error.path.slice(0, 2) : []);
      this.#problem(position, [], message, "Remove the aliases or the nesting that makes it so large");
      this.root = undefined;
    }
  }

  #syntax(severity: "error" | "warning", mistake: YamlMistake): void {
    const { line, col: column } = this.#lines.linePos(mistake.pos[0]);
    const at = { line: Math.max(line, 1), column: Math.max(column, 1) };
    this.problems.push({ severity, ...at, path: [], ...explainMistake(mistake, this.#text) });
  }

  #problem(position: Position, path: Path, message: string, fix: string): void {
    this.problems.push({ severity: "error", ...position, path, message, fix });
  }

  #value(node: unknown, place: Place): unknown {
    const { path } = place;
    this.#countValue(path);
    const { depthMax: levels } = this.#bounds;
    if (path.length > levels) throw new TooMuch(`The file is nested more than ${levels} levels deep`, path);
    this.#remember(node, place);
    this.#rememberAnchor(node);
    if (isAlias(node)) return this.#alias(node, place);
    if (isMap(node)) return this.#map(node, place);
    if (isSeq(node)) return node.items.map((item, index) => this.#value(item, below(place, index)));
    return isScalar(node) ? node.value : null;
  }

  #countValue(path: Path): void {
    const { valuesMax: most } = this.#bounds;
    if (++this.#count > most) throw new TooMuch(`The file unfolds to more than ${most} values`, path);
  }

  #alias(node: Alias, place: Place): unknown {
    const target = this.#resolve(node, place);
    if (!target) return null;
    this.#aliasDepth++;
    const value = this.#value(target, place);
    this.#aliasDepth--;
    return value;
  }

  /** The anchor that stands last before the alias, null for none. The library would search the whole file each time. */
  #resolve(node: Alias, { path }: Place): Node | null {
    const known = this.#aliases.get(node) ?? this.#anchors.get(node.source);
    if (known) {
      this.#aliases.set(node, known);
      return known;
    }
    const message = `There is no anchor &${node.source} before this`;
    this.#problem(this.#position(node) ?? this.valueAt(path), path, message, "Define the anchor above its alias");
    return null;
  }

  #rememberAnchor(node: unknown): void {
    const anchor = (node as { anchor?: string } | null)?.anchor;
    if (anchor !== undefined && this.#aliasDepth === 0) this.#anchors.set(anchor, node as Node);
  }

  #remember(node: unknown, { text }: Place): void {
    // An alias is remembered where it is used, not where its anchor is.
    if (this.#values.has(text)) return;
    const position = this.#position(node);
    if (position) this.#values.set(text, position);
  }

  #position(node: unknown): Position | null {
    const range = (node as Node | null)?.range;
    if (!range) return null;
    const { line, col: column } = this.#lines.linePos(range[0]);
    return line > 0 ? { line, column } : null;
  }

  #map(node: YAMLMap, place: Place): Record<string, unknown> {
    const result: Record<string, unknown> = Object.create(null);
    const merged: unknown[] = [];
    for (const pair of node.items) {
      if (!isPair(pair)) continue;
      const key = isScalar(pair.key) ? pair.key.value : undefined;
      if (key === "<<") merged.push(this.#mergeSource(pair.value, place));
      else this.#entry(result, key, pair, place);
    }
    for (const value of merged) this.#merge(result, value, place);
    return result;
  }

  #entry(result: Record<string, unknown>, key: unknown, pair: { key: unknown; value: unknown }, place: Place): void {
    const { path } = place;
    const position = this.#position(pair.key) ?? this.valueAt(path);
    if (key === null || key === undefined || typeof key === "object") {
      this.#problem(position, path, "A field's name must be text", "Write a name before the colon");
      return;
    }
    const name = String(key);
    const field = below(place, name);
    if (name in result) {
      this.#problem(position, field.path, `The field "${name}" is given twice`, "Keep one of the two");
      return;
    }
    this.#keys.set(field.text, position);
    result[name] = this.#value(pair.value, field);
    if (!this.#values.has(field.text)) this.#values.set(field.text, position);
  }

  /** Aliases mean what their anchors mean here, though what they bring is put in last. */
  #mergeSource(node: unknown, place: Place): unknown {
    this.#rememberAnchor(node);
    if (isAlias(node)) return this.#resolve(node, place);
    return isSeq(node) ? node.items.map((item) => (isAlias(item) ? this.#resolve(item, place) : item)) : node;
  }

  /** https://yaml.org/type/merge.html: what is there already wins over what is merged, the earlier over the later. */
  #merge(result: Record<string, unknown>, source: unknown, place: Place): void {
    if (source === null) return;
    if (Array.isArray(source)) {
      for (const item of source) this.#merge(result, item, place);
    } else if (isMap(source)) {
      this.#mergeMap(result, source, place);
    } else {
      const position = this.#position(source) ?? this.valueAt(place.path);
      const message = 'Only a mapping can be merged with "<<"';
      this.#problem(position, place.path, message, "Point it at an anchor of a mapping");
    }
  }

  #mergeMap(result: Record<string, unknown>, map: YAMLMap, place: Place): void {
    this.#countValue(place.path);
    const nested: unknown[] = [];
    for (const pair of map.items) {
      const key = isScalar(pair.key) ? pair.key.value : undefined;
      if (key === "<<") nested.push(this.#mergeSource(pair.value, place));
      else if (key === undefined || !(String(key) in result)) this.#entry(result, key, pair, place);
    }
    for (const source of nested) this.#merge(result, source, place);
  }
}

class TooMuch extends Error {
  readonly path: Path;

  constructor(message: string, path: Path) {
    super(message);
    this.path = path;
  }
}

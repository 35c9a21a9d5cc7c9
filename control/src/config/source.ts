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
  type Document,
  type Node,
  type YAMLMap,
} from "yaml";
import { depthMax, problemsMax, valuesMax } from "./limits.ts";
import { formatPath, type Path } from "./path.ts";

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
}

/** Never throws, whatever the text. */
export function readSource(text: string): Source {
  const reader = new SourceReader(text);
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
  #document: Document | null = null;
  #count = 0;

  constructor(text: string) {
    this.#text = text;
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

  read(): void {
    try {
      const document = parseDocument(this.#text, {
        lineCounter: this.#lines,
        // Off: its messages would quote the line, and with it whatever secret is on it.
        prettyErrors: false,
        uniqueKeys: false,
      });
      this.#document = document;
      for (const error of rootCauses(document.errors)) this.#syntax("error", error);
      for (const warning of document.warnings.slice(0, problemsMax)) this.#syntax("warning", warning);
      if (document.errors.length === 0) this.root = this.#value(document.contents, []);
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

  #syntax(severity: "error" | "warning", error: { message: string; pos: [number, number]; code: string }): void {
    const { line, col: column } = this.#lines.linePos(error.pos[0]);
    const { message, fix } = explainSyntax(error.code, error.message, this.#text, error.pos[0]);
    this.problems.push({ severity, line: Math.max(line, 1), column: Math.max(column, 1), path: [], message, fix });
  }

  #problem(position: Position, path: Path, message: string, fix: string): void {
    this.problems.push({ severity: "error", ...position, path, message, fix });
  }

  #value(node: unknown, path: Path): unknown {
    if (++this.#count > valuesMax) throw new TooMuch(`The file unfolds to more than ${valuesMax} values`, path);
    if (path.length > depthMax) throw new TooMuch(`The file is nested more than ${depthMax} levels deep`, path);
    this.#remember(node, path);
    if (isAlias(node)) return this.#alias(node, path);
    if (isMap(node)) return this.#map(node, path);
    if (isSeq(node)) return node.items.map((item, index) => this.#value(item, [...path, index]));
    return isScalar(node) ? node.value : null;
  }

  #alias(node: Alias, path: Path): unknown {
    const target = node.resolve(this.#document!);
    if (target) return this.#value(target, path);
    const position = this.#position(node) ?? this.valueAt(path);
    this.#problem(
      position,
      path,
      `There is no anchor &${node.source} before this`,
      "Define the anchor above its alias",
    );
    return null;
  }

  #remember(node: unknown, path: Path): void {
    const position = this.#position(node);
    const key = formatPath(path);
    // An alias is remembered where it is used, not where its anchor is.
    if (position && !this.#values.has(key)) this.#values.set(key, position);
  }

  #position(node: unknown): Position | null {
    const range = (node as Node | null)?.range;
    if (!range) return null;
    const { line, col: column } = this.#lines.linePos(range[0]);
    return line > 0 ? { line, column } : null;
  }

  #map(node: YAMLMap, path: Path): Record<string, unknown> {
    const result: Record<string, unknown> = Object.create(null);
    const merged: unknown[] = [];
    for (const pair of node.items) {
      if (!isPair(pair)) continue;
      const key = isScalar(pair.key) ? pair.key.value : undefined;
      if (key === "<<") merged.push(pair.value);
      else this.#entry(result, key, pair, path);
    }
    for (const value of merged) this.#merge(result, value, path);
    return result;
  }

  #entry(result: Record<string, unknown>, key: unknown, pair: { key: unknown; value: unknown }, path: Path): void {
    const position = this.#position(pair.key) ?? this.valueAt(path);
    if (key === null || key === undefined || typeof key === "object") {
      this.#problem(position, path, "A field's name must be text", "Write a name before the colon");
      return;
    }
    const name = String(key);
    const fieldPath = [...path, name];
    if (name in result) {
      this.#problem(position, fieldPath, `The field "${name}" is given twice`, "Keep one of the two");
      return;
    }
    this.#keys.set(formatPath(fieldPath), position);
    result[name] = this.#value(pair.value, fieldPath);
    if (!this.#values.has(formatPath(fieldPath))) this.#values.set(formatPath(fieldPath), position);
  }

  /** https://yaml.org/type/merge.html: what is there already wins over what is merged, the earlier over the later. */
  #merge(result: Record<string, unknown>, node: unknown, path: Path): void {
    const target = isAlias(node) ? node.resolve(this.#document!) : node;
    if (isSeq(target)) {
      for (const item of target.items) this.#merge(result, item, path);
    } else if (isMap(target)) {
      if (path.length > depthMax) throw new TooMuch(`The file is nested more than ${depthMax} levels deep`, path);
      this.#mergeMap(result, target, path);
    } else {
      const position = this.#position(node) ?? this.valueAt(path);
      this.#problem(position, path, 'Only a mapping can be merged with "<<"', "Point it at an anchor of a mapping");
    }
  }

  #mergeMap(result: Record<string, unknown>, map: YAMLMap, path: Path): void {
    if (++this.#count > valuesMax) throw new TooMuch(`The file unfolds to more than ${valuesMax} values`, path);
    const nested: unknown[] = [];
    for (const pair of map.items) {
      const key = isScalar(pair.key) ? pair.key.value : undefined;
      if (key === "<<") nested.push(pair.value);
      else if (key === undefined || !(String(key) in result)) this.#entry(result, key, pair, path);
    }
    for (const value of nested) this.#merge(result, value, [...path]);
  }
}

class TooMuch extends Error {
  readonly path: Path;

  constructor(message: string, path: Path) {
    super(message);
    this.path = path;
  }
}

/** After one mistake the library stumbles over all that follows it; one report a line, without that, is enough. */
function rootCauses<T extends { message: string; pos: [number, number]; linePos?: unknown }>(errors: T[]): T[] {
  const first = errors.slice(0, 1);
  return [...first, ...errors.slice(1, problemsMax).filter(({ message }) => !/^Unexpected /.test(message))];
}

/** The library's message made actionable where a common slip is behind it. */
function explainSyntax(code: string, message: string, text: string, offset: number): { message: string; fix: string } {
  const before = text
    .slice(Math.max(0, offset - 200), offset)
    .split("\n")
    .at(-1)!;
  const line = before + text.slice(offset, offset + 200).split("\n")[0]!;
  if (code === "MULTIPLE_DOCS") {
    return {
      message: "The file holds several YAML documents, only one is allowed",
      fix: "Remove everything from the second --- on",
    };
  }
  if (line.indexOf("${") > line.search(/[{[]/) && /[{[]/.test(before)) {
    return { message, fix: 'Inside { } and [ ] a reference needs quotes: "${NAME}"' };
  }
  if (code === "TAG_RESOLVE_FAILED") return { message, fix: "Remove the tag, the value is read without it" };
  if (code === "TAB_AS_INDENT" || /^\s*\t/.test(line))
    return { message, fix: "Indent with spaces, YAML does not allow tabs" };
  return { message, fix: "Correct the YAML here; the cause may be on the line before" };
}

// Regular expressions over model names, as the control plane reads them: it accepts what both the plugins' engine and
// JavaScript understand in the same way, so that a configuration is checked, and a request explained, without Wasm.
// The plugins' engine: sdk/assembly/regex, a subset of https://github.com/google/re2/wiki/Syntax in linear time.

export interface ModelRegex {
  regex: RegExp;
  /** Capturing groups. */
  groups: number;
}

/** Bounds of the plugins' engine, the program's with room to spare. */
const limits = { patternLengthMax: 512, programMax: 1900, groupsMax: 32, depthMax: 32, countMax: 1000 };

/** What is wrong with a pattern, as the end of a sentence that begins with "The regular expression". */
export class RegexProblem {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

export function readModelRegex(pattern: string): ModelRegex | RegexProblem {
  if (pattern === "" || pattern.length > limits.patternLengthMax) {
    return new RegexProblem(`must have 1 to ${limits.patternLengthMax} characters`);
  }
  const reader = new RegexReader(pattern);
  const problem = reader.read();
  if (problem) return new RegexProblem(problem);
  try {
    return { regex: new RegExp(reader.source, reader.flags), groups: reader.groups };
  } catch {
    return new RegexProblem("is not valid: check its brackets and repetitions");
  }
}

/**
 * A model's name made of a match: `$1` or `${1}` is a group, `$0` the whole match, `$$` a dollar sign. A group that
 * took no part is empty, any other `$` stays.
 */
export function expandMatch(template: string, match: RegExpExecArray): string {
  return template.replace(/\$(?:(\$)|(\d{1,2})|\{(\d{1,2})\})/g, (_, dollar, bare, braced) =>
    dollar ? "$" : (match[Number(bare ?? braced)] ?? ""),
  );
}

/** The highest group that a template refers to. */
export function highestGroup(template: string): number {
  const used = [...template.matchAll(/\$(?:\$|(\d{1,2})|\{(\d{1,2})\})/g)].map(
    ([, bare, braced]) => bare ?? braced ?? 0,
  );
  return Math.max(0, ...used.map(Number));
}

/** `*`, `+`, `?`, `{2}`, `{2,}`, `{2,3}`. A brace that is none of these is a character. */
const countPattern = /^(?:[*+?]|\{(\d+)(,(\d*))?\})/;

/** Walks a pattern once: writes it down for JavaScript, and counts what the plugins' engine will make of it. */
class RegexReader {
  source = "";
  flags = "u";
  groups = 0;
  readonly #pattern: string;
  #at = 0;
  #problem: string | null = null;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  /** The problem, or null. */
  read(): string | null {
    const leading = /^\(\?([ims]+)\)/.exec(this.#pattern);
    if (leading) {
      this.flags += [...new Set(leading[1])].join("");
      this.#at = leading[0].length;
    }
    this.#alternation(0);
    if (this.#at < this.#pattern.length) this.#fail("has a ) without its (");
    return this.#problem;
  }

  /** This and its parts return the number of instructions they compile to. */
  #alternation(depth: number): number {
    if (depth > limits.depthMax) this.#fail("is nested too deeply");
    let size = this.#sequence(depth);
    while (this.#take("|")) {
      this.source += "|";
      size += 2 + this.#sequence(depth);
    }
    return this.#bounded(size);
  }

  #sequence(depth: number): number {
    let size = 0;
    while (this.#at < this.#pattern.length && !/[|)]/.test(this.#next)) {
      const start = this.source.length;
      size += this.#repeated(this.#atom(depth), start);
    }
    return this.#bounded(size);
  }

  #atom(depth: number): number {
    if (this.#take("(")) return this.#group(depth);
    if (this.#take("[")) return this.#class();
    if (this.#take("\\")) return this.#escape("dDwWsSbB");
    if (countPattern.test(this.#rest)) return this.#fail("repeats nothing");
    const character = String.fromCodePoint(this.#pattern.codePointAt(this.#at)!);
    this.#at += character.length;
    // Only in JavaScript's Unicode mode is a lone bracket an error.
    this.source += /[\]{}]/.test(character) ? `\\${character}` : character;
    return 1;
  }

  #group(depth: number): number {
    const [kind] = /^\?(?::|P?<[A-Za-z_]\w{0,31}>|[ims]{1,3}:|-[ims]{1,3}:)/.exec(this.#rest) ?? [""];
    if (kind === "" && this.#next === "?") return this.#fail("uses a look-around, or a flag that is not at its start");
    const isCapturing = kind === "" || kind.includes("<");
    if (isCapturing && ++this.groups > limits.groupsMax) this.#fail(`has more than ${limits.groupsMax} groups`);
    this.#at += kind.length;
    this.source += `(${kind.replace("?P<", "?<")}`;
    const size = this.#alternation(depth + 1);
    if (!this.#take(")")) this.#fail("has a ( without its )");
    this.source += ")";
    return size + (isCapturing ? 2 : 0);
  }

  #class(): number {
    this.source += this.#take("^") ? "[^" : "[";
    if (this.#next === "]") return this.#fail("has an empty class: write \\] for the bracket itself");
    while (this.#at < this.#pattern.length && this.#next !== "]") {
      if (this.#next === "[") return this.#fail("has a [ in a class: write \\[ for the bracket itself");
      if (this.#take("\\")) this.#escape("dDwWsS");
      else this.source += this.#pattern[this.#at++];
    }
    if (!this.#take("]")) return this.#fail("has a [ without its ]");
    this.source += "]";
    return 1;
  }

  /** `letters` are the classes and anchors that are known here. */
  #escape(letters: string): number {
    const character = this.#next;
    if (/^x[0-9A-Fa-f]{2}/.test(this.#rest)) this.#at++;
    else if (/^[!-/:-@[-`{-~]$/.test(character) || (letters + "nrtfv").includes(character || "\0")) this.#at++;
    else return this.#fail(`uses \\${character}, which is not known`);
    // In Unicode mode JavaScript refuses to escape what needs no escape.
    const isPlain = /[!"#%&',:;<=>@_`~]/.test(character);
    this.source += isPlain ? character : character === "-" ? "\\x2d" : `\\${character}`;
    return 1;
  }

  /** What is repeated begins at `start` of `source`. */
  #repeated(size: number, start: number): number {
    const [text, least, comma, most] = countPattern.exec(this.#rest) ?? [];
    if (text === undefined) return size;
    const repeated = this.source.slice(start);
    this.#at += text.length;
    this.source += text + (this.#take("?") ? "?" : "");
    if (countPattern.test(this.#rest)) return this.#fail("repeats a repetition");
    const from = text === "+" ? 1 : Number(least ?? 0);
    const to = text === "?" ? 1 : least === undefined || (comma && most === "") ? Infinity : Number(most ?? least);
    // JavaScript tries such a repetition again without the empty match, the plugins' engine takes it as it is.
    if (to > from && canBeEmpty(repeated)) return this.#fail("repeats what can be empty");
    if (Math.max(from, to === Infinity ? 0 : to) > limits.countMax) this.#fail(`counts above ${limits.countMax}`);
    if (to === Infinity) return this.#bounded(size * from + (from === 0 ? size + 2 : 1));
    return this.#bounded(size * from + Math.max(0, to - from) * (size + 1));
  }

  get #rest(): string {
    return this.#pattern.slice(this.#at);
  }

  get #next(): string {
    return this.#pattern[this.#at] ?? "";
  }

  #take(character: string): boolean {
    if (this.#next !== character) return false;
    this.#at++;
    return true;
  }

  #bounded(size: number): number {
    return size > limits.programMax ? this.#fail("is too large once its repetitions are written out") : size;
  }

  /** Keeps the first problem and goes to the end, so that every loop stops. */
  #fail(problem: string): number {
    this.#problem ??= problem;
    this.#at = this.#pattern.length;
    return 0;
  }
}

/** `source` is a part, so it may be broken for the moment: then the whole is refused later. */
function canBeEmpty(source: string): boolean {
  // Anchors hold at some place or other.
  const withoutAnchors = source.replace(/\[\^?|\\.|[$^]/gs, (token) => (/^(?:\\[bB]|[$^])$/.test(token) ? "" : token));
  try {
    return new RegExp(`^(?:${withoutAnchors})$`, "u").test("");
  } catch {
    return false;
  }
}

// Reads a template as the plugin mcp-bridge does, to say what is wrong with it before it is ever used, and what it asks
// of its data. What it makes of them is the plugin's to find out.
import { didYouMean } from "../did-you-mean.ts";
import { pathMistake } from "./gjson-path.ts";
import { templateFunctions } from "./functions.ts";
import { tokensOf, type Token } from "./lexer.ts";

/** What a template is. */
export interface TemplateFacts {
  /** What is wrong with it, and how it is mended; null where nothing is. */
  mistake: { message: string; fix: string } | null;
  /** Paths into what it is given as a whole, such as `["args", "city"]`. */
  references: string[][];
}

class TemplateMistake extends Error {
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

export function readTemplate(text: string): TemplateFacts {
  const reader = new TemplateReader();
  try {
    reader.read(text);
    return { mistake: null, references: reader.references };
  } catch (error) {
    if (!(error instanceof TemplateMistake)) throw error;
    return { mistake: { message: error.message, fix: error.fix }, references: [] };
  }
}

/** A block that is open: what began it, and how many variables there were. */
interface OpenBlock {
  word: string;
  mark: number;
  /** Whether `.` is something else inside. */
  movesDot: boolean;
  hasElse: boolean;
}

class TemplateReader {
  readonly references: string[][] = [];
  readonly #blocks: OpenBlock[] = [];
  #variables: string[] = [];
  readonly #defined = new Set<string>();
  readonly #called: string[] = [];
  #tokens: Token[] = [];
  #at = 0;

  read(text: string): void {
    for (const action of actionsOf(text)) this.#readAction(action);
    const open = this.#blocks.at(-1);
    if (open) throw new TemplateMistake(`{{${open.word}}} has no {{end}}`, "Write {{end}} where it is over");
    const unknown = this.#called.find((name) => !this.#defined.has(name));
    if (unknown !== undefined) throw new TemplateMistake(`there is no template "${unknown}"`, "Define it");
  }

  get #token(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #isSign(sign: string): boolean {
    return this.#token?.kind === "sign" && this.#token.text === sign;
  }

  #readAction(action: string): void {
    this.#tokens = tokensOf(action);
    this.#at = 0;
    const wrong = this.#tokens.find(({ kind }) => kind === "wrong");
    const first = this.#token;
    if (!first) return;
    if (first.kind === "word" && this.#readKeyword(first.text)) return this.#expectEnd(wrong);
    this.#readPipeline(1);
    this.#expectEnd(wrong);
  }

  #expectEnd(wrong: Token | undefined): void {
    const token = wrong ?? this.#token;
    if (!token) return;
    const message = token.kind === "wrong" ? token.text : `"${token.text}" stands where nothing may`;
    throw new TemplateMistake(message, "Look for missing pipes, quotes and parentheses; keys such as a-b need gjson");
  }

  #readKeyword(word: string): boolean {
    this.#at++;
    switch (word) {
      case "end":
        this.#close();
        return true;
      case "else":
        this.#else();
        return true;
      case "if":
      case "with":
      case "range":
        this.#open(word, () => this.#readPipeline(word === "range" ? 2 : 1));
        return true;
      case "break":
      case "continue":
        if (this.#blocks.some((block) => block.word === "range")) return true;
        throw new TemplateMistake(`{{${word}}} is outside {{range}}`, "Remove it");
      case "define":
      case "block":
      case "template":
        this.#readNamed(word);
        return true;
    }
    this.#at--;
    return false;
  }

  /** What is declared in front of a block is gone with it. */
  #open(word: string, readPipeline: () => void): void {
    const mark = this.#variables.length;
    readPipeline();
    this.#blocks.push({ word, mark, movesDot: word !== "if", hasElse: false });
  }

  #close(): void {
    const block = this.#blocks.pop();
    if (!block) throw new TemplateMistake("{{end}} ends nothing", "Remove it");
    this.#variables = this.#variables.slice(0, block.mark);
  }

  #else(): void {
    const block = this.#blocks.at(-1);
    if (!block || block.hasElse || !["if", "with", "range"].includes(block.word)) {
      throw new TemplateMistake("{{else}} belongs to nothing", "Remove it");
    }
    const word = this.#token?.kind === "word" ? this.#token.text : "";
    if (word === "") {
      block.hasElse = true;
      block.movesDot = false;
      return;
    }
    if (word !== "if" && word !== "with") throw new TemplateMistake(`{{else ${word}}} is unknown`, "Write {{else if}}");
    this.#at++;
    block.movesDot = word === "with";
    this.#readPipeline(1);
  }

  #readNamed(word: string): void {
    const name = this.#token;
    if (name?.kind !== "text") throw new TemplateMistake(`{{${word}}} has no name`, "Write one in quotes");
    this.#at++;
    if (word === "template") this.#called.push(name.text);
    else this.#defined.add(name.text);
    const readPipeline = () => void (word !== "define" && this.#token && this.#readPipeline(0));
    if (word === "template") readPipeline();
    else this.#open(word, readPipeline);
  }

  #readPipeline(namesMax: number): void {
    const names = namesMax > 0 ? this.#readNames(namesMax) : [];
    for (let isPiped = false; ; isPiped = true) {
      this.#readCommand(isPiped);
      if (!this.#isSign("|")) break;
      this.#at++;
    }
    this.#variables.push(...names);
  }

  /** What is declared in front of a pipeline, or assigned. */
  #readNames(namesMax: number): string[] {
    const [first, sign, second, last] = this.#tokens.slice(this.#at);
    if (first?.kind !== "variable" || sign?.kind !== "sign") return [];
    if (sign.text === ":=" || sign.text === "=") {
      this.#at += 2;
      if (sign.text === "=") this.#expectKnown(first.text);
      return sign.text === ":=" ? [first.text] : [];
    }
    const isPair = sign.text === "," && second?.kind === "variable" && last?.text === ":=";
    if (!isPair || namesMax < 2) return [];
    this.#at += 4;
    return [first.text, second.text];
  }

  #expectKnown(variable: string): void {
    if (variable === "" || this.#variables.includes(variable)) return;
    throw new TemplateMistake(`there is no variable $${variable}`, "Declare it with := in front");
  }

  #readCommand(isPiped: boolean): void {
    const token = this.#token;
    const isCall = token?.kind === "word" && !["true", "false", "nil"].includes(token.text);
    if (!isCall) return this.#readOperand();
    const [least, most] = functionNamed(token.text);
    this.#at++;
    const literal = this.#token;
    let count = isPiped ? 1 : 0;
    for (; this.#token && !this.#isSign("|") && !this.#isSign(")"); count++) this.#readOperand();
    if (token.text === "gjson" && literal?.kind === "text") expectPath(literal.text);
    if (count >= least && count <= most) return;
    const takes = most === Infinity ? `at least ${least}` : least === most ? `${least}` : `${least} to ${most}`;
    throw new TemplateMistake(`${token.text} takes ${takes} arguments, not ${count}`, "Give it as many");
  }

  #readOperand(): void {
    const token = this.#token;
    if (!token || token.kind === "wrong") return this.#expectEnd(token ?? { kind: "sign", text: "}}", isApart: true });
    this.#at++;
    if (token.kind === "sign") {
      if (token.text !== "(") this.#expectEnd(token);
      this.#readPipeline(1);
      if (!this.#isSign(")")) throw new TemplateMistake("a parenthesis does not end", "Close it");
      this.#at++;
      this.#readFields();
      return;
    }
    if (token.kind === "variable") this.#expectKnown(token.text);
    if (token.kind === "word" && !["true", "false", "nil"].includes(token.text)) functionNamed(token.text);
    const path = this.#readFields();
    if (token.kind === "field") this.#refer([token.text, ...path]);
    else if (token.kind === "variable" && token.text === "") this.references.push(path);
  }

  /** Fields right behind an operand. */
  #readFields(): string[] {
    const names: string[] = [];
    for (; this.#token?.kind === "field" && !this.#token.isApart; this.#at++) names.push(this.#token.text);
    return names;
  }

  /** What stands beside the data is there wherever `.` leads. */
  #refer(path: string[]): void {
    const isMoved = this.#blocks.some(({ movesDot }) => movesDot);
    if (!isMoved || path[0]?.startsWith("_")) this.references.push(path);
  }
}

function functionNamed(name: string): readonly [number, number] {
  const known = Object.hasOwn(templateFunctions, name) ? templateFunctions[name] : undefined;
  if (known) return known;
  const meant = didYouMean(name, Object.keys(templateFunctions));
  const fix = meant ? `Did you mean "${meant}"?` : "Use one of the functions that docs/mcp.md leads to";
  throw new TemplateMistake(`there is no function ${name}`, fix);
}

function expectPath(path: string): void {
  const mistake = pathMistake(path);
  if (mistake !== null) throw new TemplateMistake(`the path "${path}" ${mistake}`, "See the syntax of gjson");
}

/** What stands between {{ and }}, without comments. */
function* actionsOf(text: string): Generator<string> {
  for (let at = text.indexOf("{{"); at >= 0; at = text.indexOf("{{", at)) {
    const isTrimmed = /^-\s/.test(text.slice(at + 2, at + 4));
    const from = at + (isTrimmed ? 3 : 2);
    const isComment = text.slice(from).trimStart().startsWith("/*");
    const end = isComment ? commentEnd(text, from) : actionEnd(text, from);
    if (end < 0) throw new TemplateMistake("{{ has no }}", "Close it");
    if (!isComment) yield text.slice(from, /\s-$/.test(text.slice(end - 2, end)) ? end - 1 : end);
    at = end + 2;
  }
}

function commentEnd(text: string, from: number): number {
  const close = text.indexOf("*/", from);
  return close < 0 ? -1 : text.indexOf("}}", close);
}

/** Quotes are left aside. */
function actionEnd(text: string, from: number): number {
  const pattern = /`[^`]*`|"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|}}/g;
  pattern.lastIndex = from;
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) if (found[0] === "}}") return found.index;
  return -1;
}

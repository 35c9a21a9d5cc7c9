// Which prompts no model of this context can take. What counts is not the estimate of a prompt's tokens but the least
// that it can have, so that nothing is left out that might fit.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonFields } from "@weir/sdk/assembly/json/fields";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { MAX_TOKENS } from "../../hub/assembly/names";
import { lineAt } from "./allow-list";
import { ModelTable } from "./model-table";
import { OutputMeter } from "./output-meter";

/** A word and the space behind it. */
const BYTES_PER_TOKEN_MIN: i32 = 2;
const BOUNDS: Slice[] = [Slice.of("max_completion_tokens"), MAX_TOKENS, Slice.of("max_output_tokens")];
/** What asks the provider, or whoever stands in front of it, to leave out what is too much; and what is no prompt. */
const CUTTING: Slice[] = [
  Slice.of("truncation"),
  Slice.of("truncate"),
  Slice.of("truncate_prompt_tokens"),
  Slice.of("context_management"),
  Slice.of("transforms"),
  Slice.of("prediction"),
];

/** The contexts of a target's models, in tokens. */
@final
export class ContextWindows {
  private readonly models: ModelTable = new ModelTable();
  /** In the order of the rows of `models`. */
  private readonly tokens: i32[] = [];
  private least: i32 = i32.MAX_VALUE;

  add(model: Slice, isOwn: bool, tokens: i32): void {
    this.models.add(model, isOwn);
    this.tokens.push(tokens);
    this.least = min(this.least, tokens);
  }

  /** Of the provider's `model`; −1 where it is not known. */
  find(model: Slice): i32 {
    const index = this.models.find(model);
    return index < 0 ? -1 : this.tokens[index];
  }

  /** Whether so many tokens may be too many for some model. */
  mayBePassedBy(tokens: i64): bool {
    return tokens > this.least;
  }
}

/** The body of a chat, as far as its length is to be known. */
@final
export class Prompt {
  private isRead: bool = false;
  private isCut: bool = false;
  private bound: i64 = 0;
  private least: i64 = -1;

  constructor(
    private readonly body: Slice,
    /** How much output a limit allows; −1 for any. */
    private readonly outputMax: i64 = -1,
  ) {}

  /** Whether some model of `windows` may not hold it: most prompts are told by their size to fit everywhere. */
  mayPass(windows: ContextWindows, holdsOutput: bool): bool {
    return holdsOutput || windows.mayBePassedBy(this.most);
  }

  /**
   * The context of the provider's `model` if it cannot hold the prompt; −1 where it may, or nobody knows.
   * `holdsOutput`: together with all the output that is asked for.
   */
  windowPassed(windows: ContextWindows, holdsOutput: bool, model: Slice): i32 {
    if (!this.mayPass(windows, holdsOutput)) return -1;
    const window = windows.find(model);
    if (window < 0) return -1;
    this.read();
    const output = holdsOutput ? this.bound : 0;
    if (this.isCut || this.most + output <= window) return -1;
    return this.input + output > window ? window : -1;
  }

  /** The least tokens that it can have. */
  get input(): i64 {
    if (this.least >= 0) return this.least;
    const meter = OutputMeter.ofPrompt();
    meter.pass(this.body);
    this.least = meter.least;
    return this.least;
  }

  /** What it sets aside for its answer; 0 where it leaves that to the provider. */
  get output(): i64 {
    this.read();
    return this.bound;
  }

  private get most(): i64 {
    return this.body.length / BYTES_PER_TOKEN_MIN;
  }

  private read(): void {
    if (this.isRead) return;
    this.isRead = true;
    // A tape of its own: what it grows to for a large body is let go with it.
    const tape = new JsonTape(1);
    if (tape.scan(this.body)) this.isCut = true;
    for (let i = 0; i < CUTTING.length; ++i) {
      const kind = tape.kind(tape.find(tape.root, CUTTING[i]));
      if (kind != JsonKind.Missing && kind != JsonKind.Null) this.isCut = true;
    }
    for (let i = 0; i < BOUNDS.length; ++i) {
      const node = tape.find(tape.root, BOUNDS[i]);
      if (tape.kind(node) == JsonKind.Number) this.bound = max(this.bound, tape.integer(node));
    }
    if (this.outputMax >= 0) this.bound = min(this.bound, this.outputMax);
    this.bound = min<i64>(this.bound, i32.MAX_VALUE);
  }
}

/** Reads `contextWindows`: tables, each a list of what has the same context; `names` are models, one on each line. */
export function readContextWindows(fields: JsonFields): ContextWindows[] {
  const tape = fields.tape;
  const tables: ContextWindows[] = [];
  const list = fields.array(tape.root, "contextWindows", "contextWindows");
  for (let table = tape.first(list); table >= 0; table = tape.next(table)) {
    const windows = new ContextWindows();
    for (let row = tape.first(table); row >= 0; row = tape.next(row)) readRow(fields, row, windows);
    tables.push(windows);
  }
  return tables;
}

function readRow(fields: JsonFields, row: i32, windows: ContextWindows): void {
  const tokens = fields.integer(row, "tokens", 1, i32.MAX_VALUE, "contextWindows.tokens");
  const isOwn = fields.flag(row, "own", "contextWindows.own");
  const names = fields.requiredText(row, "names", "contextWindows.names");
  for (let from = 0; from < names.length;) {
    const name = lineAt(names, from);
    windows.add(name, isOwn, tokens);
    from += name.length + 1;
  }
}

/** The table that `node` names by its number; null for none. */
export function tableAt(fields: JsonFields, node: i32, tables: ContextWindows[], path: string): ContextWindows | null {
  const index = fields.integer(node, "contextWindows", 0, -1, path);
  if (index < 0) return null;
  if (index < tables.length) return tables[index];
  fields.fail(path, "the number of a table");
  return null;
}

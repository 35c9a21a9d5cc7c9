// About how many tokens a chat's answer has had so far: what is told of one that is cut short, or whose provider tells
// nothing. Bytes that only pass are not parsed: from string to string, the texts are told by the names before them.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { TextMeter } from "../../hub/assembly/text-meter";
import { Family, Surface } from "./surface";

const RESPONSES = Slice.of("responses");
const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const COLON: u8 = 0x3a;
const LF: u8 = 0x0a;
/** A longer string is no name. */
const NAME_BYTES_MAX: i32 = 32;

// The ends of the names of members that hold text, so that `reasoning_content` is `content` too.
const OPENAI: StaticArray<Slice> = [Slice.of("content"), Slice.of("text"), Slice.of("arguments"), Slice.of("refusal")];
const TYPED: StaticArray<Slice> = [Slice.of("delta")];
const ANTHROPIC: StaticArray<Slice> = [Slice.of("text"), Slice.of("thinking"), Slice.of("partial_json")];
const GEMINI: StaticArray<Slice> = [Slice.of("text")];
/** Whole names, of requests in any dialect: of members that every model reads. */
const PROMPT: StaticArray<Slice> = [
  Slice.of("content"),
  Slice.of("text"),
  Slice.of("input"),
  Slice.of("instructions"),
  Slice.of("system"),
  Slice.of("prompt"),
  Slice.of("arguments"),
  Slice.of("output"),
];

/** The meter of one answer, or of one prompt. */
@final
export class OutputMeter {
  private readonly meter: TextMeter = new TextMeter();
  // Where the bytes so far end: in a string, which is text or may be a name; behind a name; behind its colon.
  private isInString: bool = false;
  private isText: bool = false;
  private readonly name: Writer = new Writer(NAME_BYTES_MAX);
  private isBehindName: bool = false;
  private isBehindColon: bool = false;

  constructor(
    private members: StaticArray<Slice>,
    private readonly takesWholeNames: bool = false,
  ) {}

  /** The meter of an answer. */
  static ofAnswer(surface: Surface): OutputMeter {
    return new OutputMeter(membersOf(surface));
  }

  /** The meter of a request's body. */
  static ofPrompt(): OutputMeter {
    return new OutputMeter(PROMPT, true);
  }

  /** The answer comes as one JSON text: a Responses answer then has its texts under the names that others have. */
  expectWhole(): void {
    if (this.members == TYPED) this.members = OPENAI;
  }

  /** So far. */
  get tokens(): i64 {
    return this.meter.tokens;
  }

  /** So many it has at least, whatever the tokenizer. */
  get least(): i64 {
    return this.meter.least;
  }

  /** Takes a text. */
  add(text: Slice): void {
    this.meter.take(text);
  }

  /** Takes bytes of an answer that passes. */
  pass(bytes: Slice): void {
    let at = this.isInString ? this.goOn(bytes, 0) : 0;
    while (at < bytes.length) {
      const quote = bytes.indexOf(QUOTE, at);
      this.readBetween(bytes, at, quote < 0 ? bytes.length : quote);
      if (quote < 0) return;
      at = this.begin(bytes, quote + 1);
    }
  }

  /** What stands between strings. Between a name and its value there is nothing but a colon. */
  private readBetween(bytes: Slice, from: i32, to: i32): void {
    if (!this.isBehindName) return;
    for (let i = from; i < to; ++i) {
      const byte = bytes.at(i);
      if (byte == COLON) this.isBehindColon = true;
      else if (byte > 0x20) this.isBehindName = false;
    }
  }

  /** Reads the string that begins at `from`. Returns where to go on. */
  private begin(bytes: Slice, from: i32): i32 {
    this.isInString = true;
    this.isText = this.isBehindName && this.isBehindColon;
    this.isBehindName = false;
    this.isBehindColon = false;
    this.name.clear();
    if (this.isText) this.meter.take(Slice.empty());
    return this.goOn(bytes, from);
  }

  private goOn(bytes: Slice, from: i32): i32 {
    let end = bytes.indexOf(QUOTE, from);
    while (end >= 0 && isEscaped(bytes, from, end)) end = bytes.indexOf(QUOTE, end + 1);
    const to = end < 0 ? bytes.length : end;
    const line = bytes.indexOf(LF, from);
    // No string of JSON has a line's end in it: this was none.
    if (line >= 0 && line < to) {
      this.isInString = false;
      return line + 1;
    }
    const part = bytes.slice(from, to);
    if (this.isText) this.meter.goOn(part);
    else if (this.name.length + part.length <= NAME_BYTES_MAX) this.name.bytes(part);
    if (end < 0) return to;
    this.isInString = false;
    this.isBehindName = !this.isText && this.namesText();
    return end + 1;
  }

  private namesText(): bool {
    const name = this.name.toSlice();
    for (let i = 0; i < this.members.length; ++i) {
      const member = this.members[i];
      if (name.endsWith(member) && (!this.takesWholeNames || name.length == member.length)) return true;
    }
    return false;
  }
}

function membersOf(surface: Surface): StaticArray<Slice> {
  if (surface.family == Family.Anthropic) return ANTHROPIC;
  if (surface.family == Family.Gemini) return GEMINI;
  return surface.name.equals(RESPONSES) ? TYPED : OPENAI;
}

/** Whether an odd number of backslashes stands before `end`. */
function isEscaped(bytes: Slice, from: i32, end: i32): bool {
  let first = end;
  while (first > from && bytes.at(first - 1) == BACKSLASH) --first;
  return ((end - first) & 1) != 0;
}

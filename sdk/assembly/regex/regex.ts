// Regex: regular expressions over UTF-8 bytes in linear time. Parsing is parser.ts's, running is matcher.ts's.
import { Fault } from "../bytes/fault";
import { Slice } from "../bytes/slice";
import { Writer } from "../bytes/writer";
import { Matcher } from "./matcher";
import { Parser } from "./parser";
import { PatternReader } from "./pattern-reader";

let compileFault: Fault | null = null;

/**
 * A compiled regular expression: a subset of RE2's syntax with the same meaning. Characters, `.`, classes, `\d \w \s`
 * and their complements (ASCII), `\b \B \A \z ^ $`, groups (capturing, named, `(?:…)`), the flags `i` (ASCII letters),
 * `s` and `m`, alternation, `* + ? {n} {n,} {n,m}` and their lazy forms. No back-references, no look-around, no Unicode
 * classes. The time of a match grows with the input's length times the pattern's, never more.
 */
@final
export class Regex {
  private matcher: Matcher;

  private constructor(parser: Parser) {
    this.matcher = new Matcher(parser.program);
  }

  /** Compiles `pattern`, or gives null; `Regex.fault` then says why, with the place in the pattern. */
  static compile(pattern: Slice): Regex | null {
    const parser = new Parser(new PatternReader(pattern));
    compileFault = parser.parse();
    return compileFault ? null : new Regex(parser);
  }

  /** Why the last `compile` gave null. */
  static get fault(): Fault | null {
    return compileFault;
  }

  /** The leftmost match in `input` that begins at `from` or behind it, or null. Of several there, Perl's. */
  match(input: Slice, from: i32 = 0): RegexMatch | null {
    const slots = this.matcher.run(input, min(max(from, 0), input.length));
    return slots ? new RegexMatch(input, slots) : null;
  }

  /**
   * Of the last `match`: where something begins that more input might have made a match, or a longer one; −1 for
   * nothing.
   */
  get openFrom(): i32 {
    return this.matcher.openFrom;
  }
}

/** Where a pattern matched. */
@final
export class RegexMatch {
  constructor(
    /** What was matched against. */
    readonly input: Slice,
    private slots: StaticArray<i32>,
  ) {}

  /** How many groups the pattern has, not counting the whole match. */
  get groups(): i32 {
    return (this.slots.length >> 1) - 1;
  }

  /** The first byte of a group (0 is the whole match), or −1 where it took no part. */
  start(group: i32 = 0): i32 {
    return <u32>group <= <u32>this.groups ? this.slots[group << 1] : -1;
  }

  /** The byte behind a group, or −1 where it took no part. */
  end(group: i32 = 0): i32 {
    return <u32>group <= <u32>this.groups ? this.slots[(group << 1) + 1] : -1;
  }

  /** The bytes of a group; empty where it took no part. */
  group(group: i32): Slice {
    return this.start(group) < 0 ? Slice.empty() : this.input.slice(this.start(group), this.end(group));
  }

  /**
   * `template` with `$1` or `${1}` replaced by that group, `$0` by the match, `$$` by a dollar sign. Any other `$`
   * stays.
   */
  expand(template: Slice): Slice {
    const writer = new Writer(template.length + this.input.length);
    for (let i = 0; i < template.length; ++i) {
      const next = template.at(i + 1);
      if (template.at(i) != 0x24) writer.byte(template.at(i));
      else if (next == 0x24) writer.byte(template.at(++i));
      else i = this.expandGroup(template, i, writer);
    }
    return writer.take();
  }

  /** `input` with the match replaced by the expanded template. */
  replace(template: Slice): Slice {
    const expanded = this.expand(template);
    const writer = new Writer(this.input.length + expanded.length);
    writer.bytes(this.input.slice(0, this.start())).bytes(expanded).bytes(this.input.slice(this.end()));
    return writer.take();
  }

  /** Writes what the `$` at `at` refers to; returns the place of the last byte it takes. */
  private expandGroup(template: Slice, at: i32, writer: Writer): i32 {
    const isBraced = template.at(at + 1) == 0x7b;
    const first = at + (isBraced ? 2 : 1);
    let end = first;
    let group = 0;
    for (; <u32>template.at(end) - 0x30 < 10 && end < first + 2; ++end) group = group * 10 + (template.at(end) - 0x30);
    if (end == first || (isBraced && template.at(end) != 0x7d)) {
      writer.byte(0x24);
      return at;
    }
    writer.bytes(this.group(group));
    return isBraced ? end : end - 1;
  }
}

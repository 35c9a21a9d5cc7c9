// Reads a pattern and writes its program as it goes. Source of the syntax: https://github.com/google/re2/wiki/Syntax
// (a subset of it: regex.ts says which). Single characters and classes are atom-parser.ts's.
import { Fault, FaultCode } from "../bytes/fault";
import { AtomParser } from "./atom-parser";
import { PatternReader } from "./pattern-reader";
import { Anchor, Op, Program } from "./program";

/** How deep groups may nest. */
const NESTING_MAX: i32 = 64;
/** How many capturing groups there may be: each costs memory and time for every instruction. */
const GROUPS_MAX: i32 = 32;
/** The largest count in `{n,m}`, as RE2 has it. */
const COUNT_MAX: i32 = 1000;
const UNBOUNDED: i32 = -1;

/** Writes the program of one pattern. */
@final
export class Parser {
  readonly program: Program;
  private atoms: AtomParser;
  private nesting: i32 = 0;
  // The flags i, s and m at this place of the pattern.
  private ignoresCase: bool = false;
  private dotMatchesLine: bool = false;
  private isMultiLine: bool = false;
  private least: i32 = 0;
  private most: i32 = 0;

  constructor(private reader: PatternReader) {
    const program = new Program();
    this.program = program;
    this.atoms = new AtomParser(reader, program);
  }

  /** Reads the whole pattern. */
  parse(): Fault | null {
    this.program.append(Op.Save, 0);
    this.parseAlternation();
    this.program.append(Op.Save, 1);
    this.program.append(Op.Match);
    const reader = this.reader;
    // An alternation ends at the pattern's end or at a parenthesis.
    if (!reader.isAtEnd) reader.fail(FaultCode.InvalidPattern, "unopened group");
    if (this.program.isFull) reader.fail(FaultCode.TooLarge, "pattern");
    return reader.fault;
  }

  /** a|b|c: a split before each alternative but the last, a jump to the end behind it. */
  private parseAlternation(): void {
    const jumps: Array<i32> = [];
    let start = this.program.length;
    this.parseSequence();
    while (this.reader.take(0x7c)) {
      const size = this.program.length - start;
      this.program.insert(start, Op.Split, 1, size + 2);
      jumps.push(this.program.length);
      this.program.append(Op.Jump);
      if (this.program.isFull) return this.stop();
      start = this.program.length;
      this.parseSequence();
    }
    for (let i = 0; i < jumps.length && !this.program.isFull; ++i) this.program.patchJump(jumps[i]);
  }

  private parseSequence(): void {
    const reader = this.reader;
    while (!reader.isAtEnd && reader.point != 0x7c && reader.point != 0x29) {
      const start = this.program.length;
      this.parseAtom();
      this.parseRepetition(start);
      if (this.program.isFull) return this.stop();
    }
  }

  private stop(): void {
    this.reader.fail(FaultCode.TooLarge, "pattern");
  }

  private parseAtom(): void {
    const reader = this.reader;
    switch (reader.point) {
      case 0x28: // (
        return this.parseGroup();
      case 0x2e: // .
        reader.advance();
        return this.program.append(this.dotMatchesLine ? Op.Any : Op.AnyButLine);
      case 0x5e: // ^
        reader.advance();
        return this.program.append(Op.Assert, this.isMultiLine ? Anchor.LineStart : Anchor.TextStart);
      case 0x24: // $
        reader.advance();
        return this.program.append(Op.Assert, this.isMultiLine ? Anchor.LineEnd : Anchor.TextEnd);
      case 0x2a: // *
      case 0x2b: // +
      case 0x3f: // ?
        return reader.fail(FaultCode.InvalidPattern, "nothing to repeat");
      default:
        return this.atoms.parse(this.ignoresCase);
    }
  }

  private parseGroup(): void {
    const reader = this.reader;
    const ignoresCase = this.ignoresCase;
    const dotMatchesLine = this.dotMatchesLine;
    const isMultiLine = this.isMultiLine;
    reader.advance();
    if (++this.nesting > NESTING_MAX) return reader.fail(FaultCode.TooDeep, "groups");
    let isOpen = true;
    if (!reader.take(0x3f)) this.parseCapture();
    else if (reader.takeName()) this.parseCapture();
    else isOpen = this.parseFlags();
    --this.nesting;
    // (?i) holds to the end of the group around it, (?i:…) inside its own.
    if (!isOpen) return;
    if (!reader.take(0x29)) reader.fail(FaultCode.InvalidPattern, "unclosed group");
    this.ignoresCase = ignoresCase;
    this.dotMatchesLine = dotMatchesLine;
    this.isMultiLine = isMultiLine;
  }

  private parseCapture(): void {
    if (this.program.groups == GROUPS_MAX) return this.reader.fail(FaultCode.TooLarge, "groups");
    const slot = ++this.program.groups * 2;
    this.program.append(Op.Save, slot);
    this.parseAlternation();
    this.program.append(Op.Save, slot + 1);
  }

  /**
   * What follows `(?`: flags with a minus before those switched off, then `)`, or `:` and a group. Whether it is a
   * group.
   */
  private parseFlags(): bool {
    const reader = this.reader;
    let on = true;
    while (!reader.isAtEnd && reader.point != 0x3a && reader.point != 0x29) {
      if (reader.point == 0x2d && on) on = false;
      else if (!this.setFlag(reader.point, on)) {
        reader.fail(FaultCode.Unsupported, "group");
        return true;
      }
      reader.advance();
    }
    if (reader.take(0x29)) return false;
    if (!reader.take(0x3a)) reader.fail(FaultCode.InvalidPattern, "unclosed group");
    else this.parseAlternation();
    return true;
  }

  private setFlag(letter: u32, on: bool): bool {
    if (letter == 0x69) this.ignoresCase = on;
    else if (letter == 0x73) this.dotMatchesLine = on;
    else if (letter == 0x6d) this.isMultiLine = on;
    else return false;
    return true;
  }

  /** The repetition behind the atom whose code begins at `start`, if there is one. */
  private parseRepetition(start: i32): void {
    const reader = this.reader;
    if (!this.readCounts()) return;
    const isLazy = reader.take(0x3f);
    this.repeat(start, isLazy);
    if (this.readCounts()) reader.fail(FaultCode.InvalidPattern, "repeated repetition");
  }

  /** Reads `*`, `+`, `?` or `{n,m}` into `least` and `most`. A brace that is no count is a character. */
  private readCounts(): bool {
    const reader = this.reader;
    if (reader.isAtEnd) return false;
    this.least = reader.point == 0x2b ? 1 : 0;
    this.most = reader.point == 0x3f ? 1 : UNBOUNDED;
    if (reader.take(0x2a) || reader.take(0x2b) || reader.take(0x3f)) return true;
    const place = reader.place;
    if (reader.take(0x7b) && this.readBraces()) {
      if (max(this.least, this.most) > COUNT_MAX) reader.fail(FaultCode.TooLarge, "repetition");
      else if (this.most != UNBOUNDED && this.most < this.least) reader.fail(FaultCode.InvalidPattern, "repetition");
      return true;
    }
    reader.goTo(place);
    return false;
  }

  private readBraces(): bool {
    const reader = this.reader;
    this.least = reader.takeNumber();
    if (this.least < 0) return false;
    this.most = this.least;
    if (reader.take(0x2c)) this.most = reader.point == 0x7d ? UNBOUNDED : reader.takeNumber();
    return reader.take(0x7d);
  }

  /** Turns the code from `start` on into `least` to `most` of it, one after the other. */
  private repeat(start: i32, isLazy: bool): void {
    if (this.reader.fault) return;
    const block = this.program.cut(start);
    const program = this.program;
    const size = block.length / 3;
    for (let i = 0; i < this.least && !program.isFull; ++i) program.paste(block);
    if (this.most == UNBOUNDED) {
      // x* is (x+)?, so that an x that matches nothing cannot hide the rest.
      if (!this.least) {
        this.split(1, size + 2, isLazy);
        program.paste(block);
      }
      return this.split(-size, 1, isLazy);
    }
    const optional = this.most - this.least;
    for (let i = 0; i < optional && !program.isFull; ++i) {
      this.split(1, (optional - i) * (size + 1), isLazy);
      program.paste(block);
    }
  }

  /** Appends a split to `into` the repeated code and `past` it. */
  private split(into: i32, past: i32, isLazy: bool): void {
    if (isLazy) this.program.append(Op.Split, past, into);
    else this.program.append(Op.Split, into, past);
  }
}

// A compiled pattern: instructions whose jumps are relative, so that blocks of code can be moved and copied.
import { CharClass } from "./char-class";

/** How many instructions a pattern may have: matching takes up to that many steps for each character. */
export const REGEX_PROGRAM_MAX: i32 = 2000;

/** What an instruction does; `a` and `b` are its operands. */
export const enum Op {
  /** The pattern has matched. */
  Match = 0,
  /** The character `a`. */
  Char = 1,
  /** The ASCII letter `a` (lower case) in either case. */
  Letter = 2,
  /** A character of class number `a`. */
  Class = 3,
  /** Any character. */
  Any = 4,
  /** Any character but a line feed. */
  AnyButLine = 5,
  /** Go on at `a` and, less wanted, at `b`; both relative. */
  Split = 6,
  /** Go on at `a`, relative. */
  Jump = 7,
  /** Note the position in slot `a`. */
  Save = 8,
  /** Go on where condition `a` (an Anchor) holds. */
  Assert = 9,
}

/** A condition on a position. */
export const enum Anchor {
  TextStart = 0,
  TextEnd = 1,
  LineStart = 2,
  LineEnd = 3,
  WordBoundary = 4,
  NoWordBoundary = 5,
}

/** Instructions and the character classes they refer to. */
@final
export class Program {
  /** How many capturing groups the pattern has, not counting the whole match. */
  groups: i32 = 0;
  /** Set when the limit was reached: the code is then not complete. */
  isFull: bool = false;
  readonly classes: Array<CharClass> = [];
  // Three numbers for each instruction: op, a, b.
  private code: Array<i32> = [];

  /** How many instructions. */
  get length(): i32 {
    return this.code.length / 3;
  }

  op(index: i32): Op {
    return this.code[index * 3];
  }

  a(index: i32): i32 {
    return this.code[index * 3 + 1];
  }

  b(index: i32): i32 {
    return this.code[index * 3 + 2];
  }

  /** Appends an instruction. */
  append(op: Op, a: i32 = 0, b: i32 = 0): void {
    if (this.length >= REGEX_PROGRAM_MAX) {
      this.isFull = true;
      return;
    }
    this.code.push(op);
    this.code.push(a);
    this.code.push(b);
  }

  /** Puts an instruction before the one at `index`; jumps over that place must not exist yet. */
  insert(index: i32, op: Op, a: i32, b: i32): void {
    const moved = this.length - index;
    this.append(op, a, b);
    if (this.isFull) return;
    for (let i = this.code.length - 1, end = this.code.length - moved * 3; i >= end; --i)
      this.code[i] = this.code[i - 3];
    this.code[index * 3] = op;
    this.code[index * 3 + 1] = a;
    this.code[index * 3 + 2] = b;
  }

  /** Makes the jump at `index` lead behind the last instruction. */
  patchJump(index: i32): void {
    this.code[index * 3 + 1] = this.length - index;
  }

  /** The instructions from `index` on, taken out. */
  cut(index: i32): Array<i32> {
    const block = this.code.slice(index * 3);
    this.code.length = index * 3;
    return block;
  }

  /** Appends instructions that were cut out. */
  paste(block: Array<i32>): void {
    for (let i = 0; i < block.length; i += 3) this.append(block[i], block[i + 1], block[i + 2]);
  }
}

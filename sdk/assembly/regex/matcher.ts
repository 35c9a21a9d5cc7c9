// Runs a program over an input: all ways of matching at once, one character after the other, so that time is linear
// in the input whatever the pattern. Source: Russ Cox, "Regular Expression Matching: the Virtual Machine Approach",
// https://swtch.com/~rsc/regexp/regexp2.html (Pike's algorithm).
import { Slice } from "../bytes/slice";
import { pointAt, sequenceSize } from "../bytes/utf8-codec";
import { ThreadList } from "./thread-list";
import { Anchor, Op, Program } from "./program";

const END_OF_INPUT: u32 = 0xffffffff;

/** The working memory of one program's runs. */
@final
export class Matcher {
  private current: ThreadList;
  private following: ThreadList;
  // The places still to visit when a thread is followed: an instruction's index, or, negative, a slot to restore.
  private pending: Array<i32> = [];
  private slots: StaticArray<i32>;
  private input: Slice = Slice.empty();
  /** Where the input ended in the midst of what might have become a match, the place where that begins; else −1. */
  openFrom: i32 = -1;

  /** What every match begins with, where that is one character of ASCII; else −1. */
  private first: i32;

  constructor(private program: Program) {
    this.first = firstOf(program);
    const slotCount = (program.groups + 1) * 2;
    this.current = new ThreadList(program.length, slotCount);
    this.following = new ThreadList(program.length, slotCount);
    this.slots = new StaticArray<i32>(slotCount);
  }

  /**
   * The slots of the leftmost match from `from` on (start and end of the whole, then of each group, −1 where unset), or
   * null.
   */
  run(input: Slice, from: i32): StaticArray<i32> | null {
    this.input = input;
    this.current.clear();
    this.openFrom = -1;
    let found: StaticArray<i32> | null = null;
    let at = from;
    for (;;) {
      if (!found) {
        if (this.first >= 0 && !this.current.length) at = this.skipTo(<u8>this.first, at);
        this.slots.fill(-1);
        this.follow(this.current, 0, at);
      }
      if (!this.current.length && found) break;
      if (at >= input.length) this.noteOpen(at);
      const size = this.sizeAt(at);
      const winner = this.step(at, size);
      if (winner) found = winner;
      if (at >= input.length) break;
      at += size;
    }
    this.input = Slice.empty();
    return found;
  }

  /** Where the next match may begin: the end where none does. */
  private skipTo(first: u8, from: i32): i32 {
    const found = this.input.indexOf(first, from);
    return found < 0 ? this.input.length : found;
  }

  /** At the end: where the first thread began that waits for more than is there. */
  private noteOpen(end: i32): void {
    let first = end;
    for (let i = 0; i < this.current.length; ++i) {
      if (this.program.op(this.current.instruction(i)) == Op.Match) continue;
      this.current.readSlots(i, this.slots);
      first = min(first, this.slots[0]);
    }
    if (first < end) this.openFrom = first;
  }

  private sizeAt(at: i32): i32 {
    const base = this.input.pointer;
    return at < this.input.length ? abs(sequenceSize(base + at, base + this.input.length)) : 0;
  }

  /** Malformed bytes are read as U+FFFD. */
  private pointAt(at: i32): u32 {
    const from = this.input.pointer + at;
    if (at >= this.input.length) return END_OF_INPUT;
    const size = sequenceSize(from, this.input.pointer + this.input.length);
    return size > 0 ? pointAt(from, size) : 0xfffd;
  }

  /**
   * Moves all threads over the character at `at`. The slots of the best that has matched; those behind it are dropped.
   */
  private step(at: i32, size: i32): StaticArray<i32> | null {
    const list = this.current;
    const point = this.pointAt(at);
    let matched: StaticArray<i32> | null = null;
    this.following.clear();
    for (let i = 0; i < list.length && !matched; ++i) {
      const index = list.instruction(i);
      if (this.program.op(index) == Op.Match) matched = list.copySlots(i);
      else if (point != END_OF_INPUT && this.accepts(index, point)) {
        list.readSlots(i, this.slots);
        this.follow(this.following, index + 1, at + size);
      }
    }
    this.current = this.following;
    this.following = list;
    return matched;
  }

  private accepts(index: i32, point: u32): bool {
    const operand = this.program.a(index);
    switch (this.program.op(index)) {
      case Op.Char:
        return <u32>operand == point;
      case Op.Letter:
        return point < 0x80 && <u32>operand == (point | 0x20);
      case Op.Class:
        return this.program.classes[operand].has(point);
      case Op.AnyButLine:
        return point != 0x0a;
      default:
        return true;
    }
  }

  /** Adds to `list` every character instruction (or match) that is reached from `index` without reading, best first. */
  private follow(list: ThreadList, index: i32, at: i32): void {
    const pending = this.pending;
    pending.push(index);
    while (pending.length) {
      const place = pending.pop();
      if (place < 0) this.slots[-1 - place] = pending.pop();
      else if (list.mark(place)) this.visit(list, place, at);
    }
  }

  private visit(list: ThreadList, index: i32, at: i32): void {
    const pending = this.pending;
    const operand = this.program.a(index);
    switch (this.program.op(index)) {
      case Op.Split:
        pending.push(index + this.program.b(index));
        pending.push(index + operand);
        break;
      case Op.Jump:
        pending.push(index + operand);
        break;
      case Op.Save:
        // The old value comes back once everything behind this instruction was followed.
        pending.push(this.slots[operand]);
        pending.push(-1 - operand);
        this.slots[operand] = at;
        pending.push(index + 1);
        break;
      case Op.Assert:
        if (this.holds(operand, at)) pending.push(index + 1);
        break;
      default:
        list.add(index, this.slots);
    }
  }

  private holds(anchor: Anchor, at: i32): bool {
    const input = this.input;
    switch (anchor) {
      case Anchor.TextStart:
        return at == 0;
      case Anchor.TextEnd:
        return at == input.length;
      case Anchor.LineStart:
        return at == 0 || input.at(at - 1) == 0x0a;
      case Anchor.LineEnd:
        return at == input.length || input.at(at) == 0x0a;
      case Anchor.WordBoundary:
        return isWord(input.at(at - 1)) != isWord(input.at(at));
      default:
        return isWord(input.at(at - 1)) == isWord(input.at(at));
    }
  }
}

function firstOf(program: Program): i32 {
  let index = 0;
  while (program.op(index) == Op.Save || program.op(index) == Op.Assert) ++index;
  return program.op(index) == Op.Char && program.a(index) < 0x80 ? program.a(index) : -1;
}

function isWord(byte: u8): bool {
  return <u32>(byte | 0x20) - 0x61 < 26 || <u32>byte - 0x30 < 10 || byte == 0x5f;
}

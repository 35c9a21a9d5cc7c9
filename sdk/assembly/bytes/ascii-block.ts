// Sixteen characters of ASCII at once: which of them are letters, digits and space, a bit for each.
import { Slice } from "./slice";

/** One block; read anew it holds the next. The lowest bit of each mask is the first character's. */
@final
export class AsciiBlock {
  static readonly SIZE: i32 = 16;
  lower: u32 = 0;
  upper: u32 = 0;
  digits: u32 = 0;
  /** Of spaces and tabs. */
  spaces: u32 = 0;
  /** Of line feeds and carriage returns. */
  newlines: u32 = 0;

  /** Reads the block that begins at `index`. False: there are fewer bytes, or others than of ASCII. */
  read(text: Slice, index: i32): bool {
    if (index < 0 || index > text.length - AsciiBlock.SIZE) return false;
    const block = v128.load(text.pointer + index);
    if (i8x16.bitmask(block)) return false;
    this.lower = between(block, 0x61, 0x7a);
    this.upper = between(block, 0x41, 0x5a);
    this.digits = between(block, 0x30, 0x39);
    this.spaces = either(block, 0x20, 0x09);
    this.newlines = either(block, 0x0a, 0x0d);
    return true;
  }
}

function between(block: v128, first: i8, last: i8): u32 {
  const fits = v128.and(i8x16.gt_s(block, i8x16.splat(first - 1)), i8x16.lt_s(block, i8x16.splat(last + 1)));
  return i8x16.bitmask(fits);
}

function either(block: v128, one: i8, other: i8): u32 {
  return i8x16.bitmask(v128.or(i8x16.eq(block, i8x16.splat(one)), i8x16.eq(block, i8x16.splat(other))));
}

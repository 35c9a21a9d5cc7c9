// Finds malformed UTF-8 in raw memory, 16 bytes at a time. Source: John Keiser, Daniel Lemire, "Validating UTF-8 In
// Less Than One Instruction Per Byte" (2021), https://arxiv.org/abs/2010.03090, §6.
import { sequenceSize } from "./utf8-codec";

// What can be wrong with two bytes that follow each other, one bit each.
const TOO_SHORT: i8 = 1 << 0;
const TOO_LONG: i8 = 1 << 1;
const OVERLONG_3: i8 = 1 << 2;
const TOO_LARGE: i8 = 1 << 3;
const SURROGATE: i8 = 1 << 4;
const OVERLONG_2: i8 = 1 << 5;
const TOO_LARGE_OR_OVERLONG_4: i8 = 1 << 6;
/** Two continuation bytes: wrong or right by what comes before them. */
const TWO_CONTINUATIONS: i8 = -128;
const CARRY: i8 = TOO_SHORT | TOO_LONG | TWO_CONTINUATIONS;
const LARGE: i8 = CARRY | TOO_LARGE | TOO_LARGE_OR_OVERLONG_4;
const BEFORE_CONTINUATION: i8 = TOO_LONG | OVERLONG_2 | TWO_CONTINUATIONS;

/** The address of the first malformed sequence in [from, end), or `end` when all is well-formed. */
export function findMalformed(from: usize, end: usize): usize {
  let at = from;
  let before = i8x16.splat(0);
  for (; at + 16 <= end; at += 16) {
    const block = v128.load(at);
    if (i8x16.bitmask(v128.or(block, before)) && v128.any_true(errorsOf(block, before))) break;
    before = block;
  }
  return findOneByOne(lastStart(from, at), end);
}

function findOneByOne(from: usize, end: usize): usize {
  let at = from;
  while (at < end) {
    const size = sequenceSize(at, end);
    if (size < 0) return at;
    at += size;
  }
  return end;
}

/** Where the sequence begins that the checked blocks, which end at `at`, may have ended in the middle of. */
function lastStart(from: usize, at: usize): usize {
  let start = at;
  for (let i = 0; i < 2 && start > from && (load<u8>(start - 1) & 0xc0) == 0x80; ++i) --start;
  return start > from && load<u8>(start - 1) >= 0xc0 ? start - 1 : at;
}

/** The errors that end in `block`; `before` are the 16 bytes in front of it. */
function errorsOf(block: v128, before: v128): v128 {
  const one = i8x16.shuffle(before, block, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30);
  const two = i8x16.shuffle(before, block, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29);
  const three = i8x16.shuffle(before, block, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28);
  // The third byte of three and the third and fourth of four must be continuations, and no others may.
  const third = i8x16.sub_sat_u(two, i8x16.splat(0x60));
  const fourth = i8x16.sub_sat_u(three, i8x16.splat(0x70));
  const wanted = v128.and(v128.or(third, fourth), i8x16.splat(-128));
  return v128.xor(wanted, errorsOfPairs(one, block));
}

/** The errors of each byte of `first` with the byte of `second` behind it: those that all three nibbles allow. */
function errorsOfPairs(first: v128, second: v128): v128 {
  const firstHigh = i8x16.swizzle(
    // prettier-ignore
    i8x16(
      TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
      TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS, TWO_CONTINUATIONS,
      TOO_SHORT | OVERLONG_2, TOO_SHORT, TOO_SHORT | OVERLONG_3 | SURROGATE,
      TOO_SHORT | TOO_LARGE | TOO_LARGE_OR_OVERLONG_4,
    ),
    i8x16.shr_u(first, 4),
  );
  const firstLow = i8x16.swizzle(
    // prettier-ignore
    i8x16(
      CARRY | OVERLONG_3 | OVERLONG_2 | TOO_LARGE_OR_OVERLONG_4, CARRY | OVERLONG_2, CARRY, CARRY,
      CARRY | TOO_LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE, LARGE | SURROGATE, LARGE, LARGE,
    ),
    v128.and(first, i8x16.splat(15)),
  );
  const secondHigh = i8x16.swizzle(
    // prettier-ignore
    i8x16(
      TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
      BEFORE_CONTINUATION | OVERLONG_3 | TOO_LARGE_OR_OVERLONG_4, BEFORE_CONTINUATION | OVERLONG_3 | TOO_LARGE,
      BEFORE_CONTINUATION | SURROGATE | TOO_LARGE, BEFORE_CONTINUATION | SURROGATE | TOO_LARGE,
      TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
    ),
    i8x16.shr_u(second, 4),
  );
  return v128.and(v128.and(firstHigh, firstLow), secondHigh);
}

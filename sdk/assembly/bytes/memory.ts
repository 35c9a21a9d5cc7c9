// Reads and compares raw memory. The only building blocks here that take addresses: callers guarantee
// that every address range lies inside one live buffer.

/** A new buffer of `size` bytes that is not zeroed: the caller overwrites all that it shows to others. */
export function allocate(size: i32): ArrayBuffer {
  return changetype<ArrayBuffer>(__new(size, idof<ArrayBuffer>()));
}

/** The address of the first `byte` in [from, end), or `end`. */
export function findByte(from: usize, end: usize, byte: u8): usize {
  const wanted = i8x16.splat(byte);
  while (from + 16 <= end) {
    const hits = i8x16.bitmask(i8x16.eq(v128.load(from), wanted));
    if (hits) return from + ctz(hits);
    from += 16;
  }
  while (from < end && load<u8>(from) != byte) ++from;
  return from;
}

/** The address of the first `one` or `other` in [from, end), or `end`. */
export function findEither(from: usize, end: usize, one: u8, other: u8): usize {
  const wantedOne = i8x16.splat(one);
  const wantedOther = i8x16.splat(other);
  while (from + 16 <= end) {
    const block = v128.load(from);
    const hits = i8x16.bitmask(v128.or(i8x16.eq(block, wantedOne), i8x16.eq(block, wantedOther)));
    if (hits) return from + ctz(hits);
    from += 16;
  }
  for (; from < end; ++from) {
    const byte = load<u8>(from);
    if (byte == one || byte == other) break;
  }
  return from;
}

/**
 * The address of the first `size` bytes in [from, end) that are those at `needle`, or `end`; `size` is not 0. Two bytes
 * of a candidate are compared before the others, for one alone is found everywhere in a text.
 */
export function findBytes(from: usize, end: usize, needle: usize, size: i32): usize {
  const reach = <usize>size - 1;
  if (from + reach >= end) return end;
  const behind = end - reach;
  const first = load<u8>(needle);
  const wantedFirst = i8x16.splat(first);
  const wantedLast = i8x16.splat(load<u8>(needle + reach));
  for (; from + 16 <= behind; from += 16) {
    const firsts = i8x16.eq(v128.load(from), wantedFirst);
    let hits = i8x16.bitmask(v128.and(firsts, i8x16.eq(v128.load(from + reach), wantedLast)));
    for (; hits; hits &= hits - 1) if (sameBytes(from + ctz(hits), needle, size)) return from + ctz(hits);
  }
  for (; from < behind; ++from) if (load<u8>(from) == first && sameBytes(from, needle, size)) return from;
  return end;
}

/** Whether `size` bytes at `a` and at `b` are the same. Blocks overlap where the size is no multiple of theirs. */
export function sameBytes(a: usize, b: usize, size: i32): bool {
  if (size < 8) return sameFew(a, b, size);
  const lastA = a + size - 8;
  const lastB = b + size - 8;
  for (; a < lastA; a += 8, b += 8) if (load<u64>(a) != load<u64>(b)) return false;
  return load<u64>(lastA) == load<u64>(lastB);
}

function sameFew(a: usize, b: usize, size: i32): bool {
  if (size >= 4) return load<u32>(a) == load<u32>(b) && load<u32>(a + size - 4) == load<u32>(b + size - 4);
  for (; size > 0; --size) if (load<u8>(a++) != load<u8>(b++)) return false;
  return true;
}

/** Copies `size` bytes; the ranges may overlap. For few bytes it is faster than the engine's `memory.copy`. */
export function copyBytes(target: usize, source: usize, size: i32): void {
  if (size > 32) {
    memory.copy(target, source, size);
  } else if (size >= 16) {
    const last = v128.load(source + size - 16);
    v128.store(target, v128.load(source));
    v128.store(target + size - 16, last);
  } else if (size >= 8) {
    const last = load<u64>(source + size - 8);
    store<u64>(target, load<u64>(source));
    store<u64>(target + size - 8, last);
  } else if (size >= 4) {
    const last = load<u32>(source + size - 4);
    store<u32>(target, load<u32>(source));
    store<u32>(target + size - 4, last);
  } else if (size > 0) {
    const middle = load<u8>(source + (size >> 1));
    const last = load<u8>(source + size - 1);
    store<u8>(target, load<u8>(source));
    store<u8>(target + (size >> 1), middle);
    store<u8>(target + size - 1, last);
  }
}

/** ASCII upper case to lower case; every other byte as it is. */
export function lowerByte(byte: u8): u8 {
  return u32(byte) - 0x41 < 26 ? byte | 0x20 : byte;
}

/** As `sameBytes`, with ASCII letters of either case the same. */
export function sameBytesIgnoreCase(a: usize, b: usize, size: i32): bool {
  for (; size > 0; --size) if (lowerByte(load<u8>(a++)) != lowerByte(load<u8>(b++))) return false;
  return true;
}

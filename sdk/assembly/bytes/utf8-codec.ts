// UTF-8 ⇄ UTF-16 over raw memory, one sequence at a time. Malformed input becomes U+FFFD by the "maximal subpart" rule
// of the Unicode Standard §3.9, as browsers and Node do it. Checking long texts is utf8-check.ts's.

/** How many bytes `encodeUtf8` writes for `text`. */
export function utf8Size(text: string): i32 {
  let size = text.length;
  for (let i = 0, n = text.length; i < n; ++i) {
    const unit = load<u16>(changetype<usize>(text) + ((<usize>i) << 1));
    if (unit < 0x80) continue;
    if (unit < 0x800) size += 1;
    else if (isPairAt(text, i)) {
      size += 2;
      ++i;
    } else size += 2;
  }
  return size;
}

/** Writes `text` as UTF-8 to `target`; a lone surrogate becomes U+FFFD. The caller made room for `utf8Size(text)`. */
export function encodeUtf8(text: string, target: usize): void {
  for (let i = 0, n = text.length; i < n; ++i) {
    const unit: u32 = load<u16>(changetype<usize>(text) + ((<usize>i) << 1));
    if (unit < 0x80) {
      store<u8>(target++, <u8>unit);
    } else if (isPairAt(text, i)) {
      const low: u32 = load<u16>(changetype<usize>(text) + ((<usize>++i) << 1));
      target = encodePoint(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), target);
    } else {
      target = encodePoint((unit & 0xf800) == 0xd800 ? 0xfffd : unit, target);
    }
  }
}

function isPairAt(text: string, index: i32): bool {
  if (index + 1 >= text.length) return false;
  const pair = load<u32>(changetype<usize>(text) + ((<usize>index) << 1));
  return (pair & 0xfc00fc00) == 0xdc00d800;
}

/**
 * Writes one code point (a Unicode scalar value) to `target` and returns the address behind it. Needs 4 bytes of room.
 */
export function encodePoint(point: u32, target: usize): usize {
  if (point < 0x80) {
    store<u8>(target, <u8>point);
    return target + 1;
  }
  if (point < 0x800) {
    store<u8>(target, <u8>((point >> 6) | 0xc0));
    store<u8>(target, <u8>((point & 0x3f) | 0x80), 1);
    return target + 2;
  }
  if (point < 0x10000) {
    store<u8>(target, <u8>((point >> 12) | 0xe0));
    store<u8>(target, <u8>(((point >> 6) & 0x3f) | 0x80), 1);
    store<u8>(target, <u8>((point & 0x3f) | 0x80), 2);
    return target + 3;
  }
  store<u8>(target, <u8>((point >> 18) | 0xf0));
  store<u8>(target, <u8>(((point >> 12) & 0x3f) | 0x80), 1);
  store<u8>(target, <u8>(((point >> 6) & 0x3f) | 0x80), 2);
  store<u8>(target, <u8>((point & 0x3f) | 0x80), 3);
  return target + 4;
}

/** The length of the well-formed sequence at `from` (1–4), or minus the length of the maximal malformed subpart. */
export function sequenceSize(from: usize, end: usize): i32 {
  const lead: u32 = load<u8>(from);
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return -1;
  // The second byte alone rules out overlong forms, surrogates and points past U+10FFFF (Unicode table 3-7).
  let low: u32 = 0x80;
  let high: u32 = 0xbf;
  if (lead == 0xe0) low = 0xa0;
  else if (lead == 0xed) high = 0x9f;
  else if (lead == 0xf0) low = 0x90;
  else if (lead == 0xf4) high = 0x8f;
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let i = 1; i < size; ++i) {
    if (from + i >= end) return -i;
    const byte: u32 = load<u8>(from + i);
    if (byte < low || byte > high) return -i;
    low = 0x80;
    high = 0xbf;
  }
  return size;
}

/** The code point of a well-formed sequence of `size` bytes. */
export function pointAt(from: usize, size: i32): u32 {
  const lead: u32 = load<u8>(from);
  if (size == 1) return lead;
  const second: u32 = load<u8>(from, 1) & 0x3f;
  if (size == 2) return ((lead & 0x1f) << 6) | second;
  const third: u32 = load<u8>(from, 2) & 0x3f;
  if (size == 3) return ((lead & 0x0f) << 12) | (second << 6) | third;
  return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (load<u8>(from, 3) & 0x3f);
}

/** [from, end) as a string. */
export function decodeUtf8(from: usize, end: usize): string {
  const size = <i32>(end - from);
  if (size <= 0) return "";
  // A byte never gives more than one UTF-16 unit; the block is cut to what was used.
  const text = __new((<usize>size) << 1, idof<String>());
  let target = text;
  while (from < end) {
    if (from + 16 <= end) {
      const block = v128.load(from);
      if (!i8x16.bitmask(block)) {
        v128.store(target, i16x8.extend_low_i8x16_u(block));
        v128.store(target, i16x8.extend_high_i8x16_u(block), 16);
        from += 16;
        target += 32;
        continue;
      }
    }
    const length = sequenceSize(from, end);
    target = storeUtf16(length > 0 ? pointAt(from, length) : 0xfffd, target);
    from += abs(length);
  }
  return changetype<string>(__renew(text, target - text));
}

function storeUtf16(point: u32, target: usize): usize {
  if (point < 0x10000) {
    store<u16>(target, <u16>point);
    return target + 2;
  }
  store<u16>(target, <u16>(0xd800 + ((point - 0x10000) >> 10)));
  store<u16>(target, <u16>(0xdc00 + (point & 0x3ff)), 2);
  return target + 4;
}

// Where the strings of the source come from. tools/static-strings.ts, a transform of the compiler, leaves them in the
// Wasm as one run of bytes, which lies where the heap begins, and points `PACKED` at it. Compiled without the transform
// there is no run, and each string is where it belongs.

const PACKED: usize = 0;
/** In place of a length: how far away the next string is follows, in units. */
const GAP: usize = 255;
const HEADER_SIZE: usize = 20;
const UNIT_BITS: usize = 4;
const UNIT_MASK: usize = 15;
// The mark of what a collection neither follows nor frees: reached already (runtime/index.ts).
const REACHED: u32 = 1;

/** Lays them out, each where the compiled code expects it. Before anything is allocated: it would overwrite the run. */
export function layOutStrings(): void {
  if (!PACKED) return;
  assert(!__grown());
  const end = PACKED + load<u32>(PACKED);
  let object: usize = 0;
  for (let at = PACKED + sizeof<u32>(); at < end;) {
    const length = <usize>load<u8>(at++);
    if (length == GAP) {
      object += (<usize>load<u16>(at)) << UNIT_BITS;
      at += sizeof<u16>();
      continue;
    }
    layOutHeader(object, idof<string>(), length << 1);
    for (let i: usize = 0; i < length; ++i) store<u16>(object + (i << 1), <u16>load<u8>(at++));
    object += (HEADER_SIZE + (length << 1) + UNIT_MASK) & ~UNIT_MASK;
  }
}

/** What stands before an object in static memory that never changes. */
export function layOutHeader(object: usize, id: u32, size: usize): void {
  store<u32>(object - 12, REACHED);
  store<u32>(object - 8, id);
  store<u32>(object - 4, <u32>size);
}

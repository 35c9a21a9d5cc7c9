// Where the slices of constants lie. tools/static-slices.ts, a transform of the compiler, gathers every `Slice.of("…")`
// that stands in a module's constants: it writes their texts and the room for them here, and points the constants at
// it. Compiled without the transform there are none here, and `Slice.of` makes each.
import { Slice } from "./slice";
import { layOutHeader, layOutStrings } from "./static-strings";

const HEADER_SIZE: u32 = 20;
const SLOT_SIZE: usize = 32;

// One buffer: its header, of which its size is given, then each text's length in one byte and the text.
const TEXTS: usize = memory.data<u8>([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) + HEADER_SIZE;
/** The first of the slices. The others follow in the order of their texts, 32 bytes apart. */
export const CONSTANTS: usize = memory.data(32) + HEADER_SIZE;

layOutStrings();
layOut();

function layOut(): void {
  const end = TEXTS + load<u32>(TEXTS - 4);
  layOutHeader(TEXTS, idof<ArrayBuffer>(), <u32>(end - TEXTS));
  let slice = CONSTANTS;
  for (let at = TEXTS; at < end; at += <usize>load<u8>(at) + 1) {
    const start = <i32>(at + 1 - TEXTS);
    layOutHeader(slice, idof<Slice>(), offsetof<Slice>());
    store<usize>(slice, TEXTS, offsetof<Slice>("buffer"));
    store<i32>(slice, start, offsetof<Slice>("start"));
    store<i32>(slice, start + load<u8>(at), offsetof<Slice>("end"));
    slice += SLOT_SIZE;
  }
}

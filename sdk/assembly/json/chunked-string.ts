// The strings of a JSON text that passes in chunks, for readers that keep none of it.
// https://www.rfc-editor.org/rfc/rfc8259#section-7
import { Slice } from "../bytes/slice";

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;

/** Where the quote is that ends the string in which `chunk` goes on at `from`; −1 where it goes on behind the chunk. */
export function stringEnd(chunk: Slice, from: i32): i32 {
  let quote = chunk.indexOf(QUOTE, from);
  while (quote >= 0 && endsInEscape(chunk, from, quote)) quote = chunk.indexOf(QUOTE, quote + 1);
  return quote;
}

/** Whether the byte at `end` of a string is escaped: an odd number of backslashes stands before it, from `from` on. */
export function endsInEscape(chunk: Slice, from: i32, end: i32): bool {
  let first = end;
  while (first > from && chunk.at(first - 1) == BACKSLASH) --first;
  return ((end - first) & 1) != 0;
}

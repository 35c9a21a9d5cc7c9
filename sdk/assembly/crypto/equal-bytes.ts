// Comparing secrets.
import { Slice } from "../bytes/slice";

/** Whether both hold the same bytes, in a time that depends on the length alone. Different lengths are told at once. */
export function equalBytes(a: Slice, b: Slice): bool {
  if (a.length != b.length) return false;
  const left = a.pointer;
  const right = b.pointer;
  let difference: u8 = 0;
  for (let i = 0, n = a.length; i < n; ++i) difference |= load<u8>(left + i) ^ load<u8>(right + i);
  return !difference;
}

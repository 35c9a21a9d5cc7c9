// Token counts as providers write them.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";

/** The count at `key`, or −1 where it is none. What no model has is cut off, so that sums cannot overflow. */
export function countAt(tape: JsonTape, object: i32, key: Slice): i64 {
  const node = tape.find(object, key);
  if (tape.kind(node) != JsonKind.Number) return -1;
  return min(max(tape.integer(node), -1), <i64>i32.MAX_VALUE);
}

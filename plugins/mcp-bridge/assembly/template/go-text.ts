// How Go prints lists and maps: [a b], map[k:v]. Only needed to be like Higress.
import { Slice, Writer } from "@weir/sdk/assembly";
import { Value, ValueKind } from "./value";

const DEPTH_MAX: i32 = 64;

/** A container as Go's %v. */
export function goText(value: Value): Slice {
  const output = new Writer();
  write(output, value, 0);
  return output.take();
}

function write(output: Writer, value: Value, depth: i32): void {
  if (!value.isContainer || depth > DEPTH_MAX) {
    value.print(output, false);
    return;
  }
  const isMap = value.kind == ValueKind.Object;
  output.text(isMap ? "map[" : "[");
  for (let node = value.first(); node >= 0; node = value.next(node)) {
    if (node != value.first()) output.byte(0x20);
    if (isMap) output.bytes(value.keyOf(node)).byte(0x3a);
    write(output, value.element(node), depth + 1);
  }
  output.byte(0x5d);
}

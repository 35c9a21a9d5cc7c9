// The ways a plugin dies.
import { Slice } from "@weir/sdk/assembly";

export function trap(way: string): void {
  if (way == "abort") throw new Error("on demand");
  if (way == "unreachable") unreachable();
  else if (way == "bounds") outOfBounds();
  else if (way == "memory") outOfMemory();
  else if (way == "recursion") deepen(Slice.of(way));
}

function outOfBounds(): void {
  store<u8>(0xffff_fff0, 1);
}

/** Asks for more than a Wasm memory can be, without touching it. */
function outOfMemory(): void {
  for (let i = 0; i < 64; i++) heap.alloc(0x3fff_0000);
}

function deepen(slice: Slice): i32 {
  return deepen(slice.slice(0)) + slice.length;
}

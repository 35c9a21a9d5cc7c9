// When to collect garbage. The `minimal` runtime never does of itself, and may only while no callback is under way:
// it does not scan the stack. So the dispatcher asks here each time the last callback has returned.
//
// The runtime does not tell how much it has given out, but it links every new object to the end of one circular list,
// behind a sentinel in static memory (assemblyscript/std/assembly/rt/tcms.ts). Walking what was linked since the last
// time gives the exact growth, with no flag for the compiler, but it touches every object once more. Most bytes are in
// buffers, which are counted anyhow: the walk is for plugins that make other things.

import { allocatedBytes } from "./bytes/memory";

// Offsets from an object's address, and what a block costs beyond its payload.
const blockSizeOffset: usize = 20;
const nextOffset: usize = 16;
const flagBits: usize = 3;
const blockOverhead: usize = 4;

// Collect when this much was allocated, or as much again as was alive after the last time, whichever is more.
const growthBytesMin: usize = 256 * 1024;

// The walk comes behind every so many callbacks.
const walkInterval: u32 = 32;

class Marker {}

// The last object walked over. Being a global it stays alive, so the walk can go on from it.
let walked: Marker | null = null;
let grown: usize = 0;
let growthLimit: usize = growthBytesMin;
let buffersBefore: usize = 0;
let callbacks: u32 = 0;

/** Collects if enough was allocated since the last time. Only while no callback is under way. */
export function collectIfDue(): void {
  const from = walked;
  if (!from) return startOver();
  if (allocatedBytes() - buffersBefore >= growthLimit) return collect();
  if (++callbacks % walkInterval) return;
  let object = changetype<usize>(from);
  for (let next = nextOf(object); next > __heap_base; next = nextOf(object)) {
    object = next;
    grown += sizeOf(object);
  }
  walked = changetype<Marker>(object);
  if (grown >= growthLimit) collect();
}

function collect(): void {
  walked = null;
  __collect();
  startOver();
}

/**
 * Measures what is alive, all of which is in the list now, and takes the list's end for the new start. The newest
 * object is the last, so the sentinel follows it.
 */
function startOver(): void {
  const end = new Marker();
  const sentinel = nextOf(changetype<usize>(end));
  let alive: usize = 0;
  // Static objects that a global points to are in the list too, of no size: only the sentinel ends it.
  for (let object = nextOf(sentinel); object != sentinel; object = nextOf(object)) alive += sizeOf(object);
  walked = end;
  grown = 0;
  buffersBefore = allocatedBytes();
  growthLimit = max(growthBytesMin, alive);
}

function nextOf(object: usize): usize {
  return (load<usize>(object - nextOffset) & ~flagBits) + blockSizeOffset;
}

function sizeOf(object: usize): usize {
  return (load<usize>(object - blockSizeOffset) & ~flagBits) + blockOverhead;
}

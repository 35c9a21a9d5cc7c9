// When to collect garbage. The runtime (runtime/index.ts) never does of itself, and may only while no callback is under
// way: it does not scan the stack. So the dispatcher asks here each time the last callback has returned.

// Collect when this much was allocated, or as much again as was alive after the last time, whichever is more: small
// enough that what is used again and again stays in a core's cache.
const growthBytesMin: usize = 64 * 1024;

/** Collects if enough was allocated since the last time. Only while no callback is under way. */
export function collectIfDue(): void {
  const grown = __grown();
  if (grown >= growthBytesMin && grown >= __alive()) __collect();
}

// All contexts alive in this VM, by the host's numbers, and the one that host calls act on now.
import { Context } from "./context";

const contexts = new Map<u32, Context>();

// A stream's callbacks come in runs, so the last context asked for is mostly the next one too.
let lastId: u32 = 0;
let last: Context | null = null;

let effectiveId: u32 = 0;

/** The number of the context that host calls act on now; 0 outside of callbacks. */
export function effectiveContextId(): u32 {
  return effectiveId;
}

/** Takes note of which context host calls act on. Tells the host nothing. */
export function noteEffectiveContext(id: u32): void {
  effectiveId = id;
}

/** The context `id`, or null if it has ended or the plugin takes no part in it. */
export function findContext(id: u32): Context | null {
  if (id == lastId) return last;
  const context = contexts.has(id) ? contexts.get(id) : null;
  lastId = id;
  last = context;
  return context;
}

/** Puts in `context`, which belongs to the root context `rootId`. */
export function addContext(context: Context, rootId: u32): void {
  context.rootId = rootId;
  contexts.set(context.id, context);
  lastId = context.id;
  last = context;
}

/** Lets go of the context `id`. */
export function removeContext(id: u32): void {
  contexts.delete(id);
  if (id != lastId) return;
  lastId = 0;
  last = null;
}

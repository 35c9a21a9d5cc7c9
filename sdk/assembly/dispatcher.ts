// From the host's callbacks to the objects they are for. The exports (exports/*.ts) are one line each on top of this:
// find the context, enter, call its hook, leave.
//
// A host call may call back into the plugin before it returns, so callbacks nest: `enter` counts how deep, and only
// when the outermost one leaves may garbage be collected.
import "./abort";
import { Status } from "./abi";
import { collectIfDue } from "./collector";
import { Callout, endCalloutsOf, findCallout, forgetCalloutsOfRoot } from "./callout";
import { Context, ContextKind } from "./context";
import { addContext, effectiveContextId, findContext, noteEffectiveContext, removeContext } from "./context-table";
import { proxy_set_effective_context } from "./env";
import { HttpContext } from "./http-context";
import { logCritical } from "./log";
import { createRoot } from "./registry";
import { RootContext } from "./root-context";
import { TcpContext } from "./tcp-context";

let depth: i32 = 0;

/** A callback for context `id` begins. Give what it returns to `leave`. */
export function enter(id: u32): u32 {
  depth++;
  const outer = effectiveContextId();
  noteEffectiveContext(id);
  return outer;
}

/** The callback ends; the host makes the `outer` one's context effective again. */
export function leave(outer: u32): void {
  noteEffectiveContext(outer);
  if (--depth == 0) collectIfDue();
}

/** The root context `id`, or null. */
export function findRoot(id: u32): RootContext | null {
  const context = findContext(id);
  return context && context.kind == ContextKind.Root ? changetype<RootContext>(context) : null;
}

/** The HTTP context `id`, or null. */
export function findHttp(id: u32): HttpContext | null {
  const context = findContext(id);
  return context && context.kind == ContextKind.Http ? changetype<HttpContext>(context) : null;
}

/** The TCP context `id`, or null. */
export function findTcp(id: u32): TcpContext | null {
  const context = findContext(id);
  return context && context.kind == ContextKind.Tcp ? changetype<TcpContext>(context) : null;
}

/** Makes the context `id`: a root context if it has no parent, else a stream of the root context `parentId`. */
export function createContext(id: u32, parentId: u32): void {
  const context: Context | null = parentId == 0 ? createRoot(id) : createStream(id, parentId);
  if (context) addContext(context, parentId == 0 ? id : parentId);
  else if (parentId == 0) logCritical("No root context is registered for this plugin's root_id");
}

function createStream(id: u32, rootId: u32): Context | null {
  const root = findRoot(rootId);
  if (!root) return null;
  const http = root.createHttpContext(id);
  if (http) return http;
  return root.createTcpContext(id);
}

/** Lets go of the context `id`, after its `onDelete`. */
export function deleteContext(context: Context): void {
  context.onDelete();
  if (context.openStreams > 0) endCalloutsOf(context.id);
  if (context.kind == ContextKind.Root) forgetCalloutsOfRoot(context.id);
  removeContext(context.id);
}

/**
 * The callout waiting for `token`, with its owner made effective. Null if there is none, or if its owner has ended;
 * the callout is told so if this is its `last` event.
 */
export function wake(token: u32, last: bool): Callout | null {
  const callout = findCallout(token);
  if (!callout) return null;
  if (last) callout.settle();
  if (makeEffective(callout.ownerId)) return callout;
  if (last) callout.onAbandoned();
  return null;
}

/** As `wake`, for a gRPC message: the last event of a call of one answer. */
export function wakeForMessage(token: u32): Callout | null {
  const callout = findCallout(token);
  return callout ? wake(token, callout.endsWithMessage) : null;
}

function makeEffective(id: u32): bool {
  if (id == effectiveContextId()) return true;
  if (!findContext(id) || proxy_set_effective_context(id) != Status.Ok) return false;
  noteEffectiveContext(id);
  return true;
}

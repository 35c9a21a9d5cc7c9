// Callouts under way: which object waits for which of the host's tokens, and for which context.
// A callout belongs to the context that was effective when it was sent. The host calls the root context with the reply;
// the dispatcher makes the owner effective first.
import { effectiveContextId, findContext } from "./context-table";

/**
 * Base of `HttpCallout`, `GrpcCall` and `GrpcStream`. One object waits for one reply at a time: to send while it is
 * waiting is a `BadArgument`.
 */
export abstract class Callout {
  /** The host's number of the callout; 0 when none is under way. */
  token: u32 = 0;
  /** The context it works for: the one it is sent from, unless set before. A root context outlives its streams. */
  ownerId: u32 = 0;
  /** @internal The root context that the host calls with the reply. */
  rootId: u32 = 0;

  /** True while a reply is to come. */
  get isWaiting(): bool {
    return this.token != 0;
  }

  /** In place of a reply: the stream that waited for it has ended, and only its root context is there to act on. */
  onAbandoned(): void {}

  /** @internal The first message is the last event: a gRPC call of one answer. */
  get endsWithMessage(): bool {
    return false;
  }

  // The host's events, each answered by the one kind of callout it is for. They are virtual methods, so that the code
  // and the imports of a kind that a plugin does not use are not in its Wasm.

  /** @internal */
  deliverReply(headerCount: u32, bodySize: u32): void {}

  /** @internal */
  deliverInitialMetadata(count: u32): void {}

  /** @internal */
  deliverMessage(size: u32): void {}

  /** @internal */
  deliverTrailingMetadata(count: u32): void {}

  /** @internal */
  deliverClose(code: u32): void {}

  /** @internal The owner ends while a reply is to come. */
  deliverOwnerEnd(): void {}

  /** @internal Decides for whom the callout is about to be sent. False: it waits already, and cannot for two. */
  protected prepare(): bool {
    if (this.isWaiting) return false;
    if (this.ownerId == 0) this.ownerId = effectiveContextId();
    const owner = findContext(this.ownerId);
    this.rootId = owner ? owner.rootId : 0;
    return true;
  }

  /** @internal Takes its place among those waiting, under the token the host gave. */
  protected wait(token: u32): void {
    this.token = token;
    waiting.set(token, this);
  }

  /** @internal Gives up its place. */
  settle(): void {
    if (this.token) waiting.delete(this.token);
    this.token = 0;
  }
}

const waiting = new Map<u32, Callout>();

/** The callout that waits for `token`, or null. */
export function findCallout(token: u32): Callout | null {
  return waiting.has(token) ? waiting.get(token) : null;
}

/** Forgets all that the root context `rootId` waited for: it is deleted, and the host has cancelled them. */
export function forgetCalloutsOfRoot(rootId: u32): void {
  const callouts = waiting.values();
  for (let i = 0, count = callouts.length; i < count; i++) {
    if (callouts[i].rootId == rootId) callouts[i].settle();
  }
}

/** Tells the callouts of `ownerId` that it ends. */
export function endCalloutsOf(ownerId: u32): void {
  const callouts = waiting.values();
  for (let i = 0, count = callouts.length; i < count; i++) {
    if (callouts[i].ownerId == ownerId) callouts[i].deliverOwnerEnd();
  }
}

// Requests under way that a message of its own may call off, which may come to another of Envoy's workers: it leaves a
// mark in the store that all share, and each looks for those of its own requests, ten times a second while it has any.
// https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/cancellation
import {
  HttpContext,
  JsonTape,
  nowMs,
  parseInteger,
  setTickPeriodMs,
  sharedData,
  Slice,
  Status,
  Writer,
} from "@weir/sdk/assembly";
import { ExchangeCore } from "./exchange-core";
import { RelayRequest } from "./relay-request";
import { Session } from "./session";

const LOOK_MS: u32 = 100;
/** How many marks there are, at the most, each in a place of its own. */
const SLOTS: u32 = 4096;
const ID_BYTES_MAX: i32 = 256;
const CANCELLED = Slice.of("notifications/cancelled");
const REQUEST_ID = Slice.of("requestId");
const KEY = Slice.of("mcp-bridge.cancelled.");
const NEW_LINE: u8 = 0x0a;

/** Marks the request that `note` is about as called off, if it is about one. */
export function noteCancellation(session: Session, note: RelayRequest): void {
  const tape = new JsonTape();
  if (!note.method.equals(CANCELLED) || tape.scan(note.rawParams)) return;
  const rawId = tape.raw(tape.find(tape.root, REQUEST_ID));
  if (!rawId.length || rawId.length > ID_BYTES_MAX) return;
  const identity = identityOf(session, rawId);
  const value = new Writer(identity.length + 16)
    .bytes(identity)
    .byte(NEW_LINE)
    .integer(<i64>nowMs())
    .take();
  sharedData.set(keyOf(identity), value);
}

/** Whether it was called off since it came: clients use an id twice, though they must not. */
export function isCancelled(session: Session, rawId: Slice, sinceMs: i64): bool {
  const identity = identityOf(session, rawId);
  const found = sharedData.get(keyOf(identity));
  if (!found || !found.value.startsWith(identity) || found.value.at(identity.length) != NEW_LINE) return false;
  return parseInteger(found.value.slice(identity.length + 1)) >= sinceMs;
}

function identityOf(session: Session, rawId: Slice): Slice {
  return new Writer(rawId.length + 16).bytes(session.salt).bytes(rawId).take();
}

function keyOf(identity: Slice): Slice {
  let hash: u32 = 0;
  for (let i = 0; i < identity.length; ++i) hash = hash * 31 + identity.at(i);
  return new Writer(32)
    .bytes(KEY)
    .integer(hash % SLOTS)
    .take();
}

/** One of them. */
@final
class Waiting {
  readonly sinceMs: i64 = <i64>nowMs();

  constructor(
    readonly context: HttpContext,
    readonly exchange: ExchangeCore,
  ) {}
}

/** Those of one plugin instance. */
@final
export class InFlight {
  private readonly all: Waiting[] = [];

  add(context: HttpContext, exchange: ExchangeCore): void {
    if (!this.all.length) setTickPeriodMs(LOOK_MS);
    this.all.push(new Waiting(context, exchange));
  }

  remove(context: HttpContext): void {
    for (let i = 0; i < this.all.length; ++i) {
      if (this.all[i].context != context) continue;
      this.all.splice(i, 1);
      if (!this.all.length) setTickPeriodMs(0);
      return;
    }
  }

  /** Ends what was called off. */
  check(rootId: u32): void {
    // What has ended is taken out meanwhile.
    for (let i = this.all.length - 1; i >= 0; --i) {
      const waiting = this.all[i];
      if (!waiting.exchange.isCalledOff(waiting.sinceMs) || waiting.context.activate() != Status.Ok) continue;
      waiting.exchange.callOff(waiting.sinceMs, rootId);
    }
  }
}

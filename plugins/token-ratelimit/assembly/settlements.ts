// What the service that counts is told when a request is over. What it does not answer is told again until it does, or
// until the service has forgotten what it is about. Told twice it counts once: docs/decisions/global-limits.md.
import { logWarn, nowMs, Slice, Writer } from "@weir/sdk/assembly";
import { AGAIN } from "./global-message";
import { GlobalService } from "./global-service";
import { INVALID_ARGUMENT, Told } from "./service-line";

const PAUSE_MS: i64 = 1000;
const PAUSE_MS_MAX: i64 = 16_000;
/** A reservation is known for an hour, of which its request may take the first half. */
const LIFE_MS: i64 = 30 * 60_000;
/** Of one worker. More are told once: what is not settled ends with its lease. */
const SETTLEMENTS_MAX: i32 = 4096;
/** What is given back is often nothing: without an answer there may be no reservation. */
const UNDOS_MAX: i32 = 1024;
const SENT_AT_ONCE: i32 = 256;

@final
class Settlement extends Told {
  /** Its place among those under way; −1 for none. */
  index: i32 = -1;
  private wasSent: bool = false;
  private readonly endMs: i64 = <i64>nowMs() + LIFE_MS;

  constructor(
    private readonly service: GlobalService,
    private message: Slice,
    /** Whether the message says by now that it may have come before. */
    private isAgain: bool,
  ) {
    super(false);
  }

  isExpired(now: i64): bool {
    return now > this.endMs;
  }

  tellFrom(rootId: u32): void {
    if (!this.service.tell(this, rootId)) this.fail();
  }

  hurryFrom(rootId: u32): void {
    this.service.line.hurry(this.service, rootId);
  }

  take(): Slice {
    if (this.wasSent && !this.isAgain) {
      this.message = new Writer(this.message.length + AGAIN.length).bytes(this.message).bytes(AGAIN).take();
      this.isAgain = true;
    }
    this.wasSent = true;
    return this.message;
  }

  onAnswer(code: u32, answer: Slice): void {
    if (this.index < 0) return;
    if (code && code != INVALID_ARGUMENT) return this.fail();
    isFailing = false;
    nextMs = 0;
    remove(this.index);
  }

  private fail(): void {
    if (isFailing) return;
    isFailing = true;
    pauseMs = PAUSE_MS;
    nextMs = <i64>nowMs() + PAUSE_MS;
  }
}

// The VM's, and no root context's: one goes with its last request, as soon as that is over.
const underWay: Settlement[] = [];
let isFailing: bool = false;
let pauseMs: i64 = PAUSE_MS;
/** Before that nothing is told again. */
let nextMs: i64 = 0;
let isFull: bool = false;

function hold(settlement: Settlement, heldMax: i32): void {
  if (underWay.length >= heldMax) {
    if (!isFull) logWarn("token-ratelimit: more settlements wait for the service that counts than can be kept");
    isFull = true;
    return;
  }
  isFull = false;
  settlement.index = underWay.push(settlement) - 1;
}

function remove(index: i32): void {
  underWay[index].index = -1;
  const last = underWay.pop();
  if (last.index < 0) return;
  underWay[index] = last;
  last.index = index;
}

/** Tells what a request has used. `isRepeatable`: that it may be told twice. */
export function settleAt(service: GlobalService, message: Slice, rootId: u32, isRepeatable: bool): void {
  const settlement = new Settlement(service, message, false);
  if (isRepeatable) hold(settlement, SETTLEMENTS_MAX);
  settlement.tellFrom(rootId);
}

/** Gives back what may have been reserved, as soon as there is somebody to give it to. */
export function undoAt(service: GlobalService, message: Slice): void {
  hold(new Settlement(service, message, true), UNDOS_MAX);
}

/** Tells again what has not been answered; by one alone, where the last was not. */
export function settleAgain(rootId: u32): void {
  const now = <i64>nowMs();
  if (now < nextMs) return;
  let left = isFailing ? 1 : SENT_AT_ONCE;
  if (isFailing) {
    nextMs = now + pauseMs;
    pauseMs = min(2 * pauseMs, PAUSE_MS_MAX);
  }
  for (let i = underWay.length - 1; i >= 0 && left > 0; --i) {
    const settlement = underWay[i];
    if (settlement.isExpired(now)) remove(i);
    else if (settlement.isQueued) settlement.hurryFrom(rootId);
    else if (!settlement.isUnderWay) {
      --left;
      settlement.tellFrom(rootId);
    }
  }
}

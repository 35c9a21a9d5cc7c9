// What one request takes of its limits where a service counts them: asked for in one call, settled in another.
import { isUtf8, JsonKind, JsonTape, randomNumber, Slice, Writer } from "@weir/sdk/assembly";
import { Usage } from "@weir/dialects/hub/assembly/usage";
import { Admission } from "./admission";
import { Reservation } from "./counter";
import { Exceeded } from "./exceeded";
import { counterEntry, GlobalRequest, leaseEntry, NEW_LEASE, UNDO } from "./global-message";
import { LimitWindow } from "./limit";
import { Price } from "./price";
import { Rule } from "./rule";
import { ServiceAdmission } from "./service-admission";
import { Amounts, Unit } from "./unit";

const COLON: u8 = 0x3a;

/** What is asked of one counter, and what it has answered. */
@final
class GlobalHeld {
  reservation: Reservation | null = null;

  constructor(
    readonly rule: Rule,
    /** Its name, as an entry of a descriptor. */
    readonly counter: Slice,
    readonly asked: Amounts,
  ) {}
}

/** One window's part of an answer. */
@final
class WindowRow {
  readonly remaining: i64;
  readonly resetMs: i64;
  /** −1 for never. */
  readonly retryMs: i64;
  readonly fits: bool;

  constructor(tape: JsonTape, node: i32) {
    this.remaining = tape.integer(node);
    const reset = tape.next(node);
    this.resetMs = tape.integer(reset);
    const retry = tape.next(reset);
    this.retryMs = tape.integer(retry);
    this.fits = tape.integer(tape.next(retry)) == 1;
  }
}

const NUMBERS_IN_ROW: i32 = 4;

@final
export class GlobalAdmission extends ServiceAdmission {
  private readonly helds: GlobalHeld[] = [];
  /** What it is known by, in all of the fleet. */
  private readonly reservation: Slice = new Writer(24).integer(<i64>(randomNumber() >> 1)).take();
  private asked: Slice = Slice.empty();

  constructor(private readonly admission: Admission) {
    super();
    const rules = admission.rules;
    for (let i = 0; i < rules.length; ++i) {
      const counter = counterEntry(admission.counterName(rules[i]));
      this.helds.push(new GlobalHeld(rules[i], counter, admission.askedOf(rules[i])));
    }
  }

  request(): Slice {
    const request = new GlobalRequest();
    for (let i = 0; i < this.helds.length; ++i) {
      const held = this.helds[i];
      const windows = held.rule.windows.list;
      for (let w = 0; w < windows.length; ++w) {
        request.add(held.rule, w, held.counter, NEW_LEASE, held.asked.get(windows[w].unit));
      }
    }
    request.identify(this.reservation);
    this.asked = request.take();
    return this.asked;
  }

  undo(): Slice {
    return new Writer(this.asked.length + UNDO.length).bytes(this.asked).bytes(UNDO).take();
  }

  get isRepeatable(): bool {
    return true;
  }

  /** `answer` is JSON, one list for each counter. */
  take(answer: Slice, tape: JsonTape): bool {
    if (!isUtf8(answer) || tape.scan(answer) || tape.kind(tape.root) != JsonKind.Array) return false;
    const nodes: i32[] = [];
    for (let row = tape.first(tape.root); row >= 0; row = tape.next(row)) nodes.push(row);
    if (nodes.length != this.helds.length) return false;
    for (let i = 0; i < nodes.length; ++i) if (!this.takeRow(this.helds[i], tape, nodes[i])) return false;
    // Nothing is reserved in any, then.
    if (this.admission.exceeded) this.helds.length = 0;
    return true;
  }

  private takeRow(held: GlobalHeld, tape: JsonTape, row: i32): bool {
    const letsThrough = tape.first(row);
    const time = tape.next(letsThrough);
    const wall = tape.next(time);
    held.reservation = new Reservation(tape.integer(time), tape.integer(wall), held.asked);
    let node = tape.next(wall);
    let full: LimitWindow | null = null;
    let remaining: i64 = 0;
    let waitMs: i64 = 0;
    const windows = held.rule.windows.list;
    for (let w = 0; w < windows.length; ++w) {
      if (node < 0) return false;
      const state = new WindowRow(tape, node);
      for (let i = 0; i < NUMBERS_IN_ROW; ++i) node = tape.next(node);
      if (!held.rule.isShadow) this.admission.headers.seeNumbers(windows[w], state.remaining, state.resetMs);
      if (state.fits) continue;
      waitMs = waitMs < 0 || state.retryMs < 0 ? -1 : max(waitMs, state.retryMs);
      if (full) continue;
      full = windows[w];
      remaining = state.remaining;
    }
    if (!full) return true;
    const exceeded = new Exceeded(held.rule.name, full, held.asked, remaining, waitMs);
    this.admission.refuse(held.rule, exceeded);
    return true;
  }

  settlement(usage: Usage, price: Price | null): Slice {
    if (!this.helds.length) return Slice.empty();
    const request = new GlobalRequest();
    for (let i = 0; i < this.helds.length; ++i) {
      const held = this.helds[i];
      const reservation = held.reservation;
      if (!reservation) return Slice.empty();
      const real = held.rule.amountsOf(usage, price);
      const windows = held.rule.windows.list;
      for (let w = 0; w < windows.length; ++w) {
        const unit = windows[w].unit;
        const reserved = held.asked.get(unit);
        const used: i64 = unit == Unit.Requests ? 1 : real.get(unit);
        request.add(held.rule, w, held.counter, leaseOf(reservation, reserved), used - reserved);
      }
    }
    this.helds.length = 0;
    request.identify(this.reservation);
    return request.take();
  }
}

function leaseOf(reservation: Reservation, reserved: i64): Slice {
  const lease = new Writer(64).integer(reservation.time).byte(COLON).integer(reservation.wall);
  return leaseEntry(lease.byte(COLON).integer(reserved).take());
}

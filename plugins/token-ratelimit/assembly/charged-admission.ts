// What one request takes of its limits where envoyproxy/ratelimit counts them. It knows no reservations: a request is
// counted when it asks, its tokens when it is over. docs/decisions/envoyproxy-ratelimit.md has what follows from that.
import { JsonTape, Slice, Writer } from "@weir/sdk/assembly";
import { FieldReader } from "@weir/sdk/assembly/bytes/protobuf";
import { Usage } from "@weir/dialects/hub/assembly/usage";
import { Admission } from "./admission";
import { Exceeded } from "./exceeded";
import { GlobalRequest } from "./global-message";
import { LimitWindow } from "./limit";
import { Price } from "./price";
import { Rule } from "./rule";
import { ServiceAdmission } from "./service-admission";
import { Unit } from "./unit";

// RateLimitResponse and its DescriptorStatus.
// https://www.envoyproxy.io/docs/envoy/v1.40.0/api-v3/service/ratelimit/v3/rls.proto
const STATUSES: u32 = 2;
const CODE: u32 = 1;
const CURRENT_LIMIT: u32 = 2;
const REMAINING: u32 = 3;
const RESET: u32 = 4;
const SECONDS: u32 = 1;
const OVER_LIMIT: u64 = 2;

/** What the service says of one window. */
@final
class WindowStatus {
  isOver: bool = false;
  /** Whether the service has this limit in its configuration. */
  isKnown: bool = false;
  remaining: i64 = 0;
  resetMs: i64 = 0;

  constructor(message: Slice) {
    const reader = new FieldReader(message);
    while (reader.next()) {
      if (reader.number == CODE) this.isOver = reader.value == OVER_LIMIT;
      else if (reader.number == CURRENT_LIMIT) this.isKnown = true;
      else if (reader.number == REMAINING) this.remaining = <i64>(<u32>reader.value);
      else if (reader.number == RESET) this.resetMs = millisecondsOf(reader.content);
    }
  }
}

function millisecondsOf(duration: Slice): i64 {
  const reader = new FieldReader(duration);
  while (reader.next()) if (reader.number == SECONDS) return <i64>(<u32>reader.value) * 1000;
  return 0;
}

@final
export class ChargedAdmission extends ServiceAdmission {
  /** Whether it is let through, and so will be charged. */
  private isTaken: bool = false;

  constructor(private readonly admission: Admission) {
    super();
  }

  request(): Slice {
    const request = new GlobalRequest();
    const rules = this.admission.rules;
    for (let i = 0; i < rules.length; ++i) {
      const windows = rules[i].windows.list;
      const counter = this.admission.counterName(rules[i]);
      const hits: i64 = this.isCounted(rules[i], counter) ? 0 : 1;
      // Of tokens nothing is known yet: 0 hits ask what is left.
      for (let w = 0; w < windows.length; ++w) {
        request.count(rules[i], counter, windows[w], windows[w].unit == Unit.Requests ? hits : 0);
      }
    }
    return request.take();
  }

  /** Whether it has counted the request, which asks again since another limit has moved it; it will have. */
  private isCounted(rule: Rule, counter: Slice): bool {
    const key = new Writer(64).bytes(rule.name).byte(0).bytes(counter).take();
    const counted = this.admission.counted;
    for (let i = 0; i < counted.length; ++i) if (counted[i].equals(key)) return true;
    counted.push(key);
    return false;
  }

  take(answer: Slice, tape: JsonTape): bool {
    const statuses: WindowStatus[] = [];
    const reader = new FieldReader(answer);
    while (reader.next()) if (reader.number == STATUSES) statuses.push(new WindowStatus(reader.content));
    const rules = this.admission.rules;
    let at = 0;
    for (let i = 0; i < rules.length; ++i) at += rules[i].windows.list.length;
    if (at != statuses.length) return false;
    for (let i = 0; i < at; ++i) if (!statuses[i].isKnown) return false;
    at = 0;
    for (let i = 0; i < rules.length; ++i) {
      this.takeRule(rules[i], statuses, at);
      at += rules[i].windows.list.length;
    }
    this.isTaken = !this.admission.exceeded;
    return true;
  }

  private takeRule(rule: Rule, statuses: WindowStatus[], from: i32): void {
    const asked = this.admission.askedOf(rule);
    const windows = rule.windows.list;
    let full: LimitWindow | null = null;
    let remaining: i64 = 0;
    let waitMs: i64 = 0;
    for (let w = 0; w < windows.length; ++w) {
      const window = windows[w];
      const status = statuses[from + w];
      if (!rule.isShadow) this.admission.headers.seeNumbers(window, status.remaining, status.resetMs);
      const amount = asked.get(window.unit);
      if (window.unit == Unit.Requests ? !status.isOver : status.remaining >= amount) continue;
      waitMs = waitMs < 0 || amount > window.limit ? -1 : max(waitMs, status.resetMs);
      if (full) continue;
      full = window;
      remaining = status.remaining;
    }
    if (full) this.admission.refuse(rule, new Exceeded(rule.name, full, asked, remaining, waitMs));
  }

  undo(): Slice {
    return Slice.empty();
  }

  get isRepeatable(): bool {
    return false;
  }

  settlement(usage: Usage, price: Price | null): Slice {
    if (!this.isTaken) return Slice.empty();
    this.isTaken = false;
    const request = new GlobalRequest();
    const rules = this.admission.rules;
    for (let i = 0; i < rules.length; ++i) {
      const real = rules[i].amountsOf(usage, price);
      const windows = rules[i].windows.list;
      const counter = this.admission.counterName(rules[i]);
      for (let w = 0; w < windows.length; ++w) {
        const used = real.get(windows[w].unit);
        if (windows[w].unit != Unit.Requests && used > 0) request.count(rules[i], counter, windows[w], used);
      }
    }
    return request.isEmpty ? Slice.empty() : request.take();
  }
}

// One attempt of a planned request: which of the plan's targets it is at, how it ends, and what the log, the client and
// later attempts learn of it.
import {
  getProperty,
  HeaderList,
  JsonWriter,
  nowNanos,
  responseHeaders,
  setProperty,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
import { endCooldown } from "./cooldown";
import { Plan, PlannedTarget } from "./plan";
import { Target } from "./target";

const NEXT_TARGET = Slice.of("weir.target");
const ATTEMPTS = Slice.of("weir.attempts");
/** With this header the router tries the next target. No client sees it. */
const RETRY = Slice.of("x-weir-retry");
const ONE = Slice.of("1");

const TARGET_HEADER = Slice.of("x-weir-target");
const PROVIDER_HEADER = Slice.of("x-weir-provider");
const MODEL_HEADER = Slice.of("x-weir-model");
const ATTEMPTS_HEADER = Slice.of("x-weir-attempts");

const TARGET = Slice.of("target");
const PROVIDER = Slice.of("provider");
const MODEL = Slice.of("model");
const STATUS = Slice.of("status");
const MS = Slice.of("ms");
const REASON = Slice.of("reason");
const NANOS_PER_MS: u64 = 1_000_000;

/** One attempt. */
@final
export class Attempt {
  /** The client's name of the model, and the provider's: known when the request is on its way. */
  model: Slice = Slice.empty();
  private providerModel: Slice = Slice.empty();
  private readonly startedAtNanos: u64 = nowNanos();
  /** Whether it is known how it ended: the answer is the client's, or the next target is tried. */
  isSettled: bool = false;
  /** Whether the next target is tried. */
  isRetried: bool = false;
  /** What answers when no provider has; null where there is nothing. */
  lastResort: Target | null = null;
  /** Whether the client is told which target answered. */
  tellsClient: bool = false;

  constructor(
    readonly plan: Plan,
    /** Its number, from 1. */
    private readonly number: i32,
    readonly target: Target,
  ) {
    const next = this.next;
    if (next) setProperty(NEXT_TARGET, next.cluster);
  }

  /** Its own entry of the plan. There are more attempts than entries where a connection is tried again. */
  get planned(): PlannedTarget {
    const targets = this.plan.targets;
    return targets[min(this.number, targets.length) - 1];
  }

  private get next(): PlannedTarget | null {
    const targets = this.plan.targets;
    return this.number < targets.length ? targets[this.number] : null;
  }

  /** Whether the time for all attempts is over. */
  get isLate(): bool {
    const deadline = this.plan.deadlineNanos;
    return deadline != 0 && nowNanos() >= deadline;
  }

  /** Whether the plan goes on behind this attempt, so that its answer is to be looked at before the client sees it. */
  get hasNext(): bool {
    return this.number < this.plan.targets.length;
  }

  /** Whether another attempt may be made now; when the time is over, only at the last resort. */
  mayRetry(): bool {
    if (!this.hasNext) return false;
    if (!this.isLate) return true;
    const lastResort = this.lastResort;
    if (!lastResort) return false;
    setProperty(NEXT_TARGET, lastResort.cluster);
    return true;
  }

  /** The request is on its way. The names are views of its body. */
  onSent(model: Slice, providerModel: Slice): void {
    this.model = model.copy();
    this.providerModel = providerModel.copy();
  }

  /** Has the router try the next target, once the response's headers go on. */
  retry(status: u32, reason: Slice): void {
    responseHeaders.set(RETRY, ONE);
    this.isRetried = true;
    this.settle(status, reason);
  }

  /** The answer goes to the client. */
  pass(status: u32, reason: Slice = Slice.empty()): void {
    if (this.tellsClient) {
      responseHeaders.set(TARGET_HEADER, this.target.name);
      responseHeaders.set(PROVIDER_HEADER, this.target.provider);
      responseHeaders.set(ATTEMPTS_HEADER, new Writer().integer(this.number).take());
      if (this.providerModel.length) responseHeaders.set(MODEL_HEADER, this.providerModel);
    }
    if (status < 400 && this.planned.isCooling) endCooldown(this.target);
    this.settle(status, reason);
  }

  /** As `pass`, for an answer that is made here. */
  passOwn(status: u32, headers: HeaderList, reason: Slice = Slice.empty()): void {
    if (this.tellsClient) {
      headers.add(TARGET_HEADER, this.target.name).add(PROVIDER_HEADER, this.target.provider);
      headers.add(ATTEMPTS_HEADER, new Writer().integer(this.number).take());
    }
    this.settle(status, reason);
  }

  /** Adds the attempt to the log's list, once; `status` 0 if there was no answer. */
  settle(status: u32, reason: Slice): void {
    if (this.isSettled) return;
    this.isSettled = true;
    const earlier = this.number > 1 ? getProperty(ATTEMPTS) : null;
    const output = new Writer();
    if (earlier && earlier.length > 2) output.bytes(earlier.slice(0, earlier.length - 1)).byte(0x2c);
    else output.byte(0x5b);
    this.write(new JsonWriter(output), status, reason);
    setProperty(ATTEMPTS, output.byte(0x5d).toSlice());
  }

  private write(json: JsonWriter, status: u32, reason: Slice): void {
    const now = nowNanos();
    const ms = now > this.startedAtNanos ? (now - this.startedAtNanos) / NANOS_PER_MS : 0;
    json.beginObject().key(TARGET).text(this.target.name).key(PROVIDER).text(this.target.provider);
    if (this.providerModel.length) json.key(MODEL).text(this.providerModel);
    json.key(STATUS).integer(status).key(MS).integer(ms);
    if (reason.length) json.key(REASON).text(reason);
    json.endObject();
  }
}

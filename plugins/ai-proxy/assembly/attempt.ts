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
import { Outcome } from "./meter";
import { hasEnded, moveOn, moveTo, stepOf } from "./place";
import { Measure, Plan, PlannedTarget } from "./plan";
import * as reasons from "./reason";
import { hasClientLeft } from "./client-left";
import { Speed } from "./speed";
import { Target } from "./target";

const NEXT_TARGET = Slice.of("weir.target");
const ATTEMPTS = Slice.of("weir.attempts");
/** With this header the router tries the next target. No client sees it. */
const RETRY = Slice.of("x-weir-retry");
const ONE = Slice.of("1");
/** No cluster's name: the attempt that is to go there ends at once. */
const NOWHERE = Slice.of("-");

const TARGET_HEADER = Slice.of("x-weir-target");
const PROVIDER_HEADER = Slice.of("x-weir-provider");
const MODEL_HEADER = Slice.of("x-weir-model");
const ATTEMPTS_HEADER = Slice.of("x-weir-attempts");

const TARGET = Slice.of("target");
const PROVIDER = Slice.of("provider");
const KEY = Slice.of("key");
const MODEL = Slice.of("model");
const STATUS = Slice.of("status");
const START_MS = Slice.of("start_ms");
const MS = Slice.of("ms");
const REASON = Slice.of("reason");
const NANOS_PER_MS: u64 = 1_000_000;
const SLASH: u8 = 0x2f;

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
  /** Whether its answer goes to the client. */
  isPassed: bool = false;
  /** What answers when no provider has; null where there is nothing. */
  lastResort: Target | null = null;
  /** Whether nobody reads the log's list. */
  isSilent: bool = false;
  /** Whether the client is told which target answered. */
  tellsClient: bool = false;
  /** Its target's, until it is noted; null where nobody asks for it. */
  speed: Speed | null = null;
  /** How many tokens its answer has; -1 until it has ended. */
  private tokens: i64 = -1;
  /** Its own entry of the plan. */
  private readonly step: i32;

  constructor(
    readonly plan: Plan,
    /** Its number, from 1. */
    private readonly number: i32,
    readonly target: Target,
  ) {
    const held = stepOf(plan);
    const last = plan.targets.length - 1;
    // There are more attempts than entries where a connection is tried again.
    this.step = min(held < 0 ? number - 1 : held, last);
    if (!plan.holder && this.step < last) setProperty(NEXT_TARGET, plan.targets[this.step + 1].cluster);
  }

  /** Its own entry of the plan. */
  get planned(): PlannedTarget {
    return this.plan.targets[this.step];
  }

  /** Whether the time for all attempts is over. */
  get isLate(): bool {
    const deadline = this.plan.deadlineNanos;
    return deadline != 0 && nowNanos() >= deadline;
  }

  private get hasNext(): bool {
    return this.step < this.plan.targets.length - 1;
  }

  /** Whether another attempt may be made now, and if so, it is at the target that is told: the caller must `retry`. */
  mayRetry(): bool {
    if (!this.hasNext) return false;
    if (this.isLate) return this.mayRetryAtLastResort();
    return !this.plan.holder || this.goOn();
  }

  private mayRetryAtLastResort(): bool {
    const lastResort = this.lastResort;
    if (!lastResort) return false;
    if (this.plan.holder) moveTo(this.plan, this.step, this.plan.targets.length - 1);
    setProperty(NEXT_TARGET, lastResort.cluster);
    return true;
  }

  /** Has the next attempt go to the next target that has room. False if there is none. */
  private goOn(): bool {
    const next = moveOn(this.plan, this.step);
    setProperty(NEXT_TARGET, next < 0 ? NOWHERE : this.plan.targets[next].cluster);
    return next >= 0;
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
    this.noteFailure();
    this.settle(status, reason, Outcome.Retried);
  }

  /** The answer goes to the client. */
  pass(status: u32, reason: Slice = Slice.empty()): void {
    if (status < 400) {
      if (this.planned.isCooling) endCooldown(this.target);
      const speed = this.speed;
      if (speed && this.plan.measures == Measure.FirstToken) speed.note(this.elapsedNanos);
    } else if (this.plan.fallsBackOn(status)) this.noteFailure();
    this.tellClient();
    this.isPassed = status < 400;
    this.notePace();
    this.settle(status, reason, this.isPassed ? Outcome.Served : Outcome.Failed);
  }

  /** Its answer has ended, with so many tokens. It may be told more than once. */
  onWhole(tokens: i64): void {
    this.tokens = tokens;
    this.notePace();
  }

  /** A short stream has ended before it is known that it passes. */
  private notePace(): void {
    const speed = this.speed;
    if (!speed || this.plan.measures != Measure.Throughput || !this.isPassed || this.tokens < 1) return;
    speed.noteWhole(this.elapsedNanos, this.tokens);
    this.speed = null;
  }

  /** It was the last one, and an error goes to the client in place of its answer. */
  fail(status: u32, reason: Slice): void {
    this.noteFailure();
    this.tellClient();
    this.settle(status, reason, Outcome.Failed);
  }

  /** It has ended without any answer: the connection failed, the time was over, or the client has gone. */
  lose(wasSent: bool): void {
    if (this.isSettled) return;
    const plan = this.plan;
    const tellsOthers = plan.holder != 0 || plan.measures != Measure.None;
    if (tellsOthers && !hasEnded()) {
      this.noteFailure();
      if (plan.holder && this.hasNext) this.goOn();
    }
    if (!wasSent) return;
    if (hasClientLeft()) this.settle(0, reasons.CLIENT_LEFT, Outcome.Abandoned);
    else this.settle(0, reasons.NO_ANSWER, this.hasNext ? Outcome.Retried : Outcome.Failed);
  }

  private noteFailure(): void {
    const speed = this.speed;
    if (speed) speed.noteFailure(this.elapsedNanos);
  }

  /** The host's clock may be set back. */
  private get elapsedNanos(): u64 {
    const now = nowNanos();
    return now > this.startedAtNanos ? now - this.startedAtNanos : 0;
  }

  private tellClient(): void {
    if (!this.tellsClient) return;
    responseHeaders.set(TARGET_HEADER, this.target.name);
    responseHeaders.set(PROVIDER_HEADER, this.target.provider);
    responseHeaders.set(ATTEMPTS_HEADER, new Writer().integer(this.number).take());
    if (this.providerModel.length) responseHeaders.set(MODEL_HEADER, this.providerModel);
  }

  /** As `pass`, for an answer that is made here. */
  passOwn(status: u32, headers: HeaderList, reason: Slice = Slice.empty()): void {
    if (this.tellsClient) {
      headers.add(TARGET_HEADER, this.target.name).add(PROVIDER_HEADER, this.target.provider);
      headers.add(ATTEMPTS_HEADER, new Writer().integer(this.number).take());
    }
    this.settle(status, reason, reason.length ? Outcome.Failed : Outcome.Served);
  }

  /** Adds the attempt to the log's list, and counts it, once; `status` 0 if there was no answer. */
  private settle(status: u32, reason: Slice, outcome: Outcome): void {
    if (this.isSettled) return;
    this.isSettled = true;
    const meter = this.target.meter;
    if (meter) meter.onAttempt(status, reason, outcome);
    if (!this.isSilent) this.publish(status, reason);
  }

  private publish(status: u32, reason: Slice): void {
    const earlier = this.number > 1 ? getProperty(ATTEMPTS) : null;
    const output = new Writer();
    if (earlier && earlier.length > 2) output.bytes(earlier.slice(0, earlier.length - 1)).byte(0x2c);
    else output.byte(0x5b);
    this.write(new JsonWriter(output), status, reason);
    setProperty(ATTEMPTS, output.byte(0x5d).toSlice());
  }

  private write(json: JsonWriter, status: u32, reason: Slice): void {
    const name = this.target.name;
    const slash = name.indexOf(SLASH);
    json.beginObject().key(TARGET).text(name).key(PROVIDER).text(this.target.provider);
    if (slash >= 0) json.key(KEY).text(name.slice(slash + 1));
    if (this.providerModel.length) json.key(MODEL).text(this.providerModel);
    json
      .key(STATUS)
      .integer(status)
      .key(START_MS)
      .integer(this.startedAtNanos / NANOS_PER_MS);
    json.key(MS).integer(this.elapsedNanos / NANOS_PER_MS);
    if (reason.length) json.key(REASON).text(reason);
    json.endObject();
  }
}

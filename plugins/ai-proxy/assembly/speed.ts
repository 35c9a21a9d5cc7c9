// How fast a target answers, for requests that want to know: shared data `weir.speed.<cluster>/<model>/<surface>`, read
// by the plugin ai-fallback. `<nanoseconds> <when>`, to an answer's beginning or for a hundred tokens, an average in
// which an answer counts for more the older the rest is. People see it as a metric.
import { Gauge, nowNanos, parseInteger, sharedData, Slice, Writer } from "@weir/sdk/assembly";
import { Exchange } from "./exchange";
import { SpeedKind } from "./meter";
import { Measure, PlannedTarget } from "./plan";

const KEY = Slice.of("weir.speed.");
const SLASH: u8 = 0x2f;
const SPACE: u8 = 0x20;
/** Streams are measured up to their first token, and so apart from whole answers. */
const LETTER_S: u8 = 0x73;
/** Tokens take their time alike, streamed or not. */
const LETTER_T: u8 = 0x74;
/** So many of them: what is slow for an answer to begin is slow for these, too. */
const TOKENS: u64 = 100;

const NANOS_PER_MS: u64 = 1_000_000;
const NANOS_PER_SECOND: u64 = 1_000_000_000;
/** What is so old counts for little more than a third. */
const memoryNanos: f64 = 10_000_000_000;
/** How much one of many answers in a short time counts. */
const weightMin: f64 = 0.2;
/** A failure counts as an answer that took at least, and at most, so long. */
const failureNanosMin: u64 = NANOS_PER_SECOND;
const failureNanosMax: u64 = 60 * NANOS_PER_SECOND;

/** How fast the target of one exchange is. */
@final
export class Speed {
  private readonly key: Slice;
  private readonly gauge: Gauge | null;

  constructor(exchange: Exchange, planned: PlannedTarget, measure: Measure) {
    const surface = exchange.wanted.surface;
    const kind = kindOf(exchange.edit.isStream, measure);
    const key = new Writer().bytes(KEY).bytes(planned.cluster).byte(SLASH).bytes(planned.model);
    key.byte(SLASH).integer(surface.index);
    if (kind == SpeedKind.FirstToken) key.byte(LETTER_S);
    else if (kind == SpeedKind.HundredTokens) key.byte(LETTER_T);
    this.key = key.take();
    const meter = exchange.target.meter;
    this.gauge = meter ? meter.modelMeter(exchange.edit.providerModel, surface).speed(kind) : null;
  }

  /** An answer has taken so long to begin, or a hundred tokens. */
  note(nanos: u64): void {
    const now = nowNanos();
    const found = sharedData.get(this.key);
    let usual = <f64>nanos;
    if (found) {
      const at = whenOf(found.value);
      const age = now > at ? <f64>(now - at) : 0;
      const weight = Math.max(weightMin, 1 - Math.exp(-age / memoryNanos));
      usual = usual * weight + <f64>usualOf(found.value) * (1 - weight);
    }
    this.keep(<u64>usual, now);
  }

  /** A whole answer of so many tokens, at least one, has taken so long. */
  noteWhole(nanos: u64, tokens: i64): void {
    this.note((nanos * TOKENS) / <u64>tokens);
  }

  /**
   * An attempt has failed after so long: its target counts as slow, the more often the slower. That is no measurement,
   * so it is dated as old as can be: the first answer after it counts alone.
   */
  noteFailure(nanos: u64): void {
    const found = sharedData.get(this.key);
    const doubled = found ? usualOf(found.value) * 2 : 0;
    this.keep(min(max(max(doubled, nanos), failureNanosMin), failureNanosMax), 0);
  }

  /** Of two threads that write at once, one is as good as the other. */
  private keep(usual: u64, now: u64): void {
    sharedData.set(this.key, new Writer().unsigned(usual).byte(SPACE).unsigned(now).take());
    const gauge = this.gauge;
    if (gauge) gauge.record((usual + NANOS_PER_MS - 1) / NANOS_PER_MS);
  }
}

function kindOf(isStream: bool, measure: Measure): SpeedKind {
  if (measure == Measure.Throughput) return SpeedKind.HundredTokens;
  return isStream ? SpeedKind.FirstToken : SpeedKind.Answer;
}

function usualOf(value: Slice): u64 {
  return <u64>parseInteger(value.slice(0, value.indexOf(SPACE)));
}

function whenOf(value: Slice): u64 {
  return <u64>parseInteger(value.slice(value.indexOf(SPACE) + 1));
}

// What operators count and measure, as Envoy's own statistics. Names are OpenTelemetry's where it has one; labels stand
// behind semicolons, and become Prometheus' by the tags that the bootstrap names (envoy/stats-tags.ts). Where
// OpenTelemetry has seconds these have milliseconds, for Envoy counts in whole numbers.
// https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/
import { Counter, Gauge, Histogram, Slice } from "@weir/sdk/assembly";
import { Purpose, Surface } from "@weir/dialects/surfaces/assembly/surface";

/** So many models of one target have numbers of their own: names may come from clients. */
const modelsMax: i32 = 100;
const nameBytesMax: i32 = 128;
const OTHER = Slice.of("other");
const CHAT = Slice.of("chat");

/** What becomes of an attempt. */
export const enum Outcome {
  /** Its answer went to the client. */
  Served = 0,
  /** The next target was tried. */
  Retried = 1,
  /** The client got an error. */
  Failed = 2,
  /** Its answer broke off when the client had seen some of it. */
  Broken = 3,
  /** The client left before there was an answer. */
  Abandoned = 4,
}

const OUTCOMES: StaticArray<string> = ["served", "retried", "failed", "broken", "abandoned"];

/** What a target's speed is measured by. */
export const enum SpeedKind {
  FirstToken = 0,
  Answer = 1,
  HundredTokens = 2,
}

const SPEED_KINDS: StaticArray<string> = ["first_token", "answer", "hundred_tokens"];

/** The numbers of one target's model and operation. */
@final
export class ModelMeter {
  readonly durationMs: Histogram;
  readonly firstTokenMs: Histogram;
  readonly inputTokens: Histogram;
  readonly outputTokens: Histogram;
  private readonly labels: string;
  /** By kind; a request has to want to know. */
  private readonly speeds: StaticArray<Gauge | null> = new StaticArray<Gauge | null>(3);

  constructor(
    readonly model: Slice,
    readonly operation: Slice,
    labels: string,
  ) {
    const all = labels + ";model=" + labelOf(model) + ";operation=" + labelOf(operation);
    this.durationMs = new Histogram("gen_ai.client.operation.duration.milliseconds" + all);
    this.firstTokenMs = new Histogram("gen_ai.server.time_to_first_token.milliseconds" + all);
    this.inputTokens = new Histogram("gen_ai.client.token.usage" + all + ";token=input");
    this.outputTokens = new Histogram("gen_ai.client.token.usage" + all + ";token=output");
    this.labels = all;
  }

  /** So long it usually takes, in milliseconds. */
  speed(kind: SpeedKind): Gauge {
    const known = this.speeds[kind];
    if (known) return known;
    const added = new Gauge("weir.target.usual_milliseconds" + this.labels + ";of=" + SPEED_KINDS[kind]);
    this.speeds[kind] = added;
    return added;
  }
}

/** How often attempts have ended in one way. */
@final
class AttemptMeter {
  constructor(
    readonly status: u32,
    readonly reason: Slice,
    readonly outcome: Outcome,
    readonly count: Counter,
  ) {}
}

/** The numbers of one target. */
@final
export class Meter {
  private readonly labels: string;
  private readonly models: ModelMeter[] = [];
  private readonly attempts: AttemptMeter[] = [];
  private readonly restingUntil: Gauge;

  constructor(
    private readonly provider: Slice,
    private readonly target: Slice,
  ) {
    const labels = ";provider=" + labelOf(provider) + ";target=" + labelOf(target);
    this.labels = labels;
    this.restingUntil = new Gauge("weir.target.resting_until_seconds" + labels);
  }

  /** Until when it is left alone, in seconds since 1970; 0 when it has answered after that. */
  onRest(untilSeconds: u64): void {
    this.restingUntil.record(untilSeconds);
  }

  /** Whether it is the one of this target. */
  isOf(provider: Slice, target: Slice): bool {
    return this.target.equals(target) && this.provider.equals(provider);
  }

  /** The numbers of an operation that has been answered. */
  modelMeter(model: Slice, surface: Surface): ModelMeter {
    const operation = surface.purpose == Purpose.Chat ? CHAT : surface.name;
    const known = this.find(model, operation);
    if (known) return known;
    const isOther = this.models.length >= modelsMax || !model.length || model.length > nameBytesMax;
    const other = isOther ? this.find(OTHER, operation) : null;
    if (other) return other;
    const added = new ModelMeter(isOther ? OTHER : model.copy(), operation, this.labels);
    this.models.push(added);
    return added;
  }

  /** An attempt has ended; `status` is the provider's, 0 for none. */
  onAttempt(status: u32, reason: Slice, outcome: Outcome): void {
    const attempts = this.attempts;
    for (let i = 0; i < attempts.length; ++i) {
      const known = attempts[i];
      if (known.status != status || known.outcome != outcome || !known.reason.equals(reason)) continue;
      known.count.increment();
      return;
    }
    const why = reason.length ? ";reason=" + reason.toText() : "";
    const ways = ";outcome=" + OUTCOMES[outcome] + ";status=" + status.toString() + why;
    const added = new AttemptMeter(status, reason.copy(), outcome, new Counter("weir.attempts" + this.labels + ways));
    attempts.push(added);
    added.count.increment();
  }

  private find(model: Slice, operation: Slice): ModelMeter | null {
    const models = this.models;
    for (let i = 0; i < models.length; ++i) {
      if (models[i].model.equals(model) && models[i].operation.equals(operation)) return models[i];
    }
    return null;
  }
}

/**
 * Those of all targets that this VM has had. They belong to no configuration: each one's metrics are defined once, for
 * the host keeps what is defined.
 */
const meters: Meter[] = [];

/** The one of a target. */
export function meterOf(provider: Slice, target: Slice): Meter {
  for (let i = 0; i < meters.length; ++i) if (meters[i].isOf(provider, target)) return meters[i];
  const added = new Meter(provider.copy(), target.copy());
  meters.push(added);
  return added;
}

const SEMICOLON: u8 = 0x3b;
const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const UNDERSCORE: u8 = 0x5f;

/** As a label's value: without what would end it, here or where it is shown. */
function labelOf(text: Slice): string {
  let label = "";
  for (let i = 0; i < text.length; ++i) {
    const byte = text.at(i);
    const isPlain = byte > 0x20 && byte < 0x7f && byte != SEMICOLON && byte != QUOTE && byte != BACKSLASH;
    label += String.fromCharCode(isPlain ? byte : UNDERSCORE);
  }
  return label;
}

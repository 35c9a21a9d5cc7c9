// What operators count and measure of messages, as Envoy's own statistics. Names are OpenTelemetry's where it has one;
// labels stand behind semicolons, as envoy/stats-tags.ts has them, and times are in milliseconds, since Envoy counts in
// whole numbers.
// https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/
import { Counter, Histogram, Slice } from "@weir/sdk/assembly";

/** So many kinds of messages have numbers of their own: names may come from clients. */
const KINDS_MAX: i32 = 1000;
const NAME_BYTES_MAX: i32 = 128;
const OTHER = Slice.of("other");

/** What a message was. */
@final
export class MeasuredMessage {
  server: Slice = Slice.empty();
  method: Slice = Slice.empty();
  /** Empty for none. */
  tool: Slice = Slice.empty();
  /** An error's code, or `tool`; empty where it went well. */
  failure: string = "";

  /** Takes note of one that is over. */
  record(durationMs: u64, requestBytes: u64, responseBytes: u64): void {
    // What the protocol has refused may be called anything.
    if (this.failure.length && this.failure != "tool") this.tool = Slice.empty();
    if (this.failure == "-32601") this.method = OTHER;
    this.meter().record(durationMs, requestBytes, responseBytes);
  }

  private meter(): Meter {
    for (let i = 0; i < meters.length; ++i) if (meters[i].isOf(this)) return meters[i];
    const isFull = meters.length >= KINDS_MAX;
    if (isFull) {
      this.server = OTHER;
      this.method = OTHER;
      this.tool = Slice.empty();
      for (let i = 0; i < meters.length; ++i) if (meters[i].isOf(this)) return meters[i];
    }
    const meter = new Meter(this);
    meters.push(meter);
    return meter;
  }

  get labels(): string {
    const tool = this.tool.length ? ";tool=" + labelOf(this.tool) : "";
    const error = this.failure == "tool" ? "tool_error" : this.failure;
    const known = ";server=" + labelOf(this.server) + ";method=" + labelOf(this.method) + tool;
    return error.length ? known + ";error=" + error : known;
  }
}

/** The numbers of one kind of message. */
@final
class Meter {
  private readonly server: Slice;
  private readonly method: Slice;
  private readonly tool: Slice;
  private readonly failure: string;
  private readonly durationMs: Histogram;
  private readonly requestBytes: Counter;
  private readonly responseBytes: Counter;

  constructor(kind: MeasuredMessage) {
    this.server = kind.server.copy();
    this.method = kind.method.copy();
    this.tool = kind.tool.copy();
    this.failure = kind.failure;
    const labels = kind.labels;
    this.durationMs = new Histogram("mcp.server.operation.duration.milliseconds" + labels);
    this.requestBytes = new Counter("weir.mcp.request_bytes" + labels);
    this.responseBytes = new Counter("weir.mcp.response_bytes" + labels);
  }

  isOf(kind: MeasuredMessage): bool {
    if (!this.tool.equals(kind.tool) || !this.method.equals(kind.method)) return false;
    return this.server.equals(kind.server) && this.failure == kind.failure;
  }

  record(durationMs: u64, requestBytes: u64, responseBytes: u64): void {
    this.durationMs.record(durationMs);
    this.requestBytes.increment(requestBytes);
    this.responseBytes.increment(responseBytes);
  }
}

/** They belong to no configuration: each one's metrics are defined once, for the host keeps what is defined. */
const meters: Meter[] = [];

/** As a label's value: without what would end it, here or where it is shown. */
function labelOf(text: Slice): string {
  if (text.length > NAME_BYTES_MAX) return "other";
  let label = "";
  for (let i = 0; i < text.length; ++i) {
    const byte = text.at(i);
    const isPlain = byte > 0x20 && byte < 0x7f && byte != 0x3b && byte != 0x22 && byte != 0x5c;
    label += String.fromCharCode(isPlain ? byte : 0x5f);
  }
  return label;
}

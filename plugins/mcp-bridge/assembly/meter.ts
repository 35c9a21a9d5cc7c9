// What operators count and measure of messages, as Envoy's own statistics. Names are OpenTelemetry's where it has one;
// labels stand behind semicolons, as envoy/stats-tags.ts has them, and times are in milliseconds, since Envoy counts in
// whole numbers.
// https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/
import { Counter, Histogram, Slice } from "@weir/sdk/assembly";

/** So many kinds of messages have numbers of their own: names may come from clients. */
const KINDS_MAX: i32 = 1000;
const NAME_BYTES_MAX: i32 = 128;
const OTHER = "other";

/** The numbers of one kind of message. */
@final
class Meter {
  private readonly durationMs: Histogram;
  private readonly requestBytes: Counter;
  private readonly responseBytes: Counter;

  constructor(labels: string) {
    this.durationMs = new Histogram("mcp.server.operation.duration.milliseconds" + labels);
    this.requestBytes = new Counter("weir.mcp.request_bytes" + labels);
    this.responseBytes = new Counter("weir.mcp.response_bytes" + labels);
  }

  record(durationMs: u64, requestBytes: u64, responseBytes: u64): void {
    this.durationMs.record(durationMs);
    this.requestBytes.increment(requestBytes);
    this.responseBytes.increment(responseBytes);
  }
}

/** They belong to no configuration: each one's metrics are defined once, for the host keeps what is defined. */
const meters: Map<string, Meter> = new Map();

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
    const labels = this.labels;
    if (meters.has(labels)) return meters.get(labels).record(durationMs, requestBytes, responseBytes);
    const meter = meters.size < KINDS_MAX ? new Meter(labels) : new Meter(";server=" + OTHER);
    meters.set(labels, meter);
    meter.record(durationMs, requestBytes, responseBytes);
  }

  private get labels(): string {
    // What the protocol has refused may be called anything.
    const isNamed = !this.failure.length || this.failure == "tool";
    const tool = this.tool.length && isNamed ? ";tool=" + labelOf(this.tool) : "";
    const method = this.failure == "-32601" || !this.method.length ? OTHER : labelOf(this.method);
    const error = this.failure == "tool" ? "tool_error" : this.failure;
    const known = ";server=" + labelOf(this.server) + ";method=" + method + tool;
    return error.length ? known + ";error=" + error : known;
  }
}

/** As a label's value: without what would end it, here or where it is shown. */
function labelOf(text: Slice): string {
  if (text.length > NAME_BYTES_MAX) return OTHER;
  let label = "";
  for (let i = 0; i < text.length; ++i) {
    const byte = text.at(i);
    const isPlain = byte > 0x20 && byte < 0x7f && byte != 0x3b && byte != 0x22 && byte != 0x5c;
    label += String.fromCharCode(isPlain ? byte : 0x5f);
  }
  return label;
}

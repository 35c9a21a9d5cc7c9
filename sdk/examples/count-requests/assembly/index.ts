// Numbers requests over all of Envoy's worker threads, and refuses them past a limit: shared data and metrics.
// The configuration is the limit, in decimal.
import {
  Counter,
  Gauge,
  HeadersStatus,
  Histogram,
  HttpContext,
  nowMs,
  parseInteger,
  registerRoot,
  responseHeaders,
  RootContext,
  sendLocalResponse,
  sharedData,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/http";

const key = Slice.of("requests");
const numberName = Slice.of("x-request-number");

const refused = new Counter("requests_refused");
const inFlight = new Gauge("requests_in_flight");
const duration = new Histogram("request_duration_ms");

class Root extends RootContext {
  limit: i64 = i64.MAX_VALUE;

  onConfigure(configuration: Slice): bool {
    if (configuration.length) this.limit = parseInteger(configuration);
    return this.limit > 0;
  }

  createHttpContext(id: u32): HttpContext {
    return new CountedRequest(id, this.limit);
  }
}

class CountedRequest extends HttpContext {
  private number: i64 = 0;
  private startMs: u64 = 0;

  constructor(
    id: u32,
    private readonly limit: i64,
  ) {
    super(id);
  }

  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    this.startMs = nowMs();
    this.number = sharedData.add(key, 1);
    inFlight.add(1);
    if (this.number <= this.limit) return HeadersStatus.Continue;
    refused.increment();
    sendLocalResponse(429, null, Slice.of("Too many requests\n"), "over_limit");
    return HeadersStatus.StopAllIterationAndWatermark;
  }

  onResponseHeaders(count: u32, endOfStream: bool): HeadersStatus {
    responseHeaders.set(numberName, new Writer().integer(this.number).toSlice());
    return HeadersStatus.Continue;
  }

  onLog(): void {
    if (!this.number) return;
    inFlight.add(-1);
    duration.record(nowMs() - this.startMs);
  }
}

registerRoot((id) => new Root(id));

// Asks a rate limit service over gRPC whether a request may pass; one that does not answer lets it pass.
// https://www.envoyproxy.io/docs/envoy/latest/api-v3/service/ratelimit/v3/rls.proto
import {
  continueRequest,
  GrpcCall,
  GrpcMethod,
  HeadersStatus,
  HttpContext,
  registerRoot,
  requestHeaders,
  RootContext,
  sendLocalResponse,
  Slice,
  Status,
  Writer,
} from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/http";

const shouldRateLimit = new GrpcMethod("limiter", "envoy.service.ratelimit.v3.RateLimitService", "ShouldRateLimit");
const timeoutMs: u32 = 500;
const clientName = Slice.of("x-client");

class Root extends RootContext {
  createHttpContext(id: u32): HttpContext {
    return new LimitedRequest(id);
  }
}

class LimitedRequest extends HttpContext {
  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const client = requestHeaders.get(clientName);
    if (!client) return HeadersStatus.Continue;
    const status = new Question().send(shouldRateLimit, rateLimitRequest(client), timeoutMs);
    return status == Status.Ok ? HeadersStatus.StopAllIterationAndWatermark : HeadersStatus.Continue;
  }
}

class Question extends GrpcCall {
  onReply(code: u32, message: Slice): void {
    // RateLimitResponse: field 1 is overall_code, of which 2 is OVER_LIMIT.
    const isOver = code == 0 && message.at(0) == 0x08 && message.at(1) == 2;
    if (isOver) sendLocalResponse(429, null, Slice.of("Slow down\n"), "over_limit");
    else continueRequest();
  }
}

/** RateLimitRequest { domain: "example", descriptors: [{ entries: [{ key: "client", value }] }] } */
function rateLimitRequest(client: Slice): Slice {
  const entry = new Writer();
  writeField(entry, 1, Slice.of("client"));
  writeField(entry, 2, client.slice(0, 100));
  const descriptor = new Writer();
  writeField(descriptor, 1, entry.toSlice());
  const request = new Writer();
  writeField(request, 1, Slice.of("example"));
  writeField(request, 2, descriptor.toSlice());
  return request.take();
}

/** A length-delimited field of less than 128 bytes. https://protobuf.dev/programming-guides/encoding/ */
function writeField(writer: Writer, field: u8, content: Slice): void {
  writer
    .byte((field << 3) | 2)
    .byte(<u8>content.length)
    .bytes(content);
}

registerRoot((id) => new Root(id));

// Replaces a word in response bodies: holds the body until it is whole, then puts another in its place.
// The configuration is the word.
import {
  DataStatus,
  HeadersStatus,
  HttpContext,
  registerRoot,
  responseBody,
  responseHeaders,
  RootContext,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/http";

const contentLength = Slice.of("content-length");
const mask = Slice.of("[redacted]");

class Root extends RootContext {
  word: Slice = Slice.empty();

  onConfigure(configuration: Slice): bool {
    this.word = configuration;
    return configuration.length > 0;
  }

  createHttpContext(id: u32): HttpContext {
    return new RedactedResponse(id, this.word);
  }
}

class RedactedResponse extends HttpContext {
  constructor(
    id: u32,
    private readonly word: Slice,
  ) {
    super(id);
  }

  /** The length changes, and these headers leave before the body is known. */
  onResponseHeaders(count: u32, endOfStream: bool): HeadersStatus {
    if (!endOfStream) responseHeaders.remove(contentLength);
    return HeadersStatus.Continue;
  }

  onResponseBody(size: u32, endOfStream: bool): DataStatus {
    if (!endOfStream) return DataStatus.StopIterationAndBuffer;
    const body = responseBody.get(0, size);
    if (body.find(this.word) >= 0) responseBody.replace(this.redact(body));
    return DataStatus.Continue;
  }

  private redact(body: Slice): Slice {
    const result = new Writer(body.length);
    let from = 0;
    for (let found = body.find(this.word); found >= 0; found = body.find(this.word, from)) {
      result.bytes(body.slice(from, found)).bytes(mask);
      from = found + this.word.length;
    }
    return result.bytes(body.slice(from)).take();
  }
}

registerRoot((id) => new Root(id));

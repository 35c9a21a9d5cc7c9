// The plugin of the leak test: what a busy AI filter does with each stream, and nothing kept afterwards.
// Headers are read and changed, a buffered JSON body is scanned and edited, events are split, usage is counted.
import {
  Counter,
  DataStatus,
  HeadersStatus,
  HttpContext,
  registerRoot,
  requestBody,
  requestHeaders,
  responseBody,
  responseHeaders,
  RootContext,
  setProperty,
  Slice,
} from "@weir/sdk/assembly";
import { JsonEdit } from "@weir/sdk/assembly/json/edit";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { SseSplitter } from "@weir/sdk/assembly/sse/splitter";

export * from "@weir/sdk/assembly/exports/http";

const authorization = Slice.of("authorization");
const path = Slice.of(":path");
const newPath = Slice.of("/v1/chat/completions");
const contentLength = Slice.of("content-length");
const model = Slice.of("model");
const otherModel = Slice.of('"other"');
const served = Slice.of("x-served-by");
const name = Slice.of("steady");
const eventsProperty = Slice.of("steady.events");
const events = new Counter("steady_events");

class Root extends RootContext {
  readonly tape: JsonTape = new JsonTape();

  createHttpContext(id: u32): HttpContext {
    return new Stream(id, this);
  }
}

class Stream extends HttpContext {
  private readonly splitter: SseSplitter = new SseSplitter();
  private count: i32 = 0;

  constructor(
    id: u32,
    private readonly root: Root,
  ) {
    super(id);
  }

  onRequestHeaders(_count: u32, endOfStream: bool): HeadersStatus {
    if (requestHeaders.get(authorization)) requestHeaders.remove(authorization);
    requestHeaders.set(path, newPath);
    requestHeaders.remove(contentLength);
    return endOfStream ? HeadersStatus.Continue : HeadersStatus.StopIteration;
  }

  onRequestBody(size: u32, endOfStream: bool): DataStatus {
    if (!endOfStream) return DataStatus.StopIterationAndBuffer;
    const tape = this.root.tape;
    if (tape.scan(requestBody.get(0, size)) == null) {
      const edit = new JsonEdit(tape);
      edit.set(tape.root, model, otherModel);
      requestBody.replace(edit.apply());
    }
    return DataStatus.Continue;
  }

  onResponseHeaders(_count: u32, _endOfStream: bool): HeadersStatus {
    responseHeaders.set(served, name);
    return HeadersStatus.Continue;
  }

  onResponseBody(size: u32, endOfStream: bool): DataStatus {
    this.splitter.push(responseBody.get(0, size));
    for (let event = this.splitter.next(); event; event = this.splitter.next()) this.count++;
    if (endOfStream) setProperty(eventsProperty, Slice.of(this.count.toString()));
    return DataStatus.Continue;
  }

  onLog(): void {
    events.increment(this.count);
  }
}

registerRoot((id) => new Root(id));

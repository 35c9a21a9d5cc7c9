// A plugin that does nothing, in ai-proxy's place: it holds the request until it is whole, as whoever translates it
// must, and is told of each part of the answer. What it costs is what Envoy and the ABI cost any plugin.
import { DataStatus, HeadersStatus, HttpContext, registerRoot, RootContext } from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/http";

class Root extends RootContext {
  createHttpContext(id: u32): HttpContext {
    return new Stream(id);
  }
}

class Stream extends HttpContext {
  onRequestHeaders(_count: u32, endOfStream: bool): HeadersStatus {
    return endOfStream ? HeadersStatus.Continue : HeadersStatus.StopIteration;
  }

  onRequestBody(_size: u32, endOfStream: bool): DataStatus {
    return endOfStream ? DataStatus.Continue : DataStatus.StopIterationAndBuffer;
  }
}

registerRoot((id) => new Root(id));

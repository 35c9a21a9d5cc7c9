// A plugin that only looks, in ai-proxy's place: it holds the request until it is whole, as whoever translates it must,
// and takes each part of the answer out of Envoy, as whoever counts tokens must. What it costs, Envoy and the ABI cost.
import {
  DataStatus,
  HeadersStatus,
  HttpContext,
  registerRoot,
  requestBody,
  responseBody,
  RootContext,
} from "@weir/sdk/assembly";
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

  onRequestBody(size: u32, endOfStream: bool): DataStatus {
    if (!endOfStream) return DataStatus.StopIterationAndBuffer;
    requestBody.get(0, size);
    return DataStatus.Continue;
  }

  onResponseBody(size: u32, _endOfStream: bool): DataStatus {
    responseBody.get(0, size);
    return DataStatus.Continue;
  }
}

registerRoot((id) => new Root(id));

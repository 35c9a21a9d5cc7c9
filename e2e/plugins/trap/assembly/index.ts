// A plugin that dies when a request asks it to, by the header `x-trap`: `request` at once, `response` at the first
// bytes of the answer's body. It stands in for a plugin with a bug.
import { DataStatus, HeadersStatus, HttpContext, registerRoot, requestHeaders, RootContext } from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/http";

class Root extends RootContext {
  createHttpContext(id: u32): HttpContext {
    return new Stream(id);
  }
}

class Stream extends HttpContext {
  private when: string = "";

  onRequestHeaders(_count: u32, _endOfStream: bool): HeadersStatus {
    const when = requestHeaders.getText("x-trap");
    if (when) this.when = when;
    if (this.when == "request") unreachable();
    return HeadersStatus.Continue;
  }

  onResponseBody(_size: u32, _endOfStream: bool): DataStatus {
    if (this.when == "response") unreachable();
    return DataStatus.Continue;
  }
}

registerRoot((id) => new Root(id));

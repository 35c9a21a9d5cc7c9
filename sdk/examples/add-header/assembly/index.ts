// Adds a header to each response.
import { HeadersStatus, HttpContext, registerRoot, responseHeaders, RootContext } from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/http";

class Root extends RootContext {
  createHttpContext(id: u32): HttpContext {
    return new AddHeader(id);
  }
}

class AddHeader extends HttpContext {
  onResponseHeaders(count: u32, endOfStream: bool): HeadersStatus {
    responseHeaders.setText("x-greeting", "hello");
    return HeadersStatus.Continue;
  }
}

registerRoot((id) => new Root(id));

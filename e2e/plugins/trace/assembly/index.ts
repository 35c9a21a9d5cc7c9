// A plugin as somebody else might have made it: it adds its configuration to the header `x-trace` of requests and of
// responses, so that both tell which configurations ran in which order. It does not take one that says "refuse", and
// traps where `x-trap` is its configuration.
import {
  HeadersStatus,
  HttpContext,
  registerRoot,
  requestHeaders,
  responseHeaders,
  RootContext,
  Slice,
} from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/http";

const trace = Slice.of("x-trace");

class Root extends RootContext {
  private configuration: Slice = Slice.empty();

  onConfigure(configuration: Slice): bool {
    this.configuration = configuration.length > 0 ? configuration : Slice.of("none");
    return this.configuration.find(Slice.of("refuse")) < 0;
  }

  createHttpContext(id: u32): HttpContext {
    return new Stream(id, this.configuration);
  }
}

class Stream extends HttpContext {
  constructor(
    id: u32,
    private readonly configuration: Slice,
  ) {
    super(id);
  }

  onRequestHeaders(_count: u32, _endOfStream: bool): HeadersStatus {
    const trap = requestHeaders.getText("x-trap");
    if (trap && this.configuration.find(Slice.of(trap)) >= 0) unreachable();
    requestHeaders.add(trace, this.configuration);
    return HeadersStatus.Continue;
  }

  onResponseHeaders(_count: u32, _endOfStream: bool): HeadersStatus {
    responseHeaders.add(trace, this.configuration);
    return HeadersStatus.Continue;
  }
}

registerRoot((id) => new Root(id));

import { HeadersStatus, HttpContext, registerRoot, responseHeaders, RootContext, Slice } from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/http";

const name = Slice.of("x-greeting");

class Greeter extends HttpContext {
  constructor(
    id: u32,
    private readonly greeting: Slice,
  ) {
    super(id);
  }

  onResponseHeaders(count: u32, endOfStream: bool): HeadersStatus {
    responseHeaders.set(name, this.greeting);
    return HeadersStatus.Continue;
  }
}

class Root extends RootContext {
  private greeting: Slice = Slice.empty();

  onConfigure(configuration: Slice): bool {
    this.greeting = configuration;
    return configuration.length > 0;
  }

  createHttpContext(id: u32): HttpContext {
    return new Greeter(id, this.greeting);
  }
}

registerRoot((id) => new Root(id));

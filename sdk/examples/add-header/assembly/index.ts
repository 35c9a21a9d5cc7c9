// Adds a response header whose value is the plugin's configuration.
import { HeadersStatus, HttpContext, registerRoot, responseHeaders, RootContext, Slice } from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/http";

const name = Slice.of("x-greeting");

class Root extends RootContext {
  greeting: Slice = Slice.empty();

  onConfigure(configuration: Slice): bool {
    this.greeting = configuration;
    return configuration.length > 0;
  }

  createHttpContext(id: u32): HttpContext {
    return new Greeter(id, this);
  }
}

class Greeter extends HttpContext {
  constructor(
    id: u32,
    private readonly root: Root,
  ) {
    super(id);
  }

  onResponseHeaders(count: u32, endOfStream: bool): HeadersStatus {
    responseHeaders.set(name, this.root.greeting);
    return HeadersStatus.Continue;
  }
}

registerRoot((id) => new Root(id));

// Keeps a few bytes of each stream for ever: what the leak test must find.
import { HttpContext, registerRoot, RootContext } from "@weir/sdk/assembly";

export * from "@weir/sdk/assembly/exports/http";

const kept: ArrayBuffer[] = [];

class Root extends RootContext {
  createHttpContext(id: u32): HttpContext {
    return new Stream(id);
  }
}

class Stream extends HttpContext {
  onLog(): void {
    kept.push(new ArrayBuffer(16));
  }
}

registerRoot((id) => new Root(id));

// Stands in for Weir's plugins where only their delivery is tested: shows which configuration a request runs on, and
// does on demand what a plugin may do.
import {
  DataStatus,
  encodeHex,
  HeaderList,
  HeadersStatus,
  HttpContext,
  registerRoot,
  requestHeaders,
  responseHeaders,
  RootContext,
  sendLocalResponse,
  sha256,
  Slice,
} from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/http";

/** A configuration that holds this is refused. */
const refused = Slice.of("refuse-this");
const demandName = Slice.of("x-probe");
const digestName = Slice.of("x-configuration");

class Root extends RootContext {
  private digest: Slice = Slice.empty();

  onConfigure(configuration: Slice): bool {
    this.digest = encodeHex(sha256(configuration));
    return configuration.find(refused) < 0;
  }

  createHttpContext(id: u32): HttpContext {
    return new Probe(id, this.digest);
  }
}

class Probe extends HttpContext {
  private holds: bool = false;

  constructor(
    id: u32,
    private readonly digest: Slice,
  ) {
    super(id);
  }

  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const demand = requestHeaders.get(demandName);
    if (!demand) return HeadersStatus.Continue;
    if (demand.equals(Slice.of("trap"))) assert(false, "on demand");
    if (demand.equals(Slice.of("reply"))) {
      const headers = new HeaderList();
      headers.add(Slice.of("content-type"), Slice.of("application/json"));
      sendLocalResponse(503, headers, Slice.of('{"from":"plugin"}'), "no_healthy_upstream_says_the_plugin");
      return HeadersStatus.StopIteration;
    }
    this.holds = demand.equals(Slice.of("hold"));
    return this.holds && !endOfStream ? HeadersStatus.StopIteration : HeadersStatus.Continue;
  }

  onRequestBody(size: u32, endOfStream: bool): DataStatus {
    return this.holds && !endOfStream ? DataStatus.StopIterationAndBuffer : DataStatus.Continue;
  }

  onResponseHeaders(count: u32, endOfStream: bool): HeadersStatus {
    responseHeaders.set(digestName, this.digest);
    return HeadersStatus.Continue;
  }
}

registerRoot((id) => new Root(id));

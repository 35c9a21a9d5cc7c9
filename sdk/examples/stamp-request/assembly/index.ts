// Stamps each request with a random id and the region from the environment, which decides the route; the id goes to
// the access log: random bytes, environment, properties, filter state and a foreign function.
import {
  clearRouteCache,
  encodeHex,
  environment,
  getProperty,
  HeadersStatus,
  HttpContext,
  propertyPath,
  randomBytes,
  registerRoot,
  requestHeaders,
  responseHeaders,
  RootContext,
  setProperty,
  Slice,
} from "@weir/sdk/assembly";
export * from "@weir/sdk/assembly/exports/http";

const idName = Slice.of("x-stamp");
const regionName = Slice.of("x-region");
const idState = Slice.of("example.stamp");
const routeName = propertyPath("xds", "route_name");

class Root extends RootContext {
  private region: Slice = Slice.empty();

  onConfigure(configuration: Slice): bool {
    const region = environment("REGION");
    if (region) this.region = Slice.of(region);
    return region != null;
  }

  createHttpContext(id: u32): HttpContext {
    return new StampedRequest(id, this.region);
  }
}

class StampedRequest extends HttpContext {
  constructor(
    id: u32,
    private readonly region: Slice,
  ) {
    super(id);
  }

  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const stamp = encodeHex(randomBytes(8));
    requestHeaders.set(idName, stamp);
    requestHeaders.set(regionName, this.region);
    setProperty(idState, stamp);
    // The route was chosen before the region was known.
    clearRouteCache();
    return HeadersStatus.Continue;
  }

  onResponseHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const route = getProperty(routeName);
    if (route) responseHeaders.set(Slice.of("x-route"), route);
    return HeadersStatus.Continue;
  }
}

registerRoot((id) => new Root(id));

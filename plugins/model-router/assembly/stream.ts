// One request: held until its model is known, then sent where the first route that fits says.
import {
  DataStatus,
  HeaderList,
  HeadersStatus,
  HttpContext,
  requestBody,
  requestHeaders,
  sendLocalResponse,
  Slice,
  TrailersStatus,
} from "@weir/sdk/assembly";
import {
  bodyTooLarge,
  malformedJson,
  modelNotFound,
  Refusal,
  unknownUrl,
} from "@weir/dialects/surfaces/assembly/refusal";
import { bodyFor, statusFor } from "@weir/dialects/surfaces/assembly/envelope";
import { ModelName } from "@weir/dialects/surfaces/assembly/model-name";
import { checkBody, checkMethod, contentTypeOf } from "@weir/dialects/surfaces/assembly/request-check";
import { Family } from "@weir/dialects/surfaces/assembly/surface";
import { familyOf, findSurface, SurfacePath } from "@weir/dialects/surfaces/assembly/surface-path";
import { firstRoute } from "./route";
import { ModelRouter } from "./root";

const PATH = Slice.of(":path");
const TARGET = Slice.of("x-weir-target");
const WEIR = Slice.of("x-weir-");
const JSON_HEADERS = new HeaderList().addText("content-type", "application/json");

/** The context of one request. */
@final
export class RouterStream extends HttpContext {
  private headers: HeaderList = new HeaderList();
  private family: Family = Family.OpenAi;
  /** What the path names, while the request waits for its body. */
  private held: SurfacePath | null = null;

  constructor(
    id: u32,
    private readonly root: ModelRouter,
  ) {
    super(id);
  }

  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const headers = requestHeaders.all();
    this.headers = headers;
    removeOwn(headers);
    const path = headers.get(PATH);
    if (path) this.family = familyOf(path);
    const wanted = path ? findSurface(path) : null;
    const error = wanted ? this.check(wanted, endOfStream) : unknownUrl();
    if (error) return this.stop(error);
    const model = wanted ? wanted.model : Slice.empty();
    // Where the path names the model, nothing has to wait for the body.
    if (!endOfStream && !model.length) {
      this.held = wanted;
      return HeadersStatus.StopIteration;
    }
    const routeError = this.route(model);
    return routeError ? this.stop(routeError) : HeadersStatus.Continue;
  }

  onRequestBody(size: u32, endOfStream: bool): DataStatus {
    const wanted = this.held;
    if (!wanted) return DataStatus.Continue;
    const bodyBytesMax = this.root.configuration.bodyBytesMax;
    const error = size > <u32>bodyBytesMax ? bodyTooLarge(bodyBytesMax) : null;
    if (!error && !endOfStream) return DataStatus.StopIterationAndBuffer;
    return this.end(error ? error : this.routeBody(wanted, size));
  }

  onRequestTrailers(count: u32): TrailersStatus {
    const wanted = this.held;
    if (!wanted || this.end(this.routeBody(wanted, requestBody.length)) == DataStatus.Continue) {
      return TrailersStatus.Continue;
    }
    return TrailersStatus.StopIteration;
  }

  /** What the headers tell. Below a surface a body may be missing. */
  private check(wanted: SurfacePath, endOfStream: bool): Refusal | null {
    const error = checkMethod(this.headers, wanted);
    if (error || (endOfStream && wanted.rest.length)) return error;
    const bodyError = checkBody(this.headers, wanted, this.root.configuration.bodyBytesMax);
    return bodyError || !endOfStream ? bodyError : malformedJson(0, "it is empty");
  }

  private routeBody(wanted: SurfacePath, size: u32): Refusal | null {
    const model = new ModelName();
    const error = model.read(this.root.tape, requestBody.get(0, size), contentTypeOf(this.headers), wanted);
    return error ? error : this.route(model.value);
  }

  /** Names the target of the first route that fits; where no model is asked for, of the first for these headers. */
  private route(model: Slice): Refusal | null {
    const route = firstRoute(this.root.configuration.routes, this.headers, model);
    if (!route) return model.length ? modelNotFound(model) : unknownUrl();
    requestHeaders.set(TARGET, route.target);
    return null;
  }

  private end(error: Refusal | null): DataStatus {
    this.held = null;
    if (!error) return DataStatus.Continue;
    this.stop(error);
    return DataStatus.StopIterationNoBuffer;
  }

  private stop(error: Refusal): HeadersStatus {
    const family = this.family;
    sendLocalResponse(statusFor(family, error), JSON_HEADERS, bodyFor(family, error), "weir_" + error.code);
    return HeadersStatus.StopIteration;
  }
}

/** Takes away the headers that only the gateway may set. */
function removeOwn(headers: HeaderList): void {
  for (let i = 0, count = headers.length; i < count; ++i) {
    const name = headers.name(i);
    if (name.startsWith(WEIR)) requestHeaders.remove(name);
  }
}

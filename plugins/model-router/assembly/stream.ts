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
  OpenAiError,
  unknownUrl,
} from "@weir/dialects/openai/assembly/error";
import { ModelName } from "@weir/dialects/openai/assembly/model-name";
import { checkBody, checkMethod, contentTypeOf } from "@weir/dialects/openai/assembly/request-check";
import { findSurface, SurfacePath } from "@weir/dialects/openai/assembly/surface";
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
    const wanted = path ? findSurface(path) : null;
    const error = wanted ? this.check(wanted, endOfStream) : unknownUrl();
    if (error) return this.stop(error);
    if (!endOfStream) {
      this.held = wanted;
      return HeadersStatus.StopIteration;
    }
    const routeError = this.route(Slice.empty());
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
  private check(wanted: SurfacePath, endOfStream: bool): OpenAiError | null {
    const error = checkMethod(this.headers, wanted);
    if (error || (endOfStream && wanted.rest.length)) return error;
    const bodyError = checkBody(this.headers, wanted, this.root.configuration.bodyBytesMax);
    return bodyError || !endOfStream ? bodyError : malformedJson(0, "it is empty");
  }

  private routeBody(wanted: SurfacePath, size: u32): OpenAiError | null {
    const model = new ModelName();
    const error = model.read(this.root.tape, requestBody.get(0, size), contentTypeOf(this.headers), wanted);
    return error ? error : this.route(model.value);
  }

  /** Names the target of the first route that fits; where no model is asked for, of the first for these headers. */
  private route(model: Slice): OpenAiError | null {
    const route = firstRoute(this.root.configuration.routes, this.headers, model);
    if (!route) return model.length ? modelNotFound(model) : unknownUrl();
    requestHeaders.set(TARGET, route.target);
    return null;
  }

  private end(error: OpenAiError | null): DataStatus {
    this.held = null;
    if (!error) return DataStatus.Continue;
    this.stop(error);
    return DataStatus.StopIterationNoBuffer;
  }

  private stop(error: OpenAiError): HeadersStatus {
    sendLocalResponse(error.status, JSON_HEADERS, error.toBody(), "weir_" + error.code);
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

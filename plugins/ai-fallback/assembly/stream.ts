// One request: held until its model is known, then sent where the plan of the first route that fits begins.
import {
  clearRouteCache,
  closeResponse,
  DataStatus,
  getProperty,
  HeaderList,
  HeadersStatus,
  HttpContext,
  parseInteger,
  requestBody,
  requestHeaders,
  responseHeaders,
  responseTrailers,
  sendLocalResponse,
  setProperty,
  Slice,
  TrailersStatus,
  Writer,
} from "@weir/sdk/assembly";
import {
  bodyTooLarge,
  malformedJson,
  modelNotFound,
  Refusal,
  unknownUrl,
} from "@weir/dialects/surfaces/assembly/refusal";
import { bodyFor, statusFor } from "@weir/dialects/surfaces/assembly/envelope";
import { MODEL } from "@weir/dialects/surfaces/assembly/request-model";
import { ModelName } from "@weir/dialects/surfaces/assembly/model-name";
import { checkBody, checkMethod, contentTypeOf } from "@weir/dialects/surfaces/assembly/request-check";
import { Family, Surface } from "@weir/dialects/surfaces/assembly/surface";
import { familyOf, findSurface, SurfacePath } from "@weir/dialects/surfaces/assembly/surface-path";
import { CheaperModels, plannedBy, Way } from "./cheaper";
import { isOwnReply, noneHasRoom, replaceOwnReply } from "./own-reply";
import { Plan } from "./plan";
import { Requested } from "./requested";
import { AiFallback } from "./root";
import { Route } from "./route";
import { RouteQuery } from "./route-query";
import { wantedBy } from "./wanted";
import { bodyWithoutWishes, Wishes } from "./wishes";

const PATH = Slice.of(":path");
const STATUS = Slice.of(":status");
const WEIR = Slice.of("x-weir-");
/**
 * Tells the targets' plugin that there is a plan: it need not ask where there is none. It is 1, or the model that is
 * asked for in place of the client's: a copy of the request has its headers, and no plan.
 */
const PLANNED = Slice.of("x-weir-planned");
/** The trailer with which the targets' plugin tells of a stream that has failed. */
const FAILURE = Slice.of("x-weir-failure");
const CONSUMER = Slice.of("x-weir-consumer");
const CONSUMER_STATE = Slice.of("weir.consumer");
const CONTENT_LENGTH = Slice.of("content-length");
const MAX_RETRIES = Slice.of("x-envoy-max-retries");
const ONE = Slice.of("1");
const ROUTE_STATE = Slice.of("weir.route");
const TARGET_STATE = Slice.of("weir.target");
const PLAN_STATE = Slice.of("weir.plan");
/** The plan's step at which the request counts, from 0; the targets' plugin moves it. */
const STEP_STATE = Slice.of("weir.step");
const FIRST_STEP = Slice.of("0");
const NO_STEP = Slice.of("-");
const NO_WISHES = new Wishes();
const JSON_HEADERS = new HeaderList().addText("content-type", "application/json");

/** The context of one request. */
@final
export class FallbackStream extends HttpContext {
  private headers: HeaderList = new HeaderList();
  private family: Family = Family.OpenAi;
  /** What the path names, while the request waits for its body. */
  private held: SurfacePath | null = null;
  private isPlanned: bool = false;
  /** The plan, where its end makes a difference to others. */
  private open: Plan | null = null;
  /** What it may go to beside that; null where there is nothing. */
  private cheaper: CheaperModels | null = null;
  /** Whether it counts as under way at targets, or may. */
  private isCounted: bool = false;

  constructor(
    id: u32,
    private readonly root: AiFallback,
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
    // Where the path names the model, nothing has to wait for the body but what is found there.
    if (!endOfStream && (!model.length || this.needsBody(model))) {
      this.held = wanted;
      return HeadersStatus.StopIteration;
    }
    this.root.tape.clear();
    // Without it the check has ended the request.
    if (!wanted) return HeadersStatus.StopIteration;
    const routeError = this.route(model, wanted.surface);
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

  private needsBody(model: Slice): bool {
    const configuration = this.root.configuration;
    return configuration.needsBody || configuration.names.isAuto(model);
  }

  private routeBody(wanted: SurfacePath, size: u32): Refusal | null {
    const model = new ModelName();
    const tape = this.root.tape;
    tape.clear();
    let error = model.read(tape, requestBody.get(0, size), contentTypeOf(this.headers), wanted);
    const name = wanted.model.length ? wanted.model : model.value;
    if (this.root.configuration.names.hasOptions) error = this.routeByWishes(name, error, wanted.surface, size);
    else if (!error) error = this.route(name, wanted.surface);
    // It would keep a large body alive.
    tape.clear();
    return error;
  }

  /** Takes the first route that fits; where no model is asked for, the first for these headers. */
  private route(model: Slice, surface: Surface): Refusal | null {
    const configuration = this.root.configuration;
    const request = new RouteQuery(configuration.routes, this.headers, this.root.tape);
    if (model.length && configuration.names.isNeeded) return this.routeNamed(model, request, NO_WISHES, surface);
    const route = request.first(model);
    if (!route) return model.length ? modelNotFound(model) : unknownUrl();
    return this.send(this.wayBy(route, surface, model), request, NO_WISHES, surface);
  }

  /** As `route`, where the body may choose among the targets. `error` is what is wrong with it beside its wishes. */
  private routeByWishes(model: Slice, error: Refusal | null, surface: Surface, size: u32): Refusal | null {
    const tape = this.root.tape;
    const wishes = new Wishes();
    const wishError = wishes.read(tape);
    // A list of models may stand in the place of one.
    const isListed = !model.length && wishes.models.length > 0 && tape.find(tape.root, MODEL) < 0;
    if (error && !isListed) return error;
    if (wishError) return wishError;
    const name = isListed ? wishes.models.shift() : model;
    if (!wishes.isGiven || !name.length) return this.route(name, surface);
    const request = new RouteQuery(this.root.configuration.routes, this.headers, tape);
    const routeError = this.routeNamed(name, request, wishes, surface);
    if (!routeError) this.replaceBody(bodyWithoutWishes(tape, isListed ? name : Slice.empty()), size);
    return routeError;
  }

  private routeNamed(name: Slice, request: RouteQuery, wishes: Wishes, surface: Surface): Refusal | null {
    const requested = new Requested(this.root.configuration.names, request, wishes);
    let error = requested.choose(name);
    if (!error) error = requested.makePlan(surface, this.headers);
    if (error) return error;
    const renamed = requested.renamed;
    const route = requested.route;
    const plan = requested.plan;
    const model = renamed.length ? renamed : name;
    const way = plan ? new Way(route, model, plan, plannedBy(renamed)) : this.wayBy(route, surface, name);
    return this.send(way, request, wishes, surface);
  }

  private replaceBody(body: Slice, size: u32): void {
    requestBody.replace(body);
    const length = this.headers.get(CONTENT_LENGTH);
    if (length && <u32>body.length != size)
      requestHeaders.set(CONTENT_LENGTH, new Writer().integer(body.length).take());
  }

  /** By the route's own plan, if it needs any. */
  private wayBy(route: Route, surface: Surface, model: Slice): Way {
    if (!route.needsPlan) return new Way(route, model, null, ONE);
    const wanted = wantedBy(route, surface, this.headers, this.root.tape);
    wanted.model = model;
    return new Way(route, model, new Plan(route, wanted), ONE);
  }

  /** Sends the request its `own` way, or to a cheaper model, and makes plans for those that limits may choose. */
  private send(own: Way, request: RouteQuery, wishes: Wishes, surface: Surface): Refusal | null {
    const names = this.root.configuration.names;
    if (!names.hasCheaper) return this.sendBy(own);
    const cheaper = new CheaperModels(names, request, wishes, surface);
    const way = cheaper.chosen(own);
    if (cheaper.refusal) return cheaper.refusal;
    cheaper.offer(way, this.root.loads.holder);
    this.cheaper = cheaper;
    const refusal = this.sendBy(way);
    if (!refusal && cheaper.isCounted) this.count();
    return refusal;
  }

  /** Says where the first attempt goes, and by which plan the others. */
  private sendBy(way: Way): Refusal | null {
    setProperty(ROUTE_STATE, way.route.name);
    const plan = way.plan;
    const refusal: Refusal | null = plan ? this.follow(plan, way.planned) : null;
    if (!plan) setProperty(TARGET_STATE, way.route.ranked[0].cluster);
    if (!refusal) clearRouteCache();
    return refusal;
  }

  private follow(plan: Plan, planned: Slice): Refusal | null {
    const isCounted = plan.hasLoads;
    if (isCounted && !plan.claim(this.root.loads.holder)) return noneHasRoom();
    if (isCounted) {
      setProperty(STEP_STATE, FIRST_STEP);
      this.count();
    }
    if (isCounted || plan.measures) this.open = plan;
    this.isPlanned = true;
    setProperty(TARGET_STATE, plan.cluster);
    setProperty(PLAN_STATE, plan.toJson());
    requestHeaders.set(PLANNED, planned);
    // With one target it is for the route to say whether a connection that failed is tried again; but a route may have
    // more targets than the request has left.
    if (plan.length > 1) requestHeaders.set(MAX_RETRIES, new Writer().integer(plan.length - 1).take());
    else if (this.root.configuration.names.isNeeded) requestHeaders.set(MAX_RETRIES, ONE);
    return null;
  }

  private count(): void {
    if (!this.isCounted) this.root.loads.onOpen();
    this.isCounted = true;
  }

  onResponseHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const cheaper = this.cheaper;
    if (cheaper && cheaper.tell()) this.isPlanned = true;
    if (!this.isPlanned) return HeadersStatus.Continue;
    const status = responseHeaders.get(STATUS);
    const code = status ? <i32>parseInteger(status) : 0;
    if (code < 500 || !isOwnReply()) return HeadersStatus.Continue;
    replaceOwnReply(code, this.family);
    return HeadersStatus.StopIteration;
  }

  /** A client has to see that a stream has failed, also one that does not understand the event which says so. */
  onResponseTrailers(count: u32): TrailersStatus {
    if (!this.isPlanned || !responseTrailers.get(FAILURE)) return TrailersStatus.Continue;
    closeResponse();
    return TrailersStatus.StopIteration;
  }

  /** However the request has ended. Attempts that end after this one are told that there is nothing to go on with. */
  onDelete(): void {
    const cheaper = this.cheaper;
    const moved = cheaper ? cheaper.inForce : null;
    const plan = moved ? moved : this.open;
    if (!plan && !this.isCounted) return;
    if (plan && plan.isCounted) {
      const step = getProperty(STEP_STATE);
      plan.release(step ? <i32>parseInteger(step, -1) : -1);
    }
    if (this.isCounted) this.root.loads.onClose();
    setProperty(STEP_STATE, NO_STEP);
  }

  private end(error: Refusal | null): DataStatus {
    this.held = null;
    if (!error) return DataStatus.Continue;
    this.stop(error);
    return DataStatus.StopIterationNoBuffer;
  }

  private stop(error: Refusal): HeadersStatus {
    const family = this.family;
    const headers = error.headers;
    sendLocalResponse(
      statusFor(family, error),
      headers ? headers : JSON_HEADERS,
      bodyFor(family, error),
      "weir_" + error.code,
    );
    return HeadersStatus.StopIteration;
  }
}

/** What Envoy's router would take from a client for its own: how often it tries, how long, and why. */
const ROUTER_PREFIXES: StaticArray<Slice> = [
  MAX_RETRIES,
  Slice.of("x-envoy-ret"),
  Slice.of("x-envoy-hedge-"),
  Slice.of("x-envoy-upstream-"),
];
const ENVOY = Slice.of("x-envoy-");

/** Takes away the headers that only the gateway may set. */
function removeOwn(headers: HeaderList): void {
  for (let i = 0, count = headers.length; i < count; ++i) {
    if (headers.name(i).equals(CONSUMER) && isConsumer(headers.value(i))) continue;
    const isOwn = headers.nameStartsWith(i, WEIR) || (headers.nameStartsWith(i, ENVOY) && rulesRouter(headers, i));
    if (isOwn) requestHeaders.remove(headers.name(i));
  }
}

/** Whether it is who a plugin in front has found the caller to be. */
function isConsumer(name: Slice): bool {
  const known = getProperty(CONSUMER_STATE);
  return known ? known.equals(name) : false;
}

function rulesRouter(headers: HeaderList, i: i32): bool {
  for (let j = 0; j < ROUTER_PREFIXES.length; ++j) if (headers.nameStartsWith(i, ROUTER_PREFIXES[j])) return true;
  return false;
}

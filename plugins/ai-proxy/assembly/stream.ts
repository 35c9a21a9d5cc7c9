// One attempt at one target, as Envoy tells of it: which stage is on, and nothing of what a stage does.
import {
  DataStatus,
  getProperty,
  HeaderList,
  HeadersStatus,
  HttpContext,
  logError,
  parseInteger,
  propertyPath,
  requestBody,
  requestHeaders,
  Slice,
  Status,
  TrailersStatus,
} from "@weir/sdk/assembly";
import { OutputMeter } from "@weir/dialects/surfaces/assembly/output-meter";
import { unknownTarget, unknownUrl } from "@weir/dialects/surfaces/assembly/refusal";
import { Family, Purpose } from "@weir/dialects/surfaces/assembly/surface";
import { familyOf, findSurface } from "@weir/dialects/surfaces/assembly/surface-path";
import { Attempt } from "./attempt";
import { Exchange } from "./exchange";
import { isLimited, outputBound } from "./limits";
import { Measure, Plan } from "./plan";
import { recordEnd } from "./record";
import { refuse } from "./refuse";
import { SAVED_HEADERS, SavedHeaders } from "./request-headers";
import { RequestStage } from "./request-stage";
import { ResponseStage } from "./response-stage";
import { ResponseStart } from "./response-start";
import { AiProxy } from "./root";
import { answerInPlace, answerLate } from "./too-late";
import { isSpliced, translationOf } from "./translation-of";

const CLUSTER = propertyPath("xds", "cluster_name");
const PATH = Slice.of(":path");
// Envoy's, where the route asks for it. It spares the question for what an earlier attempt has saved, and never reaches
// a later one from a client, for this plugin takes it away.
const ATTEMPT_COUNT = Slice.of("x-envoy-attempt-count");
const FIRST = Slice.of("1");
// The plugin ai-fallback's: it spares the question for a plan.
const PLANNED = Slice.of("x-weir-planned");

/** The context of one attempt. */
@final
export class AiStream extends HttpContext {
  private exchange: Exchange | null = null;
  private request: RequestStage | null = null;
  private response: ResponseStage | null = null;

  constructor(
    id: u32,
    private readonly root: AiProxy,
  ) {
    super(id);
  }

  onRequestHeaders(size: u32, endOfStream: bool): HeadersStatus {
    const cluster = getProperty(CLUSTER);
    const target = cluster ? this.root.configuration.targets.find(cluster) : null;
    if (!target) {
      logError("ai-proxy: no target is configured for cluster " + (cluster ? cluster.toText() : "(none)"));
      const path = requestHeaders.get(PATH);
      refuse(unknownTarget(), path ? familyOf(path) : Family.OpenAi);
      return HeadersStatus.StopIteration;
    }
    const headers = requestHeaders.all();
    const count = headers.get(ATTEMPT_COUNT);
    const isFirst = count ? count.equals(FIRST) : false;
    const saved = new SavedHeaders(isFirst ? null : getProperty(SAVED_HEADERS));
    restore(headers, saved);
    const path = headers.get(PATH);
    const wanted = path ? findSurface(path) : null;
    if (!wanted) {
      refuse(unknownUrl(), path ? familyOf(path) : Family.OpenAi);
      return HeadersStatus.StopIteration;
    }
    const exchange = new Exchange(target, wanted, saved, !isFirst && count != null, this.root.scratch);
    exchange.isSilent = this.root.configuration.isSilent;
    exchange.hasCallers = this.root.configuration.hasCallers;
    exchange.hasBudgets = this.root.configuration.hasBudgets;
    exchange.isLimited = isLimited(headers, isFirst);
    if (exchange.isLimited) exchange.outputTokensMax = outputBound();
    if (!exchange.isSilent && wanted.surface.purpose == Purpose.Chat)
      exchange.meter = OutputMeter.ofAnswer(wanted.surface);
    const planned = headers.get(PLANNED);
    if (!isFirst || planned) this.join(exchange, count, planned);
    return this.begin(exchange, headers, endOfStream);
  }

  /** Makes the attempt one of the request's plan, if it has one. */
  private join(exchange: Exchange, count: Slice | null, planned: Slice | null): void {
    const plan = Plan.read(exchange.scratch.tape);
    if (!plan) {
      // A copy for a mirror has no plan, but its headers.
      if (planned && !planned.equals(FIRST)) exchange.asked = planned;
      return;
    }
    const configuration = this.root.configuration;
    const attempt = new Attempt(plan, count ? <i32>parseInteger(count, 1) : 1, exchange.target);
    const last = configuration.targets.find(plan.last.cluster);
    if (last && last.isLastResort) attempt.lastResort = last;
    attempt.tellsClient = configuration.responseHeaders;
    attempt.isSilent = configuration.isSilent;
    exchange.attempt = attempt;
    exchange.asked = attempt.planned.asked;
    const isCounted = plan.measures == Measure.Throughput && exchange.wanted.surface.purpose == Purpose.Chat;
    if (isCounted && !exchange.meter) exchange.meter = OutputMeter.ofAnswer(exchange.wanted.surface);
    if (plan.deadlineNanos) this.root.deadlines.add(this);
  }

  private begin(exchange: Exchange, headers: HeaderList, endOfStream: bool): HeadersStatus {
    const target = exchange.target;
    const request = new RequestStage(exchange, this.root.configuration, this);
    this.exchange = exchange;
    this.request = request;
    if (target.isLastResort || exchange.isLate) {
      if (!answerInPlace(exchange)) return HeadersStatus.StopIteration;
    } else if (!isSpliced(exchange)) exchange.translation = translationOf(exchange.wanted, target);
    return request.onHeaders(headers, endOfStream);
  }

  onRequestBody(size: u32, endOfStream: bool): DataStatus {
    const request = this.request;
    return request ? request.onBody(size, endOfStream) : DataStatus.StopIterationNoBuffer;
  }

  onRequestTrailers(count: u32): TrailersStatus {
    const request = this.request;
    if (!request) return TrailersStatus.StopIteration;
    if (request.isSent || request.onWholeBody(requestBody.length) == DataStatus.Continue)
      return TrailersStatus.Continue;
    return TrailersStatus.StopIteration;
  }

  onResponseHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const exchange = this.exchange;
    const request = this.request;
    // An answer to a request that was never sent is Envoy's or this plugin's own.
    if (!exchange || !request || !request.isSent) return HeadersStatus.Continue;
    const start = new ResponseStart(exchange);
    const status = start.onHeaders(endOfStream);
    this.response = start.stage;
    return status;
  }

  onResponseBody(size: u32, endOfStream: bool): DataStatus {
    const response = this.response;
    return response ? response.onBody(size, endOfStream) : DataStatus.Continue;
  }

  onResponseTrailers(count: u32): TrailersStatus {
    const response = this.response;
    if (response) response.onTrailers();
    return TrailersStatus.Continue;
  }

  /** Whether the request waits for an answer that a deadline limits. */
  get isWaiting(): bool {
    const exchange = this.exchange;
    const attempt = exchange ? exchange.attempt : null;
    return attempt ? !attempt.isSettled : false;
  }

  /** Answers the request if its time is over. True: there is nothing to wait for any more. */
  expire(): bool {
    const exchange = this.exchange;
    const request = this.request;
    if (!exchange || !request) return true;
    if (!exchange.isLate) return false;
    if (this.activate() == Status.Ok) answerLate(exchange, request.isSent);
    return true;
  }

  /** Also where a connection has failed: nothing else is told of it. */
  onDelete(): void {
    const request = this.request;
    if (request) request.abandon();
    const exchange = this.exchange;
    const attempt = exchange ? exchange.attempt : null;
    if (attempt && request) attempt.lose(request.isSent);
    if (exchange && request && request.isSent) recordEnd(exchange);
  }
}

/** Gives the headers that an earlier attempt has changed their original values, with the host and in `headers`. */
function restore(headers: HeaderList, saved: SavedHeaders): void {
  for (let i = 0; i < saved.length; ++i) {
    const name = saved.name(i);
    const value = saved.value(i);
    if (value) {
      requestHeaders.set(name, value);
      headers.set(name, value);
    } else {
      requestHeaders.remove(name);
      headers.remove(name);
    }
  }
}

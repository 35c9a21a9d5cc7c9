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
  responseHeaders,
  sendLocalResponse,
  Slice,
  TrailersStatus,
  Writer,
} from "@weir/sdk/assembly";
import { bodyFormat, BodyFormat } from "@weir/dialects/surfaces/assembly/content-type";
import { unknownTarget, unknownUrl } from "@weir/dialects/surfaces/assembly/refusal";
import { Family, Purpose } from "@weir/dialects/surfaces/assembly/surface";
import { familyOf, findSurface, SurfacePath } from "@weir/dialects/surfaces/assembly/surface-path";
import { Exchange } from "./exchange";
import { refuse } from "./refuse";
import { isOneOf, SAVED_HEADERS, SavedHeaders } from "./request-headers";
import { RequestStage } from "./request-stage";
import { errorFor, ErrorStage, ResponseStage, StreamStage, WholeStage } from "./response-stage";
import { AiProxy } from "./root";
import { Target } from "./target";
import { tellDropped } from "./tell-dropped";
import { Translation } from "./translation";
import { translationOf } from "./translation-of";

const CLUSTER = propertyPath("xds", "cluster_name");
const PATH = Slice.of(":path");
// Envoy's, where the route asks for it. It spares the question for what an earlier attempt has saved, and never reaches
// a later one from a client, for this plugin takes it away.
const ATTEMPT_COUNT = Slice.of("x-envoy-attempt-count");
const FIRST = Slice.of("1");
const STATUS = Slice.of(":status");
const CONTENT_TYPE = Slice.of("content-type");
const CONTENT_LENGTH = Slice.of("content-length");
const CONTENT_ENCODING = Slice.of("content-encoding");
const JSON_TYPE = Slice.of("application/json");

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

  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const configuration = this.root.configuration;
    const cluster = getProperty(CLUSTER);
    const target = cluster ? configuration.targets.find(cluster) : null;
    if (!target) {
      logError("ai-proxy: no target is configured for cluster " + (cluster ? cluster.toText() : "(none)"));
      const path = requestHeaders.get(PATH);
      refuse(unknownTarget(), path ? familyOf(path) : Family.OpenAi);
      return HeadersStatus.StopIteration;
    }
    const headers = requestHeaders.all();
    const attempt = headers.get(ATTEMPT_COUNT);
    const isFirst = attempt ? attempt.equals(FIRST) : false;
    const saved = new SavedHeaders(isFirst ? null : getProperty(SAVED_HEADERS));
    restore(headers, saved);
    const path = headers.get(PATH);
    const wanted = path ? findSurface(path) : null;
    if (!wanted) {
      refuse(unknownUrl(), path ? familyOf(path) : Family.OpenAi);
      return HeadersStatus.StopIteration;
    }
    const exchange = new Exchange(target, wanted, saved, !isFirst && attempt != null, this.root.scratch);
    if (!isSpliced(wanted, target)) exchange.translation = translationOf(wanted, target);
    const request = new RequestStage(exchange, configuration, this);
    this.exchange = exchange;
    this.request = request;
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
    // One call for all is cheaper than one for each of two: what the host returns costs more than how much it is.
    const headers = responseHeaders.all();
    const status = statusOf(headers.get(STATUS));
    if (status >= 400) return this.onError(exchange, headers, status, endOfStream);
    const format = bodyFormat(headers.get(CONTENT_TYPE));
    const translation = exchange.translation;
    if (translation) return this.onTranslated(exchange, translation, format, endOfStream);
    if (format == BodyFormat.EventStream) {
      this.response = new StreamStage(exchange);
      if (exchange.edit.hidesUsage) responseHeaders.remove(CONTENT_LENGTH);
    } else if (format == BodyFormat.Json) {
      this.response = new WholeStage(exchange);
    }
    return HeadersStatus.Continue;
  }

  onDelete(): void {
    const request = this.request;
    if (request) request.abandon();
  }

  /** A stream's headers go on at once, those of a whole answer with its body. */
  private onTranslated(
    exchange: Exchange,
    translation: Translation,
    format: BodyFormat,
    endOfStream: bool,
  ): HeadersStatus {
    if (endOfStream) {
      answerEmptyError(exchange, 502);
      return HeadersStatus.StopIteration;
    }
    const isStream = exchange.edit.isStream && format != BodyFormat.Json;
    const response = translation.answerStage(exchange, isStream);
    this.response = response;
    responseHeaders.set(CONTENT_TYPE, exchange.edit.isStream ? translation.streamType : JSON_TYPE);
    if (!isStream) return HeadersStatus.StopIteration;
    responseHeaders.remove(CONTENT_LENGTH);
    tellDropped(translation.dropped);
    return HeadersStatus.Continue;
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

  /** The headers go on at once, so that the router can try again without waiting for the error's body. */
  private onError(exchange: Exchange, headers: HeaderList, status: u32, endOfStream: bool): HeadersStatus {
    if (endOfStream) {
      answerEmptyError(exchange, status);
      return HeadersStatus.StopIteration;
    }
    const translation = exchange.translation;
    if (translation) setStatus(status, translation.errorStatus(status));
    const isEncoded = headers.get(CONTENT_ENCODING) != null;
    if (isEncoded) responseHeaders.remove(CONTENT_ENCODING);
    responseHeaders.remove(CONTENT_LENGTH);
    if (bodyFormat(headers.get(CONTENT_TYPE)) != BodyFormat.Json) responseHeaders.set(CONTENT_TYPE, JSON_TYPE);
    this.response = new ErrorStage(exchange, status, isEncoded);
    return HeadersStatus.Continue;
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

/** What tells of a body or of a connection, and so is not true of another answer. */
const NOT_KEPT: StaticArray<Slice> = [
  CONTENT_TYPE,
  CONTENT_LENGTH,
  CONTENT_ENCODING,
  Slice.of("transfer-encoding"),
  Slice.of("connection"),
  Slice.of("keep-alive"),
];

/** A response without a body cannot be given one on its way, so it is answered anew with the headers it had. */
function answerEmptyError(exchange: Exchange, status: u32): void {
  const received = responseHeaders.all();
  const headers = new HeaderList().add(CONTENT_TYPE, JSON_TYPE);
  for (let i = 0; i < received.length; ++i) {
    const name = received.name(i);
    if (name.at(0) != 0x3a && !isOneOf(name, NOT_KEPT)) headers.add(name, received.value(i));
  }
  const translation = exchange.translation;
  const shown = translation ? translation.errorStatus(status) : status;
  sendLocalResponse(shown, headers, errorFor(exchange, status, Slice.empty()), "weir_provider_error");
}

function statusOf(value: Slice | null): u32 {
  return value ? <u32>parseInteger(value) : 0;
}

function setStatus(received: u32, shown: u32): void {
  if (shown != received) responseHeaders.set(STATUS, new Writer().integer(shown).take());
}

/**
 * Whether the request passes in the client's own dialect. Not so, though the provider has the surface, where a stream
 * is to be a list, in which no usage could be read; nor where the body repeats a model's name that is mapped.
 */
function isSpliced(wanted: SurfacePath, target: Target): bool {
  if (!target.serves(wanted.surface) || wanted.wantsList) return false;
  if (!wanted.model.length || wanted.surface.purpose == Purpose.Chat) return true;
  return target.mapping.map(wanted.model).equals(wanted.model);
}

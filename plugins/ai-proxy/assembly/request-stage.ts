// The request of one attempt: headers rewritten for the provider, body held until it is whole, edited, let go.
//
//   headers ──► refused (answered here)
//      │
//      ├─ no body ──► sent
//      └─ held ──► body whole ──► edited ──► sent
//                     └─► refused
import {
  DataStatus,
  continueRequest,
  HeaderList,
  HeadersStatus,
  HttpContext,
  nowNanos,
  parseInteger,
  requestBody,
  requestHeaders,
  setProperty,
  Slice,
  Status,
  Writer,
} from "@weir/sdk/assembly";
import { bodyFormat, BodyFormat } from "@weir/dialects/surfaces/assembly/content-type";
import {
  bodyTooLarge,
  malformedJson,
  missingCredential,
  Refusal,
  surfaceNotServed,
} from "@weir/dialects/surfaces/assembly/refusal";
import { checkBody, checkMethod, contentTypeOf } from "@weir/dialects/surfaces/assembly/request-check";
import { Configuration } from "./configuration";
import { Departure } from "./credential/authorizer";
import { Exchange } from "./exchange";
import { hasForeignSignature } from "./foreign-signature";
import { publishRequest, publishTags } from "./publish";
import { refuse } from "./refuse";
import { editForm, editJson } from "./request-edit";
import { belongsToDialect, isWithheld, SAVED_HEADERS, withhold } from "./request-headers";
import { Speed } from "./speed";
import { HeaderField } from "./target";
import { answerTooLong } from "./too-long";
import { promptBytes } from "./told-usage";
import { translationOf } from "./translation-of";

const METHOD = Slice.of(":method");
const PATH = Slice.of(":path");
const AUTHORITY = Slice.of(":authority");
const CONTENT_LENGTH = Slice.of("content-length");

/** A longer body is not kept until the next one comes. */
const keptBytesMax: u32 = 64 * 1024;

/** Handles the request of one exchange. */
@final
export class RequestStage extends Departure {
  /** Whether the request is on its way to the provider. */
  isSent: bool = false;
  /** Whether the path is known only when the body is. */
  private isPathLate: bool = false;
  private contentType: Slice = Slice.empty();
  private contentLength: Slice | null = null;

  constructor(
    private readonly exchange: Exchange,
    private readonly configuration: Configuration,
    private readonly context: HttpContext,
  ) {
    super();
  }

  /** The headers, as the client sent them. */
  onHeaders(headers: HeaderList, endOfStream: bool): HeadersStatus {
    const error = this.check(headers, endOfStream);
    if (error) {
      refuse(error, this.exchange.wanted.surface.family);
      return HeadersStatus.StopIteration;
    }
    this.rewrite(headers);
    return !endOfStream || !this.depart(Slice.empty()) ? HeadersStatus.StopIteration : HeadersStatus.Continue;
  }

  /** The body so far. */
  onBody(size: u32, endOfStream: bool): DataStatus {
    if (this.isSent) return DataStatus.Continue;
    const bodyBytesMax = this.configuration.bodyBytesMax;
    if (size > <u32>bodyBytesMax) return this.stop(bodyTooLarge(bodyBytesMax));
    return endOfStream ? this.onWholeBody(size) : DataStatus.StopIterationAndBuffer;
  }

  /** The body is there as a whole; also where trailers follow it. */
  onWholeBody(size: u32): DataStatus {
    const received = requestBody.get(0, size);
    const error = this.edit(received);
    if (error) return this.stop(error);
    if (!this.exchange.isAnswered) answerTooLong(this.exchange, received);
    if (this.exchange.isAnswered) return DataStatus.StopIterationNoBuffer;
    if (this.exchange.meter) this.exchange.promptBytes = promptBytes(received);
    const edited = this.exchange.edit.body;
    if (edited) requestBody.replace(edited);
    this.setLength(edited ? edited.length : received.length);
    this.setLatePath();
    const isSent = this.depart(edited ? edited : received);
    if (size > keptBytesMax) this.exchange.scratch.release();
    return isSent ? DataStatus.Continue : DataStatus.StopIterationAndBuffer;
  }

  /** Sends the request with `body`, if its credential is there. */
  private depart(body: Slice): bool {
    const authorizer = this.exchange.target.authorizer;
    if (authorizer) {
      this.method = headerOrEmpty(METHOD);
      this.path = headerOrEmpty(PATH);
      this.authority = headerOrEmpty(AUTHORITY);
      this.body = body;
      const isReady = authorizer.authorize(this);
      this.body = Slice.empty();
      if (!isReady) return false;
    }
    this.send();
    return true;
  }

  settle(refusal: Refusal | null): void {
    const authorizer = this.exchange.target.authorizer;
    if (!authorizer || this.context.activate() != Status.Ok) return;
    if (refusal) return refuse(refusal, this.exchange.wanted.surface.family);
    if (!authorizer.authorize(this)) return;
    this.send();
    continueRequest();
  }

  /** The client has gone. */
  abandon(): void {
    const authorizer = this.exchange.target.authorizer;
    if (authorizer && !this.isSent) authorizer.forget(this);
  }

  private check(headers: HeaderList, endOfStream: bool): Refusal | null {
    const wanted = this.exchange.wanted;
    const target = this.exchange.target;
    const error = checkMethod(headers, wanted);
    if (error) return error;
    if (!target.serves(wanted.surface) && !this.exchange.translation) {
      return surfaceNotServed(wanted.surface.name, target.provider);
    }
    if (!target.hasCredential) return missingCredential(target.provider);
    if (endOfStream && wanted.rest.length) return null;
    // The length that an earlier attempt has left may be that of a body which it made longer.
    const bodyBytesMax = this.exchange.isRepeated ? i32.MAX_VALUE : this.configuration.bodyBytesMax;
    const bodyError = checkBody(headers, wanted, bodyBytesMax);
    return bodyError || !endOfStream ? bodyError : malformedJson(0, "it is empty");
  }

  private rewrite(headers: HeaderList): void {
    const target = this.exchange.target;
    publishTags(this.exchange, headers);
    withhold(headers, target);
    this.rewritePath(headers);
    if (this.exchange.translation) this.removeDialectHeaders(headers);
    if (
      target.authority.length &&
      this.set(headers, AUTHORITY, target.authority) &&
      !this.configuration.targets.setsAuthority
    ) {
      this.exchange.saved.keep(AUTHORITY, headers.get(AUTHORITY));
    }
    for (let i = 0; i < target.headers.length; ++i) this.setOwn(headers, target.headers[i]);
    this.contentLength = headers.get(CONTENT_LENGTH);
    this.contentType = contentTypeOf(headers);
  }

  /** Where the path has the model's name in it, and the body tells it, the path comes with the body. */
  private rewritePath(headers: HeaderList): void {
    const exchange = this.exchange;
    const target = exchange.target;
    const wanted = exchange.wanted;
    const original = headers.get(PATH);
    this.isPathLate = exchange.translation != null || (target.hasLatePath(wanted.surface) && !wanted.model.length);
    if (this.isPathLate) return exchange.saved.keep(PATH, original);
    const model = wanted.model.length ? exchange.providerModelOf(wanted.model) : wanted.model;
    const path = target.pathFor(wanted, model);
    if (this.set(headers, PATH, path) && (target.hidesSurface || wanted.model.length)) {
      exchange.saved.keep(PATH, original);
    }
  }

  private setLatePath(): void {
    if (!this.isPathLate) return;
    const exchange = this.exchange;
    const path = exchange.edit.path;
    requestHeaders.set(PATH, path ? path : exchange.target.pathFor(exchange.wanted, exchange.edit.providerModel));
  }

  /** What the client's dialect says in headers is nothing to a provider of another. */
  private removeDialectHeaders(headers: HeaderList): void {
    for (let i = 0, count = headers.length; i < count; ++i) {
      const name = headers.name(i);
      if (!belongsToDialect(name) || this.exchange.target.sets(name)) continue;
      this.exchange.saved.keep(name, headers.value(i));
      requestHeaders.remove(name);
    }
  }

  /** True if the header has to be, and is, changed. */
  private set(headers: HeaderList, name: Slice, value: Slice): bool {
    const original = headers.get(name);
    if (original && original.equals(value)) return false;
    requestHeaders.set(name, value);
    return true;
  }

  /** What is withheld from every provider need not come back. */
  private setOwn(headers: HeaderList, field: HeaderField): void {
    if (field.ifAbsent && !this.exchange.translation && headers.get(field.name)) return;
    const isSet = this.set(headers, field.name, field.value);
    if (isSet && !isWithheld(field.name)) this.exchange.saved.keep(field.name, headers.get(field.name));
  }

  private edit(body: Slice): Refusal | null {
    const exchange = this.exchange;
    const surface = exchange.wanted.surface;
    if (surface.hasSignatures && !exchange.translation && hasForeignSignature(surface.family, body)) {
      exchange.translation = translationOf(exchange.wanted, exchange.target);
    }
    const translation = exchange.translation;
    if (translation) return translation.encodeRequest(exchange, body);
    const isForm = bodyFormat(this.contentType) == BodyFormat.Form;
    const error = isForm ? editForm(exchange, body, this.contentType) : editJson(exchange, body);
    return error ? error : exchange.refuse(exchange.edit.model);
  }

  /** An earlier attempt may have left the length of another body. */
  private setLength(size: i32): void {
    const length = this.contentLength;
    if (!length || parseInteger(length) == size) return;
    requestHeaders.set(CONTENT_LENGTH, new Writer().integer(size).take());
  }

  /** Nothing is changed after this, so what is to be restored for another attempt is known. */
  private send(): void {
    const exchange = this.exchange;
    this.isSent = true;
    if (exchange.saved.isChanged) setProperty(SAVED_HEADERS, exchange.saved.toBytes());
    const isMetered = exchange.target.meter != null;
    if (isMetered || (exchange.edit.isStream && !exchange.isSilent)) exchange.sentAtNanos = nowNanos();
    if (isMetered) exchange.meteredModel = exchange.edit.providerModel.copy();
    publishRequest(exchange);
    const attempt = exchange.attempt;
    if (attempt) {
      attempt.onSent(exchange.edit.model, exchange.edit.providerModel);
      const measure = attempt.plan.measures;
      if (measure) attempt.speed = new Speed(exchange, attempt.planned, measure);
    }
    exchange.edit.release();
  }

  private stop(error: Refusal): DataStatus {
    refuse(error, this.exchange.wanted.surface.family);
    return DataStatus.StopIterationNoBuffer;
  }
}

function headerOrEmpty(name: Slice): Slice {
  const value = requestHeaders.get(name);
  return value ? value : Slice.empty();
}

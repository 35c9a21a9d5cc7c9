// The request of one attempt: headers rewritten for the provider, body held until it is whole, edited, let go.
//
//   headers ──► refused (answered here)
//      │
//      ├─ no body ──► sent
//      └─ held ──► body whole ──► edited ──► sent
//                     └─► refused
import {
  DataStatus,
  HeaderList,
  HeadersStatus,
  nowNanos,
  parseInteger,
  requestBody,
  requestHeaders,
  setProperty,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
import { bodyFormat, BodyFormat } from "@weir/dialects/openai/assembly/content-type";
import {
  bodyTooLarge,
  malformedJson,
  missingCredential,
  OpenAiError,
  surfaceNotServed,
} from "@weir/dialects/openai/assembly/error";
import { checkBody, checkMethod, contentTypeOf } from "@weir/dialects/openai/assembly/request-check";
import { Configuration } from "./configuration";
import { Exchange } from "./exchange";
import { publishRequest } from "./publish";
import { refuse } from "./refuse";
import { editForm, editJson } from "./request-edit";
import { isWithheld, SAVED_HEADERS, withhold } from "./request-headers";
import { HeaderField } from "./target";

const PATH = Slice.of(":path");
const AUTHORITY = Slice.of(":authority");
const CONTENT_LENGTH = Slice.of("content-length");

/** A longer body is not kept until the next one comes. */
const keptBytesMax: u32 = 64 * 1024;

/** Handles the request of one exchange. */
@final
export class RequestStage {
  /** Whether the request is on its way to the provider. */
  isSent: bool = false;
  private contentType: Slice = Slice.empty();
  private contentLength: Slice | null = null;

  constructor(
    private readonly exchange: Exchange,
    private readonly configuration: Configuration,
  ) {}

  /** The headers, as the client sent them. */
  onHeaders(headers: HeaderList, endOfStream: bool): HeadersStatus {
    const error = this.check(headers, endOfStream);
    if (error) {
      refuse(error);
      return HeadersStatus.StopIteration;
    }
    this.rewrite(headers);
    if (!endOfStream) return HeadersStatus.StopIteration;
    this.send();
    return HeadersStatus.Continue;
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
    const edited = this.exchange.edit.body;
    if (edited) requestBody.replace(edited);
    this.setLength(edited ? edited.length : received.length);
    this.send();
    if (size > keptBytesMax) this.exchange.scratch.release();
    return DataStatus.Continue;
  }

  private check(headers: HeaderList, endOfStream: bool): OpenAiError | null {
    const wanted = this.exchange.wanted;
    const target = this.exchange.target;
    const error = checkMethod(headers, wanted);
    if (error) return error;
    if (!target.serves(wanted.surface)) return surfaceNotServed(wanted.surface.name, target.provider);
    if (!target.hasCredential) return missingCredential(target.provider);
    if (endOfStream && wanted.rest.length) return null;
    // The length that an earlier attempt has left may be that of a body which it made longer.
    const bodyBytesMax = this.exchange.isRepeated ? i32.MAX_VALUE : this.configuration.bodyBytesMax;
    const bodyError = checkBody(headers, wanted, bodyBytesMax);
    return bodyError || !endOfStream ? bodyError : malformedJson(0, "it is empty");
  }

  private rewrite(headers: HeaderList): void {
    const target = this.exchange.target;
    withhold(headers, target);
    if (this.set(headers, PATH, target.pathFor(this.exchange.wanted)) && target.hidesSurface) {
      this.exchange.saved.keep(PATH, headers.get(PATH));
    }
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

  /** True if the header has to be, and is, changed. */
  private set(headers: HeaderList, name: Slice, value: Slice): bool {
    const original = headers.get(name);
    if (original && original.equals(value)) return false;
    requestHeaders.set(name, value);
    return true;
  }

  /** What is withheld from every provider need not come back. */
  private setOwn(headers: HeaderList, field: HeaderField): void {
    const isSet = this.set(headers, field.name, field.value);
    if (isSet && !isWithheld(field.name)) this.exchange.saved.keep(field.name, headers.get(field.name));
  }

  private edit(body: Slice): OpenAiError | null {
    const isForm = bodyFormat(this.contentType) == BodyFormat.Form;
    return isForm ? editForm(this.exchange, body, this.contentType) : editJson(this.exchange, body);
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
    if (exchange.edit.isStream) exchange.sentAtNanos = nowNanos();
    publishRequest(exchange);
    exchange.edit.release();
  }

  private stop(error: OpenAiError): DataStatus {
    refuse(error);
    return DataStatus.StopIterationNoBuffer;
  }
}

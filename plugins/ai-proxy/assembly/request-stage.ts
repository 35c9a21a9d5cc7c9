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
import { Exchange } from "./exchange";
import { publishRequest } from "./publish";
import { refuse } from "./refuse";
import { editForm, editJson } from "./request-edit";
import { isWithheld, SAVED_HEADERS, withheldNames } from "./request-headers";

const PATH = Slice.of(":path");
const AUTHORITY = Slice.of(":authority");
const CONTENT_LENGTH = Slice.of("content-length");

/** Handles the request of one exchange. */
@final
export class RequestStage {
  /** Whether the request is on its way to the provider. */
  isSent: bool = false;
  private contentType: Slice = Slice.empty();
  private contentLength: Slice | null = null;

  constructor(
    private readonly exchange: Exchange,
    private readonly bodyBytesMax: i32,
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
    if (size > <u32>this.bodyBytesMax) return this.stop(bodyTooLarge(this.bodyBytesMax));
    return endOfStream ? this.onWholeBody(size) : DataStatus.StopIterationAndBuffer;
  }

  /** The body is there as a whole; also where trailers follow it. */
  onWholeBody(size: u32): DataStatus {
    const error = this.edit(requestBody.get(0, size));
    if (error) return this.stop(error);
    const body = this.exchange.edit.body;
    if (body) this.replaceBody(body);
    this.exchange.edit.body = null;
    this.send();
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
    const bodyError = checkBody(headers, wanted, this.bodyBytesMax);
    return bodyError || !endOfStream ? bodyError : malformedJson(0, "it is empty");
  }

  private rewrite(headers: HeaderList): void {
    const target = this.exchange.target;
    const names = withheldNames(headers, target);
    for (let i = 0; i < names.length; ++i) {
      requestHeaders.remove(names[i]);
    }
    this.set(headers, PATH, target.pathFor(this.exchange.wanted));
    if (target.authority.length) this.set(headers, AUTHORITY, target.authority);
    for (let i = 0; i < target.headers.length; ++i) this.set(headers, target.headers[i].name, target.headers[i].value);
    this.contentLength = headers.get(CONTENT_LENGTH);
    this.contentType = contentTypeOf(headers);
  }

  private set(headers: HeaderList, name: Slice, value: Slice): void {
    const original = headers.get(name);
    if (original && original.equals(value)) return;
    // What is withheld from every provider need not come back, and the client's credential is kept nowhere.
    this.exchange.saved.keep(name, isWithheld(name) ? null : original);
    requestHeaders.set(name, value);
  }

  private edit(body: Slice): OpenAiError | null {
    const exchange = this.exchange;
    if (bodyFormat(this.contentType) == BodyFormat.Form) {
      return editForm(body, this.contentType, exchange.target, exchange.edit);
    }
    return editJson(exchange.tape, body, exchange.wanted, exchange.target, exchange.edit);
  }

  private replaceBody(body: Slice): void {
    requestBody.replace(body);
    const length = this.contentLength;
    if (!length) return;
    this.exchange.saved.keep(CONTENT_LENGTH, length);
    requestHeaders.set(CONTENT_LENGTH, new Writer().integer(body.length).take());
  }

  /** Nothing is changed after this, so what is to be restored for another attempt is known. */
  private send(): void {
    const exchange = this.exchange;
    this.isSent = true;
    if (exchange.saved.isChanged) setProperty(SAVED_HEADERS, exchange.saved.toBytes());
    if (exchange.edit.isStream) exchange.sentAtNanos = nowNanos();
    publishRequest(exchange);
  }

  private stop(error: OpenAiError): DataStatus {
    refuse(error);
    return DataStatus.StopIterationNoBuffer;
  }
}

// How an answer begins: which stage takes its body, and whether its headers wait for it. In a plan they do: what is no
// answer is not to be seen by the client.
import { HeaderList, HeadersStatus, parseInteger, responseHeaders, Slice, Writer } from "@weir/sdk/assembly";
import { bodyFormat, BodyFormat } from "@weir/dialects/surfaces/assembly/content-type";
import { Purpose } from "@weir/dialects/surfaces/assembly/surface";
import { Attempt } from "./attempt";
import { answerEmptyError, ErrorStage } from "./error-stage";
import { Exchange } from "./exchange";
import { FirstTokenGate } from "./first-token";
import { publishUsage } from "./publish";
import * as reasons from "./reason";
import { ResponseStage } from "./response-stage";
import { StreamStage } from "./stream-stage";
import { StreamingStage } from "./streaming-stage";
import { tellDropped } from "./tell-dropped";
import { Translation } from "./translation";
import { JudgedWholeStage, WholeStage } from "./whole-stage";

const STATUS = Slice.of(":status");
const CONTENT_TYPE = Slice.of("content-type");
const CONTENT_LENGTH = Slice.of("content-length");
const CONTENT_ENCODING = Slice.of("content-encoding");
const JSON_TYPE = Slice.of("application/json");
const badAnswer: u32 = 502;

/** The beginning of one exchange's answer. */
@final
export class ResponseStart {
  /** What takes the body; null where it only passes. */
  stage: ResponseStage | null = null;
  private format: BodyFormat = BodyFormat.Unknown;

  constructor(private readonly exchange: Exchange) {}

  /** The response's headers. */
  onHeaders(endOfStream: bool): HeadersStatus {
    const exchange = this.exchange;
    const headers = responseHeaders.all();
    const status = statusOf(headers);
    exchange.status = status;
    this.format = bodyFormat(headers.get(CONTENT_TYPE));
    if (status >= 400) return this.onError(headers, endOfStream);
    const attempt = exchange.attempt;
    if (endOfStream && attempt && this.isJudged(headers)) return this.onNothing(attempt);
    const translation = exchange.translation;
    if (translation) return this.onTranslated(translation, endOfStream);
    if (attempt && !endOfStream && this.isJudged(headers)) return this.hold(attempt);
    if (attempt) attempt.pass(status);
    this.pass();
    return HeadersStatus.Continue;
  }

  /** The answer passes as it comes. Of a whole one nothing is wanted but what is published. */
  private pass(): void {
    if (this.format == BodyFormat.EventStream) this.stage = this.streamStage();
    else if (this.format == BodyFormat.Json) this.stage = this.exchange.isSilent ? null : new WholeStage(this.exchange);
    // Sound, and whatever else tells nothing of tokens.
    else publishUsage(this.exchange, true);
  }

  /** Whether it is known how answers look. */
  private isJudged(headers: HeaderList): bool {
    const exchange = this.exchange;
    const wanted = exchange.wanted;
    if (wanted.rest.length || headers.get(CONTENT_ENCODING)) return false;
    return wanted.surface.purpose != Purpose.Other;
  }

  /** What is neither a stream nor JSON, in spite of its status, is taken for what was asked for. */
  private hold(attempt: Attempt): HeadersStatus {
    const exchange = this.exchange;
    const isStream =
      this.format == BodyFormat.EventStream || (this.format == BodyFormat.Unknown && exchange.edit.isStream);
    this.stage = isStream
      ? new FirstTokenGate(exchange, attempt, this.streamStage())
      : new JudgedWholeStage(exchange, attempt, new WholeStage(exchange));
    return HeadersStatus.StopIteration;
  }

  private streamStage(): StreamingStage {
    if (this.exchange.edit.hidesUsage) responseHeaders.remove(CONTENT_LENGTH);
    return new StreamStage(this.exchange);
  }

  /** A stream's headers go on at once where nothing is held, those of a whole answer with its body. */
  private onTranslated(translation: Translation, endOfStream: bool): HeadersStatus {
    const exchange = this.exchange;
    if (endOfStream) return this.onEmpty(badAnswer);
    const comesAsStream = this.format != BodyFormat.Json;
    const isStream = exchange.edit.isStream && comesAsStream;
    const stage = translation.answerStage(exchange, comesAsStream);
    this.stage = stage;
    responseHeaders.set(CONTENT_TYPE, exchange.edit.isStream ? translation.streamType : JSON_TYPE);
    if (!isStream) return HeadersStatus.StopIteration;
    responseHeaders.remove(CONTENT_LENGTH);
    const attempt = exchange.attempt;
    if (attempt && stage instanceof StreamingStage) {
      this.stage = new FirstTokenGate(exchange, attempt, <StreamingStage>stage);
      return HeadersStatus.StopIteration;
    }
    if (attempt) attempt.pass(exchange.status);
    tellDropped(translation.dropped);
    return HeadersStatus.Continue;
  }

  /** The headers wait for the body: it may say more than the status. */
  private onError(headers: HeaderList, endOfStream: bool): HeadersStatus {
    const exchange = this.exchange;
    const status = exchange.status;
    if (endOfStream) return this.onEmpty(status);
    const isEncoded = headers.get(CONTENT_ENCODING) != null;
    if (isEncoded) responseHeaders.remove(CONTENT_ENCODING);
    responseHeaders.remove(CONTENT_LENGTH);
    if (this.format != BodyFormat.Json) responseHeaders.set(CONTENT_TYPE, JSON_TYPE);
    this.stage = new ErrorStage(exchange, status, isEncoded);
    return HeadersStatus.StopIteration;
  }

  private onEmpty(status: u32): HeadersStatus {
    return answerEmptyError(this.exchange, status) ? HeadersStatus.StopIteration : HeadersStatus.Continue;
  }

  /** There is no body at all. */
  private onNothing(attempt: Attempt): HeadersStatus {
    if (!attempt.mayRetry()) {
      attempt.fail(this.exchange.status, reasons.NO_ANSWER);
      return this.onEmpty(badAnswer);
    }
    responseHeaders.set(STATUS, new Writer().integer(badAnswer).take());
    attempt.retry(this.exchange.status, reasons.NO_ANSWER);
    return HeadersStatus.Continue;
  }
}

function statusOf(headers: HeaderList): u32 {
  const value = headers.get(STATUS);
  return value ? <u32>parseInteger(value) : 0;
}

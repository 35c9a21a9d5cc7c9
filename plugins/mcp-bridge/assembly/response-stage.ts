// The answer to a routed call: held until it is whole, then made into a reply of the protocol. Of one that is longer
// than may be kept only the beginning is read. A client that wants to know of progress gets a stream of events instead,
// in which it reads how much of the answer has come.
import {
  DataStatus,
  HeaderList,
  parseInteger,
  responseBody,
  responseHeaders,
  setProperty,
  Slice,
  Writer,
  writeSseEvent,
} from "@weir/sdk/assembly";
import { Answer } from "./protocol/dispatch";
import { eventsOf, progressNotification } from "./protocol/notification";
import { RoutedCall, UpstreamAnswer } from "./protocol/outcome";
import { isViaUpstream } from "./via-upstream";

const STATUS = Slice.of(":status");
const CONTENT_TYPE = Slice.of("content-type");
const CONTENT_LENGTH = Slice.of("content-length");
const JSON = Slice.of("application/json");
const EVENTS = Slice.of("text/event-stream");
const CACHE_CONTROL = Slice.of("cache-control");
const NO_CACHE = Slice.of("no-cache");
// Of proxies on the way: https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering
const ACCEL_BUFFERING = Slice.of("x-accel-buffering");
const NO = Slice.of("no");
const OK = Slice.of("200");
const ERROR_STATE = Slice.of("weir.mcp_error");
const UPSTREAM_STATUS_STATE = Slice.of("weir.mcp_upstream_status");

/** One answer on its way back. */
@final
export class ResponseStage {
  private status: i32 = 0;
  /** Whether an API has answered, not the gateway in its place. */
  private isUpstream: bool = false;
  private headers: HeaderList = new HeaderList();
  private readonly body: Writer = new Writer();
  private isTruncated: bool = false;
  private isDone: bool = false;
  /** Whether the client reads events as the answer comes. */
  isStreaming: bool = false;
  /** Whether nobody reads what is learned of it. */
  isSilent: bool = false;
  /** How much the client has got. */
  sentBytes: u64 = 0;
  private received: i64 = 0;
  private total: i64 = -1;

  constructor(
    private readonly answer: Answer,
    private readonly call: RoutedCall,
    private readonly bytesMax: i32,
  ) {}

  /** Nothing of the headers reaches the client: cookies and keys in them were meant for the gateway. */
  onHeaders(): void {
    this.headers = responseHeaders.all();
    const status = this.headers.get(STATUS);
    this.status = status ? <i32>parseInteger(status) : 0;
    // What Envoy answers by itself is never a success, and asking it costs as much as anything here.
    this.isUpstream = this.status > 0 && (this.status < 400 || isViaUpstream());
    if (status && !this.isSilent) setProperty(UPSTREAM_STATUS_STATE, status);
    this.isStreaming = this.isUpstream && this.call.rawProgressToken.length > 0;
    if (!this.isStreaming) return;
    const length = this.headers.get(CONTENT_LENGTH);
    if (length) this.total = parseInteger(length, -1);
  }

  /** Begins the stream of events. */
  beginStream(): void {
    const headers = new HeaderList().add(STATUS, OK).add(CONTENT_TYPE, EVENTS);
    responseHeaders.replaceAll(headers.add(CACHE_CONTROL, NO_CACHE).add(ACCEL_BUFFERING, NO));
  }

  onBody(size: u32, endOfStream: bool): DataStatus {
    if (this.isDone) return DataStatus.Continue;
    const room = this.bytesMax - this.body.length;
    if (<i64>size > <i64>room) this.isTruncated = true;
    this.body.bytes(responseBody.borrow(0, min(size, <u32>room)));
    if (this.isStreaming) return this.stream(size, endOfStream);
    if (endOfStream) {
      this.replace();
      return DataStatus.Continue;
    }
    responseBody.replace(Slice.empty());
    return DataStatus.StopIterationAndBuffer;
  }

  /** A stream that trailers end has had its last chunk: what is left of it can only be appended. */
  onTrailers(): void {
    if (this.isDone) return;
    if (this.isStreaming) responseBody.append(this.end());
    else this.replace();
  }

  private stream(size: u32, endOfStream: bool): DataStatus {
    const events = new Writer();
    if (!this.received && size) this.tellProgress(events);
    this.received += size;
    if (size) this.tellProgress(events);
    if (endOfStream) events.bytes(this.end());
    this.sentBytes += events.length;
    responseBody.replace(events.take());
    return DataStatus.Continue;
  }

  private tellProgress(events: Writer): void {
    const token = this.call.rawProgressToken;
    writeSseEvent(events, Slice.empty(), progressNotification(token, this.received, this.total));
  }

  /** What ends a stream. */
  private end(): Slice {
    this.isDone = true;
    const reply = this.finish();
    return eventsOf(this.answer.notifications, reply);
  }

  private replace(): void {
    this.isDone = true;
    let reply = this.finish();
    const notifications = this.answer.notifications;
    const isEvents = notifications.length > 0;
    if (isEvents) reply = eventsOf(notifications, reply);
    const headers = new HeaderList().add(STATUS, OK).add(CONTENT_TYPE, isEvents ? EVENTS : JSON);
    headers.add(CONTENT_LENGTH, new Writer().integer(reply.length).take());
    responseHeaders.replaceAll(headers);
    this.sentBytes = reply.length;
    responseBody.replace(reply);
  }

  /** The reply, made of all that has come. */
  finish(): Slice {
    const answer = this.answer;
    const whole = new UpstreamAnswer(this.status, this.headers, this.body.take(), this.isTruncated);
    const reply = this.isUpstream ? answer.finish(this.call, whole) : answer.finishFailed(this.call, this.status);
    if (answer.failure.length && !this.isSilent) setProperty(ERROR_STATE, Slice.of(answer.failure));
    return reply;
  }
}

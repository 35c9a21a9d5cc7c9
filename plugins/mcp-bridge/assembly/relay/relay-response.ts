// A server's answer on its way to the client. It streams as it comes; what is held is only what must be another message
// before the client sees it.
import {
  DataStatus,
  HeaderList,
  HeadersStatus,
  JsonTape,
  mediaTypeEssence,
  parseInteger,
  responseBody,
  responseHeaders,
  sendLocalResponse,
  setProperty,
  Slice,
  SseEvent,
  SseSplitter,
  writeSseEvent,
  Writer,
} from "@weir/sdk/assembly";
import { MessageKind } from "../protocol/message";
import { JSON_HEADERS } from "../protocol/reply-headers";
import { HEADER_MISMATCH, INTERNAL_ERROR, METHOD_NOT_FOUND, RpcError } from "../protocol/rpc-error";
import { errorReply } from "../protocol/write-reply";
import { isViaUpstream } from "../via-upstream";
import { FailureWatch } from "./failure-watch";
import { failureIn } from "./inner-call";
import { Link, LinkListener } from "./link";
import { MessageFilter } from "./message-filter";
import { RelayRequest } from "./relay-request";
import { RelayServer } from "./relay-server";
import { ResponseHandler } from "./response-handler";
import { FetchListener, RpcFetch } from "./rpc-fetch";
import { ownFailure, serverFailure } from "./server-failure";
import { taggedEvent } from "./tagged-id";
import { ToolLookup } from "./tool-lookup";
import { isMirroredHere, requestHeaders, upstreamBody } from "./upstream-request";

const STATUS = Slice.of(":status");
const CONTENT_TYPE = Slice.of("content-type");
const CONTENT_LENGTH = Slice.of("content-length");
const BUFFERING = Slice.of("x-accel-buffering");
const JSON = Slice.of("application/json");
const EVENTS = Slice.of("text/event-stream");
const JSONRPC = Slice.of("jsonrpc");
/** What is kept of a server's headers: cookies and sessions in others are the gateway's. */
const KEPT: StaticArray<Slice> = [CONTENT_TYPE, Slice.of("cache-control"), Slice.of("retry-after")];
const UPSTREAM_STATUS_STATE = Slice.of("weir.mcp_upstream_status");
const SESSION_LOST: i32 = -32001;

const enum Way {
  /** As it comes. */
  Pass = 0,
  /** Event by event. */
  Events,
  /** Whole. */
  Whole,
  /** The server is asked again. */
  Again,
  /** The answer is the gateway's own. */
  Own,
}

/** One answer. */
@final
export class RelayResponse extends ResponseHandler implements LinkListener, FetchListener {
  private way: Way = Way.Pass;
  private status: i32 = 0;
  private readonly filter: MessageFilter;
  private readonly splitter: SseSplitter = new SseSplitter();
  private readonly held: Writer = new Writer(0);
  /** Null where nobody wants to know. */
  private watch: FailureWatch | null = null;

  constructor(
    private readonly server: RelayServer,
    private readonly link: Link,
    /** Null where a client listens for whatever comes. */
    private readonly request: RelayRequest | null,
    /** What the thing is called there that the request is for. */
    private readonly name: Slice,
  ) {
    super();
    this.filter = new MessageFilter(server, link, request);
  }

  onHeaders(endOfStream: bool): HeadersStatus {
    const headers = responseHeaders.all();
    const status = headers.get(STATUS);
    this.status = status ? <i32>parseInteger(status) : 0;
    this.isOver = endOfStream;
    // What Envoy answers by itself is never a success, and asking it costs as much as anything here.
    if (this.status >= 400 && !isViaUpstream())
      return this.failWith(this.status == 504 ? 504 : 502, ownFailure(this.status));
    if (status && !this.isSilent) setProperty(UPSTREAM_STATUS_STATE, status);
    const request = this.request;
    if (!request) return this.listen(headers);
    return request.kind == MessageKind.Request
      ? this.readReply(headers, request, endOfStream)
      : this.acknowledge(request);
  }

  /** A stream that a client listens to. */
  private listen(headers: HeaderList): HeadersStatus {
    if (this.status != 200)
      return this.failWith(this.status == 404 || this.status == 405 ? this.status : 502, this.answered());
    return this.begin(headers, true);
  }

  /** What is no request is answered by a status alone. */
  private acknowledge(request: RelayRequest): HeadersStatus {
    if (this.status >= 300)
      return this.failWith(this.status == 404 || this.status == 400 ? this.status : 502, this.answered());
    this.way = Way.Own;
    sendLocalResponse(202, null, Slice.empty(), "weir_mcp_accepted");
    return HeadersStatus.StopIteration;
  }

  private readReply(headers: HeaderList, request: RelayRequest, endOfStream: bool): HeadersStatus {
    const isStream = isOf(headers, EVENTS);
    if (this.status == 401 || this.status == 403)
      return this.failWith(502, "does not accept the gateway's credentials");
    const why = failureIn(headers);
    if (why.length) return this.failWith(this.status, why);
    if (this.status == 404 && this.link.isShared) return this.askAgain(request);
    if (this.status == 404 && this.link.sessionId.length) return this.loseSession(request);
    if (endOfStream || this.status == 202 || !(isStream || isOf(headers, JSON)))
      return this.failWith(502, this.answered());
    return this.begin(headers, isStream);
  }

  private begin(headers: HeaderList, isStream: bool): HeadersStatus {
    const isWhole = !isStream && (this.status >= 400 || this.filter.changesReplies);
    if (isWhole) {
      this.way = Way.Whole;
      return HeadersStatus.StopIteration;
    }
    this.way = isStream && this.filter.isNeeded ? Way.Events : Way.Pass;
    const isWatched = this.way == Way.Pass && this.isWatched && this.request != null;
    if (isWatched) this.watch = new FailureWatch(this.filter, isStream, this.server.settings.responseBytesMax);
    responseHeaders.replaceAll(keptHeaders(headers, isStream));
    return HeadersStatus.Continue;
  }

  /** Clients of the first era greet anew then. */
  private loseSession(request: RelayRequest): HeadersStatus {
    return this.reply(404, errorReply(request.rawId, new RpcError(404, SESSION_LOST, "Session not found")));
  }

  private answered(): string {
    return "answered " + this.status.toString() + (this.status < 300 ? " without a reply" : "");
  }

  private failWith(status: i32, why: string): HeadersStatus {
    const request = this.request;
    const rawId = request ? request.rawId : Slice.empty();
    this.note(INTERNAL_ERROR.toString());
    return this.reply(status, serverFailure(this.link, rawId, status, why));
  }

  private noteReply(): void {
    const failure = this.filter.failure;
    if (failure.length && failure != this.failure) this.note(failure);
  }

  private reply(status: i32, body: Slice): HeadersStatus {
    this.way = Way.Own;
    this.isOver = true;
    sendLocalResponse(status, JSON_HEADERS, body, "weir_mcp_answer");
    return HeadersStatus.StopIteration;
  }

  /** The session that was shared is gone: another one is made, and the request is repeated in it, once. */
  private askAgain(request: RelayRequest): HeadersStatus {
    this.way = Way.Again;
    const link = this.link;
    link.remote.shared = null;
    link.sessionId = Slice.empty();
    link.version = Slice.empty();
    link.open(request.isModern, false, this);
    return HeadersStatus.StopIteration;
  }

  onLinked(link: Link): void {
    const request = this.request;
    if (!request) return;
    if (link.failure.length) {
      this.failWith(502, link.failure);
      return;
    }
    const headers = requestHeaders(link, request, this.name);
    const fetch = new RpcFetch(this, link.isShared ? request.ownId : request.rawId);
    fetch.start(link.remote, headers, upstreamBody(request, link, this.name), link.remote.timeoutMs);
  }

  onFetched(fetch: RpcFetch): void {
    if (!fetch.message.length) {
      this.failWith(502, fetch.failure);
      return;
    }
    const message = this.filter.apply(fetch.message);
    this.noteReply();
    this.reply(this.replyStatus(200), message ? message : fetch.message);
  }

  onBody(size: u32, endOfStream: bool): DataStatus {
    if (endOfStream) this.isOver = true;
    switch (this.way) {
      case Way.Events:
        return this.passEvents(size, endOfStream);
      case Way.Whole:
        return this.hold(size, endOfStream);
      case Way.Again:
        return DataStatus.StopIterationAndBuffer;
      default:
        this.see(size);
        return DataStatus.Continue;
    }
  }

  private see(size: u32): void {
    const watch = this.watch;
    if (!watch) return;
    watch.see(responseBody.get(0, size));
    if (this.isOver) this.endWatch(watch);
  }

  private endWatch(watch: FailureWatch): void {
    watch.end();
    this.noteReply();
  }

  onTrailers(): void {
    this.isOver = true;
    const watch = this.watch;
    if (watch) this.endWatch(watch);
    if (this.way == Way.Whole) this.finish();
  }

  private passEvents(size: u32, endOfStream: bool): DataStatus {
    this.splitter.push(responseBody.get(0, size));
    const output = new Writer(<i32>size + 256);
    for (let event = this.splitter.next(); event; event = this.splitter.next()) this.writeEvent(output, event);
    const rest = endOfStream ? this.splitter.finish() : null;
    if (rest && rest.hasData) this.writeEvent(output, rest);
    responseBody.replace(output.take());
    return DataStatus.Continue;
  }

  private writeEvent(output: Writer, event: SseEvent): void {
    if (event.isComment || (!event.hasData && !event.id.length)) {
      output.bytes(event.raw);
      return;
    }
    const data = event.data.length ? this.filter.apply(event.data) : event.data;
    if (!data) return;
    if (this.filter.isAnswered) this.isOver = true;
    this.noteReply();
    if (event.id.length) {
      const id = this.server.isSingle ? event.id : taggedEvent(this.link.name, event.id);
      output.text("id: ").bytes(id).byte(0x0a);
    }
    if (event.retryMs >= 0) output.text("retry: ").integer(event.retryMs).byte(0x0a);
    writeSseEvent(output, event.event, data);
  }

  private hold(size: u32, endOfStream: bool): DataStatus {
    this.held.bytes(responseBody.borrow(0, size));
    responseBody.replace(Slice.empty());
    if (this.held.length > this.server.settings.responseBytesMax) {
      this.failWith(502, "answered with more than " + this.server.settings.responseBytesMax.toString() + " bytes");
      return DataStatus.StopIterationNoBuffer;
    }
    if (!endOfStream) return DataStatus.StopIterationAndBuffer;
    return this.finish() ? DataStatus.Continue : DataStatus.StopIterationNoBuffer;
  }

  /** Whether the answer goes on. */
  private finish(): bool {
    const message = this.held.take();
    if (!isMessage(message)) {
      this.failWith(502, this.answered());
      return false;
    }
    const filtered = this.filter.apply(message);
    if (this.filter.errorCode == HEADER_MISMATCH && this.repeatWithHeaders()) return false;
    this.noteReply();
    const body = filtered ? filtered : message;
    const headers = new HeaderList().add(STATUS, new Writer().integer(this.replyStatus(this.status)).take());
    headers.add(CONTENT_TYPE, JSON).add(CONTENT_LENGTH, new Writer().integer(body.length).take());
    responseHeaders.replaceAll(headers);
    responseBody.replace(body);
    return true;
  }

  /** The tool wants other headers than its list has said, or than was known: the call is repeated with them, once. */
  private repeatWithHeaders(): bool {
    const request = this.request;
    if (!request || !isMirroredHere(this.link, request)) return false;
    this.way = Way.Again;
    new ToolLookup(this.link, this).start(Slice.empty());
    return true;
  }

  /** Between two eras a status has another meaning. */
  private replyStatus(status: i32): i32 {
    const request = this.request;
    if (!request || request.isModern == this.link.isModern) return status;
    return request.isModern && this.filter.errorCode == METHOD_NOT_FOUND ? 404 : 200;
  }
}

function isOf(headers: HeaderList, type: Slice): bool {
  const value = headers.get(CONTENT_TYPE);
  return value != null && mediaTypeEssence(value).equalsIgnoreCase(type);
}

function keptHeaders(headers: HeaderList, isStream: bool): HeaderList {
  const status = headers.get(STATUS);
  const kept = new HeaderList().add(STATUS, status ? status : Slice.of("200"));
  for (let i = 0; i < KEPT.length; ++i) {
    const value = headers.get(KEPT[i]);
    if (value) kept.add(KEPT[i], value);
  }
  if (isStream) return kept.add(BUFFERING, Slice.of("no"));
  const length = headers.get(CONTENT_LENGTH);
  return length ? kept.add(CONTENT_LENGTH, length) : kept;
}

function isMessage(body: Slice): bool {
  const tape = new JsonTape();
  return !tape.scan(body) && tape.find(tape.root, JSONRPC) >= 0;
}

// A server of HTTP with server-sent events, as of 2024-11-05: a stream that names a place to post to, and that brings
// the answers. Each request gets a stream of its own, which Envoy routes; what is posted are side calls. Nothing can be
// sent to the client before the answer is there, so that what has come before it comes with it.
// https://modelcontextprotocol.io/specification/2024-11-05/basic/transports#http-with-sse
import {
  DataStatus,
  HeadersStatus,
  JsonTape,
  parseInteger,
  responseBody,
  responseHeaders,
  sendLocalResponse,
  Slice,
  SseEvent,
  SseSplitter,
  writeSseEvent,
  Writer,
} from "@weir/sdk/assembly";
import { EVENT_HEADERS, JSON_HEADERS } from "../protocol/reply-headers";
import { INTERNAL_ERROR } from "../protocol/rpc-error";
import { Link, GREETING, INITIALIZED, requestOf } from "./link";
import { MessageFilter } from "./message-filter";
import { RelayRequest } from "./relay-request";
import { RelayServer } from "./relay-server";
import { ResponseHandler } from "./response-handler";
import { FetchListener, RpcFetch } from "./rpc-fetch";
import { serverFailure } from "./server-failure";
import { upstreamBody, upstreamHeaders } from "./upstream-request";

const STATUS = Slice.of(":status");
const PATH = Slice.of(":path");
const POST = Slice.of("POST");
const ENDPOINT = Slice.of("endpoint");
const MESSAGE = Slice.of("message");
const INITIALIZE = Slice.of("initialize");
const OWN_ID = Slice.of('"weir"');
const ID = Slice.of("id");
const METHOD = Slice.of("method");
const RESULT = Slice.of("result");
const SCHEME_END = Slice.of("://");
const SLASH: u8 = 0x2f;

/** Whoever waits for what the server says of itself. */
export interface SseListener {
  /** The link has the answer to `initialize`. */
  onGreetedBySse(link: Link): void;
}

const enum Step {
  Endpoint = 0,
  Greeting,
  Ready,
  Asked,
}

/** One request, answered in a stream of its own. */
@final
export class SseBridge extends ResponseHandler implements FetchListener {
  private step: Step = Step.Endpoint;
  private place: Slice = Slice.empty();
  private readonly splitter: SseSplitter = new SseSplitter();
  private readonly filter: MessageFilter;
  private readonly before: Writer = new Writer();

  constructor(
    server: RelayServer,
    private readonly link: Link,
    private readonly request: RelayRequest,
    /** Told where the client has only greeted; null where it asks for something. */
    private readonly listener: SseListener | null,
  ) {
    super();
    link.isShared = true;
    this.filter = new MessageFilter(server, link, request);
  }

  onHeaders(endOfStream: bool): HeadersStatus {
    const status = responseHeaders.get(STATUS);
    const code = status ? <i32>parseInteger(status) : 0;
    if (code != 200 || endOfStream) this.fail(code == 503 ? "could not be reached" : "answered " + code.toString());
    return HeadersStatus.StopIteration;
  }

  onBody(size: u32, endOfStream: bool): DataStatus {
    this.splitter.push(responseBody.get(0, size));
    responseBody.replace(Slice.empty());
    for (let event = this.splitter.next(); event && !this.isOver; event = this.splitter.next()) this.take(event);
    if (endOfStream && !this.isOver) this.fail("has ended its stream without an answer");
    return DataStatus.StopIterationNoBuffer;
  }

  onTrailers(): void {
    if (!this.isOver) this.fail("has ended its stream without an answer");
  }

  private take(event: SseEvent): void {
    if (event.event.equals(ENDPOINT)) return this.begin(event.data.copy());
    if (!event.event.length || event.event.equals(MESSAGE)) this.takeMessage(event.data.copy());
  }

  private begin(endpoint: Slice): void {
    if (this.step != Step.Endpoint) return;
    const place = placeOf(endpoint, this.link);
    if (!place) return this.fail("names a place to post to that is not its own");
    this.place = place;
    this.step = Step.Greeting;
    const greeting = this.link.greeting;
    this.post(requestOf(INITIALIZE, greeting.length ? greeting : GREETING, OWN_ID));
  }

  private post(body: Slice): void {
    const headers = upstreamHeaders(this.link, POST, this.link.headers).set(PATH, this.place);
    new RpcFetch(this, Slice.empty()).start(this.link.remote, headers, body, this.link.remote.listTimeoutMs);
  }

  onFetched(fetch: RpcFetch): void {
    if (this.isOver) return;
    if (fetch.failure.length) return this.fail(fetch.failure);
    if (this.step != Step.Ready) return;
    this.step = Step.Asked;
    this.post(upstreamBody(this.request, this.link, this.request.name));
  }

  private takeMessage(message: Slice): void {
    const tape = new JsonTape();
    if (tape.scan(message)) return;
    const isReply = tape.find(tape.root, METHOD) < 0;
    const rawId = tape.raw(tape.find(tape.root, ID));
    if (this.step == Step.Greeting && isReply && rawId.equals(OWN_ID)) {
      const result = tape.find(tape.root, RESULT);
      return result < 0 ? this.fail("has refused the greeting") : this.greeted(tape.raw(result));
    }
    if (this.step == Step.Asked && isReply && rawId.equals(this.request.ownId)) return this.finish(message);
    // Nobody is there who could answer what the server asks.
    if (isReply || rawId.length) return;
    const filtered = this.filter.apply(message);
    if (filtered) writeSseEvent(this.before, MESSAGE, filtered);
  }

  private greeted(result: Slice): void {
    this.link.info = result;
    const listener = this.listener;
    if (listener) {
      this.isOver = true;
      return listener.onGreetedBySse(this.link);
    }
    this.step = Step.Ready;
    this.post(INITIALIZED);
  }

  private finish(message: Slice): void {
    this.isOver = true;
    const filtered = this.filter.apply(message);
    if (this.filter.failure.length) this.note(this.filter.failure);
    const reply = filtered ? filtered : message;
    if (!this.before.length) {
      sendLocalResponse(200, JSON_HEADERS, reply, "weir_mcp_answer");
      return;
    }
    writeSseEvent(this.before, MESSAGE, reply);
    sendLocalResponse(200, EVENT_HEADERS, this.before.take(), "weir_mcp_answer");
  }

  private fail(why: string): void {
    this.isOver = true;
    this.note(INTERNAL_ERROR.toString());
    const error = serverFailure(this.link, this.request.rawId, 502, why);
    sendLocalResponse(502, JSON_HEADERS, error, "weir_mcp_answer");
  }
}

/** The path to post to; null where it is at another server: nobody is led away from the one that is configured. */
function placeOf(endpoint: Slice, link: Link): Slice | null {
  const remote = link.remote;
  const scheme = endpoint.find(SCHEME_END);
  if (scheme >= 0) {
    const rest = endpoint.slice(scheme + SCHEME_END.length);
    const slash = rest.indexOf(SLASH);
    if (slash < 0 || !rest.slice(0, slash).equalsIgnoreCase(remote.authority)) return null;
    return rest.slice(slash);
  }
  if (endpoint.at(0) == SLASH) return endpoint.at(1) == SLASH ? null : endpoint;
  const folder = remote.path.slice(0, remote.path.lastIndexOf(SLASH) + 1);
  return new Writer().bytes(folder).bytes(endpoint).take();
}

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
import { INTERNAL_ERROR, METHOD_NOT_FOUND, RpcError } from "../protocol/rpc-error";
import { Era } from "../protocol/version";
import { errorReply, resultReply } from "../protocol/write-reply";
import { isViaUpstream } from "../via-upstream";
import { failureHeaders } from "./inner-call";
import { Link, GREETING, INITIALIZED, requestOf } from "./link";
import { MessageFilter } from "./message-filter";
import { RelayRequest } from "./relay-request";
import { RelayServer } from "./relay-server";
import { ResponseHandler } from "./response-handler";
import { FetchListener, RpcFetch } from "./rpc-fetch";
import { ownFailure, serverFailure } from "./server-failure";
import { directHeaders, upstreamBody } from "./upstream-request";

const STATUS = Slice.of(":status");
const PATH = Slice.of(":path");
const POST = Slice.of("POST");
const ENDPOINT = Slice.of("endpoint");
const MESSAGE = Slice.of("message");
const INITIALIZE = Slice.of("initialize");
const PING = Slice.of("ping");
const OWN_ID = Slice.of('"weir"');
const ID = Slice.of("id");
const METHOD = Slice.of("method");
const RESULT = Slice.of("result");
const NOTHING = Slice.of("{}");
const SCHEME_END = Slice.of("://");
const SLASH: u8 = 0x2f;

/** Whoever waits for what the server says of itself. */
export interface SseListener {
  /** The link has the answer to `initialize`. */
  onGreetedBySse(link: Link): void;
}

/** What a server is asked. */
@final
export class SseQuestion {
  /** Told what the server answers to a greeting, where nothing else is asked; null where something is. */
  listener: SseListener | null = null;
  /** Makes of the server's messages what the client gets; null where they are passed on as they are. */
  filter: MessageFilter | null = null;
  /** Whether it is a greeting itself, before which none is sent. */
  isGreeting: bool = false;

  constructor(
    readonly body: Slice,
    /** The id that the answer has. */
    readonly askedId: Slice,
    /** The id that the client gave. */
    readonly rawId: Slice,
  ) {}

  /** What a client asks. */
  static of(request: RelayRequest, link: Link, server: RelayServer, listener: SseListener | null): SseQuestion {
    // Whatever the client calls it, the server has never heard of.
    link.isShared = true;
    const body = upstreamBody(request, link, request.name);
    const question = new SseQuestion(body, request.ownId, request.rawId);
    question.filter = new MessageFilter(server, link, request);
    question.listener = listener;
    return question;
  }
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
  private readonly before: Writer = new Writer();

  constructor(
    private readonly link: Link,
    private readonly question: SseQuestion,
  ) {
    super();
  }

  onHeaders(endOfStream: bool): HeadersStatus {
    // The gateway's own answer in place of Envoy's passes here as well.
    if (this.isOver) return HeadersStatus.Continue;
    const status = responseHeaders.get(STATUS);
    const code = status ? <i32>parseInteger(status) : 0;
    if (code >= 400 && !isViaUpstream()) this.fail(ownFailure(code));
    else if (code == 401 || code == 403) this.fail("does not accept the gateway's credentials");
    else if (code != 200 || endOfStream) this.fail("answered " + code.toString());
    return HeadersStatus.StopIteration;
  }

  onBody(size: u32, endOfStream: bool): DataStatus {
    if (this.isOver) return DataStatus.Continue;
    this.splitter.push(responseBody.get(0, size));
    responseBody.replace(Slice.empty());
    for (let event = this.splitter.next(); event && !this.isOver; event = this.splitter.next()) this.take(event);
    if (this.splitter.fault && !this.isOver) this.fail("sends more in one event than is taken");
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
    if (this.question.isGreeting) return this.ask();
    this.step = Step.Greeting;
    const greeting = this.link.greeting;
    this.post(requestOf(INITIALIZE, greeting.length ? greeting : GREETING, OWN_ID), false);
  }

  private ask(): void {
    this.step = Step.Asked;
    this.post(this.question.body, false);
  }

  private post(body: Slice, isReply: bool): void {
    const link = this.link;
    const fetch = new RpcFetch(this, Slice.empty());
    fetch.index = isReply ? 1 : 0;
    fetch.start(
      link.remote,
      directHeaders(link, POST, link.headers).set(PATH, this.place),
      body,
      link.remote.listTimeoutMs,
    );
  }

  onFetched(fetch: RpcFetch): void {
    // What becomes of a reply is the server's business.
    if (this.isOver || fetch.index) return;
    if (fetch.failure.length) this.fail(fetch.failure);
    else if (this.step == Step.Ready) this.ask();
  }

  private takeMessage(message: Slice): void {
    const tape = new JsonTape();
    if (tape.scan(message)) return;
    const method = tape.text(tape.find(tape.root, METHOD));
    const isReply = !method.length;
    const rawId = tape.raw(tape.find(tape.root, ID));
    if (this.step == Step.Greeting && isReply && rawId.equals(OWN_ID)) {
      const result = tape.find(tape.root, RESULT);
      return result < 0 ? this.fail("has refused the greeting") : this.greeted(tape.raw(result));
    }
    if (this.step == Step.Asked && isReply && rawId.equals(this.question.askedId)) return this.finish(message);
    if (isReply) return;
    if (rawId.length) return this.post(this.replyTo(method, rawId), true);
    const filter = this.question.filter;
    const filtered = filter ? filter.apply(message) : message;
    if (filtered) writeSseEvent(this.before, MESSAGE, filtered);
  }

  /** Nobody is there who could answer what the server asks; but somebody is there. */
  private replyTo(method: Slice, rawId: Slice): Slice {
    if (method.equals(PING)) return resultReply(rawId, NOTHING, Era.Legacy, NOTHING);
    return errorReply(rawId, new RpcError(200, METHOD_NOT_FOUND, "Nobody can be asked through this gateway"));
  }

  private greeted(result: Slice): void {
    this.link.info = result;
    const listener = this.question.listener;
    if (listener) {
      this.isOver = true;
      return listener.onGreetedBySse(this.link);
    }
    this.step = Step.Ready;
    this.post(INITIALIZED, false);
  }

  private finish(message: Slice): void {
    this.isOver = true;
    const filter = this.question.filter;
    const filtered = filter ? filter.apply(message) : null;
    if (filter && filter.failure.length) this.note(filter.failure);
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
    // The gateway itself has asked, and tells its client.
    if (!this.question.filter) {
      sendLocalResponse(502, failureHeaders(why), Slice.empty(), "weir_mcp_answer");
      return;
    }
    this.note(INTERNAL_ERROR.toString());
    const error = serverFailure(this.link, this.question.rawId, 502, why);
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

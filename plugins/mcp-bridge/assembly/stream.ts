// One HTTP request to a server: answered here, or turned into a request to an API, whose answer is turned back.
//
//   headers ─► may it ask? ─► body ─► whole ─► answered here
//                │                      └─► call ─► Envoy routes it ─► answer, held until it is whole ─► result
//               4xx
import {
  DataStatus,
  encodeHex,
  getIntegerProperty,
  getProperty,
  HeaderList,
  HeadersStatus,
  HttpContext,
  nowMs,
  parseInteger,
  propertyPath,
  randomBytes,
  requestBody,
  requestHeaders,
  responseHeaders,
  sendLocalResponse,
  setProperty,
  Slice,
  TrailersStatus,
} from "@weir/sdk/assembly";
import { Rights } from "./protocol/access-rules";
import { checkForms } from "./protocol/admission";
import { Caller } from "./protocol/caller";
import { Answer, Dispatcher } from "./protocol/dispatch";
import { eventsOf } from "./protocol/notification";
import { RoutedCall } from "./protocol/outcome";
import { isMetadataPath } from "./protocol/protected-resource";
import { EVENT_HEADERS, JSON_HEADERS } from "./protocol/reply-headers";
import { INTERNAL_ERROR, INVALID_REQUEST, PARSE_ERROR, RpcError } from "./protocol/rpc-error";
import { McpServer } from "./protocol/server";
import { errorReply } from "./protocol/write-reply";
import { MeasuredMessage } from "./meter";
import { LocalHandler, RelayExchange } from "./relay/exchange";
import { InnerExchange } from "./relay/inner-exchange";
import { RelayServer } from "./relay/relay-server";
import { ResponseStage } from "./response-stage";
import { McpBridge } from "./root";
import { nameRoute } from "./name-route";

/** Which server an Envoy route leads to: metadata that the control plane writes. */
const SERVER = propertyPath("xds", "route_metadata", "filter_metadata", "weir", "mcp");
/** Likewise, inside of this Envoy. */
const INNER_SERVER = propertyPath("xds", "route_metadata", "filter_metadata", "weir", "mcp_inner");
const RESPONSE_SIZE = propertyPath("response", "size");
const METHOD = Slice.of(":method");
const STATUS = Slice.of(":status");
const PATH = Slice.of(":path");
const POST = Slice.of("POST");
const GET = Slice.of("GET");
const SERVER_STATE = Slice.of("weir.mcp_server");
const METHOD_STATE = Slice.of("weir.mcp_method");
const VERSION_STATE = Slice.of("weir.mcp_version");
const ERROR_STATE = Slice.of("weir.mcp_error");
const TOOL_STATE = Slice.of("weir.mcp_tool");
const PROMPT_STATE = Slice.of("weir.mcp_prompt");
const RESOURCE_STATE = Slice.of("weir.mcp_resource");
const SESSION = Slice.of("mcp-session-id");
const SESSION_BYTES: i32 = 16;
const NAME = Slice.of("name");
const URI = Slice.of("uri");
const PARAMS = Slice.of("params");
const CALL = Slice.of("tools/call");
const PROMPT = Slice.of("prompts/get");
const READ = Slice.of("resources/read");
const ALLOW_HEADERS = new HeaderList().addText("content-type", "application/json").addText("allow", "POST");

/** The context of one request. */
@final
export class BridgeStream extends HttpContext implements LocalHandler {
  /** Of a server in front of others: it answers in the place of all that follows here. */
  private relay: RelayExchange | null = null;
  private server: McpServer | null = null;
  private rights: Rights = Rights.none();
  private headers: HeaderList = new HeaderList();
  private stage: ResponseStage | null = null;
  /** What is measured of it; null where nobody wants to know, or it has never come to a message. */
  private measured: MeasuredMessage | null = null;
  private answer: Answer | null = null;
  private startedMs: u64 = 0;
  private requestBytes: u32 = 0;
  /** Whether the answer under way is our own, and must not be looked at again. */
  private isAnswered: bool = false;

  constructor(
    id: u32,
    private readonly root: McpBridge,
  ) {
    super(id);
  }

  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const name = getProperty(SERVER);
    if (!name) return this.beginInner(endOfStream);
    const headers = requestHeaders.all();
    this.headers = headers;
    const server = this.root.configuration.serverNamed(name);
    if (!server) return this.stop(new RpcError(503, INTERNAL_ERROR, "This server is not configured"));
    this.server = server;
    const method = headers.get(METHOD);
    const path = headers.get(PATH);
    // Which is no secret, whatever page asks.
    if (path && isMetadataPath(path)) return this.describe(server, method);
    const refused = server.settings.access.check(headers);
    if (refused) return this.stop(refused);
    this.rights = new Rights(server.settings.rules, new Caller(server.settings.tokens));
    const forbidden = this.rights.refusal;
    if (forbidden) return this.stop(forbidden);
    if (server instanceof RelayServer && !server.problem.length) {
      const relay = new RelayExchange(<RelayServer>server, this.root.tape, headers, this.rights, this);
      this.relay = relay;
      relay.isSilent = this.root.configuration.isSilent;
      relay.hasMetrics = this.root.configuration.hasMetrics;
      relay.isWatched = !relay.isSilent || relay.hasMetrics;
      if (relay.hasMetrics) this.startedMs = nowMs();
      return relay.onRequestHeaders(endOfStream);
    }
    if (!method || !method.equals(POST)) return this.refuseMethod();
    const wrong = checkForms(headers);
    if (wrong) return this.stop(wrong);
    if (endOfStream) return this.stop(new RpcError(400, PARSE_ERROR, "Parse error: The body is empty"));
    return HeadersStatus.StopIteration;
  }

  /** Of a request by which the gateway asks itself: all that decides about clients has been done. */
  private beginInner(endOfStream: bool): HeadersStatus {
    const name = getProperty(INNER_SERVER);
    if (!name) return HeadersStatus.Continue;
    const server = this.root.configuration.serverNamed(name);
    if (!(server instanceof RelayServer))
      return this.stop(new RpcError(503, INTERNAL_ERROR, "There is no such server"));
    const relay = new InnerExchange(<RelayServer>server, this.root.tape, requestHeaders.all(), this.rights, this);
    relay.isSilent = true;
    this.relay = relay;
    return relay.onRequestHeaders(endOfStream);
  }

  onRequestBody(size: u32, endOfStream: bool): DataStatus {
    const relay = this.relay;
    if (relay) {
      this.requestBytes = size;
      const status = relay.onRequestBody(size, endOfStream);
      this.watch(relay);
      return status;
    }
    const server = this.server;
    if (!server) return DataStatus.Continue;
    if (size > <u32>server.settings.requestBytesMax) {
      this.stop(tooLarge(server.settings.requestBytesMax));
      return DataStatus.StopIterationNoBuffer;
    }
    if (!endOfStream) return DataStatus.StopIterationAndBuffer;
    return this.handle(server, size) ? DataStatus.Continue : DataStatus.StopIterationNoBuffer;
  }

  onRequestTrailers(count: u32): TrailersStatus {
    const relay = this.relay;
    if (relay) {
      const goesOn = relay.onRequestTrailers();
      this.watch(relay);
      return goesOn ? TrailersStatus.Continue : TrailersStatus.StopIteration;
    }
    const server = this.server;
    if (!server || this.isAnswered) return TrailersStatus.Continue;
    return this.handle(server, requestBody.length) ? TrailersStatus.Continue : TrailersStatus.StopIteration;
  }

  /** A message of its own may call it off. */
  private watch(relay: RelayExchange): void {
    if (relay.mayBeCalledOff) this.root.inFlight.add(this, relay);
  }

  /** Whether the request goes on, as another one. */
  private handle(server: McpServer, size: u32): bool {
    return this.dispatch(server, requestBody.get(0, size));
  }

  /** In place of a server that stands in front of this one. */
  serveLocally(server: McpServer, rights: Rights, headers: HeaderList, body: Slice): bool {
    this.relay = null;
    this.server = server;
    this.rights = rights;
    this.headers = headers;
    return this.dispatch(server, body);
  }

  private dispatch(server: McpServer, body: Slice): bool {
    const tape = this.root.tape;
    if (this.root.configuration.hasMetrics) this.startedMs = nowMs();
    this.requestBytes = <u32>body.length;
    const answer = new Dispatcher(server, this.headers, this.rights, tape).dispatch(body);
    this.publish(server, answer);
    const call = answer.call;
    if (call) this.route(server, answer, call);
    else this.reply(answer);
    // It would keep a large body alive.
    tape.clear();
    return call != null;
  }

  private publish(server: McpServer, answer: Answer): void {
    const isSilent = this.root.configuration.isSilent;
    if (!isSilent) setProperty(SERVER_STATE, server.name);
    if (answer.failure.length && !isSilent) setProperty(ERROR_STATE, Slice.of(answer.failure));
    if (!answer.method.length) return;
    if (this.startedMs) this.measure(server, answer);
    if (isSilent) return;
    setProperty(METHOD_STATE, answer.method);
    setProperty(VERSION_STATE, answer.speech.version);
    if (answer.method.equals(CALL)) this.publishParam(TOOL_STATE, NAME);
    else if (answer.method.equals(PROMPT)) this.publishParam(PROMPT_STATE, NAME);
    else if (answer.method.equals(READ)) this.publishParam(RESOURCE_STATE, URI);
  }

  private measure(server: McpServer, answer: Answer): void {
    const measured = new MeasuredMessage();
    measured.server = server.name;
    measured.method = answer.method;
    if (answer.method.equals(CALL)) measured.tool = this.paramOf(NAME);
    this.measured = measured;
    this.answer = answer;
  }

  private paramOf(name: Slice): Slice {
    const tape = this.root.tape;
    return tape.text(tape.find(tape.find(tape.root, PARAMS), name));
  }

  private publishParam(state: Slice, name: Slice): void {
    const value = this.paramOf(name);
    if (value.length) setProperty(state, value);
  }

  /** Makes the request the call's. */
  private route(server: McpServer, answer: Answer, call: RoutedCall): void {
    const stage = new ResponseStage(answer, call, server.settings.responseBytesMax);
    stage.isSilent = this.root.configuration.isSilent;
    this.stage = stage;
    nameRoute(server, call.cluster);
    requestHeaders.replaceAll(call.headers);
    requestBody.replace(call.body);
  }

  private reply(answer: Answer): void {
    this.isAnswered = true;
    if (!answer.body.length) {
      sendLocalResponse(answer.status, null, Slice.empty(), "weir_mcp_accepted");
      return;
    }
    if (answer.notifications.length) {
      const events = eventsOf(answer.notifications, answer.body);
      sendLocalResponse(answer.status, EVENT_HEADERS, events, "weir_mcp_answer");
      return;
    }
    let headers = answer.status == 403 ? this.challenged(answer.scopes) : JSON_HEADERS;
    if (answer.isInitialized && answer.status == 200) {
      headers = new HeaderList().addText("content-type", "application/json");
      // Some clients want one, though nothing here depends on it.
      headers.add(SESSION, encodeHex(randomBytes(SESSION_BYTES)));
    }
    sendLocalResponse(answer.status, headers, answer.body, "weir_mcp_answer");
  }

  /** There is no stream to listen to and no session to end. */
  private refuseMethod(): HeadersStatus {
    this.isAnswered = true;
    const body = errorReply(Slice.empty(), RpcError.transport(405, "Method not allowed."));
    sendLocalResponse(405, ALLOW_HEADERS, body, "weir_mcp_method_not_allowed");
    return HeadersStatus.StopIteration;
  }

  /** What a client reads before it asks for a token: anybody may. */
  private describe(server: McpServer, method: Slice | null): HeadersStatus {
    const resource = server.settings.resource;
    if (!resource) return this.stop(RpcError.transport(404, "Nothing is known of who gives tokens for this server"));
    if (!method || !method.equals(GET)) return this.refuseMethod();
    this.isAnswered = true;
    sendLocalResponse(200, JSON_HEADERS, resource.document(this.headers), "weir_mcp_resource_metadata");
    return HeadersStatus.StopIteration;
  }

  /** Headers of a refusal, which say where to get a token that would do. */
  private challenged(scopes: string): HeaderList {
    const server = this.server;
    const resource = server ? server.settings.resource : null;
    if (!resource) return JSON_HEADERS;
    const challenge = resource.challenge(this.headers, scopes);
    return new HeaderList().addText("content-type", "application/json").addText("www-authenticate", challenge);
  }

  private stop(error: RpcError): HeadersStatus {
    this.isAnswered = true;
    const headers = error.status == 403 ? this.challenged(error.scopes) : JSON_HEADERS;
    sendLocalResponse(error.status, headers, errorReply(Slice.empty(), error), "weir_mcp_refused");
    return HeadersStatus.StopIteration;
  }

  onResponseHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const relay = this.relay;
    if (relay) return relay.onResponseHeaders(endOfStream);
    if (!this.server || this.isAnswered) return HeadersStatus.Continue;
    const stage = this.stage;
    if (!stage) return this.replaceOwnReply();
    stage.onHeaders();
    if (!endOfStream && stage.isStreaming) {
      stage.beginStream();
      return HeadersStatus.Continue;
    }
    if (!endOfStream) return HeadersStatus.StopIteration;
    // Where there is no body, none can be put in its place.
    this.isAnswered = true;
    sendLocalResponse(200, JSON_HEADERS, stage.finish(), "weir_mcp_result");
    return HeadersStatus.StopIteration;
  }

  /** Envoy has refused the request before it was read whole. */
  private replaceOwnReply(): HeadersStatus {
    const status = responseHeaders.get(STATUS);
    const code = status ? <i32>parseInteger(status) : 0;
    if (code < 400) return HeadersStatus.Continue;
    const what = code == 413 ? "The body is too large" : "The request could not be read";
    return this.stop(new RpcError(code, INVALID_REQUEST, what));
  }

  onResponseBody(size: u32, endOfStream: bool): DataStatus {
    const relay = this.relay;
    if (relay) return relay.onResponseBody(size, endOfStream);
    const stage = this.stage;
    return stage && !this.isAnswered ? stage.onBody(size, endOfStream) : DataStatus.Continue;
  }

  onResponseTrailers(count: u32): TrailersStatus {
    const relay = this.relay;
    if (relay) relay.onResponseTrailers();
    const stage = this.stage;
    if (stage && !this.isAnswered) stage.onTrailers();
    return TrailersStatus.Continue;
  }

  /** Whatever has become of it, a client that has left included. */
  onLog(): void {
    const relay = this.relay;
    const measured = relay ? relay.measured() : this.measured;
    if (!measured || !this.startedMs) return;
    const answer = this.answer;
    if (answer) measured.failure = answer.failure;
    const stage = this.stage;
    const sentBytes = stage ? <u64>stage.sentBytes : answer ? <u64>answer.body.length : 0;
    const allBytes = relay ? <u64>getIntegerProperty(RESPONSE_SIZE) : sentBytes;
    measured.record(nowMs() - this.startedMs, this.requestBytes, allBytes);
  }

  onDone(): bool {
    const relay = this.relay;
    if (!relay) return true;
    relay.onDone(this.root.id);
    this.root.inFlight.remove(this);
    return true;
  }
}

function tooLarge(limit: i32): RpcError {
  return new RpcError(413, INVALID_REQUEST, "The body is larger than " + limit.toString() + " bytes");
}

// What every exchange with a server in front of others has: the session, ways to servers, and the ways out: `route` and
// `reply`. What a request means is exchange.ts's.
import {
  continueRequest,
  DataStatus,
  getProperty,
  HeaderList,
  HeadersStatus,
  JsonTape,
  requestBody,
  requestHeaders,
  sendLocalResponse,
  setProperty,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
import { MeasuredMessage } from "../meter";
import { nameOtherRoute, nameRoute } from "../name-route";
import { Rights } from "../protocol/access-rules";
import { Caller } from "../protocol/caller";
import { Dispatcher } from "../protocol/dispatch";
import { EVENT_HEADERS, JSON_HEADERS } from "../protocol/reply-headers";
import { RpcError } from "../protocol/rpc-error";
import { McpServer } from "../protocol/server";
import { errorReply, resultReply } from "../protocol/write-reply";
import { Batch } from "./batch";
import { LocalLists } from "./catalog";
import { Cancellation } from "./cancellation";
import { isCancelled } from "./in-flight";
import { Link } from "./link";
import { Kind, LISTED, RelayRequest } from "./relay-request";
import { Member, RelayServer } from "./relay-server";
import { ResponseHandler } from "./response-handler";
import { RpcFetch } from "./rpc-fetch";
import { Session } from "./session";

const PATH = Slice.of(":path");
const INITIALIZE = Slice.of("initialize");
const SESSION = Slice.of("mcp-session-id");
const CONSUMER_STATE = Slice.of("weir.consumer");
const USER_STATE = Slice.of("weir.user");
const SERVER_STATE = Slice.of("weir.mcp_server");
const METHOD_STATE = Slice.of("weir.mcp_method");
const VERSION_STATE = Slice.of("weir.mcp_version");
const ERROR_STATE = Slice.of("weir.mcp_error");
/** By `Kind`. */
const NAME_STATES: StaticArray<Slice> = [
  Slice.of("weir.mcp_tool"),
  Slice.of("weir.mcp_prompt"),
  Slice.of("weir.mcp_resource"),
];
/** Without a body it would be no stream of events. */
const CALLED_OFF = Slice.of(": cancelled\n\n");
const ALLOW_HEADERS = new HeaderList()
  .addText("content-type", "application/json")
  .addText("allow", "GET, POST, DELETE");

/** One HTTP request, on its way. */
export abstract class ExchangeCore implements LocalLists {
  protected request_: RelayRequest | null = null;
  protected session: Session | null = null;
  private response: ResponseHandler | null = null;
  protected link: Link | null = null;
  /** What the server that is asked calls the thing that the request is for. */
  protected name: Slice = Slice.empty();
  protected failure: string = "";
  protected isAnswered: bool = false;
  protected isRouted: bool = false;
  /** Whether nobody reads what is learned of it. */
  isSilent: bool = false;
  /** Whether messages are measured. */
  hasMetrics: bool = false;
  /** Whether anybody wants to know of failures. */
  isWatched: bool = false;
  protected batch: Batch | null = null;
  /** What servers were asked beside the request. */
  private readonly asked: RpcFetch[] = [];
  /** Whether Envoy holds the request for a callback that comes later. */
  protected isHeld: bool = false;

  constructor(
    protected readonly server: RelayServer,
    protected readonly headers: HeaderList,
    protected readonly rights: Rights,
  ) {}

  protected publish(request: RelayRequest): void {
    if (this.isSilent) return;
    setProperty(SERVER_STATE, this.server.name);
    if (!request.method.length) return;
    setProperty(METHOD_STATE, request.method);
    setProperty(VERSION_STATE, request.speech.version);
    if (request.named != Kind.None && request.name.length) setProperty(NAME_STATES[request.named], request.name);
  }

  /** Whose the session is, and where. */
  protected context(): Slice {
    const consumer = getProperty(CONSUMER_STATE);
    const user = getProperty(USER_STATE);
    const output = new Writer().bytes(this.server.name).byte(0x0a);
    if (consumer) output.bytes(consumer);
    output.byte(0x0a);
    if (user) output.bytes(user);
    return output.take();
  }

  /** Whether the session is known, where the request names one. Without one most is possible as well. */
  protected readSession(request: RelayRequest | null): bool {
    if (request && (request.isModern || request.method.equals(INITIALIZE))) return true;
    const name = this.headers.get(SESSION);
    if (!name) return true;
    this.session = this.server.vault.open(name, this.context());
    return this.session != null;
  }

  listLocally(member: Member, body: Slice): Slice {
    const server = member.server;
    if (!server) return Slice.empty();
    const tape = new JsonTape();
    const answer = new Dispatcher(server, new HeaderList(), this.rightsAt(server), tape).dispatch(body);
    if (tape.scan(answer.body)) return Slice.empty();
    const result = tape.find(tape.root, Slice.of("result"));
    return result < 0 ? Slice.empty() : tape.raw(result);
  }

  /** What the caller may use at a server that stands behind this one: its own rules hold as well. */
  protected rightsAt(server: McpServer): Rights {
    return new Rights(server.settings.rules, new Caller(server.settings.tokens));
  }

  mayUse(member: Member, kind: Kind, name: Slice): bool {
    const server = member.server;
    if (!server || (kind == Kind.Tool && !member.takes(name))) return false;
    return this.rightsAt(server).allows(LISTED[kind], name);
  }

  linkTo(member: Member): Link | null {
    const remote = member.remote;
    const server = member.server;
    if (!remote || !server) return null;
    const link = new Link(server, remote, this.headers);
    const problem = member.problem;
    if (problem.length) link.failure = problem;
    this.convince(link);
    const session = this.session;
    if (!session) return link;
    link.clientCapabilities = session.capabilities;
    link.client = session.client;
    const part = session.partOf(member.name);
    if (part) link.resume(part);
    return link;
  }

  track(fetch: RpcFetch): void {
    this.asked.push(fetch);
  }

  /** Takes back what servers were asked beside the request. */
  withdraw(rootId: u32): void {
    const batch = this.batch;
    if (batch) batch.withdraw(rootId);
    for (let i = 0; i < this.asked.length; ++i) if (this.asked[i].isWaiting) this.asked[i].withdraw(rootId);
    this.asked.length = 0;
  }

  /** Whether a message of its own may end it: that a client leaves is enough in the second era. */
  get mayBeCalledOff(): bool {
    const batch = this.batch;
    return batch ? batch.mayBeCalledOff : this.session != null && this.isOwn;
  }

  /** Whether it was called off since then, and the gateway has to see to it. */
  isCalledOff(sinceMs: i64): bool {
    const batch = this.batch;
    if (batch) return batch.isCalledOff(sinceMs);
    const request = this.request_;
    const session = this.session;
    return request != null && session != null && this.isOwn && isCancelled(session, request.rawId, sinceMs);
  }

  /** Whether the gateway has to see to it that it ends: where it is routed as it came, its server does. */
  private get isOwn(): bool {
    const link = this.link;
    return !this.isAnswered && (!this.isRouted || (link != null && (link.isModern || link.remote.isPerRequest)));
  }

  /** Ends it, or of a batch those since then, without an answer: there must be none. What is routed ends with it. */
  callOff(sinceMs: i64, rootId: u32): void {
    const batch = this.batch;
    if (batch) return batch.callOff(sinceMs, rootId);
    this.withdraw(rootId);
    this.reply(200, EVENT_HEADERS, CALLED_OFF);
  }

  /** Finds the credential; one that is asked for and missing ends the exchange. */
  protected convince(link: Link): void {
    const credentials = link.remote.credentials;
    const own = credentials.fromClient;
    const path = this.headers.get(PATH);
    const brought = own ? own.scheme.takeFrom(this.headers, path ? path : Slice.empty()) : Slice.empty();
    if (own && !brought.length) link.failure = "needs a credential of yours, which the request does not have";
    const use = credentials.toServer;
    if (!use) return;
    const passed = own && own.isPassedThrough ? brought : Slice.empty();
    const caller = this.rights.caller;
    link.credential = use.credentialFor(passed, caller);
    const isPassed = use.isPassedThrough && passed.length > 0;
    link.isPersonal = isPassed || use.scheme.credentialOf(caller).length > 0;
    if (!link.credential.length && !link.failure.length) link.failure = "has no credential configured";
  }

  /** Sends the request to the server of `link`, as another one, and has its answer handled. */
  protected route(link: Link, headers: HeaderList, body: Slice, response: ResponseHandler): void {
    this.link = link;
    this.response = response;
    this.isRouted = true;
    response.isSilent = this.isSilent;
    response.isWatched = this.isWatched;
    if (!this.isSilent && !link.name.equals(this.server.name)) this.publishMember(link.name);
    // The route is the one of the server that is asked: its limits hold.
    if (link.remote.innerName.length) nameOtherRoute(link.server, link.remote.cluster);
    else nameRoute(link.server, link.remote.cluster);
    requestHeaders.replaceAll(headers);
    // A request that had no body gets none.
    const request = this.request_;
    if (request && body != request.body) requestBody.replace(body);
    if (this.isHeld) continueRequest();
  }

  /** Whose it is, and what it is called there. */
  private publishMember(server: Slice): void {
    setProperty(SERVER_STATE, server);
    const request = this.request_;
    if (!request || request.named == Kind.None || !this.name.length) return;
    if (!this.name.equals(request.name)) setProperty(NAME_STATES[request.named], this.name);
  }

  protected succeed(result: Slice): void {
    const request = this.request_;
    if (!request) return;
    this.reply(200, JSON_HEADERS, resultReply(request.rawId, result, request.speech.era, this.server.settings.info));
  }

  protected accept(): void {
    this.reply(202, null, Slice.empty());
  }

  protected fail(error: RpcError): void {
    const request = this.request_;
    this.failure = error.code.toString();
    if (!this.isSilent) setProperty(ERROR_STATE, Slice.of(this.failure));
    this.reply(error.status, this.headersOf(error), errorReply(request ? request.rawId : Slice.empty(), error));
  }

  /** Who lacks a scope is told where a token with it is to be had. */
  private headersOf(error: RpcError): HeaderList {
    const resource = this.server.settings.resource;
    if (error.status != 403 || !resource) return JSON_HEADERS;
    const challenge = resource.challenge(this.headers, error.scopes);
    return new HeaderList().addText("content-type", "application/json").addText("www-authenticate", challenge);
  }

  protected refuseMethod(): void {
    this.reply(405, ALLOW_HEADERS, errorReply(Slice.empty(), RpcError.transport(405, "Method not allowed.")));
  }

  protected reply(status: u32, headers: HeaderList | null, body: Slice): void {
    this.isAnswered = true;
    sendLocalResponse(status, headers, body, "weir_mcp_answer");
  }

  /** What is counted of it; null where there was no message. */
  measured(): MeasuredMessage | null {
    const request = this.request_;
    if (!request || !request.method.length) return null;
    const measured = new MeasuredMessage();
    measured.server = this.server.name;
    measured.method = request.method;
    if (request.named == Kind.Tool) measured.tool = request.name;
    const response = this.response;
    measured.failure = response && response.failure.length ? response.failure : this.failure;
    return measured;
  }

  onResponseHeaders(endOfStream: bool): HeadersStatus {
    const response = this.response;
    return response && !this.isAnswered ? response.onHeaders(endOfStream) : HeadersStatus.Continue;
  }

  onResponseBody(size: u32, endOfStream: bool): DataStatus {
    const response = this.response;
    return response && !this.isAnswered ? response.onBody(size, endOfStream) : DataStatus.Continue;
  }

  onResponseTrailers(): void {
    const response = this.response;
    if (response) response.onTrailers();
  }

  /** The client has gone: a server of the first era takes that for no cancellation. */
  onDone(rootId: u32): void {
    this.withdraw(rootId);
    const request = this.request_;
    const link = this.link;
    const response = this.response;
    if (!request || !link || !response || response.isOver || !link.isShared || link.remote.isPerRequest) return;
    new Cancellation().send(link, request.ownId, rootId);
  }
}

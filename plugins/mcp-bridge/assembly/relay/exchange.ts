// One HTTP request to a server that stands in front of others: whom it is for, how they are spoken to, and the route.
//
//   request ─► message ─► for one ─► (its name looked up) ─► link ─► routed, streams back
//                    └──► for all ─► links ─► side calls ─► one answer
//
// What waits is held by Envoy; every way out ends in `route` or `reply`.
import {
  continueRequest,
  DataStatus,
  HeaderList,
  HeadersStatus,
  JsonKind,
  JsonTape,
  nowMs,
  requestBody,
  Slice,
} from "@weir/sdk/assembly";
import { checkForms } from "../protocol/admission";
import { Rights } from "../protocol/access-rules";
import { batchProblem } from "../protocol/batch";
import { Classification } from "../protocol/classification";
import { Message, MessageKind } from "../protocol/message";
import { checkMirrored } from "../protocol/mirrored-headers";
import { HIGRESS_TOOLS, Narrowing } from "../protocol/narrowing";
import { JSON_HEADERS } from "../protocol/reply-headers";
import { INTERNAL_ERROR, INVALID_REQUEST, PARSE_ERROR, RpcError } from "../protocol/rpc-error";
import { McpServer } from "../protocol/server";
import { Era } from "../protocol/version";
import { resultReply } from "../protocol/write-reply";
import { Batch, BatchListener } from "./batch";
import { Catalog, CatalogListener } from "./catalog";
import { ExchangeCore } from "./exchange-core";
import { Greeting, GreetingListener } from "./greeting";
import { headerText } from "./header-text";
import { Link, LinkListener } from "./link";
import { noteCancellation } from "./in-flight";
import { Kind, LISTED, RelayRequest } from "./relay-request";
import { RelayResponse } from "./relay-response";
import { isMirrored, unknown, unknownMethod, notReached } from "./refusals";
import { Member, RelayServer } from "./relay-server";
import { Round, RoundListener } from "./round";
import { SseBridge, SseListener, SseQuestion } from "./sse-bridge";
import { tagOf, untaggedEvent, untaggedId } from "./tagged-id";
import { needsLookup, ToolLookup } from "./tool-lookup";
import { requestHeaders, upstreamBody, upstreamHeaders } from "./upstream-request";
import { describe, writeList } from "./write-list";

const METHOD = Slice.of(":method");
const POST = Slice.of("POST");
const GET = Slice.of("GET");
const DELETE = Slice.of("DELETE");
const INITIALIZE = Slice.of("initialize");
const DISCOVER = Slice.of("server/discover");
const PING = Slice.of("ping");
const SET_LEVEL = Slice.of("logging/setLevel");
const SESSION = Slice.of("mcp-session-id");
const LAST_EVENT = Slice.of("last-event-id");
const MCP_NAME = Slice.of("mcp-name");
const ID = Slice.of("id");
const NOTHING = Slice.of("{}");
const SESSION_LOST: i32 = -32001;

/** Has a server of this plugin's answer in place of the exchange. */
export interface LocalHandler {
  /** Whether the request goes on. */
  serveLocally(server: McpServer, rights: Rights, headers: HeaderList, body: Slice): bool;
}

/** One exchange. */
export class RelayExchange
  extends ExchangeCore
  implements LinkListener, CatalogListener, RoundListener, GreetingListener, SseListener, BatchListener
{
  /** Whether the names were looked up for this very request. */
  private isLookedUp: bool = false;

  constructor(
    server: RelayServer,
    private readonly tape: JsonTape,
    headers: HeaderList,
    rights: Rights,
    private readonly handler: LocalHandler,
  ) {
    super(server, headers, rights);
  }

  onRequestHeaders(endOfStream: bool): HeadersStatus {
    const method = this.headers.get(METHOD);
    if (method && method.equals(POST)) {
      const wrong = checkForms(this.headers);
      if (wrong) this.fail(wrong);
      else if (endOfStream) this.fail(new RpcError(400, PARSE_ERROR, "Parse error: The body is empty"));
      return HeadersStatus.StopIteration;
    }
    if (method && method.equals(GET)) this.listen();
    else if (method && method.equals(DELETE)) this.endSession();
    else this.refuseMethod();
    this.isHeld = !this.isRouted && !this.isAnswered;
    return this.isRouted ? HeadersStatus.Continue : HeadersStatus.StopIteration;
  }

  onRequestBody(size: u32, endOfStream: bool): DataStatus {
    const limit = this.server.settings.requestBytesMax;
    if (this.isAnswered) return DataStatus.StopIterationNoBuffer;
    if (size > <u32>limit) {
      this.fail(new RpcError(413, INVALID_REQUEST, "The body is larger than " + limit.toString() + " bytes"));
      return DataStatus.StopIterationNoBuffer;
    }
    if (!endOfStream) return DataStatus.StopIterationAndBuffer;
    this.begin(requestBody.get(0, size));
    if (this.held) return DataStatus.StopIterationAndBuffer;
    return this.isRouted ? DataStatus.Continue : DataStatus.StopIterationNoBuffer;
  }

  onRequestTrailers(): bool {
    if (!this.isAnswered) this.begin(requestBody.get(0, requestBody.length));
    return !this.held && this.isRouted;
  }

  private get held(): bool {
    this.isHeld = !this.isRouted && !this.isAnswered;
    return this.isHeld;
  }

  /** Deals with what the client has sent. */
  begin(body: Slice): void {
    const tape = this.tape;
    if (tape.scan(body)) return this.fail(new RpcError(400, PARSE_ERROR, "Parse error: Invalid JSON"));
    if (tape.kind(tape.root) == JsonKind.Array) return this.beginBatch(tape);
    const message = new Message(tape, tape.root);
    const speech = new Classification();
    let problem = message.problem(tape.root);
    if (!problem) problem = speech.read(message, this.headers, this.server.settings.isStrict);
    const narrowing = new Narrowing(this.headers, this.server.settings.toolsHeader);
    const request = new RelayRequest(body, speech, this.headers, narrowing, this.rights);
    request.read(message);
    this.request_ = request;
    if (!problem && request.isModern && isMirrored(request)) {
      problem = checkMirrored(message, this.headers, this.server.settings.isStrict);
    }
    const responseId = message.kind == MessageKind.Response ? tape.text(tape.find(tape.root, ID)) : Slice.empty();
    tape.clear();
    this.publish(request);
    if (problem) return this.fail(problem);
    if (!this.readSession(request)) {
      return this.fail(new RpcError(404, SESSION_LOST, "Session not found"));
    }
    if (request.kind == MessageKind.Request) this.ask(request);
    else if (request.kind == MessageKind.Notification) this.note(request);
    else this.answer(request, responseId);
  }

  private beginBatch(tape: JsonTape): void {
    const problem = batchProblem(tape, this.headers);
    if (problem) return this.fail(problem);
    const batch = new Batch(this.server, this.headers, this.rights, this);
    batch.isSilent = this.isSilent;
    batch.hasMetrics = this.hasMetrics;
    this.batch = batch;
    batch.start(tape);
  }

  onBatch(body: Slice): void {
    if (body.length) this.reply(200, JSON_HEADERS, body);
    else this.accept();
  }

  private ask(request: RelayRequest): void {
    const server = this.server;
    const method = request.method;
    if (!request.isModern && method.equals(INITIALIZE)) return this.greet(request);
    if (request.isModern && method.equals(DISCOVER)) return this.greet(request);
    if (request.named != Kind.None && !server.allows(request, request.named, request.name)) {
      const forbidden = this.rights.refusalOf(LISTED[request.named], request.name);
      return this.fail(forbidden ? forbidden : unknown(request));
    }
    if (this.hasStreamsOnly) return this.askBySse(request, null);
    if (server.isSingle) return this.askMember(server.members[0], request.name);
    if (!request.isModern && method.equals(PING)) return this.succeed(NOTHING);
    if (server.isToolsOnly && request.named != Kind.Tool && request.listed != Kind.Tool)
      return this.fail(unknownMethod(request));
    if (request.listed != Kind.None) return this.look(request.listed);
    if (request.named != Kind.None) return this.askOwner(request);
    if (!request.isModern && method.equals(SET_LEVEL)) return this.tellAll(request, request.rawId);
    this.fail(unknownMethod(request));
  }

  private greet(request: RelayRequest): void {
    if (!request.isModern && !request.hasVersion) return this.fail(RpcError.params("protocolVersion must be a string"));
    if (this.hasStreamsOnly) return this.askBySse(request, this);
    new Greeting(this.server, request, this).start(this);
  }

  /** Whether the server is one of HTTP with server-sent events. */
  private get hasStreamsOnly(): bool {
    const remote = this.server.remote;
    return remote != null && remote.isSse;
  }

  /** Routes a stream, in which the answer will be. */
  private askBySse(request: RelayRequest, listener: SseListener | null): void {
    const link = this.linkTo(this.server.members[0]);
    if (!link || link.failure.length) return this.fail(notReached(link));
    if (listener) link.greeting = request.isModern ? Slice.empty() : request.rawParams;
    else if (this.bridge(request, link)) return;
    link.sessionId = Slice.empty();
    link.version = Slice.empty();
    const bridge = new SseBridge(link, SseQuestion.of(request, link, this.server, listener));
    this.route(link, upstreamHeaders(link, GET, this.headers), Slice.empty(), bridge);
  }

  onGreetedBySse(link: Link): void {
    const request = this.request_;
    if (!request) return;
    const greeting = new Greeting(this.server, request, this);
    greeting.links.push(link);
    this.onGreeted(greeting);
  }

  onGreeted(greeting: Greeting): void {
    if (greeting.isEmpty) return this.fail(new RpcError(502, INTERNAL_ERROR, describe(greeting.absences)));
    const request = greeting.request;
    const era = request.isModern && greeting.isWhole ? Era.Legacy : request.speech.era;
    const body = resultReply(request.rawId, greeting.result(), era, this.server.settings.info);
    if (request.isModern) return this.reply(200, JSON_HEADERS, body);
    const name = this.server.vault.seal(greeting.session(), this.context());
    const headers = new HeaderList().addText("content-type", "application/json").add(SESSION, name);
    this.reply(200, headers, body);
  }

  /** Asks the one who has it; who that is may have to be found out. */
  private askOwner(request: RelayRequest): void {
    const owners = this.server.owners[request.named];
    const dispute = owners.disputeOf(request.name);
    if (dispute.length) return this.fail(RpcError.params(request.name.toText() + " is not clear: " + dispute));
    const isKnown = request.named != Kind.Resource || this.server.owners[Kind.Template].isKnown;
    const isSure = this.isLookedUp || (isKnown && owners.isFresh(<i64>nowMs()));
    const owned = this.server.ownerOf(request.named, request.name, isSure);
    if (owned) return this.askMember(this.server.members[owned.member], owned.name);
    if (isSure) return this.fail(unknown(request));
    this.isLookedUp = true;
    this.look(request.named);
  }

  /** Has all servers list what they have of a kind. */
  private look(kind: Kind): void {
    const request = this.request_;
    const isModern = request != null && request.isModern;
    new Catalog(this.server, kind, isModern, this, this).start();
  }

  onCatalog(catalog: Catalog): void {
    const request = this.request_;
    if (!request || this.isAnswered) return;
    if (catalog.hasLostSession) return this.fail(new RpcError(404, SESSION_LOST, "Session not found"));
    if (request.listed == Kind.None) {
      // What is read may be none of what is listed, but fit a template.
      if (catalog.kind == Kind.Resource && !this.server.owners[Kind.Resource].find(request.name))
        return this.look(Kind.Template);
      return this.askOwner(request);
    }
    if (catalog.absences.length == this.server.members.length) {
      return this.fail(new RpcError(502, INTERNAL_ERROR, describe(catalog.absences)));
    }
    const result = writeList(this.server, catalog, request);
    if (result && !request.hasBadCursor) this.succeed(result);
    else this.fail(RpcError.params("Invalid cursor"));
  }

  /** Asks a server for the thing that it calls `name`. */
  private askMember(member: Member, name: Slice): void {
    const request = this.request_;
    const server = member.server;
    if (!request || !server) return;
    const isNamed = request.named != Kind.None;
    if (!this.server.isSingle && isNamed && !this.mayUse(member, request.named, name))
      return this.fail(unknown(request));
    this.name = name;
    const link = this.linkTo(member);
    if (!link) return this.askLocally(server, request, name);
    if (link.isReady) this.onLinked(link);
    else link.open(request.isModern, false, this);
  }

  private askLocally(server: McpServer, request: RelayRequest, name: Slice): void {
    const headers = HeaderList.fromWire(this.headers.toWire()).remove(HIGRESS_TOOLS);
    if (this.server.settings.toolsHeader.length) headers.remove(this.server.settings.toolsHeader);
    if (request.isModern && headers.get(MCP_NAME)) headers.set(MCP_NAME, headerText(name));
    const body = upstreamBody(request, null, name);
    this.isAnswered = true;
    if (!this.handler.serveLocally(server, this.rightsAt(server), headers, body)) return;
    this.isRouted = true;
    if (this.isHeld) continueRequest();
  }

  onLinked(link: Link): void {
    const request = this.request_;
    if (!request) return this.routeListener(link);
    if (link.failure.length) return this.fail(notReached(link));
    if (request.kind == MessageKind.Request && request.isModern != link.isModern && this.bridge(request, link)) return;
    if (needsLookup(link, request, this.name)) return new ToolLookup(link, this).start(Slice.empty());
    const headers = requestHeaders(link, request, this.name);
    const response = new RelayResponse(this.server, link, request, this.name);
    this.route(link, headers, upstreamBody(request, link, this.name), response);
  }

  /** Whether the method, which the server's era does not have, is answered here. */
  private bridge(request: RelayRequest, link: Link): bool {
    const method = request.method;
    if (link.isModern && (method.equals(PING) || method.equals(SET_LEVEL))) {
      this.succeed(NOTHING);
      return true;
    }
    if (link.isModern == request.isModern) return false;
    if (!request.isOfBothEras) this.fail(unknownMethod(request));
    return !request.isOfBothEras;
  }

  private note(request: RelayRequest): void {
    const session = this.session;
    if (session) noteCancellation(session, request);
    if (!this.server.isSingle) return session ? this.tellAll(request, Slice.empty()) : this.accept();
    const link = this.linkTo(this.server.members[0]);
    // In a session that is shared nobody else's requests must be touched; across eras there is nothing to say.
    if (!link || !link.isReady || link.failure.length || link.isModern || link.remote.isSse) return this.accept();
    this.onLinked(link);
  }

  /** Sends a message to all servers of the session, and waits until all have taken it. */
  private tellAll(request: RelayRequest, rawId: Slice): void {
    const round = new Round(this);
    const members = this.server.members;
    for (let i = 0; i < members.length; ++i) {
      const link = this.linkTo(members[i]);
      if (!link || !link.isReady || link.failure.length || link.isModern) continue;
      round.add(link, upstreamHeaders(link, POST, this.headers), request.body, rawId);
    }
    round.end();
  }

  onRound(): void {
    const request = this.request_;
    if (!request) this.reply(204, null, Slice.empty());
    else if (request.kind == MessageKind.Request) this.succeed(NOTHING);
    else this.accept();
  }

  /** What a client answers goes to the server that has asked. */
  private answer(request: RelayRequest, id: Slice): void {
    const server = this.server;
    const member = server.isSingle ? server.members[0] : server.memberNamed(tagOf(id));
    const link = member ? this.linkTo(member) : null;
    if (!link || !link.isReady || link.failure.length || link.isModern || link.remote.isPerRequest)
      return this.accept();
    if (!server.isSingle) {
      const rawId = untaggedId(id);
      if (!rawId) return this.accept();
      request.originalId = rawId;
    }
    this.onLinked(link);
  }

  private listen(): void {
    if (!this.readSession(null)) return this.fail(new RpcError(404, SESSION_LOST, "Session not found"));
    const server = this.server;
    const last = this.headers.get(LAST_EVENT);
    let member: Member | null = null;
    if (server.isSingle) member = server.members[0];
    else member = server.memberNamed(last ? tagOf(last) : server.notificationsFrom);
    const link = member ? this.linkTo(member) : null;
    if (!link || link.isModern || (!server.isSingle && !link.isReady)) return this.refuseMethod();
    if (link.remote.isPerRequest) return this.refuseMethod();
    this.routeListener(link);
  }

  private routeListener(link: Link): void {
    if (link.failure.length) return this.refuseMethod();
    const headers = upstreamHeaders(link, GET, this.headers);
    const last = headers.get(LAST_EVENT);
    if (last && !this.server.isSingle) headers.set(LAST_EVENT, untaggedEvent(last));
    this.route(link, headers, Slice.empty(), new RelayResponse(this.server, link, null, Slice.empty()));
  }

  private endSession(): void {
    if (!this.headers.get(SESSION)) return this.fail(RpcError.transport(400, "Bad Request: Mcp-Session-Id is missing"));
    if (!this.readSession(null)) return this.fail(new RpcError(404, SESSION_LOST, "Session not found"));
    const session = this.session;
    if (session) session.end();
    const round = new Round(this);
    const members = this.server.members;
    for (let i = 0; i < members.length; ++i) {
      const link = this.linkTo(members[i]);
      if (!link || !link.sessionId.length || link.failure.length || link.isModern) continue;
      round.add(link, upstreamHeaders(link, DELETE, this.headers), Slice.empty(), Slice.empty());
    }
    round.end();
  }
}

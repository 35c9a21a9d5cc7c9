// What one exchange has to do with one server: how it is spoken to, and, before that, finding out how. A server of the
// first era wants to be greeted; a client's own greeting is passed on, others share a session.
import { HeaderList, JsonTape, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { McpServer } from "../protocol/server";
import { MODERN } from "../protocol/version";
import { Known, Remote, SharedSession } from "./remote";
import { FetchListener, RpcFetch } from "./rpc-fetch";
import { SessionPart } from "./session";
import { mirrorInHeaders, modernMeta, upstreamHeaders } from "./upstream-request";

const POST = Slice.of("POST");
const DISCOVER = Slice.of("server/discover");
const RAW_ID = Slice.of('"weir"');
const EMPTY_OBJECT = Slice.of("{}");
const GATEWAY = Slice.of('{"name":"weir","version":"1.0.0"}');
const VERSION = Slice.of("protocolVersion");
/** How the gateway greets where it is not a client's own greeting: nobody could answer what a server might ask. */
export const GREETING = Slice.of(
  '{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"weir","version":"1.0.0"}}',
);
const SUPPORTED = Slice.of("supportedVersions");
/** What the gateway says once it has been greeted. */
export const INITIALIZED = Slice.of('{"jsonrpc":"2.0","method":"notifications/initialized"}');

/** Whoever waits for a link. */
export interface LinkListener {
  onLinked(link: Link): void;
}

const enum Step {
  Discover = 0,
  Initialize,
  Initialized,
}

/** One server in one exchange. */
@final
export class Link implements FetchListener {
  /** Which era the server is spoken to in. */
  isModern: bool = false;
  sessionId: Slice = Slice.empty();
  /** What the server is told that is spoken; empty for nothing. */
  version: Slice = Slice.empty();
  /** Whether others use the same session. */
  isShared: bool = false;
  /** What the server has said of itself: of `initialize`, or of `server/discover`. */
  info: Slice = Slice.empty();
  /** Why it cannot be spoken to; empty where it can. */
  failure: string = "";
  /** Whether nothing has to be found out. */
  isReady: bool = false;
  /** What the client can do, and who it is, as the server is told. */
  clientCapabilities: Slice = EMPTY_OBJECT;
  client: Slice = GATEWAY;
  /** What it is convinced with. */
  credential: Slice = Slice.empty();
  /** Whether that is a client's own: then the session is, too. */
  isPersonal: bool = false;
  /** Whether its tools were looked up for this very request. */
  hasTools: bool = false;
  /** The client's own greeting, which is passed on; empty where it has not greeted. */
  greeting: Slice = Slice.empty();
  /** For the listener, to tell several apart. */
  index: i32 = 0;
  private step: Step = Step.Discover;
  private hasTried: bool = false;
  private listener: LinkListener | null = null;

  constructor(
    readonly server: McpServer,
    readonly remote: Remote,
    /** The client's. */
    readonly headers: HeaderList,
  ) {}

  /** The server's name. */
  get name(): Slice {
    return this.server.name;
  }

  /** Speaks as a session has it. */
  resume(part: SessionPart): void {
    this.isReady = true;
    this.sessionId = part.sessionId;
    this.version = part.version;
    this.isModern = part.isModern;
  }

  /** Finds out how to speak. The listener is told in any case, maybe at once. */
  open(isClientModern: bool, needsInfo: bool, listener: LinkListener): void {
    this.listener = listener;
    if (this.failure.length) return listener.onLinked(this);
    const remote = this.remote;
    const prefersModern = isClientModern ? remote.modern != Known.No : remote.legacy == Known.No;
    if (prefersModern && !needsInfo && remote.modern == Known.Yes) {
      this.becomeModern();
      return listener.onLinked(this);
    }
    if (prefersModern) this.discover();
    else this.initialize();
  }

  private becomeModern(): void {
    this.isModern = true;
    this.version = MODERN;
  }

  private discover(): void {
    this.step = Step.Discover;
    const json = new JsonWriter(new Writer()).beginObject();
    json.key(Slice.of("_meta")).raw(modernMeta(this));
    this.ask(DISCOVER, json.endObject().output.take(), true);
  }

  private initialize(): void {
    this.step = Step.Initialize;
    if (this.greeting.length) return this.ask(Slice.of("initialize"), this.greeting, false);
    const shared = this.remote.takeShared();
    if (shared && !this.isPersonal) return this.share(shared);
    this.ask(Slice.of("initialize"), GREETING, false);
  }

  private share(shared: SharedSession): void {
    this.isShared = true;
    this.sessionId = shared.sessionId;
    this.version = shared.version;
    this.info = shared.info;
    this.tell();
  }

  private ask(method: Slice, params: Slice, isModern: bool): void {
    const headers = upstreamHeaders(this, POST, this.headers);
    if (isModern) mirrorInHeaders(headers, method, Slice.empty(), new HeaderList());
    const fetch = new RpcFetch(this, RAW_ID);
    fetch.start(this.remote, headers, requestOf(method, params, RAW_ID), this.remote.listTimeoutMs);
  }

  onFetched(fetch: RpcFetch): void {
    if (this.step == Step.Initialized) return this.tell();
    const isModern = this.step == Step.Discover;
    const isSpoken = fetch.result.length > 0 && (!isModern || supportsModern(fetch.result));
    if (isSpoken || fetch.isRefused) this.remote.learn(isModern, isSpoken);
    if (isSpoken) return this.take(fetch, isModern);
    const other = isModern ? this.remote.mayBeLegacy : this.remote.mayBeModern;
    const isOver = this.hasTried || !other || (!fetch.isRefused && !fetch.result.length);
    this.hasTried = true;
    if (!isOver) return isModern ? this.initialize() : this.discover();
    this.failure = fetch.failure.length ? fetch.failure : "speaks no version of the protocol that is known here";
    this.tell();
  }

  private take(fetch: RpcFetch, isModern: bool): void {
    this.info = fetch.result;
    if (isModern) {
      this.becomeModern();
      return this.tell();
    }
    this.sessionId = fetch.sessionId;
    this.version = textIn(fetch.result, VERSION);
    // The client says itself that it is ready.
    if (this.greeting.length) return this.tell();
    this.isShared = true;
    if (!this.isPersonal) this.remote.shared = new SharedSession(this.sessionId, this.version, this.info);
    this.step = Step.Initialized;
    const headers = upstreamHeaders(this, POST, this.headers);
    new RpcFetch(this, Slice.empty()).start(this.remote, headers, INITIALIZED, this.remote.listTimeoutMs);
  }

  private tell(): void {
    const listener = this.listener;
    if (listener) listener.onLinked(this);
  }
}

/** A request of the gateway's own. */
export function requestOf(method: Slice, params: Slice, rawId: Slice): Slice {
  const json = new JsonWriter(new Writer(params.length + 128)).beginObject();
  json.key(Slice.of("jsonrpc")).text(Slice.of("2.0")).key(Slice.of("id")).raw(rawId);
  return json.key(Slice.of("method")).text(method).key(Slice.of("params")).raw(params).endObject().output.take();
}

function supportsModern(result: Slice): bool {
  const tape = new JsonTape();
  if (tape.scan(result)) return false;
  const list = tape.find(tape.root, SUPPORTED);
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) if (tape.equals(node, MODERN)) return true;
  return false;
}

function textIn(json: Slice, key: Slice): Slice {
  const tape = new JsonTape();
  return tape.scan(json) ? Slice.empty() : tape.text(tape.find(tape.root, key));
}

// One message sent to a server by a call of the plugin's own, and the message that answers it, whether it comes as JSON
// or in a stream of events. Only what is small and has to be brought together travels so; everything else is routed.
import {
  calloutHeaders,
  HeaderList,
  HttpCallout,
  JsonKind,
  JsonTape,
  mediaTypeEssence,
  Slice,
  SseSplitter,
  Status,
} from "@weir/sdk/assembly";
import { Cancellation } from "./cancellation";
import { calloutFailure } from "./inner-call";
import { Link } from "./link";
import { Remote } from "./remote";

const CONTENT_TYPE = Slice.of("content-type");
const EVENTS = Slice.of("text/event-stream");
const SESSION = Slice.of("mcp-session-id");
const ID = Slice.of("id");
const RESULT = Slice.of("result");
const ERROR = Slice.of("error");
const CODE = Slice.of("code");
const MESSAGE = Slice.of("message");
const METHOD = Slice.of("method");
const TIMEOUT: i32 = 504;
const TAPE = new JsonTape();

/** Whoever waits for it. */
export interface FetchListener {
  onFetched(fetch: RpcFetch): void;
}

/** One exchange. */
@final
export class RpcFetch extends HttpCallout {
  status: i32 = 0;
  /** The name of the session that the server has given. */
  sessionId: Slice = Slice.empty();
  /** The whole answer; empty where there is none. */
  message: Slice = Slice.empty();
  /** A JSON object; empty where there is none. */
  result: Slice = Slice.empty();
  /** The error's code, 0 for none. */
  errorCode: i64 = 0;
  /** Why there is no result; empty where there is one. */
  failure: string = "";
  /** Whether it is the server that has refused, having understood. */
  isRefused: bool = false;
  /** For the listener, to tell several apart. */
  index: i32 = 0;
  /** Whom the question can be taken back from; null where it must be answered, as a greeting. */
  link: Link | null = null;

  constructor(
    private readonly listener: FetchListener,
    /** The id that the answer has; empty where none is waited for. */
    private readonly rawId: Slice,
  ) {
    super();
  }

  /** Sends it. The listener is told in any case, maybe at once. */
  start(remote: Remote, headers: HeaderList, body: Slice, timeoutMs: i32): void {
    if (this.sendTo(remote.cluster, headers, body, timeoutMs) == Status.Ok) return;
    this.failure = "could not be reached";
    this.listener.onFetched(this);
  }

  /** Tells the server that nobody waits any more. One of the second era would be told so by the end of the request. */
  withdraw(rootId: u32): void {
    const link = this.link;
    const isTold = link != null && !link.isModern && !link.remote.isPerRequest;
    if (link && isTold && this.rawId.length) new Cancellation().send(link, this.rawId, rootId);
  }

  onReply(status: i32, headerCount: u32, body: Slice): void {
    this.status = status;
    // Envoy has given up waiting: https://modelcontextprotocol.io/specification/2025-11-25/basic/lifecycle#timeouts
    if (status == TIMEOUT) this.withdraw(this.rootId);
    const sessionId = calloutHeaders.get(SESSION);
    if (sessionId) this.sessionId = sessionId;
    if (!status) this.failure = "could not be reached";
    else if (this.rawId.length) this.read(body, calloutFailure());
    else if (status >= 300) this.failure = "answered " + status.toString();
    this.listener.onFetched(this);
  }

  private read(body: Slice, told: string): void {
    const type = calloutHeaders.get(CONTENT_TYPE);
    const isStream = type != null && mediaTypeEssence(type).equalsIgnoreCase(EVENTS);
    if (isStream ? this.readEvents(body) : this.readMessage(body)) return;
    const status = this.status;
    this.isRefused = status >= 400 && status < 500 && status != 401 && status != 403 && status != 429;
    if (told.length) this.failure = told;
    // Envoy says so itself where there is nobody.
    else if (status == 503) this.failure = "could not be reached";
    else if (status == 504) this.failure = "did not answer in time";
    else if (status == 401 || status == 403) this.failure = "does not accept the gateway's credentials";
    else this.failure = "answered " + status.toString() + (status < 300 ? " without a reply" : "");
  }

  private readEvents(body: Slice): bool {
    const splitter = new SseSplitter();
    splitter.push(body);
    for (let event = splitter.next(); event; event = splitter.next()) if (this.readMessage(event.data)) return true;
    const rest = splitter.finish();
    return rest != null && this.readMessage(rest.data);
  }

  /** Whether it is the answer. */
  private readMessage(message: Slice): bool {
    const tape = TAPE;
    if (!message.length || tape.scan(message)) return false;
    const isAnswer = this.takeAnswer(tape);
    if (isAnswer) this.message = message;
    tape.clear();
    return isAnswer;
  }

  private takeAnswer(tape: JsonTape): bool {
    if (tape.find(tape.root, METHOD) >= 0) return false;
    const result = tape.find(tape.root, RESULT);
    const error = tape.find(tape.root, ERROR);
    const id = tape.find(tape.root, ID);
    if (tape.kind(result) == JsonKind.Object && tape.raw(id).equals(this.rawId)) {
      this.result = tape.raw(result);
      return true;
    }
    // An error may be about a message that could not be read, id and all.
    if (tape.kind(error) != JsonKind.Object) return false;
    if (tape.kind(id) != JsonKind.Missing && tape.kind(id) != JsonKind.Null && !tape.raw(id).equals(this.rawId))
      return false;
    this.errorCode = tape.integer(tape.find(error, CODE));
    const status = this.status;
    this.isRefused = status != 401 && status != 403 && status != 429 && status < 500;
    this.failure = "says: " + tape.text(tape.find(error, MESSAGE)).toText();
    return true;
  }
}

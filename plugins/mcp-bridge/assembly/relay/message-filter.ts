// What becomes of a server's message on its way to a client: ids that say whose they are, results as the client's era
// has them, lists without what must not be seen. Everything else passes byte for byte.
import { JsonEdit, JsonKind, JsonTape, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { HEADER_MISMATCH, INTERNAL_ERROR, INVALID_PARAMS, RpcError } from "../protocol/rpc-error";
import { errorReply } from "../protocol/write-reply";
import { failure } from "../rest/result";
import { Link } from "./link";
import { Kind, LISTED, NAMES, RelayRequest } from "./relay-request";
import { RelayServer } from "./relay-server";
import { taggedId } from "./tagged-id";

const ID = Slice.of("id");
const METHOD = Slice.of("method");
const PARAMS = Slice.of("params");
const RESULT = Slice.of("result");
const ERROR = Slice.of("error");
const CODE = Slice.of("code");
const IS_ERROR = Slice.of("isError");
const META = Slice.of("_meta");
const PROGRESS = Slice.of("notifications/progress");
const LOG = Slice.of("notifications/message");
const PROGRESS_TOKEN = Slice.of("progressToken");
const RESULT_TYPE = Slice.of("resultType");
const COMPLETE = Slice.of('"complete"');
const INPUT_REQUIRED = Slice.of("input_required");
const TTL_MS = Slice.of("ttlMs");
const CACHE_SCOPE = Slice.of("cacheScope");
const PRIVATE = Slice.of('"private"');
const READ = Slice.of("resources/read");
const SERVER_INFO = Slice.of("io.modelcontextprotocol/serverInfo");
/** What servers of the first era answer where a resource is not there. */
const NOT_FOUND: i64 = -32002;
const TAPE = new JsonTape();

/** The messages of one answer. */
@final
export class MessageFilter {
  /** Whether the reply to the request was among them. */
  isAnswered: bool = false;
  /** The code of the error that it was; 0 for none. */
  errorCode: i64 = 0;
  /** Whether it was a tool's failure. */
  hasToolFailed: bool = false;

  constructor(
    private readonly server: RelayServer,
    private readonly link: Link,
    /** Null for a stream that answers none. */
    private readonly request: RelayRequest | null,
  ) {}

  /** What has gone wrong, for the log; empty where nothing has. */
  get failure(): string {
    return this.hasToolFailed ? "tool" : this.errorCode ? this.errorCode.toString() : "";
  }

  /** Whether anything has to be looked at. */
  get isNeeded(): bool {
    return !this.server.isSingle || this.changesReplies;
  }

  /** Whether the reply to the request has to be. */
  get changesReplies(): bool {
    const request = this.request;
    if (!request) return false;
    if (this.link.isShared || this.link.isModern != request.isModern) return true;
    return request.listed != Kind.None && this.server.isLimited(request);
  }

  /** The message as the client gets it; null where it gets none. */
  apply(message: Slice): Slice | null {
    const tape = TAPE;
    if (tape.scan(message) || tape.kind(tape.root) != JsonKind.Object) return message;
    const filtered = tape.find(tape.root, METHOD) < 0 ? this.applyToReply(tape) : this.applyToOther(tape, message);
    tape.clear();
    return filtered;
  }

  private applyToOther(tape: JsonTape, message: Slice): Slice | null {
    const request = this.request;
    const id = tape.find(tape.root, ID);
    const isModern = request != null && request.isModern;
    if (id >= 0) {
      // Nobody who could answer it is there.
      if (isModern) return null;
      if (this.server.isSingle) return message;
      const edit = new JsonEdit(tape);
      edit.replace(id, taggedId(this.link.name, tape.raw(id)));
      return edit.apply();
    }
    const method = tape.text(tape.find(tape.root, METHOD));
    if (request && isModern && !this.link.isModern && method.equals(LOG) && !request.wantsLogs) return null;
    if (!request || !this.link.isShared || !method.equals(PROGRESS)) return message;
    // In a session that others share, other requests' progress may come along.
    const token = tape.find(tape.find(tape.root, PARAMS), PROGRESS_TOKEN);
    if (!tape.raw(token).equals(request.ownId)) return null;
    const edit = new JsonEdit(tape);
    edit.replace(token, request.rawProgressToken);
    return edit.apply();
  }

  private applyToReply(tape: JsonTape): Slice {
    const request = this.request;
    if (!request) return tape.bytes;
    this.isAnswered = true;
    const edit = new JsonEdit(tape);
    if (this.link.isShared) edit.set(tape.root, ID, request.rawId);
    const error = tape.find(tape.root, ERROR);
    if (error >= 0) {
      this.applyToError(edit, tape, error, request);
      return edit.apply();
    }
    const result = tape.find(tape.root, RESULT);
    if (tape.kind(result) != JsonKind.Object) return edit.apply();
    this.hasToolFailed = request.named == Kind.Tool && tape.isTrue(tape.find(result, IS_ERROR));
    if (this.link.isModern && !request.isModern && tape.equals(tape.find(result, RESULT_TYPE), INPUT_REQUIRED)) {
      return needsInput(request);
    }
    if (this.link.isModern && !request.isModern && request.listed == Kind.Tool) {
      this.link.remote.tools.learn(tape, result);
    }
    if (request.listed != Kind.None && this.server.isLimited(request)) this.narrow(edit, tape, result, request);
    if (request.isModern && !this.link.isModern) this.complete(edit, tape, result, request);
    return edit.apply();
  }

  private applyToError(edit: JsonEdit, tape: JsonTape, error: i32, request: RelayRequest): void {
    const code = tape.find(error, CODE);
    this.errorCode = tape.integer(code);
    if (request.isModern && !this.link.isModern && this.errorCode == NOT_FOUND) {
      this.errorCode = INVALID_PARAMS;
      edit.replace(code, new Writer().integer(INVALID_PARAMS).take());
    }
    // The client has sent no header that could be wrong: the tool wants others than were listed.
    if (!request.isModern && this.errorCode == HEADER_MISMATCH) {
      edit.replace(code, new Writer().integer(INTERNAL_ERROR).take());
      this.link.remote.tools.forget();
    }
  }

  /** Takes out of a list what this request may not see. */
  private narrow(edit: JsonEdit, tape: JsonTape, result: i32, request: RelayRequest): void {
    const kind = request.listed;
    const list = tape.find(result, LISTED[kind]);
    if (tape.kind(list) != JsonKind.Array) return;
    const json = new JsonWriter(new Writer()).beginArray();
    for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
      const name = tape.text(tape.find(node, NAMES[kind]));
      if (this.server.allows(request, kind, name)) json.raw(tape.raw(node));
    }
    edit.set(result, LISTED[kind], json.endArray().output.take());
    if (this.link.isModern) edit.set(result, CACHE_SCOPE, PRIVATE);
  }

  /** Adds what each result has in the second era. */
  private complete(edit: JsonEdit, tape: JsonTape, result: i32, request: RelayRequest): void {
    edit.set(result, RESULT_TYPE, COMPLETE);
    const info = this.server.settings.info;
    const meta = tape.find(result, META);
    if (tape.kind(meta) == JsonKind.Object) edit.set(meta, SERVER_INFO, info);
    else
      edit.set(
        result,
        META,
        new JsonWriter(new Writer()).beginObject().key(SERVER_INFO).raw(info).endObject().output.take(),
      );
    if (request.listed == Kind.None && !request.method.equals(READ)) return;
    edit.set(result, TTL_MS, new Writer().integer(0).take());
    edit.set(result, CACHE_SCOPE, PRIVATE);
  }
}

/** Clients of the first era have no way to be asked by a server of the second. */
function needsInput(request: RelayRequest): Slice {
  const text = "The server needs more input from the user, for which this client's version of the protocol has no way";
  if (request.named != Kind.Tool) return errorReply(request.rawId, new RpcError(200, INTERNAL_ERROR, text));
  const json = new JsonWriter(new Writer()).beginObject();
  json.key(Slice.of("jsonrpc")).text(Slice.of("2.0")).key(ID).raw(request.rawId);
  return json.key(RESULT).raw(failure(text)).endObject().output.take();
}

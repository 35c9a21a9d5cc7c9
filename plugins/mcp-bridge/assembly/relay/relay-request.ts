// What a client has sent, in parts that outlive the callback it came in.
import { encodeHex, HeaderList, JsonKind, JsonTape, randomBytes, Slice, Writer } from "@weir/sdk/assembly";
import { Rights } from "../protocol/access-rules";
import { Classification } from "../protocol/classification";
import { Message, MessageKind } from "../protocol/message";
import { Narrowing } from "../protocol/narrowing";
import { Era } from "../protocol/version";

const CALL = Slice.of("tools/call");
const PROMPT = Slice.of("prompts/get");
const READ = Slice.of("resources/read");
const SUBSCRIBE = Slice.of("resources/subscribe");
const UNSUBSCRIBE = Slice.of("resources/unsubscribe");
const COMPLETE = Slice.of("completion/complete");
const LIST_TOOLS = Slice.of("tools/list");
const LIST_PROMPTS = Slice.of("prompts/list");
const LIST_RESOURCES = Slice.of("resources/list");
const LIST_TEMPLATES = Slice.of("resources/templates/list");
const NAME = Slice.of("name");
const URI = Slice.of("uri");
const REF = Slice.of("ref");
const CURSOR = Slice.of("cursor");
const VERSION = Slice.of("protocolVersion");
const LOG_LEVEL = Slice.of("io.modelcontextprotocol/logLevel");
const PROGRESS_TOKEN = Slice.of("progressToken");

/** What is listed, and named in requests. */
export const enum Kind {
  Tool = 0,
  Prompt,
  Resource,
  Template,
  None,
}

/** The methods that list, in the order of `Kind`. */
export const LISTS: StaticArray<Slice> = [LIST_TOOLS, LIST_PROMPTS, LIST_RESOURCES, LIST_TEMPLATES];
/** The members of their results. */
export const LISTED: StaticArray<Slice> = [
  Slice.of("tools"),
  Slice.of("prompts"),
  Slice.of("resources"),
  Slice.of("resourceTemplates"),
];

/** What tells one of them from others. */
export const NAMES: StaticArray<Slice> = [NAME, NAME, URI, Slice.of("uriTemplate")];

/** One message of a client. */
@final
export class RelayRequest {
  rawId: Slice = Slice.empty();
  method: Slice = Slice.empty();
  kind: MessageKind = MessageKind.Request;
  /** What it is for: a tool, a prompt or a resource, by `name`. */
  named: Kind = Kind.None;
  name: Slice = Slice.empty();
  /** What it lists. */
  listed: Kind = Kind.None;
  cursor: Slice = Slice.empty();
  /** Whether there is a cursor that is no text. */
  hasBadCursor: bool = false;
  rawProgressToken: Slice = Slice.empty();
  wantsLogs: bool = false;
  /** Of an answer: the id that the server knows; empty where it is the message's. */
  originalId: Slice = Slice.empty();
  /** JSON, or empty. */
  rawParams: Slice = Slice.empty();
  /** In place of id and token, where several clients share a session. */
  private ownId_: Slice = Slice.empty();

  constructor(
    readonly body: Slice,
    readonly speech: Classification,
    readonly headers: HeaderList,
    private readonly narrowing: Narrowing,
    /** What the caller may use. */
    readonly rights: Rights,
  ) {}

  /** Whether the thing is there for this request. */
  mayUse(kind: Kind, name: Slice): bool {
    return (kind != Kind.Tool || this.narrowing.allows(name)) && this.rights.allows(LISTED[kind], name);
  }

  /** Whether what is there for it is not there for all. */
  get isNarrowed(): bool {
    return this.narrowing.isLimited || this.rights.isLimited;
  }

  /** Of a greeting: whether it says which version it is of. */
  get hasVersion(): bool {
    const tape = new JsonTape();
    return !tape.scan(this.rawParams) && tape.kind(tape.find(tape.root, VERSION)) == JsonKind.String;
  }

  /** Whether the method is one of both eras. */
  get isOfBothEras(): bool {
    const isSubscription = this.method.equals(SUBSCRIBE) || this.method.equals(UNSUBSCRIBE);
    return (this.listed != Kind.None || this.named != Kind.None) && !isSubscription;
  }

  get isModern(): bool {
    return this.speech.era == Era.Modern;
  }

  /** Takes its parts out of the message. */
  read(message: Message): void {
    const tape = message.tape;
    this.rawId = message.rawId;
    this.method = message.method;
    this.kind = message.kind;
    if (message.params >= 0) this.rawParams = tape.raw(message.params);
    this.wantsLogs = tape.find(message.meta, LOG_LEVEL) >= 0;
    const token = tape.find(message.meta, PROGRESS_TOKEN);
    if (token >= 0) this.rawProgressToken = tape.raw(token);
    for (let i = 0; i < LISTS.length; ++i) if (LISTS[i].equals(message.method)) this.listed = <Kind>i;
    this.readName(message, tape);
    const cursor = message.param(CURSOR);
    this.cursor = tape.text(cursor);
    const kind = tape.kind(cursor);
    this.hasBadCursor = kind != JsonKind.Missing && kind != JsonKind.Null && kind != JsonKind.String;
  }

  private readName(message: Message, tape: JsonTape): void {
    this.named = namedBy(this.method, this.isModern);
    if (this.method.equals(COMPLETE)) {
      const ref = message.param(REF);
      const name = tape.find(ref, NAME);
      this.named = name >= 0 ? Kind.Prompt : Kind.Resource;
      this.name = tape.text(name >= 0 ? name : tape.find(ref, URI));
    } else if (this.named != Kind.None) this.name = tape.text(message.param(this.named == Kind.Resource ? URI : NAME));
  }

  /** A JSON string that no other request has. */
  get ownId(): Slice {
    if (!this.ownId_.length) this.ownId_ = uniqueId();
    return this.ownId_;
  }
}

/** A JSON string that nothing else has. */
export function uniqueId(): Slice {
  const hex = encodeHex(randomBytes(16));
  return new Writer(40).byte(0x22).bytes(hex).byte(0x22).take();
}

function namedBy(method: Slice, isModern: bool): Kind {
  if (method.equals(CALL)) return Kind.Tool;
  if (method.equals(PROMPT)) return Kind.Prompt;
  if (method.equals(READ)) return Kind.Resource;
  // The second era has streams for it in place of methods.
  const isSubscription = method.equals(SUBSCRIBE) || method.equals(UNSUBSCRIBE);
  return isSubscription && !isModern ? Kind.Resource : Kind.None;
}

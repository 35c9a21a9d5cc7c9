// `systemInstruction` and `contents` → messages. https://ai.google.dev/api/caching#Content
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { Message, Role } from "../../hub/assembly/message";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { CallIds } from "./call-ids";
import { decodePart } from "./decode-part";
import { firstItem, nextItem } from "./member";
import * as own from "./names";
import { PartJoin } from "./part-join";

const ROLE_FUNCTION = Slice.of("function");
const ROLE_TOOL = Slice.of("tool");
const UNKNOWN_ROLE = "A content's role must be user or model";
const NO_CONTENTS = "The contents must be a list of contents";

/** Reads the conversation; the system instruction becomes the first message. */
export function decodeContents(tape: JsonTape, request: ChatRequest): Fault | null {
  decodeSystem(tape, request);
  const list = own.CONTENTS.find(tape, tape.root);
  const kind = tape.kind(list);
  if (kind != JsonKind.Array && kind != JsonKind.Object) {
    return new Fault(FaultCode.Missing, max(tape.start(list), 0), NO_CONTENTS);
  }
  const decoder = new ContentDecoder(tape, request.messages);
  for (let node = firstItem(tape, list); node >= 0; node = nextItem(tape, list, node)) {
    if (tape.kind(node) != JsonKind.Object) return new Fault(FaultCode.InvalidFormat, tape.start(node), NO_CONTENTS);
    if (!decoder.decode(node)) return new Fault(FaultCode.InvalidFormat, tape.start(node), UNKNOWN_ROLE);
  }
  decoder.finish();
  return null;
}

/** Its role does not matter. */
function decodeSystem(tape: JsonTape, request: ChatRequest): void {
  const message = new Message(Role.System);
  decodeParts(tape, own.SYSTEM_INSTRUCTION.find(tape, tape.root), message.parts);
  if (message.parts.length) request.messages.push(message);
}

/** Reads the parts of a content. */
export function decodeParts(tape: JsonTape, content: i32, parts: Part[]): void {
  const list = own.PARTS.find(tape, content);
  for (let node = firstItem(tape, list); node >= 0; node = nextItem(tape, list, node)) {
    if (tape.kind(node) == JsonKind.Object) decodePart(tape, node, parts);
  }
}

@final
class ContentDecoder {
  private ids: CallIds = new CallIds();
  private join: PartJoin = new PartJoin();
  /** Whether the message under way is the model's: its next contents go on with it. */
  private isModel: bool = false;
  /** The parts of one content of the model, before they are joined. */
  private readonly modelParts: Part[] = [];

  constructor(
    private readonly tape: JsonTape,
    private readonly messages: Message[],
  ) {}

  /** Reads a content. False where its role is none. */
  decode(node: i32): bool {
    const tape = this.tape;
    const role = tape.find(node, names.ROLE);
    const isModel = tape.equals(role, names.MODEL);
    if (!isModel && !isUser(tape, role)) return false;
    if (isModel) this.addModel(node);
    else this.addUser(node);
    return true;
  }

  /** The last message is whole. */
  finish(): void {
    this.join.finish();
  }

  private addModel(node: i32): void {
    if (!this.isModel) {
      const message = new Message(Role.Assistant);
      this.messages.push(message);
      this.join.begin(message.parts);
      this.ids.beginTurn();
    }
    this.isModel = true;
    const parts = this.modelParts;
    parts.length = 0;
    decodeParts(this.tape, node, parts);
    for (let i = 0; i < parts.length; ++i) {
      if (parts[i].kind == PartKind.ToolCall) this.ids.call(parts[i]);
      this.join.add(parts[i]);
    }
  }

  private addUser(node: i32): void {
    this.isModel = false;
    const message = new Message(Role.User);
    const parts = message.parts;
    decodeParts(this.tape, node, parts);
    for (let i = 0; i < parts.length; ++i) if (parts[i].kind == PartKind.ToolResult) this.ids.result(parts[i]);
    this.messages.push(message);
  }
}

/** No role means the user's, as do the older roles of results. */
function isUser(tape: JsonTape, role: i32): bool {
  if (tape.kind(role) == JsonKind.Missing || tape.kind(role) == JsonKind.Null) return true;
  if (tape.equals(role, names.USER) || tape.equals(role, ROLE_FUNCTION) || tape.equals(role, ROLE_TOOL)) return true;
  return !tape.text(role).length;
}

// Items of `input` and `output` → hub. An assistant's turn is several items here (reasoning, message, calls) and one
// message in the hub; outputs of functions, neighbours here, are parts of one user's message there.
// https://platform.openai.com/docs/api-reference/responses/create#responses-create-input
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { contentAt, contentOf } from "../../hub/assembly/content";
import { Message, Role } from "../../hub/assembly/message";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import { setInput } from "../../hub/assembly/tool-input";
import { decodeContent } from "./decode-part";
import * as own from "./names";
import { decodeReasoning } from "./reasoning";
import { refuseReference } from "./refusal";

const UNKNOWN_ROLE = "A message's role must be system, developer, user or assistant";
const NAMESPACE = Slice.of("namespace");
const PHASE = Slice.of("phase");

/** Reads the items of an input, one after the other. */
@final
export class ItemReader {
  /** The assistant's message that goes on, and the one of function outputs. */
  private turn: Message | null = null;
  private results: Message | null = null;

  constructor(
    private readonly tape: JsonTape,
    private readonly request: ChatRequest,
  ) {}

  take(node: i32): Fault | null {
    const type = this.tape.find(node, names.TYPE);
    if (isMessage(this.tape, type)) return this.takeMessage(node);
    if (this.tape.equals(type, own.ITEM_REFERENCE)) return refuseReference(this.tape.start(node));
    if (this.tape.equals(type, own.FUNCTION_CALL_OUTPUT)) this.takeResult(node);
    else {
      this.note(node, NAMESPACE);
      if (!decodeOutputItem(this.tape, node, this.assistant().parts)) this.request.dropped.add(own.REASONING);
    }
    return null;
  }

  private note(node: i32, key: Slice): void {
    if (this.tape.kind(this.tape.find(node, key)) == JsonKind.String) this.request.dropped.add(key);
  }

  private takeMessage(node: i32): Fault | null {
    const role = roleOf(this.tape, this.tape.find(node, names.ROLE));
    if (role < 0) return new Fault(FaultCode.InvalidFormat, this.tape.start(node), UNKNOWN_ROLE);
    if (role == Role.Assistant) {
      this.note(node, PHASE);
      // Another text is another message, except behind calls: their results must come next.
      const turn = this.turn;
      if (turn && turn.has(PartKind.Text) && !turn.has(PartKind.ToolCall)) this.turn = null;
      decodeOutputItem(this.tape, node, this.assistant().parts);
      return null;
    }
    const message = this.begin(<Role>role);
    decodeContent(this.tape, this.tape.find(node, names.CONTENT), message.parts);
    return null;
  }

  private begin(role: Role): Message {
    const message = new Message(role);
    this.request.messages.push(message);
    this.turn = null;
    this.results = null;
    return message;
  }

  private assistant(): Message {
    const turn = this.turn;
    if (turn) return turn;
    const message = this.begin(Role.Assistant);
    this.turn = message;
    return message;
  }

  private takeResult(node: i32): void {
    const known = this.results;
    const message = known ? known : this.begin(Role.User);
    this.results = message;
    const part = new Part(PartKind.ToolResult);
    part.id = contentAt(this.tape, node, own.CALL_ID);
    decodeContent(this.tape, this.tape.find(node, own.OUTPUT), part.parts);
    message.parts.push(part);
  }
}

/** An item without a type is a message. */
function isMessage(tape: JsonTape, type: i32): bool {
  return tape.kind(type) != JsonKind.String || tape.equals(type, names.MESSAGE) || tape.equals(type, Slice.empty());
}

function roleOf(tape: JsonTape, role: i32): i32 {
  if (tape.equals(role, names.USER)) return Role.User;
  if (tape.equals(role, names.ASSISTANT)) return Role.Assistant;
  if (tape.equals(role, names.SYSTEM)) return Role.System;
  return tape.equals(role, own.DEVELOPER) ? Role.Developer : -1;
}

/**
 * Reads an item that a model made. One of an unknown type, as the provider's own tools have, is kept for this dialect.
 * False for one that holds nothing.
 */
export function decodeOutputItem(tape: JsonTape, node: i32, parts: Part[]): bool {
  const type = tape.find(node, names.TYPE);
  if (isMessage(tape, type)) decodeSaid(tape, node, parts);
  else if (tape.equals(type, own.FUNCTION_CALL)) pushCall(parts, decodeCall(tape, node));
  else if (tape.equals(type, own.REASONING)) {
    const part = decodeReasoning(tape, node);
    if (!part) return false;
    parts.push(part);
  } else parts.push(Part.opaque(own.NAME_OF_DIALECT, contentOf(tape, type), tape.raw(node)));
  return true;
}

function decodeSaid(tape: JsonTape, node: i32, parts: Part[]): void {
  const first = parts.length;
  decodeContent(tape, tape.find(node, names.CONTENT), parts);
  for (let i = first; i < parts.length; ++i) if (parts[i].kind == PartKind.Opaque) wrap(parts[i]);
}

/** What is opaque in a turn is an item: a part of an unknown type gets a message around it. */
function wrap(part: Part): void {
  const writer = new Writer(part.raw.length + 64);
  const json = new JsonWriter(writer).beginObject().key(names.TYPE).text(names.MESSAGE);
  json.key(names.ROLE).text(names.ASSISTANT).key(names.CONTENT).beginArray().raw(part.raw).endArray().endObject();
  part.raw = writer.take();
}

/** A foreign signature without thinking belongs to the call behind it: see encode-response.ts. */
function pushCall(parts: Part[], call: Part): void {
  const before = parts.length ? parts[parts.length - 1] : null;
  if (before && before.kind == PartKind.RedactedThinking && before.signatureFormat == SignatureFormat.Gemini) {
    call.signature = before.data;
    call.signatureFormat = before.signatureFormat;
    parts.pop();
  }
  parts.push(call);
}

function decodeCall(tape: JsonTape, node: i32): Part {
  const id = contentAt(tape, node, own.CALL_ID);
  const name = contentAt(tape, node, names.NAME);
  const part = Part.toolCall(id.length ? id : contentAt(tape, node, names.ID), name, names.EMPTY_OBJECT);
  const input = tape.find(node, own.ARGUMENTS);
  // Some servers send the object itself.
  if (tape.kind(input) == JsonKind.Object) part.rawInput = tape.raw(input);
  else setInput(part, contentOf(tape, input));
  return part;
}

// Messages of a chat completions request → hub; a whole answer's message has the same shape.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { contentAt, contentOf, rawAt } from "../../hub/assembly/content";
import { Message, Role } from "../../hub/assembly/message";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import { setInput } from "../../hub/assembly/tool-input";
import { decodePart } from "./decode-part";
import { decodeThinking } from "./decode-thinking";
import * as own from "./names";

const CALL_PREFIX = Slice.of("call_");
const UNKNOWN_ROLE = "A message's role must be system, developer, user, assistant, tool or function";

/** Reads the messages. */
export function decodeMessages(tape: JsonTape, request: ChatRequest): Fault | null {
  const list = tape.find(tape.root, names.MESSAGES);
  if (tape.kind(list) != JsonKind.Array) {
    return new Fault(FaultCode.Missing, max(tape.start(list), 0), "The messages parameter must be a list");
  }
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    if (!decodeMessage(tape, node, request)) {
      return new Fault(FaultCode.InvalidFormat, tape.start(node), UNKNOWN_ROLE);
    }
  }
  return null;
}

function decodeMessage(tape: JsonTape, node: i32, request: ChatRequest): bool {
  const role = tape.find(node, names.ROLE);
  if (tape.equals(role, own.TOOL) || tape.equals(role, names.FUNCTION)) {
    request.messages.push(decodeToolMessage(tape, node));
    return true;
  }
  const kind = roleOf(tape, role);
  if (kind < 0) return false;
  const message = new Message(<Role>kind);
  request.messages.push(message);
  const content = tape.find(node, names.CONTENT);
  if (content >= 0 && isPair(tape, node)) decodeContent(tape, content, message.parts);
  else decodeMembers(tape, node, message);
  return true;
}

/** Most messages are a role and content alone: then nothing else is looked for. */
function isPair(tape: JsonTape, node: i32): bool {
  return tape.next(tape.next(tape.first(node))) < 0;
}

function decodeMembers(tape: JsonTape, node: i32, message: Message): void {
  message.name = contentAt(tape, node, names.NAME);
  decodeInto(tape, node, message.parts);
  markLast(tape, node, message.parts);
}

function roleOf(tape: JsonTape, role: i32): i32 {
  if (tape.equals(role, names.USER)) return Role.User;
  if (tape.equals(role, names.ASSISTANT)) return Role.Assistant;
  if (tape.equals(role, names.SYSTEM)) return Role.System;
  return tape.equals(role, own.DEVELOPER) ? Role.Developer : -1;
}

/** A cache mark beside the whole message stands for one beside its last part. */
function markLast(tape: JsonTape, node: i32, parts: Part[]): void {
  const mark = rawAt(tape, node, names.CACHE_CONTROL);
  if (mark.length && parts.length) parts[parts.length - 1].rawCache = mark;
}

/** Reads what a message says: thinking first, then content, refusal and calls. */
export function decodeInto(tape: JsonTape, node: i32, parts: Part[]): void {
  decodeThinking(tape, node, parts);
  decodeContent(tape, tape.find(node, names.CONTENT), parts);
  decodeImages(tape, node, parts);
  const refusal = contentAt(tape, node, names.REFUSAL);
  if (refusal.length) parts.push(Part.withText(PartKind.Refusal, refusal));
  decodeCalls(tape, node, parts);
}

function decodeContent(tape: JsonTape, node: i32, parts: Part[]): void {
  if (tape.kind(node) == JsonKind.String) {
    const text = contentOf(tape, node);
    if (text.length) parts.push(Part.withText(PartKind.Text, text));
  }
  if (tape.kind(node) != JsonKind.Array) return;
  for (let item = tape.first(node); item >= 0; item = tape.next(item)) parts.push(decodePart(tape, item));
}

/** Images that a model made, where OpenRouter has them: `images`, of a message or a stream's delta. */
export function decodeImages(tape: JsonTape, node: i32, parts: Part[]): void {
  const list = tape.find(node, own.IMAGES);
  if (tape.kind(list) != JsonKind.Array) return;
  for (let item = tape.first(list); item >= 0; item = tape.next(item)) {
    const part = decodePart(tape, item);
    if (part.kind == PartKind.Image) parts.push(part);
  }
}

/** Reads a message's calls, the older form included. */
export function decodeCalls(tape: JsonTape, node: i32, parts: Part[]): void {
  const list = tape.find(node, own.TOOL_CALLS);
  if (tape.kind(list) == JsonKind.Array) {
    for (let call = tape.first(list); call >= 0; call = tape.next(call)) parts.push(decodeCall(tape, call));
  }
  const older = tape.find(node, own.FUNCTION_CALL);
  if (tape.kind(older) != JsonKind.Object) return;
  const name = contentAt(tape, older, names.NAME);
  parts.push(callOf(tape, older, olderId(name)));
}

function decodeCall(tape: JsonTape, call: i32): Part {
  const body = tape.find(call, names.FUNCTION);
  if (tape.kind(body) != JsonKind.Object) {
    return Part.opaque(own.NAME_OF_DIALECT, own.TOOL_CALLS, tape.raw(call));
  }
  const part = callOf(tape, body, contentAt(tape, call, names.ID));
  part.signature = thoughtSignature(tape, call);
  if (part.signature.length) part.signatureFormat = SignatureFormat.Gemini;
  return part;
}

/** Where Gemini's compatible API puts a call's signature: `extra_content.google.thought_signature`. */
export function thoughtSignature(tape: JsonTape, call: i32): Slice {
  return contentAt(tape, tape.find(tape.find(call, own.EXTRA_CONTENT), own.GOOGLE), own.THOUGHT_SIGNATURE);
}

function callOf(tape: JsonTape, body: i32, id: Slice): Part {
  const part = Part.toolCall(id, contentAt(tape, body, names.NAME), names.EMPTY_OBJECT);
  const input = tape.find(body, own.ARGUMENTS);
  // Some servers send the object itself.
  if (tape.kind(input) == JsonKind.Object) part.rawInput = tape.raw(input);
  else setInput(part, contentOf(tape, input));
  return part;
}

/** The older form has no ids: call and result meet by the function's name. */
function olderId(name: Slice): Slice {
  return new Writer().bytes(CALL_PREFIX).bytes(name).take();
}

function decodeToolMessage(tape: JsonTape, node: i32): Message {
  const message = new Message(Role.User);
  const part = new Part(PartKind.ToolResult);
  part.name = contentAt(tape, node, names.NAME);
  part.id = contentAt(tape, node, own.TOOL_CALL_ID);
  if (!part.id.length) part.id = olderId(part.name);
  part.rawCache = rawAt(tape, node, names.CACHE_CONTROL);
  decodeContent(tape, tape.find(node, names.CONTENT), part.parts);
  message.parts.push(part);
  return message;
}

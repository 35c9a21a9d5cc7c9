// Hub → `instructions` and `input`. What an assistant's message holds are items of their own here, in its order, and so
// are outputs of functions. Items get no ids but reasoning, which is void without: others would have to be kept by the
// provider. https://platform.openai.com/docs/api-reference/responses/create#responses-create-input
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { writeContent } from "../../hub/assembly/content";
import { Dropped } from "../../hub/assembly/dropped";
import { Message, Role } from "../../hub/assembly/message";
import * as names from "../../hub/assembly/names";
import { EncodeOptions } from "../../hub/assembly/options";
import { Part, PartKind } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import { writeInput } from "../../hub/assembly/tool-input";
import { isMedium, isSameDialect, PartEncoder } from "./encode-part";
import * as own from "./names";
import { writeReasoningItem, writeSaidPart } from "./output-item";
import { encryptedOf, itemIdOf } from "./reasoning";

const NAME = Slice.of("messages.name");
const IS_ERROR = Slice.of("tool_result.is_error");
const MEDIA = Slice.of("media");

/** Writes the conversation. */
export function encodeInput(json: JsonWriter, request: ChatRequest, options: EncodeOptions): void {
  const first = isInstruction(request) ? 1 : 0;
  if (first) writeContent(json.key(own.INSTRUCTIONS), request.messages[0].parts[0].text);
  json.key(own.INPUT).beginArray();
  const encoder = new InputEncoder(json, options, request.dropped);
  for (let i = first; i < request.messages.length; ++i) encoder.encode(request.messages[i]);
  json.endArray();
}

/** Whether the first message is one text that instructs. */
function isInstruction(request: ChatRequest): bool {
  if (!request.messages.length || request.messages[0].role != Role.System) return false;
  const parts = request.messages[0].parts;
  return parts.length == 1 && parts[0].kind == PartKind.Text && !parts[0].rawCache.length;
}

@final
class InputEncoder {
  private parts: PartEncoder;
  // Lists that each message uses anew.
  private readonly rest: Part[] = [];
  private readonly carried: Part[] = [];

  constructor(
    private readonly json: JsonWriter,
    private readonly options: EncodeOptions,
    private readonly dropped: Dropped,
  ) {
    this.parts = new PartEncoder(json, options, dropped);
  }

  encode(message: Message): void {
    this.dropped.addIf(NAME, message.name);
    if (message.role == Role.Assistant) this.encodeTurn(message.parts);
    else this.encodeOther(message);
  }

  /** System, developer and user: outputs of functions first, as they answer what came before. */
  private encodeOther(message: Message): void {
    const rest = this.rest;
    rest.length = 0;
    for (let i = 0; i < message.parts.length; ++i) {
      const part = message.parts[i];
      if (part.kind == PartKind.ToolResult) this.encodeResult(part);
      else if (this.parts.isCarried(part)) rest.push(part);
    }
    if (!rest.length && message.parts.length) return;
    this.json.beginObject().key(names.TYPE).text(names.MESSAGE).key(names.ROLE).text(roleName(message.role));
    this.json.key(names.CONTENT);
    this.parts.encodeContent(rest);
    this.json.endObject();
  }

  private encodeResult(result: Part): void {
    const carried = this.carried;
    carried.length = 0;
    for (let i = 0; i < result.parts.length; ++i) {
      const part = result.parts[i];
      if (part.kind == PartKind.Audio) this.dropped.add(own.INPUT_AUDIO);
      else if (this.parts.isCarried(part)) carried.push(part);
    }
    if (result.isError) this.dropped.add(IS_ERROR);
    this.dropped.addIf(names.CACHE_CONTROL, result.rawCache);
    this.json.beginObject().key(names.TYPE).text(own.FUNCTION_CALL_OUTPUT);
    writeContent(this.json.key(own.CALL_ID), result.id);
    this.json.key(own.OUTPUT);
    this.parts.encodeContent(carried);
    this.json.endObject();
  }

  private encodeTurn(parts: Part[]): void {
    let isOpen = false;
    const last = lastCarried(parts);
    for (let i = 0; i < parts.length; ++i) {
      const part = parts[i];
      const isSaid = isText(part);
      if (isOpen && !isSaid) this.json.endArray().endObject();
      if (!isOpen && isSaid) this.beginMessage();
      isOpen = isSaid;
      if (isSaid) this.encodeSaid(part);
      else this.encodeItem(part, i < last);
    }
    if (isOpen) this.json.endArray().endObject();
  }

  private beginMessage(): void {
    const json = this.json.beginObject().key(names.TYPE).text(names.MESSAGE).key(names.ROLE).text(names.ASSISTANT);
    json.key(names.CONTENT).beginArray();
  }

  private encodeSaid(part: Part): void {
    this.dropped.addIf(names.CITATIONS, part.rawCitations);
    this.dropped.addIf(names.CACHE_CONTROL, part.rawCache);
    writeSaidPart(this.json, part, Slice.empty());
  }

  /** `isFollowed`: reasoning with nothing behind it is refused. */
  private encodeItem(part: Part, isFollowed: bool): void {
    const isThinking = part.kind == PartKind.Thinking || part.kind == PartKind.RedactedThinking;
    if (part.kind == PartKind.ToolCall) this.encodeCall(part);
    else if (part.kind == PartKind.Opaque && isSameDialect(part)) this.json.raw(part.raw);
    else if (!isThinking || !isFollowed || !this.encodeThinking(part)) this.dropped.add(dropName(part));
  }

  private encodeCall(part: Part): void {
    this.dropped.addIf(own.THOUGHT_SIGNATURE, part.signature);
    this.dropped.addIf(names.CACHE_CONTROL, part.rawCache);
    const json = this.json.beginObject().key(names.TYPE).text(own.FUNCTION_CALL);
    writeContent(json.key(own.CALL_ID), part.id);
    writeContent(json.key(names.NAME), part.name);
    writeInput(json.key(own.ARGUMENTS), part);
    json.endObject();
  }

  /** What OpenAI signed goes back to it. Models that take thinking without a signature get the text. */
  private encodeThinking(part: Part): bool {
    const signature = part.kind == PartKind.Thinking ? part.signature : part.data;
    if (part.signatureFormat == SignatureFormat.OpenAi && signature.length) {
      writeReasoningItem(this.json, itemIdOf(signature), part, encryptedOf(signature));
      return true;
    }
    if (!this.options.keepsThinking || !part.text.length) return false;
    this.dropped.addIf(names.SIGNATURE, signature);
    const json = this.json.beginObject().key(names.TYPE).text(own.REASONING);
    json.key(own.SUMMARY).beginArray().endArray().key(names.CONTENT).beginArray().beginObject();
    writeContent(json.key(names.TYPE).text(own.REASONING_TEXT).key(names.TEXT), part.text);
    json.endObject().endArray().endObject();
    return true;
  }
}

function isText(part: Part): bool {
  return (part.kind == PartKind.Text || part.kind == PartKind.Refusal) && part.text.length > 0;
}

/** The last part of a turn that is said, called or an item of this dialect's; −1 for none. */
function lastCarried(parts: Part[]): i32 {
  for (let i = parts.length - 1; i >= 0; --i) {
    const part = parts[i];
    if (isText(part) || part.kind == PartKind.ToolCall || (part.kind == PartKind.Opaque && isSameDialect(part)))
      return i;
  }
  return -1;
}

function dropName(part: Part): Slice {
  if (part.kind == PartKind.Opaque) return part.text;
  return isMedium(part) ? MEDIA : own.THINKING;
}

function roleName(role: Role): Slice {
  if (role == Role.System) return names.SYSTEM;
  return role == Role.Developer ? own.DEVELOPER : names.USER;
}

// Hub → messages of Ollama's chat. https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { writeContent, writeContentAt } from "../../hub/assembly/content";
import { documentText, dropBesidesText } from "../../hub/assembly/document-text";
import { Dropped } from "../../hub/assembly/dropped";
import { besidesMedia, besidesResults, dropForeign, joinedText } from "../../hub/assembly/flat-message";
import { Message, Role } from "../../hub/assembly/message";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { CallNames } from "./call-names";
import { isImage } from "./media";
import * as own from "./names";

const DOCUMENT = Slice.of("document");
const IMAGES = Slice.of("images");
const IMAGE_DETAIL = Slice.of("image.detail");
const INPUT_AUDIO = Slice.of("input_audio");
const IS_ERROR = Slice.of("tool_result.is_error");
const NAME = Slice.of("messages.name");
const REDACTED_THINKING = Slice.of("redacted_thinking");
const SIGNATURE = Slice.of("thinking.signature");
const THOUGHT_SIGNATURE = Slice.of("thought_signature");
const TOOL = Slice.of("tool");
const TOOL_CALL_ID = Slice.of("tool_call_id");
const TOOL_NAME = Slice.of("tool_name");
/** Between texts that are parts of their own elsewhere: here a message is one text. */
const LINE_BREAK = Slice.of("\\n");

/** Writes the messages. */
export function encodeMessages(json: JsonWriter, request: ChatRequest): void {
  const encoder = new MessageEncoder(json, request.dropped);
  json.key(names.MESSAGES).beginArray();
  for (let i = 0; i < request.messages.length; ++i) encoder.encode(request.messages[i]);
  json.endArray();
}

@final
class MessageEncoder {
  // Lists that each message uses anew.
  private readonly kept: Part[] = [];
  private readonly said: Part[] = [];
  private callNames: CallNames = new CallNames();

  constructor(
    private readonly json: JsonWriter,
    private readonly dropped: Dropped,
  ) {}

  encode(message: Message): void {
    if (dropForeign(message, own.NAME_OF_DIALECT, this.dropped)) return;
    this.dropped.addIf(NAME, message.name);
    if (message.role == Role.Assistant) this.encodeAssistant(message);
    else this.encodeOther(message);
  }

  /** System, developer and user: each result is a message of its own, and comes first. */
  private encodeOther(message: Message): void {
    for (let i = 0; i < message.parts.length; ++i) {
      if (message.parts[i].kind == PartKind.ToolResult) this.encodeResult(message.parts[i]);
    }
    const rest = this.carried(besidesResults(message));
    if (!rest.length && message.has(PartKind.ToolResult)) return;
    this.begin(message.role == Role.User ? names.USER : names.SYSTEM);
    this.encodeContent(rest, LINE_BREAK);
    this.json.endObject();
  }

  private begin(role: Slice): void {
    this.json.beginObject().key(names.ROLE).text(role);
  }

  private encodeResult(result: Part): void {
    if (result.isError) this.dropped.add(IS_ERROR);
    this.dropped.addIf(names.CACHE_CONTROL, result.rawCache);
    this.begin(TOOL);
    this.encodeContent(this.carried(besidesMedia(result)), LINE_BREAK);
    writeContentAt(this.json, TOOL_NAME, this.callNames.nameOf(result));
    writeContentAt(this.json, TOOL_CALL_ID, result.id);
    this.json.endObject();
  }

  /** `content` and `images`, of texts and images alone. */
  private encodeContent(parts: Part[], separator: Slice): void {
    const json = this.json;
    writeContent(json.key(names.CONTENT), joinedText(parts, PartKind.Text, separator));
    let count = 0;
    for (let i = 0; i < parts.length; ++i) {
      if (parts[i].kind == PartKind.Text) continue;
      if (!count++) json.key(IMAGES).beginArray();
      writeContent(json, parts[i].data);
    }
    if (count) json.endArray();
  }

  /** What a message can hold, documents as their texts; the rest is named. */
  private carried(parts: Part[]): Part[] {
    const kept = this.kept;
    kept.length = 0;
    for (let i = 0; i < parts.length; ++i) {
      const part = parts[i];
      this.dropped.addIf(names.CACHE_CONTROL, part.rawCache);
      dropBesidesText(part, this.dropped);
      this.dropped.addIf(IMAGE_DETAIL, part.detail);
      if (part.kind == PartKind.Text || isImage(part)) kept.push(part);
      else if (part.kind == PartKind.Refusal) kept.push(Part.withText(PartKind.Text, part.text));
      else if (part.kind == PartKind.Document && documentText(part).length) {
        kept.push(Part.withText(PartKind.Text, documentText(part)));
      } else this.dropped.add(lossOf(part));
    }
    return kept;
  }

  private encodeAssistant(message: Message): void {
    const said = this.said;
    said.length = 0;
    for (let i = 0; i < message.parts.length; ++i) {
      const part = message.parts[i];
      if (part.kind == PartKind.ToolCall) this.dropped.addIf(THOUGHT_SIGNATURE, part.signature);
      else if (part.kind == PartKind.Thinking) this.dropped.addIf(SIGNATURE, part.signature);
      else said.push(part);
    }
    this.begin(names.ASSISTANT);
    this.encodeContent(this.carried(said), Slice.empty());
    writeContentAt(this.json, own.THINKING, joinedText(message.parts, PartKind.Thinking, LINE_BREAK));
    if (message.has(PartKind.ToolCall)) this.encodeCalls(message.parts);
    this.json.endObject();
  }

  private encodeCalls(parts: Part[]): void {
    const json = this.json.key(own.TOOL_CALLS).beginArray();
    this.callNames.take(parts);
    for (let i = 0; i < parts.length; ++i) {
      if (parts[i].kind != PartKind.ToolCall) continue;
      json.beginObject();
      writeContentAt(json, names.ID, parts[i].id);
      json.key(names.FUNCTION).beginObject();
      writeContent(json.key(names.NAME), parts[i].name);
      json.key(own.ARGUMENTS).raw(parts[i].rawInput).endObject().endObject();
    }
    json.endArray();
  }
}

function lossOf(part: Part): Slice {
  switch (part.kind) {
    case PartKind.Document:
      return DOCUMENT;
    case PartKind.Audio:
      return INPUT_AUDIO;
    case PartKind.Opaque:
      return part.text;
    case PartKind.RedactedThinking:
      return REDACTED_THINKING;
    default:
      return own.THINKING;
  }
}

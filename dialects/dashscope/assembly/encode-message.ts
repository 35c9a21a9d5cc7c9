// Hub → `input.messages`. The endpoint for models that see or hear takes a list of parts, each an object with one key
// that says what it is; the other takes a text. https://www.alibabacloud.com/help/en/model-studio/qwen-api-reference
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { writeContent, writeContentAt, writeRawAt } from "../../hub/assembly/content";
import { documentText, dropBesidesText } from "../../hub/assembly/document-text";
import { Dropped } from "../../hub/assembly/dropped";
import { besidesMedia, besidesResults, dropForeign, joinedText } from "../../hub/assembly/flat-message";
import { writeUrl } from "../../hub/assembly/media";
import { Message, Role } from "../../hub/assembly/message";
import * as names from "../../hub/assembly/names";
import { EncodeOptions } from "../../hub/assembly/options";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";
import { encodeCalls } from "../../openai-chat/assembly/encode-answer";
import { isMultimodal } from "./model";
import * as own from "./names";

const DOCUMENT = Slice.of("document");
const IMAGE = Slice.of("image");
const IMAGE_DETAIL = Slice.of("image.detail");
const IMAGE_FILE_ID = Slice.of("image.file_id");
const IS_ERROR = Slice.of("tool_result.is_error");
const NAME = Slice.of("messages.name");
const THINKING = Slice.of("thinking");
const THOUGHT_SIGNATURE = Slice.of("thought_signature");
const TOOL = Slice.of("tool");
const TOOL_CALL_ID = Slice.of("tool_call_id");
/** Between texts that are parts of their own elsewhere, where a message is one text. */
const LINE_BREAK = Slice.of("\\n");

/** Writes the messages. */
export function encodeMessages(json: JsonWriter, request: ChatRequest, options: EncodeOptions): void {
  const encoder = new MessageEncoder(json, request.dropped, options, isMultimodal(request));
  json.key(names.MESSAGES).beginArray();
  for (let i = 0; i < request.messages.length; ++i) encoder.encode(request.messages[i]);
  json.endArray();
}

@final
class MessageEncoder {
  // Lists that each message uses anew.
  private readonly kept: Part[] = [];
  private readonly calls: Part[] = [];
  private readonly said: Part[] = [];

  constructor(
    private readonly json: JsonWriter,
    private readonly dropped: Dropped,
    private readonly options: EncodeOptions,
    private readonly isMultimodal: bool,
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
    writeContent(this.json.key(TOOL_CALL_ID), result.id);
    this.json.endObject();
  }

  /** `content`, of texts, images and sounds alone. A cache mark needs a part to be beside. */
  private encodeContent(parts: Part[], separator: Slice): void {
    const json = this.json.key(names.CONTENT);
    if (!this.isMultimodal && !this.hasMark(parts)) {
      writeContent(json, joinedText(parts, PartKind.Text, separator));
      return;
    }
    json.beginArray();
    for (let i = 0; i < parts.length; ++i) this.encodePart(parts[i]);
    json.endArray();
  }

  private hasMark(parts: Part[]): bool {
    if (!this.options.keepsCacheMarks) return false;
    for (let i = 0; i < parts.length; ++i) if (parts[i].rawCache.length) return true;
    return false;
  }

  private encodePart(part: Part): void {
    const json = this.json.beginObject();
    if (part.kind == PartKind.Image) writeUrl(json.key(IMAGE), part);
    else if (part.kind == PartKind.Audio) writeUrl(json.key(names.AUDIO), part);
    else writeContent(json.key(names.TEXT), part.text);
    if (this.options.keepsCacheMarks) writeRawAt(json, names.CACHE_CONTROL, part.rawCache);
    json.endObject();
  }

  /** What a message can hold, documents as their texts; the rest is named. */
  private carried(parts: Part[]): Part[] {
    const kept = this.kept;
    kept.length = 0;
    for (let i = 0; i < parts.length; ++i) {
      const part = parts[i];
      if (!this.options.keepsCacheMarks) this.dropped.addIf(names.CACHE_CONTROL, part.rawCache);
      dropBesidesText(part, this.dropped);
      this.dropped.addIf(IMAGE_DETAIL, part.detail);
      const lost = lossOf(part);
      if (lost.length) this.dropped.add(lost);
      else kept.push(textual(part));
    }
    return kept;
  }

  private encodeAssistant(message: Message): void {
    const calls = this.calls;
    const said = this.said;
    calls.length = 0;
    said.length = 0;
    for (let i = 0; i < message.parts.length; ++i) {
      const part = message.parts[i];
      if (part.kind == PartKind.ToolCall) {
        this.dropped.addIf(THOUGHT_SIGNATURE, part.signature);
        calls.push(part);
      } else if (part.kind != PartKind.Thinking || !this.options.keepsThinking) said.push(part);
    }
    this.begin(names.ASSISTANT);
    this.encodeContent(this.carried(said), Slice.empty());
    if (this.options.keepsThinking) {
      writeContentAt(this.json, own.REASONING_CONTENT, joinedText(message.parts, PartKind.Thinking));
    }
    encodeCalls(this.json, calls, false);
    this.json.endObject();
  }
}

/** What a part is called that cannot be carried; empty for one that can. */
function lossOf(part: Part): Slice {
  switch (part.kind) {
    case PartKind.Text:
    case PartKind.Refusal:
    case PartKind.Audio:
      return Slice.empty();
    case PartKind.Image:
      return part.source == MediaSource.FileId ? IMAGE_FILE_ID : Slice.empty();
    case PartKind.Document:
      return documentText(part).length ? Slice.empty() : DOCUMENT;
    case PartKind.Opaque:
      return part.text;
    default:
      return THINKING;
  }
}

/** Refusals and documents as the texts they are. */
function textual(part: Part): Part {
  if (part.kind != PartKind.Document && part.kind != PartKind.Refusal) return part;
  const text = Part.withText(PartKind.Text, part.kind == PartKind.Document ? documentText(part) : part.text);
  text.rawCache = part.rawCache;
  return text;
}

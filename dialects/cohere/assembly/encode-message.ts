// Hub → messages of Cohere's chat. https://docs.cohere.com/reference/chat#request.body.messages
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { writeContent, writeContentAt } from "../../hub/assembly/content";
import { documentText, dropBesidesText } from "../../hub/assembly/document-text";
import { Dropped } from "../../hub/assembly/dropped";
import { besidesMedia, besidesResults, dropForeign, isMedium, joinedText } from "../../hub/assembly/flat-message";
import { writeUrl } from "../../hub/assembly/media";
import { Message, Role } from "../../hub/assembly/message";
import * as names from "../../hub/assembly/names";
import { EncodeOptions } from "../../hub/assembly/options";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";
import { encodeCalls } from "../../openai-chat/assembly/encode-answer";
import * as own from "./names";

const TOOL = Slice.of("tool");
const TOOL_CALL_ID = Slice.of("tool_call_id");
const IMAGE_URL = Slice.of("image_url");
const DETAIL = Slice.of("detail");
const NAME = Slice.of("messages.name");
const IS_ERROR = Slice.of("tool_result.is_error");
const IMAGE_FILE_ID = Slice.of("image.file_id");
const DOCUMENT = Slice.of("document");
const INPUT_AUDIO = Slice.of("input_audio");
const MEDIA = Slice.of("media");
const THOUGHT_SIGNATURE = Slice.of("thought_signature");

/** Writes the messages. */
export function encodeMessages(json: JsonWriter, request: ChatRequest, options: EncodeOptions): void {
  const encoder = new MessageEncoder(json, options, request.dropped);
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
    private readonly options: EncodeOptions,
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
    this.json
      .beginObject()
      .key(names.ROLE)
      .text(message.role == Role.User ? names.USER : names.SYSTEM);
    this.encodeContent(rest);
    this.json.endObject();
  }

  private encodeResult(result: Part): void {
    if (result.isError) this.dropped.add(IS_ERROR);
    this.dropped.addIf(names.CACHE_CONTROL, result.rawCache);
    this.json.beginObject().key(names.ROLE).text(TOOL);
    writeContent(this.json.key(TOOL_CALL_ID), result.id);
    this.encodeContent(this.carried(besidesMedia(result)));
    this.json.endObject();
  }

  /** `content`: a string where one text is all, else a list. */
  private encodeContent(parts: Part[]): void {
    const json = this.json.key(names.CONTENT);
    if (!parts.length) json.text(Slice.empty());
    else if (parts.length == 1 && parts[0].kind != PartKind.Image) writeContent(json, textOf(parts[0]));
    else {
      json.beginArray();
      for (let i = 0; i < parts.length; ++i) this.encodePart(parts[i]);
      json.endArray();
    }
  }

  private encodePart(part: Part): void {
    const json = this.json.beginObject();
    if (part.kind == PartKind.Image) {
      json.key(names.TYPE).text(IMAGE_URL).key(IMAGE_URL).beginObject();
      writeUrl(json.key(names.URL), part);
      writeContentAt(json, DETAIL, part.detail);
      json.endObject();
    } else writeContent(json.key(names.TYPE).text(names.TEXT).key(names.TEXT), textOf(part));
    json.endObject();
  }

  /** The parts that a message of someone else than the assistant can hold; the others are named. */
  private carried(parts: Part[]): Part[] {
    const kept = this.kept;
    kept.length = 0;
    for (let i = 0; i < parts.length; ++i) {
      const part = parts[i];
      this.dropped.addIf(names.CACHE_CONTROL, part.rawCache);
      dropBesidesText(part, this.dropped);
      const lost = lossOf(part);
      if (lost.length) this.dropped.add(lost);
      else kept.push(part);
    }
    return kept;
  }

  /** Beside calls an assistant's text is their plan. */
  private encodeAssistant(message: Message): void {
    const json = this.json.beginObject().key(names.ROLE).text(names.ASSISTANT);
    const calls = this.calls;
    const said = this.said;
    calls.length = 0;
    said.length = 0;
    for (let i = 0; i < message.parts.length; ++i) this.sort(message.parts[i], calls, said);
    const text = joinedText(said, PartKind.Text);
    const isThinking = this.options.keepsThinking && message.has(PartKind.Thinking);
    if (calls.length) writeContentAt(json, own.TOOL_PLAN, text);
    if (isThinking) this.encodeThinking(said, calls.length ? Slice.empty() : text);
    else if (!calls.length) writeContent(json.key(names.CONTENT), text);
    encodeCalls(json, calls, false);
    json.endObject();
  }

  private sort(part: Part, calls: Part[], said: Part[]): void {
    dropBesidesText(part, this.dropped);
    this.dropped.addIf(names.CACHE_CONTROL, part.rawCache);
    if (part.kind == PartKind.ToolCall) {
      this.dropped.addIf(THOUGHT_SIGNATURE, part.signature);
      calls.push(part);
    } else if (part.kind == PartKind.Refusal) said.push(Part.withText(PartKind.Text, part.text));
    else if (part.kind == PartKind.Text) said.push(part);
    else if (part.kind == PartKind.Thinking && this.options.keepsThinking) said.push(part);
    else this.dropped.add(isMedium(part) ? MEDIA : part.kind == PartKind.Opaque ? part.text : own.THINKING);
  }

  private encodeThinking(said: Part[], text: Slice): void {
    const json = this.json.key(names.CONTENT).beginArray();
    for (let i = 0; i < said.length; ++i) {
      if (said[i].kind != PartKind.Thinking) continue;
      json.beginObject().key(names.TYPE).text(own.THINKING);
      writeContent(json.key(own.THINKING), said[i].text);
      json.endObject();
    }
    if (text.length) this.encodePart(Part.withText(PartKind.Text, text));
    json.endArray();
  }
}

/** What a part of someone else than the assistant is called that cannot be carried; empty for one that can. */
function lossOf(part: Part): Slice {
  switch (part.kind) {
    case PartKind.Text:
    case PartKind.Refusal:
      return Slice.empty();
    case PartKind.Image:
      return part.source == MediaSource.FileId ? IMAGE_FILE_ID : Slice.empty();
    case PartKind.Document:
      return documentText(part).length ? Slice.empty() : DOCUMENT;
    case PartKind.Audio:
      return INPUT_AUDIO;
    case PartKind.Opaque:
      return part.text;
    default:
      return own.THINKING;
  }
}

function textOf(part: Part): Slice {
  return part.kind == PartKind.Document ? documentText(part) : part.text;
}

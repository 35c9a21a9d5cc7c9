// Hub → messages of a chat completions request. Tool results, parts of a user's message in the hub, are messages of
// their own here, and come right behind the calls they answer.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { writeContent, writeContentAt } from "../../hub/assembly/content";
import { Dropped } from "../../hub/assembly/dropped";
import { besidesMedia, besidesResults, dropForeign, isMedium } from "../../hub/assembly/flat-message";
import { EncodeOptions } from "../../hub/assembly/options";
import { Message, Role } from "../../hub/assembly/message";
import * as names from "../../hub/assembly/names";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";
import { encodeCalls, encodeThinking, refusalOf, textOf } from "./encode-answer";
import { encodePart, isSameDialect, writeMark } from "./encode-part";
import * as own from "./names";

const IS_ERROR = Slice.of("tool_result.is_error");
const IMAGE_FILE_ID = Slice.of("image.file_id");
const THINKING = Slice.of("thinking");

/** Writes the messages. */
export function encodeMessages(json: JsonWriter, request: ChatRequest, options: EncodeOptions): void {
  json.key(names.MESSAGES).beginArray();
  const encoder = new MessageEncoder(json, options, request.dropped);
  for (let i = 0; i < request.messages.length; ++i) encoder.encode(request.messages[i]);
  json.endArray();
}

@final
class MessageEncoder {
  // Lists that each message uses anew.
  private readonly kept: Part[] = [];

  constructor(
    private readonly json: JsonWriter,
    private readonly options: EncodeOptions,
    private readonly dropped: Dropped,
  ) {}

  encode(message: Message): void {
    if (dropForeign(message, own.NAME_OF_DIALECT, this.dropped)) return;
    if (message.role == Role.Assistant) this.encodeAssistant(message);
    else this.encodeOther(message);
  }

  /** System, developer and user: tool results first, then the rest, to which media in results are moved. */
  private encodeOther(message: Message): void {
    for (let i = 0; i < message.parts.length; ++i) {
      if (message.parts[i].kind == PartKind.ToolResult) this.encodeResult(message.parts[i]);
    }
    const rest = this.carried(besidesResults(message));
    if (!rest.length && message.has(PartKind.ToolResult)) return;
    this.begin(roleName(message.role), message.name);
    this.encodeContent(rest);
    this.json.endObject();
  }

  private begin(role: Slice, name: Slice): void {
    this.json.beginObject().key(names.ROLE).text(role);
    writeContentAt(this.json, names.NAME, name);
  }

  /** A tool message holds text alone: other media go into the user's message behind it. */
  private encodeResult(result: Part): void {
    if (result.isError) this.dropped.add(IS_ERROR);
    this.begin(own.TOOL, Slice.empty());
    writeContent(this.json.key(own.TOOL_CALL_ID), result.id);
    this.encodeContent(this.carried(besidesMedia(result)));
    if (!writeMark(this.json, result, this.options)) this.dropped.add(names.CACHE_CONTROL);
    this.json.endObject();
  }

  /** `content`: a string where one text is all, else a list. */
  private encodeContent(parts: Part[]): void {
    const json = this.json.key(names.CONTENT);
    if (!parts.length) json.text(Slice.empty());
    else if (parts.length == 1 && this.isPlainText(parts[0])) writeContent(json, parts[0].text);
    else {
      json.beginArray();
      for (let i = 0; i < parts.length; ++i) encodePart(json, parts[i], this.options, this.dropped);
      json.endArray();
    }
  }

  private isPlainText(part: Part): bool {
    if (part.kind != PartKind.Text) return false;
    if (!this.options.keepsCacheMarks) this.dropped.addIf(names.CACHE_CONTROL, part.rawCache);
    return !part.rawCache.length || !this.options.keepsCacheMarks;
  }

  private carried(parts: Part[]): Part[] {
    const kept = this.kept;
    kept.length = 0;
    for (let i = 0; i < parts.length; ++i) if (this.isCarried(parts[i])) kept.push(parts[i]);
    return kept;
  }

  /** Whether a message of someone else than the assistant can hold the part; if not, it is named as dropped. */
  private isCarried(part: Part): bool {
    if (part.kind == PartKind.Image && part.source == MediaSource.FileId) {
      this.dropped.add(IMAGE_FILE_ID);
      return false;
    }
    if (part.kind == PartKind.Text || part.kind == PartKind.Refusal || isMedium(part)) return true;
    if (part.kind == PartKind.Opaque && isSameDialect(part)) return true;
    this.dropped.add(part.kind == PartKind.Opaque ? part.text : THINKING);
    return false;
  }

  private encodeAssistant(message: Message): void {
    const json = this.json;
    const parts = message.parts;
    this.begin(names.ASSISTANT, message.name);
    this.noteDropped(parts);
    if (this.options.keepsThinking) encodeThinking(json, parts);
    const text = textOf(parts);
    const calls = message.has(PartKind.ToolCall);
    const refusal = refusalOf(parts);
    json.key(names.CONTENT);
    if (text.length || !(calls || refusal.length)) writeContent(json, text);
    else json.nothing();
    writeContentAt(json, names.REFUSAL, refusal);
    encodeCalls(json, parts, this.options.keepsThinking);
    json.endObject();
  }

  /** Names what the assistant's message loses. */
  private noteDropped(parts: Part[]): void {
    for (let i = 0; i < parts.length; ++i) {
      const part = parts[i];
      const isThinking = part.kind == PartKind.Thinking || part.kind == PartKind.RedactedThinking;
      if (isThinking && !this.options.keepsThinking) this.dropped.add(THINKING);
      if (!this.options.keepsThinking && !isThinking) this.dropped.addIf(own.THOUGHT_SIGNATURE, part.signature);
      this.dropped.addIf(names.CITATIONS, part.rawCitations);
      this.dropped.addIf(names.ANNOTATIONS, part.rawAnnotations);
      if (part.kind == PartKind.Opaque && !isSameDialect(part)) this.dropped.add(part.text);
      if (isMedium(part)) this.dropped.add(own.IMAGE_URL);
      if (part.kind != PartKind.Opaque) this.dropped.addIf(names.CACHE_CONTROL, part.rawCache);
    }
  }
}

function roleName(role: Role): Slice {
  if (role == Role.System) return names.SYSTEM;
  return role == Role.Developer ? own.DEVELOPER : names.USER;
}

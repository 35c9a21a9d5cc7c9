// Hub → content blocks. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { isBlank } from "../../anthropic/assembly/encode-part";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { writeContent, writeContentAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { MediaEncoder } from "./encode-media";
import { canRead, Family, isClaudeOrNova } from "./model";
import * as own from "./names";
import { writeToolId } from "./tool-id";

const DEFAULT = Slice.of("default");
const EMPTY = Slice.of("(empty)");
const FILE = Slice.of("file");
const IS_ERROR = Slice.of("tool_result.is_error");
const REDACTED_THINKING = Slice.of("redacted_thinking");
const STATUS = Slice.of("status");
const TEXT_OPEN = Slice.of('{"text":"');
const TEXT_CLOSE = Slice.of('"}');
const THOUGHT_SIGNATURE = Slice.of("thought_signature");
const TOOL_RESULT = Slice.of("toolResult");
const TTL = Slice.of("ttl");

/** Reads cache marks; forgets them at once. */
const tape = new JsonTape();

/** Writes blocks of one request. */
@final
export class BlockEncoder {
  private readonly media: MediaEncoder;

  constructor(
    private readonly json: JsonWriter,
    private readonly request: ChatRequest,
    private readonly family: Family,
  ) {
    this.media = new MediaEncoder(json, request, family);
  }

  /** Whether an instruction's part becomes a block: texts alone do. */
  isInstruction(part: Part): bool {
    if (part.kind == PartKind.Text || part.kind == PartKind.Refusal) return !isBlank(part.text);
    return this.drop(part.kind == PartKind.Opaque ? part.text : own.IMAGE);
  }

  /** Whether a message's part becomes a block; if it should and cannot, it is named as dropped. */
  isCarried(part: Part, isAssistant: bool): bool {
    switch (part.kind) {
      case PartKind.Text:
      case PartKind.Refusal:
        // The API refuses blocks that say nothing.
        return !isBlank(part.text);
      case PartKind.Thinking:
        return (this.isReadable(part) && part.signature.length > 0) || this.drop(own.THINKING);
      case PartKind.RedactedThinking:
        return this.isReadable(part) || this.drop(REDACTED_THINKING);
      case PartKind.Image:
        return !isAssistant || this.drop(own.IMAGE);
      case PartKind.Document:
        return !isAssistant || this.drop(FILE);
      case PartKind.Audio:
        return !isAssistant || this.drop(names.AUDIO);
      case PartKind.Opaque:
        return this.drop(part.text);
      default:
        return true;
    }
  }

  private isReadable(part: Part): bool {
    return canRead(this.family, part.signatureFormat);
  }

  private drop(name: Slice): bool {
    this.request.dropped.add(name);
    return false;
  }

  /** Writes a part that is carried, and behind it its cache mark. */
  encode(part: Part): void {
    this.encodeBlock(part);
    this.encodeCachePoint(markOf(part));
  }

  /** Writes `{"cachePoint":…}` for Anthropic's `cache_control` where the model takes it. */
  encodeCachePoint(rawMark: Slice): void {
    if (!rawMark.length) return;
    if (!isClaudeOrNova(this.family)) {
      this.request.dropped.add(names.CACHE_CONTROL);
      return;
    }
    const json = this.json.beginObject().key(own.CACHE_POINT).beginObject();
    json.key(names.TYPE).text(DEFAULT);
    const fault = tape.scan(rawMark);
    const ttl = tape.find(tape.root, TTL);
    if (!fault && tape.kind(ttl) == JsonKind.String) json.key(TTL).raw(tape.raw(ttl));
    tape.clear();
    json.endObject().endObject();
  }

  /** Most blocks are texts: they are written in one piece. */
  private encodeBlock(part: Part): void {
    if (part.kind == PartKind.Text && !part.rawCitations.length) {
      this.json.raw(TEXT_OPEN).output.bytes(part.text).bytes(TEXT_CLOSE);
      return;
    }
    this.json.beginObject();
    this.encodeBody(part);
    this.json.endObject();
  }

  private encodeBody(part: Part): void {
    switch (part.kind) {
      case PartKind.Image:
      case PartKind.Document:
      case PartKind.Audio:
        this.media.encode(part);
        break;
      case PartKind.ToolCall:
        this.encodeCall(part);
        break;
      case PartKind.ToolResult:
        this.encodeResult(part);
        break;
      case PartKind.Thinking:
        this.encodeThinking(part);
        break;
      case PartKind.RedactedThinking:
        this.json.key(own.REASONING_CONTENT).beginObject();
        writeContent(this.json.key(own.REDACTED_CONTENT), part.data);
        this.json.endObject();
        break;
      default:
        this.request.dropped.addIf(names.CITATIONS, part.rawCitations);
        this.request.dropped.addIf(names.ANNOTATIONS, part.rawAnnotations);
        writeContent(this.json.key(names.TEXT), part.text);
    }
  }

  private encodeThinking(part: Part): void {
    const json = this.json.key(own.REASONING_CONTENT).beginObject();
    json.key(own.REASONING_TEXT).beginObject();
    writeContent(json.key(names.TEXT), part.text);
    writeContentAt(json, names.SIGNATURE, part.signature);
    json.endObject().endObject();
  }

  private encodeCall(part: Part): void {
    this.request.dropped.addIf(THOUGHT_SIGNATURE, part.signature);
    const json = this.json.key(own.TOOL_USE).beginObject();
    writeToolId(json.key(own.TOOL_USE_ID), part.id);
    writeContent(json.key(names.NAME), part.name);
    json.key(own.INPUT).raw(part.rawInput).endObject();
  }

  /**
   * What a tool said stays text, JSON too: as a `json` block its numbers and order would be the provider's. A failed
   * tool has to have said something.
   */
  private encodeResult(part: Part): void {
    const json = this.json.key(TOOL_RESULT).beginObject();
    writeToolId(json.key(own.TOOL_USE_ID), part.id);
    json.key(names.CONTENT).beginArray();
    let count = 0;
    for (let i = 0; i < part.parts.length; ++i) if (this.encodeNested(part.parts[i])) ++count;
    if (!count) json.beginObject().key(names.TEXT).text(EMPTY).endObject();
    json.endArray();
    if (part.isError && isClaudeOrNova(this.family)) json.key(STATUS).text(names.ERROR);
    else if (part.isError) this.request.dropped.add(IS_ERROR);
    json.endObject();
  }

  /** Results hold texts, images and documents. */
  private encodeNested(part: Part): bool {
    const isMedium = part.kind == PartKind.Image || part.kind == PartKind.Document;
    const isText = part.kind == PartKind.Text || part.kind == PartKind.Refusal;
    if (!isMedium && !isText) return this.drop(part.kind == PartKind.Opaque ? part.text : names.AUDIO);
    if (isText && isBlank(part.text)) return false;
    this.encodeBlock(part);
    return true;
  }
}

/** There are no cache points inside a result: one that is marked there stands behind it. */
function markOf(part: Part): Slice {
  let mark = part.rawCache;
  for (let i = 0; i < part.parts.length; ++i) if (part.parts[i].rawCache.length) mark = part.parts[i].rawCache;
  return mark;
}

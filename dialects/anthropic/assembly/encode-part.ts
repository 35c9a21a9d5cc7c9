// Hub → content blocks. https://platform.claude.com/docs/en/api/messages
import { decodeBase64 } from "@weir/sdk/assembly/bytes/base64";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { isUtf8 } from "@weir/sdk/assembly/bytes/utf8";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { contentFrom, plainOf, writeContent, writeContentAt, writeRawAt } from "../../hub/assembly/content";
import { Dropped } from "../../hub/assembly/dropped";
import * as names from "../../hub/assembly/names";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";
import { Signature, SignatureFormat } from "../../hub/assembly/signature";
import * as own from "./names";
import { writeToolId } from "./tool-id";

const AUDIO = Slice.of("input_audio");
const PDF = Slice.of("application/pdf");
const PNG = Slice.of("image/png");
const PLAIN = Slice.of("text/plain");
const TEXT_PREFIX = Slice.of("text/");
const THOUGHT_SIGNATURE = Slice.of("thought_signature");
const IMAGE_DETAIL = Slice.of("image.detail");

/** Whether a text says nothing: the API refuses such blocks. */
export function isBlank(content: Slice): bool {
  for (let i = 0; i < content.length; ++i) {
    const byte = content.at(i);
    const isEscape = byte == 0x5c && isBlankEscape(content.at(i + 1));
    if (byte != 0x20 && !isEscape) return false;
    if (isEscape) ++i;
  }
  return true;
}

function isBlankEscape(letter: u8): bool {
  return letter == 0x6e || letter == 0x74 || letter == 0x72;
}

/** Writes blocks of one message. */
@final
export class BlockEncoder {
  /** Whether the client is written to: then foreign thinking is shown, and its signatures marked. */
  isForClient: bool = false;

  constructor(
    private readonly json: JsonWriter,
    private readonly dropped: Dropped,
  ) {}

  /** Whether the part becomes a block; if it should and cannot, it is named as dropped. */
  isCarried(part: Part): bool {
    switch (part.kind) {
      case PartKind.Text:
      case PartKind.Refusal:
        this.dropped.addIf(names.ANNOTATIONS, part.rawAnnotations);
        return !isBlank(part.text);
      case PartKind.Audio:
        return this.drop(AUDIO);
      case PartKind.Thinking:
        return this.isForClient || (isOwnSignature(part) && part.signature.length > 0) || this.drop(own.THINKING);
      case PartKind.RedactedThinking:
        return this.isForClient || isOwnSignature(part) || this.drop(own.REDACTED_THINKING);
      case PartKind.ToolCall:
        if (!this.isForClient) this.dropped.addIf(THOUGHT_SIGNATURE, part.signature);
        return true;
      case PartKind.Opaque:
        return part.name.equals(own.NAME_OF_DIALECT) || this.drop(part.text);
      default:
        return true;
    }
  }

  private drop(name: Slice): bool {
    this.dropped.add(name);
    return false;
  }

  /** Writes a part that is carried. */
  encode(part: Part): void {
    const json = this.json;
    if (part.kind == PartKind.Opaque) {
      json.raw(part.raw);
      return;
    }
    json.beginObject();
    this.encodeBody(part);
    writeRawAt(json, names.CACHE_CONTROL, part.rawCache);
    json.endObject();
  }

  private encodeBody(part: Part): void {
    switch (part.kind) {
      case PartKind.Image:
        this.dropped.addIf(IMAGE_DETAIL, part.detail);
        this.encodeMedium(part, own.IMAGE);
        break;
      case PartKind.Document:
        this.encodeMedium(part, own.DOCUMENT);
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
        this.encodeRedacted(part);
        break;
      default:
        writeContent(this.json.key(names.TYPE).text(names.TEXT).key(names.TEXT), part.text);
        writeRawAt(this.json, names.CITATIONS, part.rawCitations);
    }
  }

  private encodeMedium(part: Part, type: Slice): void {
    const json = this.json.key(names.TYPE).text(type).key(own.SOURCE).beginObject();
    encodeSource(json, part);
    json.endObject();
    writeContentAt(json, own.TITLE, part.name);
    writeContentAt(json, own.CONTEXT, part.text);
    writeRawAt(json, names.CITATIONS, part.rawCitations);
  }

  private encodeCall(part: Part): void {
    const json = this.json.key(names.TYPE).text(own.TOOL_USE);
    writeToolId(json.key(names.ID), part.id);
    writeContent(json.key(names.NAME), part.name);
    json.key(own.INPUT).raw(part.rawInput);
  }

  private encodeResult(part: Part): void {
    const json = this.json.key(names.TYPE).text(own.TOOL_RESULT);
    writeToolId(json.key(own.TOOL_USE_ID), part.id);
    if (part.parts.length == 1 && isPlainText(part.parts[0])) {
      writeContent(json.key(names.CONTENT), part.parts[0].text);
    } else if (part.parts.length) {
      json.key(names.CONTENT).beginArray();
      for (let i = 0; i < part.parts.length; ++i) this.encodeNested(part.parts[i]);
      json.endArray();
    }
    if (part.isError) json.key(own.IS_ERROR).flag(true);
  }

  /** Results hold texts, images and documents: calls and results cannot nest. */
  private encodeNested(part: Part): void {
    if (part.kind != PartKind.ToolResult && part.kind != PartKind.ToolCall && this.isCarried(part)) this.encode(part);
  }

  private encodeThinking(part: Part): void {
    const json = this.json.key(names.TYPE).text(own.THINKING);
    writeContent(json.key(own.THINKING), part.text);
    writeContent(json.key(names.SIGNATURE), fieldOf(part.signature, part.signatureFormat));
  }

  private encodeRedacted(part: Part): void {
    const json = this.json.key(names.TYPE).text(own.REDACTED_THINKING);
    writeContent(json.key(names.DATA), fieldOf(part.data, part.signatureFormat));
  }
}

/** A signature for a field of Anthropic's: one of nobody in particular may well be Anthropic's own. */
export function fieldOf(signature: Slice, format: SignatureFormat): Slice {
  if (format == SignatureFormat.Unknown) return signature;
  return new Signature(signature, format).toField(SignatureFormat.Anthropic);
}

/** Whether a part's signature is Anthropic's, or may well be. */
export function isOwnSignature(part: Part): bool {
  return part.signatureFormat == SignatureFormat.Anthropic || part.signatureFormat == SignatureFormat.Unknown;
}

function isPlainText(part: Part): bool {
  return part.kind == PartKind.Text && !part.rawCache.length && !part.rawCitations.length;
}

function encodeSource(json: JsonWriter, part: Part): void {
  if (part.source == MediaSource.Url) {
    writeContent(json.key(names.TYPE).text(names.URL).key(names.URL), part.data);
  } else if (part.source == MediaSource.FileId) {
    writeContent(json.key(names.TYPE).text(own.FILE).key(own.FILE_ID), part.data);
  } else if (part.source == MediaSource.Text) {
    encodeTextSource(json, part.data);
  } else if (!part.mediaType.startsWith(TEXT_PREFIX) || !encodeDecoded(json, part.data)) {
    const otherwise = part.kind == PartKind.Image ? PNG : PDF;
    json.key(names.TYPE).text(own.BASE64);
    writeContent(json.key(own.MEDIA_TYPE), part.mediaType.length ? part.mediaType : otherwise);
    writeContent(json.key(names.DATA), part.data);
  }
}

function encodeTextSource(json: JsonWriter, text: Slice): void {
  json.key(names.TYPE).text(names.TEXT).key(own.MEDIA_TYPE).text(PLAIN);
  writeContent(json.key(names.DATA), text);
}

/** A text file in base64 has to be a text here. False if it is none. */
function encodeDecoded(json: JsonWriter, data: Slice): bool {
  const bytes = decodeBase64(plainOf(data));
  if (!bytes || !isUtf8(bytes)) return false;
  encodeTextSource(json, contentFrom(bytes));
  return true;
}

// Hub → parts. https://ai.google.dev/api/caching#Part
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { writeContent, writeContentAt } from "../../hub/assembly/content";
import { Dropped } from "../../hub/assembly/dropped";
import * as names from "../../hub/assembly/names";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import { isLoneSignature } from "./decode-part";
import { lowerText } from "./member";
import * as own from "./names";
import { placeSignatures } from "./place-signatures";
import { NO_SIGNATURE, redactedField, signatureField } from "./signature";

const THINKING = Slice.of("thinking");
const REDACTED_THINKING = Slice.of("redacted_thinking");
const FILE_ID = Slice.of("file_id");
const IMAGE_DETAIL = Slice.of("image.detail");
const DOCUMENT_TITLE = Slice.of("document.title");
const DOCUMENT_CONTEXT = Slice.of("document.context");
const PDF = Slice.of("application/pdf");
const JPEG = Slice.of("image/jpeg");
const WAV = Slice.of("audio/wav");
const QUERY: u8 = 0x3f;
const POINT: u8 = 0x2e;
// The types that a URL's ending tells.
const ENDINGS: StaticArray<Slice> = [
  Slice.of("png"),
  Slice.of("webp"),
  Slice.of("gif"),
  Slice.of("heic"),
  Slice.of("jpg"),
  Slice.of("jpeg"),
  Slice.of("pdf"),
  Slice.of("txt"),
  Slice.of("mp3"),
];
const ENDING_TYPES: StaticArray<Slice> = [
  Slice.of("image/png"),
  Slice.of("image/webp"),
  Slice.of("image/gif"),
  Slice.of("image/heic"),
  JPEG,
  JPEG,
  PDF,
  Slice.of("text/plain"),
  Slice.of("audio/mp3"),
];

/** Writes the parts of one content. */
@final
export class PartEncoder {
  /** Whether the client is written to: then foreign thinking is shown, and its signatures marked. */
  isForClient: bool = false;
  /** Whether ids of calls are left out. */
  omitsCallIds: bool = false;
  /** Whether the first call must have a signature. */
  needsSignatures: bool = false;

  /** What `encode` writes: used again for each list. */
  private kept: Part[] = [];

  constructor(
    private readonly json: JsonWriter,
    private readonly dropped: Dropped,
  ) {}

  /**
   * Takes those of the parts that can be written; those that should be and cannot are named as dropped. False where
   * there are none: then there is nothing to encode.
   */
  take(parts: Part[]): bool {
    let hasLoneSignature = false;
    this.kept.length = 0;
    for (let i = 0; i < parts.length; ++i) {
      if (!this.isCarried(parts[i])) continue;
      this.kept.push(parts[i]);
      if (isLoneSignature(parts[i])) hasLoneSignature = true;
    }
    if (hasLoneSignature) this.kept = placeSignatures(this.kept);
    return this.kept.length > 0;
  }

  private isCarried(part: Part): bool {
    switch (part.kind) {
      case PartKind.Thinking:
        if (!this.isForClient && !isReadable(part)) return this.drop(THINKING);
        return part.text.length > 0 || part.signature.length > 0;
      case PartKind.RedactedThinking:
        return this.isForClient || this.drop(REDACTED_THINKING);
      case PartKind.Opaque:
        return part.name.equals(own.NAME_OF_DIALECT) || this.drop(part.text);
      case PartKind.Text:
      case PartKind.Refusal:
        return part.text.length > 0;
      default:
        return part.source != MediaSource.FileId || this.drop(FILE_ID);
    }
  }

  private drop(name: Slice): bool {
    this.dropped.add(name);
    return false;
  }

  /** Writes the list of what was taken. */
  encode(): void {
    const json = this.json.beginArray();
    let isFirstCall = true;
    for (let i = 0; i < this.kept.length; ++i) {
      const part = this.kept[i];
      if (part.kind == PartKind.ToolCall) {
        if (isFirstCall && this.needsSignatures && !part.signature.length) part.signature = NO_SIGNATURE;
        isFirstCall = false;
      }
      this.encodePart(part);
    }
    json.endArray();
  }

  private encodePart(part: Part): void {
    const json = this.json;
    if (part.kind == PartKind.Opaque) {
      json.raw(part.raw);
      return;
    }
    this.dropped.addIf(names.CACHE_CONTROL, part.rawCache);
    json.beginObject();
    writeContentAt(json, own.THOUGHT_SIGNATURE.json, this.encodeBody(part));
    json.endObject();
  }

  /** Writes what the part says, and returns the signature that goes beside it. */
  private encodeBody(part: Part): Slice {
    switch (part.kind) {
      case PartKind.Thinking:
        encodeThought(this.json, part.text);
        return signatureField(part.signature, part.signatureFormat);
      case PartKind.RedactedThinking:
        encodeThought(this.json, Slice.empty());
        return redactedField(part.data, part.signatureFormat);
      case PartKind.ToolCall:
        encodeCall(this.json, part, this.omitsCallIds);
        break;
      case PartKind.Text:
      case PartKind.Refusal:
        this.dropped.addIf(names.CITATIONS, part.rawCitations);
        this.dropped.addIf(names.ANNOTATIONS, part.rawAnnotations);
        writeContent(this.json.key(names.TEXT), part.text);
        break;
      default:
        encodeMedium(this.json, part, this.dropped);
    }
    return part.signature;
  }
}

/** Thinking of Gemini's, or such that nobody signed. */
function isReadable(part: Part): bool {
  return part.signatureFormat == SignatureFormat.Gemini || !part.signature.length;
}

/** Writes the members of a thought. */
export function encodeThought(json: JsonWriter, text: Slice): void {
  writeContent(json.key(names.TEXT), text);
  json.key(own.THOUGHT).flag(true);
}

/** Writes the member of a call. */
export function encodeCall(json: JsonWriter, part: Part, omitsId: bool): void {
  json.key(own.FUNCTION_CALL.json).beginObject();
  if (!omitsId) writeContentAt(json, names.ID, part.id);
  writeContent(json.key(names.NAME), part.name);
  json.key(own.ARGS).raw(part.rawInput).endObject();
}

/** Writes the member of a medium: `inlineData`, `fileData`, or `text` where that is what it holds. */
export function encodeMedium(json: JsonWriter, part: Part, dropped: Dropped): void {
  dropped.addIf(IMAGE_DETAIL, part.detail);
  dropped.addIf(DOCUMENT_TITLE, part.name);
  dropped.addIf(DOCUMENT_CONTEXT, part.text);
  dropped.addIf(names.CITATIONS, part.rawCitations);
  if (part.source == MediaSource.Text) {
    writeContent(json.key(names.TEXT), part.data);
    return;
  }
  const isInline = part.source == MediaSource.Base64;
  json.key(isInline ? own.INLINE_DATA.json : own.FILE_DATA.json).beginObject();
  writeContent(json.key(own.MIME_TYPE.json), typeOf(part));
  writeContent(json.key(isInline ? names.DATA : own.FILE_URI.json), part.data);
  json.endObject();
}

/** The type, which must be told: of an address by its ending, else what is usual. */
function typeOf(part: Part): Slice {
  if (part.mediaType.length) return part.mediaType;
  if (part.source == MediaSource.Url) {
    const query = part.data.indexOf(QUERY);
    const path = query < 0 ? part.data : part.data.slice(0, query);
    const ending = lowerText(path.slice(path.lastIndexOf(POINT) + 1));
    for (let i = 0; i < ENDINGS.length; ++i) if (ENDINGS[i].equals(ending)) return ENDING_TYPES[i];
  }
  if (part.kind == PartKind.Image) return JPEG;
  if (part.kind == PartKind.Audio) return WAV;
  return PDF;
}

// Hub → one content part.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages-user-message-content
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { writeContent, writeContentAt, writeRawAt } from "../../hub/assembly/content";
import { EncodeOptions } from "../../hub/assembly/options";
import { Dropped } from "../../hub/assembly/dropped";
import { writeUrl } from "../../hub/assembly/media";
import * as names from "../../hub/assembly/names";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";
import * as own from "./names";

const WAV = Slice.of("wav");
const MP3 = Slice.of("mp3");
const MPEG = Slice.of("mpeg");
const DEFAULT_FILENAME = Slice.of("document.pdf");
const DOCUMENT_URL = Slice.of("document.url");
const DOCUMENT_CONTEXT = Slice.of("document.context");
const SLASH: u8 = 0x2f;

/** Whether an opaque part is of this dialect. */
export function isSameDialect(part: Part): bool {
  return part.name.equals(own.NAME_OF_DIALECT);
}

/** Writes the cache mark where the provider takes it. False if it was dropped. */
export function writeMark(json: JsonWriter, part: Part, options: EncodeOptions): bool {
  if (options.keepsCacheMarks) writeRawAt(json, names.CACHE_CONTROL, part.rawCache);
  return options.keepsCacheMarks || !part.rawCache.length;
}

/** Writes the part. */
export function encodePart(json: JsonWriter, part: Part, options: EncodeOptions, dropped: Dropped): void {
  if (part.kind == PartKind.Opaque) {
    json.raw(part.raw);
    return;
  }
  json.beginObject();
  if (part.kind == PartKind.Image) encodeImage(json, part);
  else if (part.kind == PartKind.Document) encodeDocument(json, part, dropped);
  else if (part.kind == PartKind.Audio) encodeAudio(json, part);
  else encodeText(json, part.kind == PartKind.Refusal ? names.REFUSAL : names.TEXT, part.text);
  if (!writeMark(json, part, options)) dropped.add(names.CACHE_CONTROL);
  json.endObject();
}

function encodeText(json: JsonWriter, type: Slice, text: Slice): void {
  writeContent(json.key(names.TYPE).text(type).key(type), text);
}

/** Writes the images of an answer, where OpenRouter has them: `images`; nothing where there are none. */
export function encodeImages(json: JsonWriter, parts: Part[]): void {
  let isOpen = false;
  for (let i = 0; i < parts.length; ++i) {
    if (!isAnswerImage(parts[i])) continue;
    if (!isOpen) json.key(own.IMAGES).beginArray();
    isOpen = true;
    encodeImage(json.beginObject(), parts[i]);
    json.endObject();
  }
  if (isOpen) json.endArray();
}

/** Whether an answer can hold the medium. https://openrouter.ai/docs/guides/overview/multimodal/image-generation */
export function isAnswerImage(part: Part): bool {
  return part.kind == PartKind.Image && part.source != MediaSource.FileId;
}

function encodeImage(json: JsonWriter, part: Part): void {
  json.key(names.TYPE).text(own.IMAGE_URL).key(own.IMAGE_URL).beginObject();
  writeUrl(json.key(names.URL), part);
  writeContentAt(json, own.DETAIL, part.detail);
  json.endObject();
}

/** A document: a text stays text, a file goes inline or by its id. There is no place for an address. */
function encodeDocument(json: JsonWriter, part: Part, dropped: Dropped): void {
  dropped.addIf(DOCUMENT_CONTEXT, part.text);
  dropped.addIf(names.CITATIONS, part.rawCitations);
  if (part.source == MediaSource.Text || part.source == MediaSource.Url) {
    if (part.source == MediaSource.Url) dropped.add(DOCUMENT_URL);
    encodeText(json, names.TEXT, part.data);
    return;
  }
  json.key(names.TYPE).text(own.FILE).key(own.FILE).beginObject();
  if (part.source == MediaSource.FileId) writeContent(json.key(own.FILE_ID), part.data);
  else {
    writeContent(json.key(own.FILENAME), part.name.length ? part.name : DEFAULT_FILENAME);
    writeUrl(json.key(own.FILE_DATA), part);
  }
  json.endObject();
}

function encodeAudio(json: JsonWriter, part: Part): void {
  json.key(names.TYPE).text(own.INPUT_AUDIO).key(own.INPUT_AUDIO).beginObject();
  writeContent(json.key(names.DATA), part.data);
  const format = part.mediaType.slice(part.mediaType.lastIndexOf(SLASH) + 1);
  writeContent(json.key(names.FORMAT), format.equals(MPEG) ? MP3 : format.length ? format : WAV);
  json.endObject();
}

// Hub → one part of a message's content or of a function's output.
// https://platform.openai.com/docs/api-reference/responses/create#responses-create-input
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { writeContent, writeContentAt } from "../../hub/assembly/content";
import { Dropped } from "../../hub/assembly/dropped";
import { writeUrl } from "../../hub/assembly/media";
import * as names from "../../hub/assembly/names";
import { EncodeOptions } from "../../hub/assembly/options";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";
import * as own from "./names";

const WAV = Slice.of("wav");
const MP3 = Slice.of("mp3");
const MPEG = Slice.of("mpeg");
const DEFAULT_FILENAME = Slice.of("document.pdf");
const DOCUMENT_CONTEXT = Slice.of("document.context");
const LONG_MARK = Slice.of('"1h"');
const EXPLICIT = Slice.of('{"mode":"explicit"}');
const EXPLICIT_LONG = Slice.of('{"mode":"explicit","ttl":"12h"}');
const SLASH: u8 = 0x2f;

/** Whether an opaque part is of this dialect. */
export function isSameDialect(part: Part): bool {
  return part.name.equals(own.NAME_OF_DIALECT);
}

/** Whether the part is no text. */
export function isMedium(part: Part): bool {
  return part.kind == PartKind.Image || part.kind == PartKind.Document || part.kind == PartKind.Audio;
}

/** Writes parts of what is said to a model. */
@final
export class PartEncoder {
  constructor(
    private readonly json: JsonWriter,
    private readonly options: EncodeOptions,
    private readonly dropped: Dropped,
  ) {}

  /** Whether a message of someone else than the assistant can hold the part; if not, it is named as dropped. */
  isCarried(part: Part): bool {
    if (part.kind == PartKind.Text || part.kind == PartKind.Refusal || isMedium(part)) return true;
    if (part.kind == PartKind.Opaque && isSameDialect(part)) return true;
    this.dropped.add(part.kind == PartKind.Opaque ? part.text : own.THINKING);
    return false;
  }

  /** Writes `content` or `output`: a string where one text is all, else a list. */
  encodeContent(parts: Part[]): void {
    const json = this.json;
    if (!parts.length) json.text(Slice.empty());
    else if (parts.length == 1 && this.isPlainText(parts[0])) writeContent(json, parts[0].text);
    else {
      json.beginArray();
      for (let i = 0; i < parts.length; ++i) this.encode(parts[i]);
      json.endArray();
    }
  }

  private isPlainText(part: Part): bool {
    return part.kind == PartKind.Text && !(part.rawCache.length && this.options.keepsCacheMarks) && !this.drop(part);
  }

  /** Names what a text loses in any case; never true. */
  private drop(part: Part): bool {
    this.dropped.addIf(names.CITATIONS, part.rawCitations);
    if (!this.options.keepsCacheMarks) this.dropped.addIf(names.CACHE_CONTROL, part.rawCache);
    return false;
  }

  private encode(part: Part): void {
    const json = this.json;
    if (part.kind == PartKind.Opaque) {
      json.raw(part.raw);
      return;
    }
    this.drop(part);
    json.beginObject();
    if (part.kind == PartKind.Image) this.encodeImage(part);
    else if (part.kind == PartKind.Document) this.encodeDocument(part);
    else if (part.kind == PartKind.Audio) this.encodeAudio(part);
    else this.encodeText(part.text);
    if (part.rawCache.length && this.options.keepsCacheMarks) this.encodeMark(part.rawCache);
    json.endObject();
  }

  /** Models from GPT-5.6 on take marks: https://platform.openai.com/docs/guides/prompt-caching */
  private encodeMark(rawCache: Slice): void {
    this.json.key(own.PROMPT_CACHE_BREAKPOINT).raw(rawCache.find(LONG_MARK) < 0 ? EXPLICIT : EXPLICIT_LONG);
  }

  private encodeText(text: Slice): void {
    writeContent(this.json.key(names.TYPE).text(own.INPUT_TEXT).key(names.TEXT), text);
  }

  private encodeImage(part: Part): void {
    const json = this.json.key(names.TYPE).text(own.INPUT_IMAGE);
    writeContent(json.key(own.DETAIL), part.detail.length ? part.detail : names.AUTO);
    if (part.source == MediaSource.FileId) writeContent(json.key(own.FILE_ID), part.data);
    else writeUrl(json.key(own.IMAGE_URL), part);
  }

  private encodeDocument(part: Part): void {
    const json = this.json;
    this.dropped.addIf(DOCUMENT_CONTEXT, part.text);
    if (part.source == MediaSource.Text) {
      this.encodeText(part.data);
      return;
    }
    json.key(names.TYPE).text(own.INPUT_FILE);
    if (part.source == MediaSource.FileId) writeContent(json.key(own.FILE_ID), part.data);
    else if (part.source == MediaSource.Url) writeContent(json.key(own.FILE_URL), part.data);
    else {
      writeContent(json.key(own.FILENAME), part.name.length ? part.name : DEFAULT_FILENAME);
      writeUrl(json.key(own.FILE_DATA), part);
      return;
    }
    writeContentAt(json, own.FILENAME, part.name);
  }

  private encodeAudio(part: Part): void {
    const json = this.json.key(names.TYPE).text(own.INPUT_AUDIO).key(own.INPUT_AUDIO).beginObject();
    writeContent(json.key(names.DATA), part.data);
    const format = part.mediaType.slice(part.mediaType.lastIndexOf(SLASH) + 1);
    writeContent(json.key(names.FORMAT), format.equals(MPEG) ? MP3 : format.length ? format : WAV);
    json.endObject();
  }
}

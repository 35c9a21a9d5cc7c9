// Content of messages and of function outputs → hub.
// https://platform.openai.com/docs/api-reference/responses/create#responses-create-input
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { contentAt, contentFrom, contentOf, rawAt } from "../../hub/assembly/content";
import { partFromUrl } from "../../hub/assembly/media";
import * as names from "../../hub/assembly/names";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";
import * as own from "./names";

const AUDIO_PREFIX = Slice.of("audio/");
const EMPTY_LIST = Slice.of("[]");
const TWELVE_HOURS = Slice.of("12h");
// Anthropic's form of a cache mark, which the hub uses.
const MARK = Slice.of('{"type":"ephemeral"}');
const MARK_LONG = Slice.of('{"type":"ephemeral","ttl":"1h"}');

/** Reads `content` or `output`: a text, or a list of parts. Other JSON counts as text. */
export function decodeContent(tape: JsonTape, node: i32, parts: Part[]): void {
  const kind = tape.kind(node);
  if (kind == JsonKind.Array) {
    for (let item = tape.first(node); item >= 0; item = tape.next(item)) parts.push(decodePart(tape, item));
    return;
  }
  if (kind == JsonKind.Missing || kind == JsonKind.Null) return;
  const text = kind == JsonKind.String ? contentOf(tape, node) : contentFrom(tape.raw(node));
  if (text.length) parts.push(Part.withText(PartKind.Text, text));
}

function decodePart(tape: JsonTape, node: i32): Part {
  const part = decodeBody(tape, node);
  const mark = tape.find(node, own.PROMPT_CACHE_BREAKPOINT);
  if (tape.kind(mark) == JsonKind.Object) {
    part.rawCache = tape.equals(tape.find(mark, own.TTL), TWELVE_HOURS) ? MARK_LONG : MARK;
  }
  return part;
}

/** A part of an unknown type is kept for this dialect. */
function decodeBody(tape: JsonTape, node: i32): Part {
  const type = tape.find(node, names.TYPE);
  if (tape.equals(type, own.INPUT_TEXT) || tape.equals(type, names.TEXT)) return decodeText(tape, node);
  if (tape.equals(type, own.OUTPUT_TEXT)) return decodeOutputText(tape, node);
  if (tape.equals(type, names.REFUSAL)) return Part.withText(PartKind.Refusal, contentAt(tape, node, names.REFUSAL));
  if (tape.equals(type, own.INPUT_IMAGE)) return decodeImage(tape, node);
  if (tape.equals(type, own.INPUT_FILE)) return decodeFile(tape, node);
  if (tape.equals(type, own.INPUT_AUDIO)) return decodeAudio(tape, tape.find(node, own.INPUT_AUDIO));
  return Part.opaque(own.NAME_OF_DIALECT, contentOf(tape, type), tape.raw(node));
}

function decodeText(tape: JsonTape, node: i32): Part {
  return Part.withText(PartKind.Text, contentAt(tape, node, names.TEXT));
}

function decodeOutputText(tape: JsonTape, node: i32): Part {
  const part = decodeText(tape, node);
  const annotations = rawAt(tape, node, names.ANNOTATIONS);
  if (!annotations.equals(EMPTY_LIST)) part.rawAnnotations = annotations;
  return part;
}

/** `image_url` is the address itself, or a data URL. */
function decodeImage(tape: JsonTape, node: i32): Part {
  const id = contentAt(tape, node, own.FILE_ID);
  const part = id.length
    ? Part.withMedia(PartKind.Image, MediaSource.FileId, id, Slice.empty())
    : partFromUrl(PartKind.Image, contentAt(tape, node, own.IMAGE_URL));
  const detail = contentAt(tape, node, own.DETAIL);
  // It is what saying nothing means.
  if (!detail.equals(names.AUTO)) part.detail = detail;
  return part;
}

/** `file_data` (a data URL), `file_url` or `file_id`, with a name. */
function decodeFile(tape: JsonTape, node: i32): Part {
  const id = contentAt(tape, node, own.FILE_ID);
  const data = contentAt(tape, node, own.FILE_DATA);
  const part = id.length
    ? Part.withMedia(PartKind.Document, MediaSource.FileId, id, Slice.empty())
    : partFromUrl(PartKind.Document, data.length ? data : contentAt(tape, node, own.FILE_URL));
  part.name = contentAt(tape, node, own.FILENAME);
  return part;
}

/** `{"data","format"}`: wav or mp3. */
function decodeAudio(tape: JsonTape, node: i32): Part {
  const type = new Writer()
    .bytes(AUDIO_PREFIX)
    .bytes(contentAt(tape, node, names.FORMAT))
    .take();
  return Part.withMedia(PartKind.Audio, MediaSource.Base64, contentAt(tape, node, names.DATA), type);
}

// One content part of a message → hub.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages-user-message-content
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { contentAt, contentOf, rawAt } from "../../hub/assembly/content";
import { partFromUrl } from "../../hub/assembly/media";
import * as names from "../../hub/assembly/names";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";
import * as own from "./names";

const THINKING = Slice.of("thinking");
const AUDIO_PREFIX = Slice.of("audio/");

/** Reads a part. One of an unknown type is kept for this dialect. */
export function decodePart(tape: JsonTape, node: i32): Part {
  const part = decodeBody(tape, node);
  part.rawCache = rawAt(tape, node, names.CACHE_CONTROL);
  return part;
}

function decodeBody(tape: JsonTape, node: i32): Part {
  const type = tape.text(tape.find(node, names.TYPE));
  if (type.equals(names.TEXT)) return Part.withText(PartKind.Text, contentAt(tape, node, names.TEXT));
  if (type.equals(names.REFUSAL)) return Part.withText(PartKind.Refusal, contentAt(tape, node, names.REFUSAL));
  if (type.equals(own.IMAGE_URL)) return decodeImage(tape, tape.find(node, own.IMAGE_URL));
  if (type.equals(own.FILE)) return decodeFile(tape, tape.find(node, own.FILE));
  if (type.equals(THINKING)) return decodeThought(tape, tape.find(node, THINKING));
  if (type.equals(own.INPUT_AUDIO)) return decodeAudio(tape, tape.find(node, own.INPUT_AUDIO));
  return Part.opaque(own.NAME_OF_DIALECT, contentAt(tape, node, names.TYPE), tape.raw(node));
}

/** Mistral's: a list of texts. https://docs.mistral.ai/capabilities/reasoning */
function decodeThought(tape: JsonTape, list: i32): Part {
  const writer = new Writer().bytes(contentOf(tape, list));
  if (tape.kind(list) == JsonKind.Array) {
    for (let item = tape.first(list); item >= 0; item = tape.next(item)) {
      writer.bytes(contentAt(tape, item, names.TEXT));
    }
  }
  return Part.withText(PartKind.Thinking, writer.take());
}

/** `{"url","detail"}`; some clients give the URL alone. */
function decodeImage(tape: JsonTape, node: i32): Part {
  const url = contentAt(tape, node, names.URL);
  const part = partFromUrl(PartKind.Image, url.length ? url : contentOf(tape, node));
  const detail = contentAt(tape, node, own.DETAIL);
  // It is what saying nothing means.
  if (!detail.equals(names.AUTO)) part.detail = detail;
  return part;
}

/** `{"file_data","filename"}` or `{"file_id"}`. */
function decodeFile(tape: JsonTape, node: i32): Part {
  const id = contentAt(tape, node, own.FILE_ID);
  const part = id.length
    ? Part.withMedia(PartKind.Document, MediaSource.FileId, id, Slice.empty())
    : partFromUrl(PartKind.Document, contentAt(tape, node, own.FILE_DATA));
  part.name = contentAt(tape, node, own.FILENAME);
  return part;
}

/** `{"data","format"}`: wav or mp3. */
function decodeAudio(tape: JsonTape, node: i32): Part {
  const format = contentAt(tape, node, names.FORMAT);
  const type = new Writer().bytes(AUDIO_PREFIX).bytes(format).take();
  return Part.withMedia(PartKind.Audio, MediaSource.Base64, contentAt(tape, node, names.DATA), type);
}

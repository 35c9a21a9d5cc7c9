// What a model read on the web: in chat completions a `url_citation` is an object of its own, in responses, whose form
// the hub carries, its members stand beside the type.
// https://platform.openai.com/docs/guides/tools-web-search?api-mode=chat
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { compactJson } from "../../hub/assembly/content";
import { Dropped } from "../../hub/assembly/dropped";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { ChatSink } from "../../hub/assembly/stream";

const URL_CITATION = Slice.of("url_citation");
const FLAT = Slice.of('{"type":"url_citation"');
const COMMA: u8 = 0x2c;

/** Reads annotations; forgets them at once. */
const reader = new JsonTape();

/** Puts a message's annotations beside its first text. */
export function decodeAnnotations(tape: JsonTape, message: i32, parts: Part[], dropped: Dropped): void {
  const text = firstText(parts);
  const writer = new Writer();
  const json = new JsonWriter(writer).beginArray();
  for (let node = firstOf(tape, message); node >= 0; node = tape.next(node)) {
    const flat = text ? flatOf(tape, node) : Slice.empty();
    if (flat.length) json.raw(flat);
    else dropped.add(names.ANNOTATIONS);
  }
  json.endArray();
  if (text && writer.length > 2) text.rawAnnotations = writer.take();
}

/** Tells those of a stream's delta. */
export function tellAnnotations(tape: JsonTape, delta: i32, sink: ChatSink): void {
  for (let node = firstOf(tape, delta); node >= 0; node = tape.next(node)) {
    const flat = flatOf(tape, node);
    if (flat.length) sink.annotation(flat);
    else sink.dropped.add(names.ANNOTATIONS);
  }
}

/** Writes the member for `raw`, a list or one annotation. Nothing where there are none; others than of the web go. */
export function encodeAnnotations(json: JsonWriter, raw: Slice, dropped: Dropped): void {
  if (!raw.length || reader.scan(raw)) return;
  let isOpen = false;
  const isList = reader.kind(reader.root) == JsonKind.Array;
  for (let node = isList ? reader.first(reader.root) : reader.root; node >= 0; node = reader.next(node)) {
    if (!reader.equals(reader.find(node, names.TYPE), URL_CITATION)) {
      dropped.add(names.ANNOTATIONS);
      continue;
    }
    if (!isOpen) json.key(names.ANNOTATIONS).beginArray();
    isOpen = true;
    encodeCitation(json, node);
  }
  if (isOpen) json.endArray();
  reader.clear();
}

function encodeCitation(json: JsonWriter, node: i32): void {
  json.beginObject().key(names.TYPE).text(URL_CITATION).key(URL_CITATION).beginObject();
  for (let member = reader.first(node); member >= 0; member = reader.next(member)) {
    if (!reader.keyEquals(member, names.TYPE)) json.key(reader.keyText(member)).raw(compactJson(reader.raw(member)));
  }
  json.endObject().endObject();
}

function firstOf(tape: JsonTape, holder: i32): i32 {
  const list = tape.find(holder, names.ANNOTATIONS);
  return tape.kind(list) == JsonKind.Array ? tape.first(list) : -1;
}

/** One as responses have it; empty for other types. */
function flatOf(tape: JsonTape, node: i32): Slice {
  const body = tape.find(node, URL_CITATION);
  if (tape.kind(body) != JsonKind.Object || tape.first(body) < 0) return Slice.empty();
  return new Writer().bytes(FLAT).byte(COMMA).bytes(tape.raw(body).slice(1)).take();
}

function firstText(parts: Part[]): Part | null {
  for (let i = 0; i < parts.length; ++i) if (parts[i].kind == PartKind.Text) return parts[i];
  return null;
}

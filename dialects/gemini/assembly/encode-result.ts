// Hub → function responses. They name their function, which other dialects' results do not: it is looked up among the
// calls of the model's last turn. https://ai.google.dev/api/caching#FunctionResponse
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { plainOf, writeContent, writeContentAt } from "../../hub/assembly/content";
import { Dropped } from "../../hub/assembly/dropped";
import * as names from "../../hub/assembly/names";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";
import { encodeMedium } from "./encode-part";
import * as own from "./names";

const RESULT = Slice.of("result");
const UNKNOWN_FUNCTION = Slice.of("unknown_function");
/** More calls of one turn are not looked up, more results not sorted: each is compared with each. */
const CALLS_MAX: i32 = 1024;

/** Reads results; forgets them at once. */
const tape = new JsonTape(0);

/** Writes results as parts. */
@final
export class ResultEncoder {
  /** Whether ids are left out: then results stand in the order of their calls. */
  omitsIds: bool = false;
  /** Whether a result may hold media. */
  takesMedia: bool = true;
  private calls: Part[] = [];

  constructor(
    private readonly json: JsonWriter,
    private readonly dropped: Dropped,
  ) {}

  /** A turn of the model: its calls are answered next. */
  beginTurn(parts: Part[]): void {
    this.calls.length = 0;
    for (let i = 0; i < parts.length && this.calls.length < CALLS_MAX; ++i) {
      if (parts[i].kind == PartKind.ToolCall) this.calls.push(parts[i]);
    }
  }

  /** Writes the list of results. Media that no result may hold go to `rest`. */
  encode(results: Part[], rest: Part[]): void {
    this.json.beginArray();
    if (this.omitsIds && results.length <= CALLS_MAX) this.sort(results);
    for (let i = 0; i < results.length; ++i) this.encodeResult(results[i], rest);
    this.json.endArray();
  }

  /** By insertion: results mostly come in order. */
  private sort(results: Part[]): void {
    const places: i32[] = [];
    for (let i = 0; i < results.length; ++i) {
      const result = results[i];
      const place = this.indexOf(result);
      places.push(place);
      let at = i;
      for (; at > 0 && places[at - 1] > place; --at) {
        places[at] = places[at - 1];
        results[at] = results[at - 1];
      }
      places[at] = place;
      results[at] = result;
    }
  }

  private indexOf(result: Part): i32 {
    for (let i = 0; i < this.calls.length; ++i) if (this.calls[i].id.equals(result.id)) return i;
    return this.calls.length;
  }

  private nameOf(result: Part): Slice {
    const index = this.indexOf(result);
    if (index < this.calls.length) return this.calls[index].name;
    return result.name.length ? result.name : UNKNOWN_FUNCTION;
  }

  private encodeResult(result: Part, rest: Part[]): void {
    const json = this.json.beginObject().key(own.FUNCTION_RESPONSE.json).beginObject();
    if (!this.omitsIds) writeContentAt(json, names.ID, result.id);
    writeContent(json.key(names.NAME), this.nameOf(result));
    encodeResponse(json.key(own.RESPONSE), textOf(result.parts), result.isError);
    this.encodeMedia(result, rest);
    json.endObject().endObject();
    this.dropped.addIf(names.CACHE_CONTROL, result.rawCache);
  }

  private encodeMedia(result: Part, rest: Part[]): void {
    let isOpen = false;
    for (let i = 0; i < result.parts.length; ++i) {
      const part = result.parts[i];
      if (part.kind == PartKind.Text) continue;
      if (!this.takes(part)) {
        rest.push(part);
        continue;
      }
      if (!isOpen) this.json.key(own.PARTS.json).beginArray();
      isOpen = true;
      if (part.kind == PartKind.Opaque) this.json.raw(part.raw);
      else this.encodeMember(part);
    }
    if (isOpen) this.json.endArray();
  }

  private encodeMember(part: Part): void {
    encodeMedium(this.json.beginObject(), part, this.dropped);
    this.json.endObject();
  }

  /** Whether a result holds the part: media inline, since Gemini 3. */
  private takes(part: Part): bool {
    if (part.kind == PartKind.Opaque) return part.name.equals(own.NAME_OF_DIALECT);
    const isMedium = part.kind == PartKind.Image || part.kind == PartKind.Audio || part.kind == PartKind.Document;
    return isMedium && this.takesMedia && part.source == MediaSource.Base64;
  }
}

function textOf(parts: Part[]): Slice {
  let first = Slice.empty();
  let joined: Writer | null = null;
  for (let i = 0; i < parts.length; ++i) {
    if (parts[i].kind != PartKind.Text) continue;
    if (joined) joined.bytes(parts[i].text);
    else if (first.length) joined = new Writer(first.length * 2).bytes(first).bytes(parts[i].text);
    else first = parts[i].text;
  }
  return joined ? joined.take() : first;
}

/** A result has to be an object: text that is one is it, other text stands in `result`, an error's in `error`. */
function encodeResponse(json: JsonWriter, text: Slice, isError: bool): void {
  const plain = plainOf(text);
  const isJson = plain.length > 0 && !tape.scan(plain);
  const kind = isJson ? tape.kind(tape.root) : JsonKind.Missing;
  const raw = tape.raw(tape.root);
  tape.clear();
  if (kind == JsonKind.Object && !isError) {
    json.raw(raw);
    return;
  }
  json.beginObject().key(isError ? names.ERROR : RESULT);
  if (kind == JsonKind.Object || kind == JsonKind.Array) json.raw(raw);
  else writeContent(json, text);
  json.endObject();
}

// The items of an output, as whole answers, streams and histories hold them.
// https://platform.openai.com/docs/api-reference/responses/object
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { writeContent, writeContentAt, writeRawAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import * as own from "./names";

const EMPTY_LIST = Slice.of("[]");
const UNDERSCORE: u8 = 0x5f;

export const RESPONSE_PREFIX = Slice.of("resp");
export const MESSAGE_PREFIX = Slice.of("msg");
export const REASONING_PREFIX = Slice.of("rs");
export const CALL_PREFIX = Slice.of("fc");

/** An id of Weir's making: `msg_<seed>_<index>`. OpenAI wants its prefixes, should the item ever get there. */
export function itemId(prefix: Slice, seed: Slice, index: i32): Slice {
  return new Writer(64).bytes(prefix).byte(UNDERSCORE).bytes(seed).byte(UNDERSCORE).integer(index).take();
}

/** Writes a text or a refusal. */
export function writeSaidPart(json: JsonWriter, part: Part, rawLogprobs: Slice): void {
  json.beginObject().key(names.TYPE);
  if (part.kind == PartKind.Refusal) writeContent(json.text(names.REFUSAL).key(names.REFUSAL), part.text);
  else {
    writeContent(json.text(own.OUTPUT_TEXT).key(names.TEXT), part.text);
    json.key(names.ANNOTATIONS).raw(part.rawAnnotations.length ? part.rawAnnotations : EMPTY_LIST);
    writeRawAt(json, names.LOGPROBS, rawLogprobs);
  }
  json.endObject();
}

/** Writes a message; `parts` are its parts in JSON, with commas between. */
export function writeMessageItem(json: JsonWriter, id: Slice, status: Slice, parts: Slice): void {
  json.beginObject();
  writeContent(json.key(names.ID), id);
  json.key(names.TYPE).text(names.MESSAGE).key(own.STATUS).text(status);
  json.key(names.ROLE).text(names.ASSISTANT).key(names.CONTENT).beginArray();
  if (parts.length) json.raw(parts);
  json.endArray().endObject();
}

/** Writes a call; `input` is the arguments' JSON, as content. */
export function writeCallItem(json: JsonWriter, id: Slice, status: Slice, call: Part, input: Slice): void {
  json.beginObject();
  writeContent(json.key(names.ID), id);
  json.key(names.TYPE).text(own.FUNCTION_CALL).key(own.STATUS).text(status);
  writeContent(json.key(own.CALL_ID), call.id);
  writeContent(json.key(names.NAME), call.name);
  writeContent(json.key(own.ARGUMENTS), input);
  json.endObject();
}

/** Writes reasoning: thinking has a summary, though it may be an empty text; what is redacted has none. */
export function writeReasoningItem(json: JsonWriter, id: Slice, part: Part, encrypted: Slice): void {
  json.beginObject();
  writeContentAt(json, names.ID, id);
  json.key(names.TYPE).text(own.REASONING).key(own.SUMMARY).beginArray();
  if (part.kind == PartKind.Thinking) writeSummary(json, part.text);
  json.endArray();
  writeContentAt(json, own.ENCRYPTED_CONTENT, encrypted);
  json.endObject();
}

/** Writes one summary. */
export function writeSummary(json: JsonWriter, text: Slice): void {
  writeContent(json.beginObject().key(names.TYPE).text(own.SUMMARY_TEXT).key(names.TEXT), text);
  json.endObject();
}

// Hub → `requestMetadata`, by which invocation logs can be filtered: at most 16 pairs of a small alphabet.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_RequestSyntax
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { METADATA } from "../../hub/assembly/names";
import { OptionalObject } from "./optional-object";

const REQUEST_METADATA = Slice.of("requestMetadata");
const PAIRS_MAX: i32 = 16;
const TEXT_BYTES_MAX: i32 = 256;
const SIGNS = Slice.of(" \t\n\r:_@$#=/+,-.");

/** Reads metadata; forgets them at once. */
const tape = new JsonTape(1);

/** Writes the pairs that can be carried. */
export function encodeMetadata(json: JsonWriter, request: ChatRequest): void {
  if (!request.rawMetadata.length) return;
  const pairs = new OptionalObject(json, REQUEST_METADATA);
  let count = 0;
  if (tape.scan(request.rawMetadata)) request.dropped.add(METADATA);
  for (let node = tape.first(tape.root); node >= 0; node = tape.next(node)) {
    const key = tape.keyText(node);
    const isText = tape.kind(node) == JsonKind.String;
    if (!isText || count == PAIRS_MAX || !key.length || !isAllowed(key) || !isAllowed(tape.text(node))) {
      request.dropped.add(METADATA);
      continue;
    }
    pairs.key(key).raw(tape.raw(node));
    ++count;
  }
  pairs.end();
  tape.clear();
}

function isAllowed(text: Slice): bool {
  if (text.length > TEXT_BYTES_MAX) return false;
  for (let i = 0; i < text.length; ++i) {
    const byte = text.at(i);
    const isLetter = <u32>(byte | 0x20) - 0x61 < 26 || <u32>byte - 0x30 < 10;
    if (!isLetter && SIGNS.indexOf(byte) < 0) return false;
  }
  return true;
}

// Reasoning items → hub, and what their signatures are made of. OpenAI ties `encrypted_content` to the item's id, and
// refuses it beside another one; other dialects have no place for the id, so it travels in front: `rs_1:gAAA…`.
// https://platform.openai.com/docs/guides/reasoning
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { contentAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { Signature, SignatureFormat } from "../../hub/assembly/signature";
import * as own from "./names";

/** Between two summaries, as JSON content. */
export const BETWEEN_SUMMARIES = Slice.of("\\n\\n");
const COLON: u8 = 0x3a;
/** No family: whatever goes into its field is marked. */
const NOBODY: SignatureFormat = <SignatureFormat>-1;

/** Reads a reasoning item, or null for one that holds nothing: the provider that made it keeps the rest. */
export function decodeReasoning(tape: JsonTape, node: i32): Part | null {
  const signature = signatureOf(contentAt(tape, node, names.ID), contentAt(tape, node, own.ENCRYPTED_CONTENT));
  const content = tape.find(node, names.CONTENT);
  const summary = tape.find(node, own.SUMMARY);
  const texts = firstOf(tape, content) >= 0 ? content : summary;
  if (firstOf(tape, texts) < 0) return signature.value.length ? redacted(signature) : null;
  const part = Part.withText(PartKind.Thinking, joinTexts(tape, texts));
  part.signature = signature.value;
  part.signatureFormat = signature.value.length ? signature.format : SignatureFormat.Unknown;
  return part;
}

function firstOf(tape: JsonTape, list: i32): i32 {
  return tape.kind(list) == JsonKind.Array ? tape.first(list) : -1;
}

function redacted(signature: Signature): Part {
  const part = new Part(PartKind.RedactedThinking);
  part.data = signature.value;
  part.signatureFormat = signature.format;
  return part;
}

function joinTexts(tape: JsonTape, list: i32): Slice {
  const first = tape.first(list);
  if (tape.next(first) < 0) return contentAt(tape, first, names.TEXT);
  const writer = new Writer();
  for (let node = first; node >= 0; node = tape.next(node)) {
    if (node != first) writer.bytes(BETWEEN_SUMMARIES);
    writer.bytes(contentAt(tape, node, names.TEXT));
  }
  return writer.take();
}

/** The hub's signature for an item's `encrypted_content`. */
export function signatureOf(id: Slice, field: Slice): Signature {
  const signature = Signature.read(field, SignatureFormat.OpenAi);
  const isMarked = signature.value.length != field.length;
  if (isMarked || !field.length || !id.length || id.indexOf(COLON) >= 0) return signature;
  return new Signature(new Writer().bytes(id).byte(COLON).bytes(field).take(), SignatureFormat.OpenAi);
}

/** The id that OpenAI's signature belongs to; empty where it is not known. */
export function itemIdOf(signature: Slice): Slice {
  return signature.slice(0, max(signature.indexOf(COLON), 0));
}

/** OpenAI's signature as a provider takes it. */
export function encryptedOf(signature: Slice): Slice {
  return signature.slice(signature.indexOf(COLON) + 1);
}

/** The id that a client is to see beside a signature; empty for one of Weir's making. */
export function knownId(signature: Slice, format: SignatureFormat): Slice {
  return format == SignatureFormat.OpenAi ? itemIdOf(signature) : Slice.empty();
}

/** The value for a client's `encrypted_content`: marked where it is another family's, or its id is not known. */
export function fieldOf(signature: Slice, format: SignatureFormat): Slice {
  return knownId(signature, format).length ? encryptedOf(signature) : markedOf(signature, format);
}

/** The value for an item whose id is of Weir's making: always marked. */
export function markedOf(signature: Slice, format: SignatureFormat): Slice {
  return new Signature(signature, format).toField(NOBODY);
}

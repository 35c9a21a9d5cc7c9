// Hub → what an assistant's message holds, in a request's history as in an answer: text, refusal, thinking, calls.
// https://platform.openai.com/docs/api-reference/chat/object
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { writeContent, writeContentAt } from "../../hub/assembly/content";
import { joinedText } from "../../hub/assembly/flat-message";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { signatureFormatName } from "../../hub/assembly/signature";
import { writeInput } from "../../hub/assembly/tool-input";
import { isSameDialect } from "./encode-part";
import * as own from "./names";

/** All texts, joined: many compatible providers take an assistant's content as a string only. */
export function textOf(parts: Part[]): Slice {
  return joinedText(parts, PartKind.Text);
}

/** All refusals, joined. */
export function refusalOf(parts: Part[]): Slice {
  return joinedText(parts, PartKind.Refusal);
}

/** Writes `reasoning_content`, and `reasoning_details` where there is more to say: then they hold all of it. */
export function encodeThinking(json: JsonWriter, parts: Part[]): void {
  writeContentAt(json, own.REASONING_CONTENT, joinedText(parts, PartKind.Thinking));
  if (!needsDetails(parts)) return;
  json.key(own.REASONING_DETAILS).beginArray();
  let count = 0;
  for (let i = 0; i < parts.length; ++i) if (isThinking(parts[i])) encodeDetail(json, parts[i], count++);
  json.endArray();
}

function isThinking(part: Part): bool {
  return part.kind == PartKind.Thinking || part.kind == PartKind.RedactedThinking;
}

function needsDetails(parts: Part[]): bool {
  for (let i = 0; i < parts.length; ++i) {
    const part = parts[i];
    if (part.kind == PartKind.RedactedThinking) return true;
    if (part.kind == PartKind.Thinking && part.signature.length) return true;
  }
  return false;
}

/** Writes one of `reasoning_details`. */
export function encodeDetail(json: JsonWriter, part: Part, index: i32): void {
  const isRedacted = part.kind == PartKind.RedactedThinking;
  json
    .beginObject()
    .key(names.TYPE)
    .text(isRedacted ? own.REASONING_ENCRYPTED : own.REASONING_TEXT);
  if (isRedacted) writeContent(json.key(names.DATA), part.data);
  else if (part.text.length || !part.signature.length) writeContent(json.key(names.TEXT), part.text);
  writeContentAt(json, names.SIGNATURE, part.signature);
  json.key(names.FORMAT).text(signatureFormatName(part.signatureFormat));
  json.key(names.INDEX).integer(index).endObject();
}

/** Writes `tool_calls`. */
export function encodeCalls(json: JsonWriter, parts: Part[], withSignatures: bool): void {
  let isOpen = false;
  for (let i = 0; i < parts.length; ++i) {
    const part = parts[i];
    const isOwn = part.kind == PartKind.Opaque && isSameDialect(part) && part.text.equals(own.TOOL_CALLS);
    if (part.kind != PartKind.ToolCall && !isOwn) continue;
    if (!isOpen) json.key(own.TOOL_CALLS).beginArray();
    isOpen = true;
    if (isOwn) json.raw(part.raw);
    else encodeCall(json, part, withSignatures);
  }
  if (isOpen) json.endArray();
}

function encodeCall(json: JsonWriter, part: Part, withSignature: bool): void {
  json.beginObject();
  writeContent(json.key(names.ID), part.id);
  json.key(names.TYPE).text(names.FUNCTION).key(names.FUNCTION).beginObject();
  writeContent(json.key(names.NAME), part.name);
  writeInput(json.key(own.ARGUMENTS), part);
  json.endObject();
  if (withSignature) encodeThoughtSignature(json, part.signature);
  json.endObject();
}

/** Writes a call's signature where Gemini's compatible API has it. */
export function encodeThoughtSignature(json: JsonWriter, signature: Slice): void {
  if (!signature.length) return;
  json.key(own.EXTRA_CONTENT).beginObject().key(own.GOOGLE).beginObject();
  writeContent(json.key(own.THOUGHT_SIGNATURE), signature);
  json.endObject().endObject();
}

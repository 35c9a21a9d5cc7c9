// One content block → hub. https://platform.claude.com/docs/en/api/messages
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { contentAt, contentOf, rawAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";
import { Signature, SignatureFormat } from "../../hub/assembly/signature";
import * as own from "./names";

/** Reads `content`: a text, or a list of blocks. */
export function decodeContent(tape: JsonTape, node: i32, parts: Part[]): void {
  if (tape.kind(node) == JsonKind.String) {
    const text = contentOf(tape, node);
    if (text.length) parts.push(Part.withText(PartKind.Text, text));
  }
  if (tape.kind(node) != JsonKind.Array) return;
  for (let item = tape.first(node); item >= 0; item = tape.next(item)) addPart(parts, decodePart(tape, item));
}

/** A foreign signature without thinking belongs to the call behind it: see encode-response.ts. */
function addPart(parts: Part[], part: Part): void {
  const before = parts.length ? parts[parts.length - 1] : null;
  if (before && part.kind == PartKind.ToolCall && isLoneSignature(before)) {
    part.signature = before.signature;
    part.signatureFormat = before.signatureFormat;
    parts.pop();
  }
  parts.push(part);
}

function isLoneSignature(part: Part): bool {
  if (part.kind != PartKind.Thinking || part.text.length) return false;
  return part.signatureFormat == SignatureFormat.Gemini;
}

/** Reads a block. One of an unknown type, as the server's own tools have, is kept for this dialect. */
export function decodePart(tape: JsonTape, node: i32): Part {
  const part = decodeBlock(tape, node);
  part.rawCache = rawAt(tape, node, names.CACHE_CONTROL);
  return part;
}

function decodeBlock(tape: JsonTape, node: i32): Part {
  const type = tape.find(node, names.TYPE);
  if (tape.equals(type, names.TEXT)) return decodeText(tape, node);
  if (tape.equals(type, own.TOOL_USE)) return decodeToolUse(tape, node);
  if (tape.equals(type, own.TOOL_RESULT)) return decodeToolResult(tape, node);
  if (tape.equals(type, own.THINKING)) return decodeThinking(tape, node);
  if (tape.equals(type, own.REDACTED_THINKING)) return decodeRedacted(tape, node);
  const kind = tape.equals(type, own.IMAGE) ? PartKind.Image : PartKind.Document;
  const isMedium = tape.equals(type, own.IMAGE) || tape.equals(type, own.DOCUMENT);
  const medium = isMedium ? decodeMedium(tape, node, kind) : null;
  return medium ? medium : Part.opaque(own.NAME_OF_DIALECT, contentOf(tape, type), tape.raw(node));
}

function decodeText(tape: JsonTape, node: i32): Part {
  const part = Part.withText(PartKind.Text, contentAt(tape, node, names.TEXT));
  part.rawCitations = rawAt(tape, node, names.CITATIONS);
  return part;
}

function decodeToolUse(tape: JsonTape, node: i32): Part {
  const input = tape.find(node, own.INPUT);
  const raw = tape.kind(input) == JsonKind.Object ? tape.raw(input) : names.EMPTY_OBJECT;
  return Part.toolCall(contentAt(tape, node, names.ID), contentAt(tape, node, names.NAME), raw);
}

function decodeToolResult(tape: JsonTape, node: i32): Part {
  const part = new Part(PartKind.ToolResult);
  part.id = contentAt(tape, node, own.TOOL_USE_ID);
  part.isError = tape.isTrue(tape.find(node, own.IS_ERROR));
  decodeContent(tape, tape.find(node, names.CONTENT), part.parts);
  return part;
}

/** Signatures that other families made come back marked: see encode-part.ts. */
function decodeThinking(tape: JsonTape, node: i32): Part {
  const part = Part.withText(PartKind.Thinking, contentAt(tape, node, own.THINKING));
  const signature = Signature.read(contentAt(tape, node, names.SIGNATURE), SignatureFormat.Anthropic);
  part.signature = signature.value;
  part.signatureFormat = signature.format;
  return part;
}

function decodeRedacted(tape: JsonTape, node: i32): Part {
  const part = new Part(PartKind.RedactedThinking);
  const data = Signature.read(contentAt(tape, node, names.DATA), SignatureFormat.Anthropic);
  part.data = data.value;
  part.signatureFormat = data.format;
  return part;
}

/** An image or a document, or null where its source is of an unknown type. */
function decodeMedium(tape: JsonTape, node: i32, kind: PartKind): Part | null {
  const source = tape.find(node, own.SOURCE);
  const part = decodeSource(tape, source, kind);
  if (!part) return null;
  part.name = contentAt(tape, node, own.TITLE);
  part.text = contentAt(tape, node, own.CONTEXT);
  part.rawCitations = rawAt(tape, node, names.CITATIONS);
  return part;
}

function decodeSource(tape: JsonTape, source: i32, kind: PartKind): Part | null {
  const type = tape.find(source, names.TYPE);
  const mediaType = contentAt(tape, source, own.MEDIA_TYPE);
  const data = contentAt(tape, source, names.DATA);
  if (tape.equals(type, own.BASE64)) return Part.withMedia(kind, MediaSource.Base64, data, mediaType);
  if (tape.equals(type, names.TEXT)) return Part.withMedia(kind, MediaSource.Text, data, mediaType);
  if (tape.equals(type, names.URL)) {
    return Part.withMedia(kind, MediaSource.Url, contentAt(tape, source, names.URL), Slice.empty());
  }
  if (!tape.equals(type, own.FILE)) return null;
  return Part.withMedia(kind, MediaSource.FileId, contentAt(tape, source, own.FILE_ID), Slice.empty());
}

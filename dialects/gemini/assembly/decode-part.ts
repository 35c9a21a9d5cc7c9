// One part of a content → hub. https://ai.google.dev/api/caching#Part
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { compactJson, contentAt, contentFrom, contentOf } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import { firstItem, nextItem } from "./member";
import * as own from "./names";
import { thinkingOf } from "./signature";

const IMAGE = Slice.of("image/");
const AUDIO = Slice.of("audio/");
const VIDEO = Slice.of("video/");
const HTTP = Slice.of("http");
const FILES = Slice.of("https://generativelanguage.googleapis.com/");
const RESULT = Slice.of("result");
const OUTPUT = Slice.of("output");
const PART = Slice.of("part");

/** Reads a part into hub parts. A signature that is not of thinking or a call follows as thinking that says nothing. */
export function decodePart(tape: JsonTape, node: i32, parts: Part[]): void {
  const signature = own.THOUGHT_SIGNATURE.content(tape, node);
  const text = tape.find(node, names.TEXT);
  const isThought = tape.isTrue(tape.find(node, own.THOUGHT));
  const call = own.FUNCTION_CALL.find(tape, node);
  if (isThought && (tape.kind(text) == JsonKind.String || isBare(tape, node))) {
    parts.push(thinkingOf(contentOf(tape, text), signature));
    return;
  }
  if (tape.kind(call) == JsonKind.Object) {
    parts.push(decodeCall(tape, call, signature));
    return;
  }
  if (tape.kind(text) != JsonKind.String) parts.push(decodeOther(tape, node, isThought));
  else if (tape.end(text) - tape.start(text) > 2) parts.push(Part.withText(PartKind.Text, contentOf(tape, text)));
  if (signature.length) parts.push(loneSignature(signature));
}

/** Whether nothing but a signature stands beside `thought`. */
function isBare(tape: JsonTape, node: i32): bool {
  for (let member = tape.first(node); member >= 0; member = tape.next(member)) {
    if (!tape.keyEquals(member, own.THOUGHT) && !own.THOUGHT_SIGNATURE.isKeyOf(tape, member)) return false;
  }
  return true;
}

/** A signature of what came last: hub parts other than thinking and calls have no place for it. */
function loneSignature(signature: Slice): Part {
  const part = new Part(PartKind.Thinking);
  part.signature = signature;
  part.signatureFormat = SignatureFormat.Gemini;
  return part;
}

/** Whether it is a signature alone. */
export function isLoneSignature(part: Part): bool {
  if (part.kind != PartKind.Thinking || part.text.length) return false;
  return part.signatureFormat == SignatureFormat.Gemini && part.signature.length > 0;
}

function decodeCall(tape: JsonTape, node: i32, signature: Slice): Part {
  const args = tape.find(node, own.ARGS);
  const raw = tape.kind(args) == JsonKind.Object ? compactJson(tape.raw(args)) : names.EMPTY_OBJECT;
  const part = Part.toolCall(contentAt(tape, node, names.ID), contentAt(tape, node, names.NAME), raw);
  part.signature = signature;
  if (signature.length) part.signatureFormat = SignatureFormat.Gemini;
  return part;
}

/** Media, results, and what only Google knows: code that it ran, calls of its own tools, videos. */
function decodeOther(tape: JsonTape, node: i32, isThought: bool): Part {
  const response = own.FUNCTION_RESPONSE.find(tape, node);
  if (tape.kind(response) == JsonKind.Object) return decodeResult(tape, response);
  if (!isThought) {
    const medium = decodeMedium(tape, node);
    if (medium) return medium;
  }
  return Part.opaque(own.NAME_OF_DIALECT, typeOf(tape, node), tape.raw(node));
}

/** What an unknown part is called: its first member that is no attribute. */
function typeOf(tape: JsonTape, node: i32): Slice {
  for (let member = tape.first(node); member >= 0; member = tape.next(member)) {
    const isAttribute = tape.keyEquals(member, own.THOUGHT) || own.THOUGHT_SIGNATURE.isKeyOf(tape, member);
    if (!isAttribute && tape.kind(member) == JsonKind.Object) return contentFrom(tape.keyText(member));
  }
  return PART;
}

/** `inlineData` or `fileData`, or null where no other dialect could use it: videos, and files that Google keeps. */
function decodeMedium(tape: JsonTape, node: i32): Part | null {
  const inline = own.INLINE_DATA.find(tape, node);
  if (tape.kind(inline) == JsonKind.Object) {
    const type = own.MIME_TYPE.content(tape, inline);
    if (!type.length || type.startsWith(VIDEO)) return null;
    return Part.withMedia(mediaKind(type), MediaSource.Base64, contentAt(tape, inline, names.DATA), type);
  }
  const file = own.FILE_DATA.find(tape, node);
  const type = own.MIME_TYPE.content(tape, file);
  const uri = own.FILE_URI.content(tape, file);
  const isPublic = uri.startsWith(HTTP) && !uri.startsWith(FILES);
  if (!isPublic || !type.length || type.startsWith(VIDEO)) return null;
  return Part.withMedia(mediaKind(type), MediaSource.Url, uri, type);
}

function mediaKind(type: Slice): PartKind {
  if (type.startsWith(IMAGE)) return PartKind.Image;
  return type.startsWith(AUDIO) ? PartKind.Audio : PartKind.Document;
}

/** A result: its object is text in the hub, but for `result`, `output` and `error`, which say what they hold. */
function decodeResult(tape: JsonTape, node: i32): Part {
  const part = new Part(PartKind.ToolResult);
  part.id = contentAt(tape, node, names.ID);
  part.name = contentAt(tape, node, names.NAME);
  const response = tape.find(node, own.RESPONSE);
  const only = tape.first(response);
  const isWrapped = only >= 0 && tape.next(only) < 0 && tape.kind(only) != JsonKind.Null;
  part.isError = isWrapped && tape.keyEquals(only, names.ERROR);
  const isNamed = isWrapped && (tape.keyEquals(only, RESULT) || tape.keyEquals(only, OUTPUT));
  const value = part.isError || isNamed ? only : response;
  const text = tape.kind(value) == JsonKind.String ? contentOf(tape, value) : contentFrom(compactJson(tape.raw(value)));
  if (text.length) part.parts.push(Part.withText(PartKind.Text, text));
  const list = own.PARTS.find(tape, node);
  for (let item = firstItem(tape, list); item >= 0; item = nextItem(tape, list, item)) {
    part.parts.push(decodeOther(tape, item, false));
  }
  return part;
}

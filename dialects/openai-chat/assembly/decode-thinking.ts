// Thinking in chat completions, which OpenAI has no place for: `reasoning_content` (DeepSeek, vLLM) or `reasoning` hold
// the text; OpenRouter's `reasoning_details` hold it block by block with signatures, and win where they are there.
// https://openrouter.ai/docs/use-cases/reasoning-tokens · https://api-docs.deepseek.com/guides/thinking_mode
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { contentAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { SignatureFormat, signatureFormatOf } from "../../hub/assembly/signature";
import * as own from "./names";

/** Reads a message's thinking. */
export function decodeThinking(tape: JsonTape, node: i32, parts: Part[]): void {
  const details = tape.find(node, own.REASONING_DETAILS);
  if (tape.kind(details) == JsonKind.Array && tape.first(details) >= 0) {
    const join = new DetailJoin(parts);
    for (let item = tape.first(details); item >= 0; item = tape.next(item)) join.take(tape, item);
    join.finish();
    return;
  }
  const text = plainThinking(tape, node);
  if (text.length) parts.push(Part.withText(PartKind.Thinking, text));
}

/** Clients that collect a stream's details as they come hand them back in pieces: those of one index are one block. */
@final
class DetailJoin {
  private open: Part | null = null;
  private index: i64 = -1;
  private text: Writer = new Writer();

  constructor(private readonly parts: Part[]) {}

  take(tape: JsonTape, node: i32): void {
    const part = decodeDetail(tape, node);
    if (!part) return;
    const at = tape.find(node, names.INDEX);
    const index = tape.kind(at) == JsonKind.Number ? tape.integer(at) : -1;
    const open = this.open;
    if (open && part.kind == PartKind.Thinking && !open.signature.length && this.continues(part, index)) {
      this.text.bytes(part.text);
      open.signature = part.signature;
      if (part.signatureFormat != SignatureFormat.Unknown) open.signatureFormat = part.signatureFormat;
      return;
    }
    this.finish();
    this.parts.push(part);
    if (part.kind != PartKind.Thinking) return;
    this.open = part;
    this.index = index;
    this.text.bytes(part.text);
  }

  private continues(part: Part, index: i64): bool {
    if (index >= 0 && this.index >= 0) return index == this.index;
    return !part.text.length && part.signature.length > 0;
  }

  finish(): void {
    const open = this.open;
    if (open) open.text = this.text.take();
    this.open = null;
  }
}

/** The text alone, of a message or a stream's delta. */
export function plainThinking(tape: JsonTape, node: i32): Slice {
  const text = contentAt(tape, node, own.REASONING_CONTENT);
  return text.length ? text : contentAt(tape, node, own.REASONING);
}

/** One of the details, or null for what is none. */
export function decodeDetail(tape: JsonTape, node: i32): Part | null {
  const type = tape.find(node, names.TYPE);
  const format = signatureFormatOf(tape.text(tape.find(node, names.FORMAT)));
  if (tape.equals(type, own.REASONING_ENCRYPTED)) return redacted(contentAt(tape, node, names.DATA), format);
  const isSummary = tape.equals(type, own.REASONING_SUMMARY);
  if (!isSummary && !tape.equals(type, own.REASONING_TEXT)) return null;
  const part = Part.withText(PartKind.Thinking, contentAt(tape, node, isSummary ? own.SUMMARY : names.TEXT));
  part.signature = contentAt(tape, node, names.SIGNATURE);
  part.signatureFormat = format;
  return part;
}

function redacted(data: Slice, format: SignatureFormat): Part {
  const part = new Part(PartKind.RedactedThinking);
  part.data = data;
  part.signatureFormat = format;
  return part;
}

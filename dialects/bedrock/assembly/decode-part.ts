// One content block of an answer → hub. A block is an object whose one member's name is its type.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { contentAt, contentFrom } from "../../hub/assembly/content";
import { Dropped } from "../../hub/assembly/dropped";
import * as names from "../../hub/assembly/names";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import * as own from "./names";

const IMAGE_PREFIX = Slice.of("image/");

/** Reads blocks into `parts`. */
@final
export class BlockDecoder {
  /** Whether the model called a tool of the client's. */
  hasCalls: bool = false;

  constructor(
    private readonly tape: JsonTape,
    private readonly parts: Part[],
    private readonly signatures: SignatureFormat,
    private readonly dropped: Dropped,
  ) {}

  take(block: i32): void {
    const tape = this.tape;
    for (let node = tape.first(block); node >= 0; node = tape.next(node)) {
      const type = tape.keyText(node);
      if (type.equals(names.TEXT)) this.addText(contentAt(tape, block, names.TEXT));
      else if (type.equals(own.TOOL_USE)) this.takeCall(node);
      else if (type.equals(own.REASONING_CONTENT)) this.takeThinking(node);
      else if (type.equals(own.CITATIONS_CONTENT)) this.takeCited(node);
      else if (type.equals(own.IMAGE)) this.takeImage(node);
      else this.dropped.add(type);
    }
  }

  private addText(text: Slice): void {
    if (text.length) this.parts.push(Part.withText(PartKind.Text, text));
  }

  /** A tool that ran at the provider is none for the client to run. */
  private takeCall(node: i32): void {
    const tape = this.tape;
    const input = tape.find(node, own.INPUT);
    const raw = tape.kind(input) == JsonKind.Object ? tape.raw(input) : names.EMPTY_OBJECT;
    if (tape.equals(tape.find(node, names.TYPE), own.SERVER_TOOL_USE)) this.dropped.add(own.SERVER_TOOL_USE);
    else if (tape.equals(tape.find(node, names.NAME), own.ANSWER_TOOL)) this.addText(contentFrom(raw));
    else {
      this.hasCalls = true;
      this.parts.push(Part.toolCall(contentAt(tape, node, own.TOOL_USE_ID), contentAt(tape, node, names.NAME), raw));
    }
  }

  private takeThinking(node: i32): void {
    const tape = this.tape;
    const text = tape.find(node, own.REASONING_TEXT);
    const redacted = contentAt(tape, node, own.REDACTED_CONTENT);
    const part = new Part(redacted.length ? PartKind.RedactedThinking : PartKind.Thinking);
    part.text = contentAt(tape, text, names.TEXT);
    part.signature = contentAt(tape, text, names.SIGNATURE);
    part.data = redacted;
    if (!redacted.length && !part.text.length && !part.signature.length) return;
    if (redacted.length || part.signature.length) part.signatureFormat = this.signatures;
    this.parts.push(part);
  }

  /** Text with citations, for which others have no such form: the text stays. */
  private takeCited(node: i32): void {
    const tape = this.tape;
    const list = tape.find(node, names.CONTENT);
    if (tape.kind(list) != JsonKind.Array) return;
    for (let item = tape.first(list); item >= 0; item = tape.next(item)) {
      this.addText(contentAt(tape, item, names.TEXT));
    }
    if (tape.first(tape.find(node, names.CITATIONS)) >= 0) this.dropped.add(names.CITATIONS);
  }

  private takeImage(node: i32): void {
    const tape = this.tape;
    const data = contentAt(tape, tape.find(node, own.SOURCE), own.BYTES);
    const type = new Writer()
      .bytes(IMAGE_PREFIX)
      .bytes(contentAt(tape, node, names.FORMAT))
      .take();
    if (data.length) this.parts.push(Part.withMedia(PartKind.Image, MediaSource.Base64, data, type));
    else this.dropped.add(own.IMAGE);
  }
}

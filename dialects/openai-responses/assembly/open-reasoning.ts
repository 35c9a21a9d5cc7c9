// Reasoning that a stream is at. Thinking is told as its summary, which clients show and send back; its signature,
// which may come in pieces, stands in the finished item.
//
//   output_item.added  (part.added  text.delta*  text.done  part.done)?  output_item.done    each reasoning_summary_…
//
// https://platform.openai.com/docs/api-reference/responses-streaming
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { writeContent } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import { DeltaForm, deltaForm, EventWriter, ItemPlace } from "./event-writer";
import * as own from "./names";
import { writeReasoningItem, writeSummary } from "./output-item";
import { fieldOf, markedOf } from "./reasoning";

const SUMMARY_INDEX = Slice.of("summary_index");
const PART_ADDED = Slice.of("response.reasoning_summary_part.added");
const PART_DONE = Slice.of("response.reasoning_summary_part.done");
const TEXT_DELTA = Slice.of("response.reasoning_summary_text.delta");
const TEXT_DONE = Slice.of("response.reasoning_summary_text.done");

/** The reasoning. `kind` is of thinking, or of what is redacted and has no text. */
@final
export class OpenReasoning {
  private text: Writer = new Writer();
  private signature: Writer = new Writer();
  private form: DeltaForm;

  constructor(
    private readonly events: EventWriter,
    private readonly place: ItemPlace,
    private readonly kind: PartKind,
  ) {
    this.form = deltaForm(TEXT_DELTA, place, SUMMARY_INDEX, 0);
    events.itemAdded(place, this.item(new Part(PartKind.RedactedThinking), Slice.empty()));
    if (kind == PartKind.Thinking) this.tellPart(PART_ADDED, Slice.empty());
  }

  /** Whether its signature has begun: no more text can follow. */
  get isSigned(): bool {
    return this.signature.length > 0;
  }

  think(delta: Slice): void {
    this.text.bytes(delta);
    this.events.tellDelta(this.form, delta);
  }

  /** A piece of the signature. */
  sign(piece: Slice): void {
    this.signature.bytes(piece);
  }

  /** Ends it; gives the item. */
  close(format: SignatureFormat): Slice {
    const part = Part.withText(this.kind, this.text.take());
    if (this.kind == PartKind.Thinking) {
      this.tellDone(part.text);
      this.tellPart(PART_DONE, part.text);
    }
    const signature = this.signature.take();
    // Thinking was begun before its signature told an id.
    const isThinking = this.kind == PartKind.Thinking;
    const item = this.item(part, isThinking ? markedOf(signature, format) : fieldOf(signature, format));
    this.events.itemDone(this.place, item);
    return item;
  }

  private tellDone(text: Slice): void {
    const json = this.events.beginPart(TEXT_DONE, this.place, SUMMARY_INDEX, 0);
    writeContent(json.key(names.TEXT), text);
    this.events.end(json);
  }

  private tellPart(type: Slice, text: Slice): void {
    const json = this.events.beginPart(type, this.place, SUMMARY_INDEX, 0).key(own.PART);
    writeSummary(json, text);
    this.events.end(json);
  }

  private item(part: Part, encrypted: Slice): Slice {
    const writer = new Writer(part.text.length + encrypted.length + 128);
    writeReasoningItem(new JsonWriter(writer), this.place.id, part, encrypted);
    return writer.take();
  }
}

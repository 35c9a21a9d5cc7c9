// A message that a stream is at: its parts come one after the other.
//
//   output_item.added  (content_part.added  …delta*  …done  content_part.done)*  output_item.done
//
// https://platform.openai.com/docs/api-reference/responses-streaming
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { writeContent } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { DeltaForm, deltaForm, EventWriter, ItemPlace, TEXT_DELTA } from "./event-writer";
import * as own from "./names";
import { writeMessageItem, writeSaidPart } from "./output-item";

const CONTENT_INDEX = Slice.of("content_index");
const PART_ADDED = Slice.of("response.content_part.added");
const PART_DONE = Slice.of("response.content_part.done");
const TEXT_DONE = Slice.of("response.output_text.done");
const REFUSAL_DELTA = Slice.of("response.refusal.delta");
const REFUSAL_DONE = Slice.of("response.refusal.done");
const ANNOTATION_ADDED = Slice.of("response.output_text.annotation.added");
const ANNOTATION_INDEX = Slice.of("annotation_index");
const ANNOTATION = Slice.of("annotation");
const NO_LOGPROBS = Slice.of("[]");

/** The message. */
@final
export class OpenMessage {
  /** What its parts are so far, in JSON with commas between. */
  private parts: JsonWriter = new JsonWriter(new Writer());
  private count: i32 = 0;
  /** The open part's kind and text; there is none while the text is null. */
  private kind: PartKind = PartKind.Text;
  private text: Writer | null = null;
  private form: DeltaForm | null = null;
  /** The open part's log probabilities and annotations so far, in JSON with commas between. */
  private logprobs: Writer = new Writer();
  private annotations: Writer = new Writer();
  private annotationCount: i32 = 0;

  constructor(
    private readonly events: EventWriter,
    private readonly place: ItemPlace,
  ) {
    events.itemAdded(place, this.item(own.IN_PROGRESS));
  }

  /** A fragment of a text or a refusal. */
  say(kind: PartKind, delta: Slice): void {
    if (this.kind != kind) this.endPart();
    if (!this.text) this.beginPart(kind);
    const text = this.text;
    const form = this.form;
    if (!text || !form) return;
    text.bytes(delta);
    this.events.tellDelta(form, delta);
  }

  /** A fragment of a text with its log probabilities: a list. */
  sayText(delta: Slice, rawLogprobs: Slice): void {
    const text = this.openText();
    const json = this.begin(TEXT_DELTA);
    text.bytes(delta);
    writeContent(json.key(own.DELTA), delta);
    this.events.end(json.key(names.LOGPROBS).raw(rawLogprobs));
    append(this.logprobs, rawLogprobs.slice(1, rawLogprobs.length - 1));
  }

  annotate(raw: Slice): void {
    this.openText();
    const json = this.begin(ANNOTATION_ADDED)
      .key(ANNOTATION_INDEX)
      .integer(this.annotationCount++);
    this.events.end(json.key(ANNOTATION).raw(raw));
    append(this.annotations, raw);
  }

  /** The text of the open part, which is one of text now. */
  private openText(): Writer {
    if (this.kind != PartKind.Text) this.endPart();
    const known = this.text;
    return known ? known : this.beginPart(PartKind.Text);
  }

  private beginPart(kind: PartKind): Writer {
    const text = new Writer();
    this.kind = kind;
    this.text = text;
    const type = kind == PartKind.Text ? TEXT_DELTA : REFUSAL_DELTA;
    this.form = deltaForm(type, this.place, CONTENT_INDEX, this.count);
    this.tellPart(PART_ADDED, Part.withText(kind, Slice.empty()), Slice.empty());
    return text;
  }

  /** The open part is whole. */
  endPart(): void {
    const writer = this.text;
    if (!writer) return;
    const text = writer.take();
    const isText = this.kind == PartKind.Text;
    const part = Part.withText(this.kind, text);
    const logprobs = listOf(this.logprobs);
    part.rawAnnotations = listOf(this.annotations);
    const json = this.begin(isText ? TEXT_DONE : REFUSAL_DONE);
    writeContent(json.key(isText ? names.TEXT : names.REFUSAL), text);
    if (isText) json.key(names.LOGPROBS).raw(logprobs.length ? logprobs : NO_LOGPROBS);
    this.events.end(json);
    this.tellPart(PART_DONE, part, logprobs);
    writeSaidPart(this.parts, part, logprobs);
    this.text = null;
    this.annotationCount = 0;
    ++this.count;
  }

  /** Ends it with this status; gives the item. */
  close(status: Slice): Slice {
    this.endPart();
    const item = this.item(status);
    this.events.itemDone(this.place, item);
    return item;
  }

  private begin(type: Slice): JsonWriter {
    return this.events.beginPart(type, this.place, CONTENT_INDEX, this.count);
  }

  private tellPart(type: Slice, part: Part, rawLogprobs: Slice): void {
    const json = this.begin(type).key(own.PART);
    writeSaidPart(json, part, rawLogprobs);
    this.events.end(json);
  }

  private item(status: Slice): Slice {
    const writer = new Writer(this.parts.output.length + 128);
    writeMessageItem(new JsonWriter(writer), this.place.id, status, this.parts.output.toSlice());
    return writer.take();
  }
}

function append(list: Writer, items: Slice): void {
  if (list.length && items.length) list.byte(0x2c);
  list.bytes(items);
}

/** What was appended as a list, and nothing of it is left; empty where there was nothing. */
function listOf(items: Writer): Slice {
  if (!items.length) return Slice.empty();
  return new Writer(items.length + 2).byte(0x5b).bytes(items.take()).byte(0x5d).take();
}

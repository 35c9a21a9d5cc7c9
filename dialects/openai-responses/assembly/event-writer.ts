// The events of a response's stream as bytes, and their count.
// https://platform.openai.com/docs/api-reference/responses-streaming
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { writeContent } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import * as own from "./names";

const EVENT_FIELD = Slice.of("event: ");
const DATA_FIELD = Slice.of("\ndata: ");
const EVENT_END = Slice.of("\n\n");
/** Texts alone may have log probabilities, and clients count on their list. */
export const TEXT_DELTA = Slice.of("response.output_text.delta");
const TEXT_END = Slice.of('","logprobs":[]}\n\n');
const DELTA_END = Slice.of('"}\n\n');
const COMMA: u8 = 0x2c;
const QUOTE: u8 = 0x22;
const PING_COMMENT = Slice.of(": ping\n\n");
const ITEM_ADDED = Slice.of("response.output_item.added");
const ITEM_DONE = Slice.of("response.output_item.done");

/** Writes events to `output`. */
@final
export class EventWriter {
  private sequence: i64 = 0;

  constructor(private readonly output: Writer) {}

  /** Begins an event with what all of them have. */
  begin(type: Slice): JsonWriter {
    const json = new JsonWriter(this.output.bytes(EVENT_FIELD).bytes(type).bytes(DATA_FIELD));
    return json
      .beginObject()
      .key(names.TYPE)
      .text(type)
      .key(own.SEQUENCE_NUMBER)
      .integer(this.sequence++);
  }

  /** Begins an event about a part of an item: `index` is the part's, `key` what it is called. */
  beginPart(type: Slice, item: ItemPlace, key: Slice, index: i32): JsonWriter {
    return this.beginInside(type, item).key(key).integer(index);
  }

  /** Begins an event about what is inside an item. */
  beginInside(type: Slice, item: ItemPlace): JsonWriter {
    const json = this.begin(type);
    writeContent(json.key(own.ITEM_ID), item.id);
    return json.key(own.OUTPUT_INDEX).integer(item.index);
  }

  end(json: JsonWriter): void {
    json.endObject();
    this.output.bytes(EVENT_END);
  }

  itemAdded(item: ItemPlace, raw: Slice): void {
    this.tellItem(ITEM_ADDED, item, raw);
  }

  itemDone(item: ItemPlace, raw: Slice): void {
    this.tellItem(ITEM_DONE, item, raw);
  }

  /** Tells a fragment, in the form that `deltaForm` made. */
  tellDelta(form: DeltaForm, delta: Slice): void {
    this.output
      .bytes(form.head)
      .integer(this.sequence++)
      .bytes(form.middle)
      .bytes(delta)
      .bytes(form.tail);
  }

  ping(): void {
    this.output.bytes(PING_COMMENT);
  }

  private tellItem(type: Slice, item: ItemPlace, raw: Slice): void {
    this.end(this.begin(type).key(own.OUTPUT_INDEX).integer(item.index).key(own.ITEM).raw(raw));
  }
}

/** An event of a fragment without what changes from one to the next: its number, behind `head`, and its text. */
@final
export class DeltaForm {
  constructor(
    readonly head: Slice,
    readonly middle: Slice,
    readonly tail: Slice,
  ) {}
}

/** The form of fragments of an item's part, which `key` and `index` name; of the item itself where `key` is empty. */
export function deltaForm(type: Slice, item: ItemPlace, key: Slice, index: i32): DeltaForm {
  const head = new Writer().bytes(EVENT_FIELD).bytes(type).bytes(DATA_FIELD);
  new JsonWriter(head).beginObject().key(names.TYPE).text(type).key(own.SEQUENCE_NUMBER);
  const middle = new Writer().byte(COMMA);
  const json = new JsonWriter(middle);
  writeContent(json.key(own.ITEM_ID), item.id);
  json.key(own.OUTPUT_INDEX).integer(item.index);
  if (key.length) json.key(key).integer(index);
  json.key(own.DELTA).output.byte(QUOTE);
  return new DeltaForm(head.take(), middle.take(), type.equals(TEXT_DELTA) ? TEXT_END : DELTA_END);
}

/** Which item of the output it is. */
@final
export class ItemPlace {
  constructor(
    readonly id: Slice,
    readonly index: i32,
  ) {}
}

// A call of a function that a stream is at. Several may be open at once, each at its own place of the output.
//
//   output_item.added  function_call_arguments.delta*  function_call_arguments.done  output_item.done
//
// https://platform.openai.com/docs/api-reference/responses-streaming
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { writeContent } from "../../hub/assembly/content";
import { Part } from "../../hub/assembly/part";
import { DeltaForm, deltaForm, EventWriter, ItemPlace } from "./event-writer";
import * as own from "./names";
import { writeCallItem } from "./output-item";

const ARGUMENTS_DELTA = Slice.of("response.function_call_arguments.delta");
const ARGUMENTS_DONE = Slice.of("response.function_call_arguments.done");

/** The call. */
@final
export class OpenCall {
  private input: Writer = new Writer();
  private form: DeltaForm;

  constructor(
    private readonly events: EventWriter,
    readonly place: ItemPlace,
    /** Its number among the calls. */
    readonly number: i32,
    private readonly call: Part,
  ) {
    this.form = deltaForm(ARGUMENTS_DELTA, place, Slice.empty(), 0);
    events.itemAdded(place, this.item(own.IN_PROGRESS, Slice.empty()));
  }

  add(fragment: Slice): void {
    this.input.bytes(fragment);
    this.events.tellDelta(this.form, fragment);
  }

  /** Ends it; gives the item. */
  close(): Slice {
    const input = this.input.take();
    this.tellDone(input);
    const item = this.item(own.COMPLETED, input);
    this.events.itemDone(this.place, item);
    return item;
  }

  private tellDone(input: Slice): void {
    const json = this.events.beginInside(ARGUMENTS_DONE, this.place);
    writeContent(json.key(own.ARGUMENTS), input);
    this.events.end(json);
  }

  private item(status: Slice, input: Slice): Slice {
    const writer = new Writer(input.length + 128);
    writeCallItem(new JsonWriter(writer), this.place.id, status, this.call, input);
    return writer.take();
  }
}

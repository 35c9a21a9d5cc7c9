// The calls in a provider's stream. Their fragments say which item they belong to; out come calls counted from 0, each
// begun once and ended once, each argument text JSON.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { contentAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { ChatSink } from "../../hub/assembly/stream";
import * as own from "./names";

/** More calls in one answer are ignored: each event is looked up among them. */
const CALLS_MAX: i32 = 1024;
const ID_PREFIX = Slice.of("call_");

@final
class Call {
  hasArguments: bool = false;
  isDone: bool = false;
  constructor(
    /** The item's place in the output. */
    readonly place: i64,
  ) {}
}

/** The calls begun so far. */
@final
export class StreamedCalls {
  private calls: Call[] = [];

  constructor(private readonly idSeed: Slice) {}

  /** How many calls there are. */
  get count(): i32 {
    return this.calls.length;
  }

  /** A call's item was added. */
  start(tape: JsonTape, item: i32, sink: ChatSink): void {
    if (this.calls.length == CALLS_MAX || this.find(tape) >= 0) return;
    const index = this.calls.length;
    this.calls.push(new Call(placeOf(tape)));
    const callId = contentAt(tape, item, own.CALL_ID);
    const id = callId.length ? callId : contentAt(tape, item, names.ID);
    sink.toolStart(index, id.length ? id : this.makeId(index), contentAt(tape, item, names.NAME), Slice.empty());
  }

  /** A fragment of a call's arguments came. */
  takeDelta(tape: JsonTape, sink: ChatSink): void {
    const index = this.find(tape);
    if (index >= 0) this.tell(index, contentAt(tape, tape.root, own.DELTA), sink);
  }

  /** A call's arguments came whole: they are new where there were no fragments. */
  takeDone(tape: JsonTape, sink: ChatSink): void {
    this.end(this.find(tape), contentAt(tape, tape.root, own.ARGUMENTS), sink);
  }

  /** A call's item is done; it may be the first that is heard of it. */
  takeItem(tape: JsonTape, item: i32, sink: ChatSink): void {
    this.start(tape, item, sink);
    this.end(this.find(tape), contentAt(tape, item, own.ARGUMENTS), sink);
  }

  /** The answer is over. */
  finish(sink: ChatSink): void {
    for (let i = 0; i < this.calls.length; ++i) this.end(i, Slice.empty(), sink);
  }

  private tell(index: i32, fragment: Slice, sink: ChatSink): void {
    if (!fragment.length || this.calls[index].isDone) return;
    this.calls[index].hasArguments = true;
    sink.toolDelta(index, fragment);
  }

  private end(index: i32, whole: Slice, sink: ChatSink): void {
    if (index < 0 || this.calls[index].isDone) return;
    if (!this.calls[index].hasArguments) this.tell(index, whole.length ? whole : names.EMPTY_OBJECT, sink);
    this.calls[index].isDone = true;
    sink.toolEnd(index);
  }

  private find(tape: JsonTape): i32 {
    const place = placeOf(tape);
    for (let i = this.calls.length - 1; i >= 0; --i) if (this.calls[i].place == place) return i;
    return -1;
  }

  private makeId(index: i32): Slice {
    return new Writer().bytes(ID_PREFIX).bytes(this.idSeed).byte(0x5f).integer(index).take();
  }
}

function placeOf(tape: JsonTape): i64 {
  return tape.integer(tape.find(tape.root, own.OUTPUT_INDEX));
}

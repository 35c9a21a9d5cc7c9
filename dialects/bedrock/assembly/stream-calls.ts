// The calls of a streamed answer, by the blocks in which they come. What comes through the tool of json-answer.ts is
// told as text; tools that ran at the provider are named as dropped.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { contentAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { ChatSink } from "../../hub/assembly/stream";
import * as own from "./names";

/** More open blocks at once are ignored: each event is looked up among them. */
const OPEN_CALLS_MAX: i32 = 256;
const ANSWER: i32 = -1;

/** A call whose block is open. `index` counts the client's calls from 0; ANSWER is the answer in JSON. */
@final
class OpenCall {
  hasArguments: bool = false;
  constructor(
    readonly block: i64,
    readonly index: i32,
  ) {}
}

/** The calls begun so far. */
@final
export class StreamCalls {
  /** How many of the client's tools were called. */
  count: i32 = 0;
  private open: OpenCall[] = [];

  constructor(private readonly sink: ChatSink) {}

  /** Takes the `toolUse` at `node`, which begins a block. */
  start(tape: JsonTape, node: i32, block: i64): void {
    if (this.open.length == OPEN_CALLS_MAX) return;
    if (tape.equals(tape.find(node, names.TYPE), own.SERVER_TOOL_USE)) {
      this.sink.dropped.add(own.SERVER_TOOL_USE);
      return;
    }
    if (tape.equals(tape.find(node, names.NAME), own.ANSWER_TOOL)) {
      this.open.push(new OpenCall(block, ANSWER));
      return;
    }
    const index = this.count++;
    this.open.push(new OpenCall(block, index));
    const id = contentAt(tape, node, own.TOOL_USE_ID);
    this.sink.toolStart(index, id, contentAt(tape, node, names.NAME), Slice.empty());
  }

  /** Takes a fragment of arguments. */
  add(block: i64, fragment: Slice): void {
    const at = this.find(block);
    if (at < 0) return;
    this.open[at].hasArguments = true;
    this.tell(this.open[at].index, fragment);
  }

  /** The block ends. False where it is no call. */
  end(block: i64): bool {
    const at = this.find(block);
    if (at >= 0) this.close(at);
    return at >= 0;
  }

  /** The answer ends, and with it what is open. */
  endAll(): void {
    while (this.open.length) this.close(0);
  }

  private close(at: i32): void {
    const call = this.open[at];
    this.open.splice(at, 1);
    if (!call.hasArguments) this.tell(call.index, names.EMPTY_OBJECT);
    if (call.index == ANSWER) this.sink.partEnd();
    else this.sink.toolEnd(call.index);
  }

  private tell(index: i32, fragment: Slice): void {
    if (index == ANSWER) this.sink.textDelta(fragment);
    else this.sink.toolDelta(index, fragment);
  }

  /** The open call of a block, as an index of `open`, or −1. */
  private find(block: i64): i32 {
    for (let i = 0; i < this.open.length; ++i) if (this.open[i].block == block) return i;
    return -1;
  }
}

// The calls of one streamed choice. Providers differ: some leave out `index` or give every call 0, some repeat id and
// name in each chunk, some send a call whole. Out come calls counted from 0, each begun once, each argument text JSON.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { contentAt, contentFrom, contentOf } from "../../hub/assembly/content";
import { callIdOr } from "../../hub/assembly/made-id";
import * as names from "../../hub/assembly/names";
import { DecodeOptions } from "../../hub/assembly/options";
import { ChatSink } from "../../hub/assembly/stream";
import { thoughtSignature } from "./decode-message";
import * as own from "./names";

/** More calls in one answer are ignored: each chunk is looked up among them. */
const CALLS_MAX: i32 = 1024;
const ID_PREFIX = Slice.of("call_");

@final
class OpenCall {
  hasArguments: bool = false;
  constructor(
    /** The provider's index, −1 where it gives none. */
    readonly wireIndex: i64,
    readonly id: Slice,
  ) {}
}

/** The calls begun so far. */
@final
export class ToolCalls {
  private calls: OpenCall[] = [];

  constructor(private readonly options: DecodeOptions) {}

  /** How many calls there are. */
  get count(): i32 {
    return this.calls.length;
  }

  /** Takes a delta's `tool_calls` and the older `function_call`. */
  take(tape: JsonTape, delta: i32, sink: ChatSink): void {
    const list = tape.find(delta, own.TOOL_CALLS);
    if (tape.kind(list) == JsonKind.Array) {
      for (let node = tape.first(list); node >= 0; node = tape.next(node)) this.takeCall(tape, node, sink);
    }
    const older = tape.find(delta, own.FUNCTION_CALL);
    if (tape.kind(older) == JsonKind.Object) this.takeBody(tape, older, this.older(tape, older, sink), sink);
  }

  /** The answer is over: calls without arguments get none, in JSON. */
  finish(sink: ChatSink): void {
    for (let i = 0; i < this.calls.length; ++i) {
      if (!this.calls[i].hasArguments) sink.toolDelta(i, names.EMPTY_OBJECT);
      sink.toolEnd(i);
    }
  }

  private takeCall(tape: JsonTape, node: i32, sink: ChatSink): void {
    const body = tape.find(node, names.FUNCTION);
    if (tape.kind(body) != JsonKind.Object) {
      sink.dropped.add(own.TOOL_CALLS);
      return;
    }
    const at = tape.find(node, names.INDEX);
    const wireIndex: i64 = tape.kind(at) == JsonKind.Number ? tape.integer(at) : -1;
    const id = contentAt(tape, node, names.ID);
    const name = contentAt(tape, body, names.NAME);
    let index = this.indexOf(wireIndex, id, name);
    if (index < 0 && this.calls.length == CALLS_MAX) return;
    if (index < 0) index = this.start(wireIndex, id, name, sink, thoughtSignature(tape, node));
    this.takeBody(tape, body, index, sink);
  }

  /** The call that a chunk goes on with, or −1: it begins one. */
  private indexOf(wireIndex: i64, id: Slice, name: Slice): i32 {
    for (let i = this.calls.length - 1; i >= 0; --i) {
      const call = this.calls[i];
      if (wireIndex >= 0 && call.wireIndex != wireIndex) continue;
      if (id.length ? call.id.equals(id) : wireIndex >= 0 || !name.length) return i;
      if (id.length && wireIndex >= 0 && !name.length) return i;
    }
    return -1;
  }

  private start(wireIndex: i64, id: Slice, name: Slice, sink: ChatSink, signature: Slice): i32 {
    const index = this.calls.length;
    const known = callIdOr(id, this.options, index).copy();
    this.calls.push(new OpenCall(wireIndex, known));
    sink.toolStart(index, known, name, signature);
    return index;
  }

  private older(tape: JsonTape, body: i32, sink: ChatSink): i32 {
    if (this.calls.length) return this.calls.length - 1;
    const name = contentAt(tape, body, names.NAME);
    return this.start(-1, new Writer().bytes(ID_PREFIX).bytes(name).take(), name, sink, Slice.empty());
  }

  private takeBody(tape: JsonTape, body: i32, index: i32, sink: ChatSink): void {
    const input = tape.find(body, own.ARGUMENTS);
    const fragment = tape.kind(input) == JsonKind.Object ? contentFrom(tape.raw(input)) : contentOf(tape, input);
    if (!fragment.length) return;
    this.calls[index].hasArguments = true;
    sink.toolDelta(index, fragment);
  }
}

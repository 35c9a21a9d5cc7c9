// Calls whose arguments still come: a function call goes out whole here.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { Part } from "../../hub/assembly/part";
import { setInput } from "../../hub/assembly/tool-input";

/** A call with what came of its arguments. */
@final
class OpenCall {
  readonly text: Writer = new Writer();

  constructor(
    readonly choice: i32,
    readonly index: i32,
    readonly part: Part,
  ) {}
}

/** The calls, in the order in which they began. */
@final
export class OpenCalls {
  private calls: OpenCall[] = [];

  /** A call of a choice begins. */
  start(choice: i32, index: i32, part: Part): void {
    this.calls.push(new OpenCall(choice, index, part));
  }

  /** Keeps a fragment; one of an unknown call is lost. */
  add(choice: i32, index: i32, fragment: Slice): void {
    const at = this.find(choice, index);
    if (at >= 0) this.calls[at].text.bytes(fragment);
  }

  /** Takes a call that is whole, or null where there is none. */
  take(choice: i32, index: i32): Part | null {
    const at = this.find(choice, index);
    return at < 0 ? null : this.close(at);
  }

  /** Takes the next call of a choice that nobody ended, or null. */
  takeAny(choice: i32): Part | null {
    for (let i = 0; i < this.calls.length; ++i) if (this.calls[i].choice == choice) return this.close(i);
    return null;
  }

  private find(choice: i32, index: i32): i32 {
    for (let i = this.calls.length - 1; i >= 0; --i) {
      if (this.calls[i].index == index && this.calls[i].choice == choice) return i;
    }
    return -1;
  }

  private close(at: i32): Part {
    const call = this.calls.splice(at, 1)[0];
    setInput(call.part, call.text.take());
    return call.part;
  }
}

// Calls that wait for their turn in a stream in which they come one after the other.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";

/** A call with what came of its arguments. */
@final
export class HeldCall {
  readonly text: Writer = new Writer();

  constructor(
    readonly index: i32,
    readonly id: Slice,
    readonly name: Slice,
    readonly signature: Slice,
  ) {}
}

/** The calls, in the order in which they began. */
@final
export class HeldCalls {
  private calls: HeldCall[] = [];

  /** How many wait. */
  get length(): i32 {
    return this.calls.length;
  }

  /** A call begins to wait. */
  start(index: i32, id: Slice, name: Slice, signature: Slice): void {
    this.calls.push(new HeldCall(index, id.copy(), name.copy(), signature.copy()));
  }

  /** Keeps a fragment of a waiting call; false for one of a call that does not wait. */
  add(index: i32, fragment: Slice): bool {
    for (let i = 0; i < this.calls.length; ++i) {
      if (this.calls[i].index != index) continue;
      this.calls[i].text.bytes(fragment);
      return true;
    }
    return false;
  }

  /** Takes the next one. Only where there is one. */
  shift(): HeldCall {
    return this.calls.shift();
  }
}

// Ids of calls in a client's history. Google's are optional: calls and results then meet by name and order, and get ids
// of their own here, the same in each request of a conversation.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { Part } from "../../hub/assembly/part";

const PREFIX = Slice.of("call_history_");
/** More calls of one turn than this meet no results without ids: each result is looked up among them. */
const OPEN_MAX: i32 = 256;

/** A call that waits for its result. */
@final
class OpenCall {
  constructor(
    readonly part: Part,
    /** Whether the client gave no id. */
    readonly isNamedHere: bool,
  ) {}
}

/** Gives ids to calls and results, in the order of the conversation. */
@final
export class CallIds {
  private count: i32 = 0;
  private open: OpenCall[] = [];

  /** A new turn of the model begins: earlier calls wait no longer. */
  beginTurn(): void {
    if (this.open.length) this.open = [];
  }

  /** A call. */
  call(part: Part): void {
    const isNamedHere = !part.id.length;
    if (isNamedHere) part.id = this.next();
    if (this.open.length < OPEN_MAX) this.open.push(new OpenCall(part, isNamedHere));
  }

  /** A result: it gets the id of its call. */
  result(part: Part): void {
    const found = this.find(part);
    if (found >= 0) part.id = this.open.splice(found, 1)[0].part.id;
    else if (!part.id.length) part.id = this.next();
  }

  private find(result: Part): i32 {
    for (let i = 0; i < this.open.length; ++i) {
      if (result.id.length && this.open[i].part.id.equals(result.id)) return i;
    }
    for (let i = 0; i < this.open.length; ++i) {
      const call = this.open[i];
      if (call.part.name.equals(result.name) && (call.isNamedHere || !result.id.length)) return i;
    }
    return -1;
  }

  private next(): Slice {
    return new Writer()
      .bytes(PREFIX)
      .integer(this.count++)
      .take();
  }
}

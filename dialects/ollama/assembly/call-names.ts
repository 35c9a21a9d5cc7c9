// Results name their tool in Ollama, not only their call: which call an id belongs to.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Part, PartKind } from "../../hub/assembly/part";

/** So many calls are compared with a result's id; results mostly come in the order of their calls. */
const LOOKS_MAX: i32 = 256;

/** The calls of a conversation, as they come. */
@final
export class CallNames {
  private calls: Part[] = [];
  private next: i32 = 0;

  /** Takes the calls of an assistant's message. */
  take(parts: Part[]): void {
    this.next = this.calls.length;
    for (let i = 0; i < parts.length; ++i) if (parts[i].kind == PartKind.ToolCall) this.calls.push(parts[i]);
  }

  /** The tool that a result is of; empty where its call is not found. */
  nameOf(result: Part): Slice {
    const count = this.calls.length;
    for (let i = 0; i < min(count, LOOKS_MAX); ++i) {
      const at = (this.next + i) % count;
      if (!this.calls[at].id.equals(result.id)) continue;
      this.next = at + 1;
      return this.calls[at].name;
    }
    return result.name;
  }
}

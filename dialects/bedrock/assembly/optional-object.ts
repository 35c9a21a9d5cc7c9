// A member whose value is an object, written only if anything stands in it.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";

/** Such a member. Nothing else may be written to `json` before `end`. */
@final
export class OptionalObject {
  private isOpen: bool = false;

  constructor(
    private readonly json: JsonWriter,
    private readonly name: Slice,
  ) {}

  /** The key of the member whose value comes next. */
  key(name: Slice): JsonWriter {
    if (!this.isOpen) this.json.key(this.name).beginObject();
    this.isOpen = true;
    return this.json.key(name);
  }

  /** Writes a member that is JSON already; nothing where it is empty. */
  raw(name: Slice, value: Slice): void {
    if (value.length) this.key(name).raw(value);
  }

  end(): void {
    if (this.isOpen) this.json.endObject();
  }
}

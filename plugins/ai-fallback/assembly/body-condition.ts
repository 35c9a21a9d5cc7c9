// A condition on a field of a JSON body. Only the objects on the way to it are looked at.
import { JsonKind, JsonTape, Slice } from "@weir/sdk/assembly";
import { fitsPattern } from "@weir/dialects/surfaces/assembly/allow-list";

/** A field that must be there, with a value or with a beginning of one. */
@final
export class BodyCondition {
  private readonly tape: JsonTape = new JsonTape(1);

  constructor(
    /** The names on the way to it; at least one. */
    private readonly path: Slice[],
    /** What it must be; with a star at its end, how it must begin. */
    private readonly pattern: Slice,
  ) {}

  /** Whether the body, scanned at least one level deep, has it. */
  fits(body: JsonTape): bool {
    const path = this.path;
    let tape = body;
    let node = body.find(body.root, path[0]);
    for (let i = 1; i < path.length; ++i) {
      if (tape.kind(node) != JsonKind.Object || this.tape.scan(tape.raw(node))) return false;
      tape = this.tape;
      node = tape.find(tape.root, path[i]);
    }
    const isFit = this.fitsValue(tape, node);
    // It would keep a large body alive.
    this.tape.clear();
    return isFit;
  }

  private fitsValue(tape: JsonTape, node: i32): bool {
    switch (tape.kind(node)) {
      case JsonKind.String:
        return fitsPattern(this.pattern, tape.text(node));
      case JsonKind.Number:
      case JsonKind.True:
      case JsonKind.False:
        return fitsPattern(this.pattern, tape.raw(node));
      default:
        return false;
    }
  }
}

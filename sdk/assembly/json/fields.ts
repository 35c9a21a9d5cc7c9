// JsonFields: reads typed fields out of a scanned JSON text, such as a plugin's configuration, and keeps the first
// problem with the field's whole path. Fields that nobody asks for are not looked at.
import { parseInteger } from "../bytes/integer";
import { Slice } from "../bytes/slice";
import { JsonKind, JsonTape } from "./tape";

/** Reads typed fields and keeps the first problem. After a problem, reading goes on with empty values. */
@final
export class JsonFields {
  /** What is wrong, starting with the field's path: `targets.a.headers[0].name must be a text`. Empty if nothing is. */
  problem: string = "";

  constructor(
    /** The text that is read. */
    readonly tape: JsonTape,
  ) {}

  /** Notes that the field at `path` is not as it must be; only the first call counts. */
  fail(path: string, must: string): void {
    if (!this.problem.length) this.problem = path + " must be " + must;
  }

  /** The member `key` of an object, or −1. `null` counts as absent. */
  member(object: i32, key: string): i32 {
    const node = this.tape.find(object, Slice.of(key));
    return this.tape.kind(node) == JsonKind.Null ? -1 : node;
  }

  /** A text; `otherwise` when absent. */
  text(object: i32, key: string, path: string, otherwise: Slice = Slice.empty()): Slice {
    const node = this.member(object, key);
    return node < 0 ? otherwise : this.textOf(node, path);
  }

  /** A text that must be there and not empty. */
  requiredText(object: i32, key: string, path: string): Slice {
    const value = this.text(object, key, path);
    if (!value.length) this.fail(path, "a text that is not empty");
    return value;
  }

  /** The content of a text node, in a buffer of its own. */
  textOf(node: i32, path: string): Slice {
    if (this.tape.kind(node) == JsonKind.String) return this.tape.text(node).copy();
    this.fail(path, "a text");
    return Slice.empty();
  }

  /** A whole number from `least` (0 or more) to 2³¹ − 1, written as digits alone; `otherwise` when absent. */
  integer(object: i32, key: string, least: i32, otherwise: i32, path: string = key): i32 {
    const node = this.member(object, key);
    if (node < 0) return otherwise;
    const value = parseInteger(this.tape.raw(node), -1);
    if (value >= least && value <= i32.MAX_VALUE) return <i32>value;
    this.fail(path, "a whole number from " + least.toString() + " to " + i32.MAX_VALUE.toString());
    return otherwise;
  }

  /** `true` or `false`; false when absent. */
  flag(object: i32, key: string, path: string): bool {
    const node = this.member(object, key);
    const kind = this.tape.kind(node);
    if (node >= 0 && kind != JsonKind.True && kind != JsonKind.False) this.fail(path, "true or false");
    return kind == JsonKind.True;
  }

  /** An object's node; −1 when absent. */
  object(object: i32, key: string, path: string): i32 {
    return this.container(this.member(object, key), JsonKind.Object, path, "an object");
  }

  /** An array's node; −1 when absent. */
  array(object: i32, key: string, path: string): i32 {
    return this.container(this.member(object, key), JsonKind.Array, path, "a list");
  }

  /** `node` if it is an object, else −1 and a problem. */
  objectOf(node: i32, path: string): i32 {
    return this.container(node, JsonKind.Object, path, "an object");
  }

  private container(node: i32, kind: JsonKind, path: string, must: string): i32 {
    if (node < 0 || this.tape.kind(node) == kind) return node;
    this.fail(path, must);
    return -1;
  }
}

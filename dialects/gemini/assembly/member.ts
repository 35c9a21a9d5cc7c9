// Members as Google's servers read them: each has a JSON name and a proto name, numbers may stand in strings, and a
// list of one may stand without its brackets. https://protobuf.dev/programming-guides/json/
import { isInteger, parseInteger } from "@weir/sdk/assembly/bytes/integer";
import { lowerByte } from "@weir/sdk/assembly/bytes/memory";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { contentOf } from "../../hub/assembly/content";

/** Checks numbers in strings; forgets them at once. */
const checker = new JsonTape(0);

/** A member's two names: `maxOutputTokens` and `max_output_tokens`. */
@final
export class Member {
  /** The name that is written. */
  readonly json: Slice;
  private readonly proto: Slice;

  constructor(json: string) {
    const name = Slice.of(json);
    this.json = name;
    this.proto = protoName(name);
  }

  /** Whether a node's key is one of the two. */
  isKeyOf(tape: JsonTape, node: i32): bool {
    return tape.keyEquals(node, this.json) || tape.keyEquals(node, this.proto);
  }

  /** The member's value in an object, or −1; the last where it stands more than once. */
  find(tape: JsonTape, object: i32): i32 {
    if (tape.kind(object) != JsonKind.Object) return -1;
    let found = -1;
    for (let node = tape.first(object); node >= 0; node = tape.next(node)) if (this.isKeyOf(tape, node)) found = node;
    return found;
  }

  /** The content of the string in it; empty where there is none. */
  content(tape: JsonTape, object: i32): Slice {
    return contentOf(tape, this.find(tape, object));
  }

  /** The first of its items: of a list, or the one that stands for a list; −1 for none. */
  firstItem(tape: JsonTape, object: i32): i32 {
    return firstItem(tape, this.find(tape, object));
  }
}

function protoName(json: Slice): Slice {
  const writer = new Writer(json.length + 8);
  for (let i = 0; i < json.length; ++i) {
    const byte = json.at(i);
    if (<u32>byte - 0x41 < 26) writer.byte(0x5f).byte(byte | 0x20);
    else writer.byte(byte);
  }
  return writer.take();
}

/** The first item of a list, the node itself where it is no list, or −1. `tape.next` goes on only in a list. */
export function firstItem(tape: JsonTape, node: i32): i32 {
  const kind = tape.kind(node);
  if (kind == JsonKind.Array) return tape.first(node);
  return kind == JsonKind.Null || kind == JsonKind.Missing ? -1 : node;
}

/** The item behind `item` in the list `list`; −1 where `list` is a single item. */
export function nextItem(tape: JsonTape, list: i32, item: i32): i32 {
  return tape.kind(list) == JsonKind.Array ? tape.next(item) : -1;
}

/** A number as JSON, also where it stands in a string; empty for other kinds. */
export function numberOf(tape: JsonTape, node: i32): Slice {
  if (tape.kind(node) == JsonKind.Number) return tape.raw(node);
  const text = contentOf(tape, node);
  const isNumber = text.length > 0 && !checker.scan(text) && checker.kind(checker.root) == JsonKind.Number;
  checker.clear();
  return isNumber ? text : Slice.empty();
}

/** A whole number, also where it stands in a string; `otherwise` for other kinds. */
export function integerOf(tape: JsonTape, node: i32, otherwise: i64): i64 {
  if (tape.kind(node) == JsonKind.Number) return tape.integer(node);
  const text = contentOf(tape, node);
  return isInteger(text) ? parseInteger(text) : otherwise;
}

/** ASCII letters in lower case: Google's enums stand in capitals. */
export function lowerText(text: Slice): Slice {
  const writer = new Writer(text.length);
  for (let i = 0; i < text.length; ++i) writer.byte(lowerByte(text.at(i)));
  return writer.take();
}

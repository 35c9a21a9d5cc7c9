// JSON values compared, counted and found.
import { decodePercent, isInteger, JsonKind, JsonTape, parseInteger, Slice, Writer } from "@weir/sdk/assembly";

const DEPTH_MAX: i32 = 48;
const HASH: u8 = 0x23;
const SLASH: u8 = 0x2f;
const TILDE: u8 = 0x7e;

/** Whether two values are the same to JSON Schema: numbers by their worth, objects whatever their order. */
export function sameJson(a: JsonTape, nodeA: i32, b: JsonTape, nodeB: i32, depth: i32 = 0): bool {
  const kind = a.kind(nodeA);
  if (kind != b.kind(nodeB) || depth > DEPTH_MAX) return false;
  switch (kind) {
    case JsonKind.String:
      return a.text(nodeA).equals(b.text(nodeB));
    case JsonKind.Number:
      return a.number(nodeA) == b.number(nodeB);
    case JsonKind.Array:
      return sameElements(a, nodeA, b, nodeB, depth);
    case JsonKind.Object:
      return sameMembers(a, nodeA, b, nodeB, depth);
    default:
      return true;
  }
}

function sameElements(a: JsonTape, nodeA: i32, b: JsonTape, nodeB: i32, depth: i32): bool {
  let other = b.first(nodeB);
  for (let each = a.first(nodeA); each >= 0; each = a.next(each)) {
    if (other < 0 || !sameJson(a, each, b, other, depth + 1)) return false;
    other = b.next(other);
  }
  return other < 0;
}

function sameMembers(a: JsonTape, nodeA: i32, b: JsonTape, nodeB: i32, depth: i32): bool {
  if (countOf(a, nodeA) != countOf(b, nodeB)) return false;
  for (let each = a.first(nodeA); each >= 0; each = a.next(each)) {
    if (!sameJson(a, each, b, b.find(nodeB, a.keyText(each)), depth + 1)) return false;
  }
  return true;
}

function countOf(tape: JsonTape, node: i32): i32 {
  let count = 0;
  for (let each = tape.first(node); each >= 0; each = tape.next(each)) ++count;
  return count;
}

/** How many characters. */
export function charactersOf(text: Slice): i32 {
  let count = 0;
  for (let i = 0; i < text.length; ++i) if ((text.at(i) & 0xc0) != 0x80) ++count;
  return count;
}

/** What `#/a/b` leads to from `root`, or −1: https://www.rfc-editor.org/rfc/rfc6901#section-6 */
export function nodeAtPointer(tape: JsonTape, root: i32, reference: Slice): i32 {
  if (reference.at(0) != HASH) return -1;
  const pointer = decodePercent(reference.slice(1));
  let node = root;
  for (let from = 0; from < pointer.length && node >= 0;) {
    if (pointer.at(from) != SLASH) return -1;
    const next = pointer.indexOf(SLASH, from + 1);
    const end = next < 0 ? pointer.length : next;
    node = childOf(tape, node, unescaped(pointer.slice(from + 1, end)));
    from = end;
  }
  return node;
}

function childOf(tape: JsonTape, node: i32, step: Slice): i32 {
  if (tape.kind(node) != JsonKind.Array) return tape.find(node, step);
  if (!isInteger(step)) return -1;
  let left = parseInteger(step);
  let child = tape.first(node);
  for (; child >= 0 && left > 0; --left) child = tape.next(child);
  return child;
}

/** `~1` is a slash, `~0` a tilde. */
function unescaped(step: Slice): Slice {
  if (step.indexOf(TILDE) < 0) return step;
  const output = new Writer(step.length);
  for (let i = 0; i < step.length; ++i) {
    if (step.at(i) != TILDE) output.byte(step.at(i));
    else output.byte(step.at(++i) == 0x31 ? SLASH : TILDE);
  }
  return output.take();
}

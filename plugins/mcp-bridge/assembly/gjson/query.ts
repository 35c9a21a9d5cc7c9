// Values by their paths, as JSON texts.
// https://github.com/tidwall/gjson/blob/master/SYNTAX.md
import { isInteger, JsonKind, JsonTape, JsonWriter, parseInteger, Slice, Writer } from "@weir/sdk/assembly";
import { Condition } from "./condition";
import { modified } from "./modifier";
import { closingOf, DOT, fits, isPattern, PIPE, plainOf, quoteEnd, separatorAt } from "./path";

const DEPTH_MAX: i32 = 32;
const HASH: u8 = 0x23;
const AT: u8 = 0x40;
const COLON: u8 = 0x3a;
const COMMA: u8 = 0x2c;

/** The value at `path` below `node`, as JSON; empty where there is none. */
export function queryPath(tape: JsonTape, node: i32, path: Slice): Slice {
  return query(tape, node, path, 0);
}

function query(tape: JsonTape, node: i32, path: Slice, depth: i32): Slice {
  if (node < 0 || depth > DEPTH_MAX) return Slice.empty();
  if (!path.length) return tape.raw(node);
  switch (path.at(0)) {
    case AT:
      return queryModified(tape, node, path, depth);
    case 0x7b: // {
    case 0x5b: // [
      return querySeveral(tape, node, path, depth);
    case 0x21: // !
      return behind(path.slice(1, separatorAt(path, 1)), path, separatorAt(path, 1), depth);
  }
  const end = separatorAt(path, 0);
  const component = path.slice(0, end);
  if (tape.kind(node) != JsonKind.Array)
    return query(tape, memberOf(tape, node, component), restOf(path, end), depth + 1);
  if (component.at(0) == HASH) return queryElements(tape, node, path, depth);
  return query(tape, elementOf(tape, node, component), restOf(path, end), depth + 1);
}

/** What follows the separator at `end`. */
function restOf(path: Slice, end: i32): Slice {
  return path.slice(end + 1);
}

/** Goes on in a value that had to be made. */
function behind(made: Slice, path: Slice, end: i32, depth: i32): Slice {
  if (end >= path.length || !made.length) return made;
  const tape = new JsonTape();
  return tape.scan(made) ? Slice.empty() : query(tape, tape.root, restOf(path, end), depth + 1);
}

function memberOf(tape: JsonTape, node: i32, component: Slice): i32 {
  if (!isPattern(component)) return tape.find(node, plainOf(component));
  for (let member = tape.first(node); member >= 0; member = tape.next(member)) {
    if (fits(tape.keyText(member), component)) return member;
  }
  return -1;
}

function elementOf(tape: JsonTape, node: i32, component: Slice): i32 {
  if (!isInteger(component)) return -1;
  const wanted = parseInteger(component);
  let at: i64 = 0;
  for (let element = tape.first(node); element >= 0; element = tape.next(element)) {
    if (at++ == wanted) return element;
  }
  return -1;
}

/** `@name` or `@name:argument`. */
function queryModified(tape: JsonTape, node: i32, path: Slice, depth: i32): Slice {
  const end = separatorAt(path, 0);
  const colon = path.slice(0, end).indexOf(COLON);
  const name = path.slice(1, colon < 0 ? end : colon);
  return behind(modified(tape, node, name.toText()), path, end, depth);
}

/** `#` of an array: how many, something of each, or those that meet a condition. */
function queryElements(tape: JsonTape, node: i32, path: Slice, depth: i32): Slice {
  if (path.at(1) == 0x28) return queryCondition(tape, node, path, depth);
  if (path.at(1) != DOT) return behind(countOf(tape, node), path, separatorAt(path, 0), depth);
  const end = separatorAt(path, 2, true);
  const each = path.slice(2, end);
  const json = new JsonWriter(new Writer()).beginArray();
  for (let element = tape.first(node); element >= 0; element = tape.next(element)) {
    const found = query(tape, element, each, depth + 1);
    if (found.length) json.raw(found);
  }
  return behind(json.endArray().output.take(), path, end, depth);
}

function countOf(tape: JsonTape, node: i32): Slice {
  let count = 0;
  for (let element = tape.first(node); element >= 0; element = tape.next(element)) ++count;
  return new Writer().integer(count).take();
}

/** `#(…)` is the first that meets it, `#(…)#` a list of all. */
function queryCondition(tape: JsonTape, node: i32, path: Slice, depth: i32): Slice {
  const close = closingOf(path, 1);
  const condition = Condition.parse(path.slice(2, close));
  const isForAll = path.at(close + 1) == HASH;
  const end = close + (isForAll ? 2 : 1);
  const json = new JsonWriter(new Writer()).beginArray();
  for (let element = tape.first(node); element >= 0; element = tape.next(element)) {
    if (!condition.holds(tape, element, query(tape, element, condition.path, depth + 1))) continue;
    if (!isForAll) return query(tape, element, restOf(path, end), depth + 1);
    json.raw(tape.raw(element));
  }
  if (!isForAll) return Slice.empty();
  const all = json.endArray().output.take();
  return path.at(end) == DOT ? eachOf(all, path, end, depth) : behind(all, path, end, depth);
}

/** Behind a list of all a dot means each of them. */
function eachOf(list: Slice, path: Slice, end: i32, depth: i32): Slice {
  const tape = new JsonTape();
  if (tape.scan(list)) return Slice.empty();
  const each = new Writer().byte(HASH).bytes(path.slice(end)).take();
  return query(tape, tape.root, each, depth + 1);
}

/** `{name:path,path}` or `[path,path]`: several values as one. */
function querySeveral(tape: JsonTape, node: i32, path: Slice, depth: i32): Slice {
  const close = closingOf(path, 0);
  const isObject = path.at(0) == 0x7b;
  const json = new JsonWriter(new Writer());
  if (isObject) json.beginObject();
  else json.beginArray();
  for (let from = 1; from < close;) {
    const end = partEnd(path, from, close);
    addPart(json, isObject, new Part(path.slice(from, end)), tape, node, depth);
    from = end + 1;
  }
  if (isObject) json.endObject();
  else json.endArray();
  return behind(json.output.take(), path, close + 1, depth);
}

function addPart(json: JsonWriter, isObject: bool, part: Part, tape: JsonTape, node: i32, depth: i32): void {
  const found = query(tape, node, part.path, depth + 1);
  if (!found.length) return;
  if (isObject) json.key(part.name);
  json.raw(found);
}

/** The comma behind the part at `from`, or `close`. */
function partEnd(path: Slice, from: i32, close: i32): i32 {
  for (let i = from; i < close; ++i) {
    const byte = path.at(i);
    if (byte == 0x22) i = quoteEnd(path, i);
    else if (byte == 0x28 || byte == 0x7b || byte == 0x5b) i = closingOf(path, i);
    else if (byte == COMMA) return i;
  }
  return close;
}

/** One of several: its path, and what it is called, which is the path's last component where nothing is said. */
@final
class Part {
  readonly name: Slice;
  readonly path: Slice;

  constructor(text: Slice) {
    const isQuoted = text.at(0) == 0x22;
    const colon = isQuoted ? quoteEnd(text, 0) + 1 : text.indexOf(COLON);
    const isNamed = colon > 0 && text.at(colon) == COLON && !hasSeparator(text.slice(0, colon), isQuoted);
    this.path = isNamed ? text.slice(colon + 1) : text;
    if (!isNamed) this.name = lastOf(text);
    else this.name = isQuoted ? text.slice(1, colon - 1) : text.slice(0, colon);
  }
}

function hasSeparator(name: Slice, isQuoted: bool): bool {
  return !isQuoted && (name.indexOf(DOT) >= 0 || name.indexOf(PIPE) >= 0 || name.indexOf(AT) >= 0);
}

function lastOf(path: Slice): Slice {
  let from = 0;
  for (let end = separatorAt(path, 0); end < path.length; end = separatorAt(path, from)) from = end + 1;
  return plainOf(path.slice(from));
}

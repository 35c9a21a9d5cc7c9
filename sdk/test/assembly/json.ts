// Harness: the JSON tape, edit and string writer as plain functions over buffers.
import { Slice } from "../../assembly/bytes/slice";
import { Writer } from "../../assembly/bytes/writer";
import { JsonEdit } from "../../assembly/json/edit";
import { jsonString } from "../../assembly/json/string";
import { JsonKind, JsonTape } from "../../assembly/json/tape";
import { JsonWriter } from "../../assembly/json/writer";

let tape = new JsonTape();
const script = new JsonTape();
let faultOffset: i32 = -1;

/** The fault's code, 0 for none. */
export function scan(text: ArrayBuffer): i32 {
  const fault = tape.scan(Slice.wrap(text));
  faultOffset = fault ? fault.at : -1;
  return fault ? fault.code : 0;
}

export function faultAt(): i32 {
  return faultOffset;
}

export function nodeCount(): i32 {
  return tape.length;
}

export function recordTo(depth: i32): void {
  tape = new JsonTape(depth);
}

/** The scanned text written anew from the tape alone: keys and strings decoded and encoded again. */
export function dump(): ArrayBuffer {
  const writer = new Writer();
  dumpNode(writer, tape.root);
  return writer.take().toBuffer();
}

function dumpNode(writer: Writer, node: i32): void {
  const kind = tape.kind(node);
  if (kind == JsonKind.String) return jsonString(writer, tape.text(node));
  if (kind != JsonKind.Object && kind != JsonKind.Array) {
    writer.bytes(tape.raw(node));
    return;
  }
  writer.byte(kind == JsonKind.Object ? 0x7b : 0x5b);
  for (let child = tape.first(node); child >= 0; child = tape.next(child)) {
    if (child != tape.first(node)) writer.byte(0x2c);
    if (kind == JsonKind.Object) {
      jsonString(writer, tape.keyText(child));
      writer.byte(0x3a);
    }
    dumpNode(writer, child);
  }
  writer.byte(kind == JsonKind.Object ? 0x7d : 0x5d);
}

/** The scanned text written anew by JsonWriter, numbers through f64. */
export function rewrite(): ArrayBuffer {
  const json = new JsonWriter(new Writer());
  rewriteNode(json, tape.root);
  return json.output.take().toBuffer();
}

function rewriteNode(json: JsonWriter, node: i32): void {
  switch (tape.kind(node)) {
    case JsonKind.Object:
      json.beginObject();
      for (let child = tape.first(node); child >= 0; child = tape.next(child)) {
        rewriteNode(json.key(tape.keyText(child)), child);
      }
      json.endObject();
      break;
    case JsonKind.Array:
      json.beginArray();
      for (let child = tape.first(node); child >= 0; child = tape.next(child)) rewriteNode(json, child);
      json.endArray();
      break;
    case JsonKind.String:
      json.text(tape.text(node));
      break;
    case JsonKind.Number:
      rewriteNumber(json, node);
      break;
    case JsonKind.Null:
      json.nothing();
      break;
    default:
      json.flag(tape.isTrue(node));
  }
}

function rewriteNumber(json: JsonWriter, node: i32): void {
  const integer = tape.integer(node);
  if (<f64>integer == tape.number(node)) json.integer(integer);
  else json.number(tape.number(node));
}

/** The node at a path: an array of member keys and indices, itself the node `path` of the script. */
function resolve(path: i32): i32 {
  let node = tape.root;
  for (let step = script.first(path); step >= 0; step = script.next(step)) {
    if (script.kind(step) == JsonKind.String) {
      node = tape.find(node, script.text(step));
      continue;
    }
    let index = script.integer(step);
    node = tape.first(node);
    while (index-- > 0) node = tape.next(node);
  }
  return node;
}

/** Runs a JSON array of ["set", path, key, raw], ["remove", path, key], ["replace", path, raw]. */
export function edit(text: ArrayBuffer, steps: ArrayBuffer): ArrayBuffer | null {
  if (tape.scan(Slice.wrap(text)) || script.scan(Slice.wrap(steps))) return null;
  const edit = new JsonEdit(tape);
  for (let step = script.first(script.root); step >= 0; step = script.next(step)) {
    const name = script.first(step);
    const path = script.next(name);
    const third = script.next(path);
    const target = resolve(path);
    if (script.equals(name, Slice.of("set"))) edit.set(target, script.text(third), script.text(script.next(third)));
    else if (script.equals(name, Slice.of("remove"))) edit.remove(target, script.text(third));
    else edit.replace(target, script.text(third));
  }
  return edit.apply().toBuffer();
}

export function quote(content: ArrayBuffer): ArrayBuffer {
  const writer = new Writer();
  jsonString(writer, Slice.wrap(content));
  return writer.take().toBuffer();
}

/** The member `key` of the root as a number. */
export function numberOf(key: ArrayBuffer): f64 {
  return tape.number(tape.find(tape.root, Slice.wrap(key)));
}

/** As `numberOf`, as a 64-bit integer. */
export function integerOf(key: ArrayBuffer): i64 {
  return tape.integer(tape.find(tape.root, Slice.wrap(key)));
}

/** The raw key of a node. */
export function keyOf(node: i32): ArrayBuffer {
  return tape.key(node).toBuffer();
}

/** Where the member of a node begins. */
export function memberStart(node: i32): i32 {
  return tape.memberStart(node);
}

/** Calls every accessor with a node that may not exist; returns something so that nothing is left out. */
export function probe(node: i32): i32 {
  const edit = new JsonEdit(tape);
  edit.set(node, Slice.of("k"), Slice.of("1"));
  edit.remove(node, Slice.of("k"));
  edit.replace(node, Slice.of("1"));
  const lengths = tape.key(node).length + tape.raw(node).length + tape.text(node).length;
  const spans = tape.start(node) + tape.end(node) + tape.memberStart(node);
  const walk = tape.first(node) + tape.next(node) + tape.find(node, Slice.empty());
  const values = <i32>tape.integer(node) + <i32>tape.number(node) + i32(tape.isTrue(node));
  const equal = i32(tape.equals(node, Slice.empty())) + i32(tape.keyEquals(node, Slice.empty()));
  return lengths + spans + walk + values + equal + tape.kind(node) + edit.apply().length;
}

/** Scans `text` so many times, for measuring. */
export function scanTimes(text: ArrayBuffer, times: i32): i32 {
  const slice = Slice.wrap(text);
  let nodes = 0;
  for (let i = 0; i < times; ++i) {
    tape.scan(slice);
    nodes += tape.length;
  }
  return nodes;
}

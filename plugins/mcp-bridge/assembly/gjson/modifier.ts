// The modifiers of paths: @reverse, @keys and the like.
import { JsonKind, JsonTape, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";

/** What the modifier `name` makes of a value, as JSON; empty where there is no such modifier. */
export function modified(tape: JsonTape, node: i32, name: string): Slice {
  const kind = tape.kind(node);
  switch (name) {
    case "this":
    case "valid":
    case "ugly":
    case "pretty":
      return tape.raw(node);
    case "reverse":
      return kind == JsonKind.Array || kind == JsonKind.Object ? reversed(tape, node) : tape.raw(node);
    case "keys":
      return parts(tape, node, true);
    case "values":
      return parts(tape, node, false);
    case "flatten":
      return kind == JsonKind.Array ? flattened(tape, node) : tape.raw(node);
    case "join":
      return kind == JsonKind.Array ? joined(tape, node) : tape.raw(node);
    case "tostr":
      return asText(tape.raw(node));
    case "fromstr":
      return tape.text(node);
    default:
      return Slice.empty();
  }
}

function asText(raw: Slice): Slice {
  return new JsonWriter(new Writer()).text(raw).output.take();
}

function nodesOf(tape: JsonTape, node: i32): i32[] {
  const nodes: i32[] = [];
  for (let child = tape.first(node); child >= 0; child = tape.next(child)) nodes.push(child);
  return nodes;
}

function reversed(tape: JsonTape, node: i32): Slice {
  const nodes = nodesOf(tape, node);
  const isObject = tape.kind(node) == JsonKind.Object;
  const json = new JsonWriter(new Writer());
  if (isObject) json.beginObject();
  else json.beginArray();
  for (let i = nodes.length - 1; i >= 0; --i) {
    if (isObject) json.key(tape.keyText(nodes[i]));
    json.raw(tape.raw(nodes[i]));
  }
  if (isObject) json.endObject();
  else json.endArray();
  return json.output.take();
}

/** Of an object its keys or its values; of what is none, nothing for keys and itself for values. */
function parts(tape: JsonTape, node: i32, isKeys: bool): Slice {
  const json = new JsonWriter(new Writer()).beginArray();
  const isObject = tape.kind(node) == JsonKind.Object;
  for (let child = tape.first(node); child >= 0; child = tape.next(child)) {
    if (!isKeys) json.raw(tape.raw(child));
    else if (isObject) json.text(tape.keyText(child));
  }
  return json.endArray().output.take();
}

/** Lists in the list give way to their elements, one level deep. */
function flattened(tape: JsonTape, node: i32): Slice {
  const json = new JsonWriter(new Writer()).beginArray();
  for (let child = tape.first(node); child >= 0; child = tape.next(child)) {
    if (tape.kind(child) != JsonKind.Array) json.raw(tape.raw(child));
    else for (let inner = tape.first(child); inner >= 0; inner = tape.next(inner)) json.raw(tape.raw(inner));
  }
  return json.endArray().output.take();
}

/** The objects of a list as one; of equal keys the last counts. */
function joined(tape: JsonTape, node: i32): Slice {
  const json = new JsonWriter(new Writer()).beginObject();
  const objects = nodesOf(tape, node);
  for (let i = 0; i < objects.length; ++i) {
    for (let member = tape.first(objects[i]); member >= 0; member = tape.next(member)) {
      const key = tape.keyText(member);
      if (!isLater(tape, objects, i, key)) json.key(key).raw(tape.raw(member));
    }
  }
  return json.endObject().output.take();
}

function isLater(tape: JsonTape, objects: i32[], at: i32, key: Slice): bool {
  for (let i = at + 1; i < objects.length; ++i) if (tape.find(objects[i], key) >= 0) return true;
  return false;
}

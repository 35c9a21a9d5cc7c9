// Lists and maps: made, looked into, put together. None is changed in place.
import { JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { ANY, FunctionEntry } from "../function-entry";
import { Run } from "../run";
import { Value, ValueKind } from "../value";
import { flag, integerOf, listOf, ListWriter, mapOf, textOf, writeJson } from "./arguments";
import { compareBytes } from "./logic";

/** The functions of this file. */
export function listFunctions(): FunctionEntry[] {
  return [
    new FunctionEntry("len", len, 1).unpiped(),
    new FunctionEntry("index", index, 1, ANY).builtIn(),
    new FunctionEntry("slice", slice, 1, 3),
    new FunctionEntry("list", list, 0, ANY),
    new FunctionEntry("tuple", list, 0, ANY),
    new FunctionEntry("first", first, 1),
    new FunctionEntry("last", last, 1),
    new FunctionEntry("rest", rest, 1),
    new FunctionEntry("initial", initial, 1),
    new FunctionEntry("append", append, 2),
    new FunctionEntry("prepend", prepend, 2),
    new FunctionEntry("concat", concat, 0, ANY),
    new FunctionEntry("reverse", reverse, 1),
    new FunctionEntry("uniq", uniq, 1),
    new FunctionEntry("compact", compact, 1),
    new FunctionEntry("sortAlpha", sortAlpha, 1),
    new FunctionEntry("has", has, 2),
    new FunctionEntry("dict", dict, 0, ANY),
    new FunctionEntry("get", get, 2),
    new FunctionEntry("hasKey", hasKey, 2),
    new FunctionEntry("keys", keys, 1),
    new FunctionEntry("values", valuesOf, 1),
  ];
}

/** Of a text its bytes; of what is not there 0. */
function len(run: Run, values: Value[]): Value {
  const value = values[0];
  if (value.isContainer) return Value.ofInteger(value.size);
  if (value.isText) return Value.ofInteger(value.text.length);
  if (value.isMissing || value.kind == ValueKind.Null) return Value.ofInteger(0);
  return run.fail("len: cannot be taken of this value");
}

function index(run: Run, values: Value[]): Value {
  let value = values[0];
  for (let i = 1; i < values.length; ++i) {
    if (value.kind == ValueKind.Object) value = value.field(textOf(values[i]));
    else value = elementAt(run, value, integerOf(values[i]));
    if (run.hasFailed) break;
  }
  return value;
}

function elementAt(run: Run, value: Value, at: i64): Value {
  const found = value.at(at);
  return found.isMissing ? run.fail("array index out of range: " + at.toString()) : found;
}

function slice(run: Run, values: Value[]): Value {
  const value = values[0];
  const from = values.length > 1 ? integerOf(values[1]) : 0;
  if (value.isText && !run.isCompatible) {
    const end = values.length > 2 ? integerOf(values[2]) : <i64>value.text.length;
    return Value.ofText(value.text.slice(<i32>max(from, 0), <i32>min(end, i32.MAX_VALUE)));
  }
  const whole = listOf(run, value, "slice");
  return elements(whole, from, values.length > 2 ? integerOf(values[2]) : i64.MAX_VALUE);
}

/** Those from `from` up to `end`. */
function elements(value: Value, from: i64, end: i64): Value {
  const taken = new ListWriter();
  let at: i64 = 0;
  for (let node = value.first(); node >= 0; node = value.next(node), ++at) {
    if (at >= from && at < end) taken.add(value.element(node));
  }
  return taken.take();
}

function list(run: Run, values: Value[]): Value {
  const made = new ListWriter();
  for (let i = 0; i < values.length; ++i) made.add(values[i]);
  return made.take();
}

function first(run: Run, values: Value[]): Value {
  return listOf(run, values[0], "first").at(0);
}

function last(run: Run, values: Value[]): Value {
  const whole = listOf(run, values[0], "last");
  return whole.at(<i64>whole.size - 1);
}

function rest(run: Run, values: Value[]): Value {
  return elements(listOf(run, values[0], "rest"), 1, i64.MAX_VALUE);
}

function initial(run: Run, values: Value[]): Value {
  const whole = listOf(run, values[0], "initial");
  return elements(whole, 0, <i64>whole.size - 1);
}

function append(run: Run, values: Value[]): Value {
  return new ListWriter()
    .addAll(listOf(run, values[0], "append"))
    .add(values[1])
    .take();
}

function prepend(run: Run, values: Value[]): Value {
  return new ListWriter()
    .add(values[1])
    .addAll(listOf(run, values[0], "prepend"))
    .take();
}

function concat(run: Run, values: Value[]): Value {
  const made = new ListWriter();
  for (let i = 0; i < values.length; ++i) made.addAll(listOf(run, values[i], "concat"));
  return made.take();
}

function toArray(whole: Value): Value[] {
  const all: Value[] = [];
  for (let node = whole.first(); node >= 0; node = whole.next(node)) all.push(whole.element(node));
  return all;
}

function reverse(run: Run, values: Value[]): Value {
  const all = toArray(listOf(run, values[0], "reverse"));
  return list(run, all.reverse());
}

function uniq(run: Run, values: Value[]): Value {
  const seen = new Map<string, bool>();
  const made = new ListWriter();
  const all = toArray(listOf(run, values[0], "uniq"));
  for (let i = 0; i < all.length; ++i) {
    const text = jsonOf(all[i]).toText();
    if (!seen.has(text)) made.add(all[i]);
    seen.set(text, true);
  }
  return made.take();
}

function compact(run: Run, values: Value[]): Value {
  const all = toArray(listOf(run, values[0], "compact"));
  const made = new ListWriter();
  for (let i = 0; i < all.length; ++i) if (all[i].isTrue) made.add(all[i]);
  return made.take();
}

function sortAlpha(run: Run, values: Value[]): Value {
  const all = toArray(listOf(run, values[0], "sortAlpha"));
  all.sort((a, b) => compareBytes(a.toSlice(), b.toSlice()));
  const made = new ListWriter();
  for (let i = 0; i < all.length; ++i) made.add(Value.ofText(textOf(all[i])));
  return made.take();
}

function jsonOf(value: Value): Slice {
  const json = new JsonWriter(new Writer());
  writeJson(json, value);
  return json.output.take();
}

function has(run: Run, values: Value[]): Value {
  const all = toArray(listOf(run, values[1], "has"));
  const wanted = jsonOf(values[0]);
  for (let i = 0; i < all.length; ++i) if (jsonOf(all[i]).equals(wanted)) return flag(true);
  return flag(false);
}

/** Keys and values in turn. */
function dict(run: Run, values: Value[]): Value {
  const json = new JsonWriter(new Writer()).beginObject();
  for (let i = 0; i < values.length; i += 2) {
    json.key(textOf(values[i]));
    writeJson(json, i + 1 < values.length ? values[i + 1] : Value.ofText(Slice.empty()));
  }
  return Value.ofJson(json.endObject().output.take());
}

function get(run: Run, values: Value[]): Value {
  return mapOf(run, values[0], "get").field(textOf(values[1]));
}

function hasKey(run: Run, values: Value[]): Value {
  return flag(!mapOf(run, values[0], "hasKey").field(textOf(values[1])).isMissing);
}

function keys(run: Run, values: Value[]): Value {
  const map = mapOf(run, values[0], "keys");
  const made = new ListWriter();
  for (let node = map.first(); node >= 0; node = map.next(node)) made.add(Value.ofText(map.keyOf(node)));
  return made.take();
}

function valuesOf(run: Run, values: Value[]): Value {
  return new ListWriter().addAll(mapOf(run, values[0], "values")).take();
}

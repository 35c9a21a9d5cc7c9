// What functions make of their arguments.
import { isInteger, JsonWriter, parseInteger, parseNumber, Slice, Writer } from "@weir/sdk/assembly";
import { Run } from "../run";
import { Value, ValueKind } from "../value";

const NULL = Slice.of("null");

/** As a text. */
export function textOf(value: Value): Slice {
  return value.toSlice();
}

/** As a whole number: digits in a text count, a fraction is cut off. */
export function integerOf(value: Value): i64 {
  if (value.kind == ValueKind.Float) return toWhole(value.float);
  if (!value.isText) return value.isContainer ? 0 : value.integer;
  const text = value.text.trim();
  return isInteger(text) ? parseInteger(text) : toWhole(numberOrZero(text));
}

/** As a number, likewise. */
export function floatOf(value: Value): f64 {
  if (value.isText) return numberOrZero(value.text.trim());
  if (value.kind == ValueKind.Float || value.kind == ValueKind.Number) return value.float;
  return value.isContainer ? 0 : <f64>value.integer;
}

function numberOrZero(text: Slice): f64 {
  const number = parseNumber(text);
  return isNaN(number) ? 0 : number;
}

function toWhole(value: f64): i64 {
  if (!(abs(value) < 9.2e18)) return value > 0 ? i64.MAX_VALUE : value < 0 ? i64.MIN_VALUE : 0;
  return <i64>value;
}

/** Whether the value is a number, or a text that says one. */
export function isNumeric(value: Value): bool {
  if (value.isNumber) return true;
  return value.isText && value.text.length > 0 && !isNaN(parseNumber(value.text));
}

/** Writes the value as JSON; what is not there as null. */
export function writeJson(json: JsonWriter, value: Value): void {
  switch (value.kind) {
    case ValueKind.Text:
      json.text(value.text);
      return;
    case ValueKind.Missing:
    case ValueKind.Null:
      json.raw(NULL);
      return;
    case ValueKind.Number:
      json.raw(value.text);
      return;
    default:
      json.raw(value.toSlice());
  }
}

/** A list that is written piece by piece. */
@final
export class ListWriter {
  private readonly json: JsonWriter = new JsonWriter(new Writer()).beginArray();

  add(value: Value): ListWriter {
    writeJson(this.json, value);
    return this;
  }

  /** All elements of a container. */
  addAll(list: Value): ListWriter {
    for (let node = list.first(); node >= 0; node = list.next(node)) this.add(list.element(node));
    return this;
  }

  take(): Value {
    return Value.ofJson(this.json.endArray().output.take());
  }
}

/** The value if it is a list; else missing, and the run has failed. */
export function listOf(run: Run, value: Value, name: string): Value {
  if (value.kind == ValueKind.Array) return value;
  if (value.isMissing || value.kind == ValueKind.Null) return Value.ofJson(Slice.of("[]"));
  return run.fail(name + ": cannot work on a value that is no list");
}

/** The value if it is a map, likewise. */
export function mapOf(run: Run, value: Value, name: string): Value {
  if (value.kind == ValueKind.Object) return value;
  return run.fail(name + ": cannot work on a value that is no map");
}

/** Flags as values. */
export function flag(value: bool): Value {
  return Value.ofBool(value);
}

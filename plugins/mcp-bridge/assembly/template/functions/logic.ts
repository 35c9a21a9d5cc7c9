// Conditions, comparisons, and what to take where something is empty.
import { Slice } from "@weir/sdk/assembly";
import { ANY, FunctionEntry, Order } from "../function-entry";
import { Run } from "../run";
import { Value, ValueKind } from "../value";
import { flag, floatOf, isNumeric, textOf } from "./arguments";

/** The functions of this file. */
export function logicFunctions(): FunctionEntry[] {
  return [
    new FunctionEntry("and", nothing, 1, ANY).inOrder(Order.UntilFalse),
    new FunctionEntry("or", nothing, 1, ANY).inOrder(Order.UntilTrue),
    new FunctionEntry("not", not, 1).builtIn(),
    new FunctionEntry("eq", eq, 2, ANY).builtIn(),
    new FunctionEntry("ne", ne, 2).builtIn(),
    new FunctionEntry("lt", lt, 2).builtIn(),
    new FunctionEntry("le", le, 2).builtIn(),
    new FunctionEntry("gt", gt, 2).builtIn(),
    new FunctionEntry("ge", ge, 2).builtIn(),
    new FunctionEntry("default", otherwise, 1, ANY),
    new FunctionEntry("empty", empty, 1),
    new FunctionEntry("coalesce", coalesce, 0, ANY),
    new FunctionEntry("ternary", ternary, 3),
    new FunctionEntry("all", all, 0, ANY),
    new FunctionEntry("any", any, 0, ANY),
    new FunctionEntry("kindOf", nameOfKind, 1),
  ];
}

/** `and` and `or` are decided while their operands are evaluated. */
function nothing(run: Run, values: Value[]): Value {
  return Value.missing();
}

function not(run: Run, values: Value[]): Value {
  return flag(!values[0].isTrue);
}

/** Higress's looks at two values alone, Go's at all. */
function eq(run: Run, values: Value[]): Value {
  const last = run.isCompatible ? 2 : values.length;
  for (let i = 1; i < last; ++i) if (areEqual(values[0], values[i])) return flag(true);
  return flag(false);
}

function ne(run: Run, values: Value[]): Value {
  return flag(!areEqual(values[0], values[1]));
}

function areEqual(a: Value, b: Value): bool {
  if ((a.isNumber || b.isNumber) && isNumeric(a) && isNumeric(b)) return floatOf(a) == floatOf(b);
  if (a.kind == ValueKind.Bool || b.kind == ValueKind.Bool) return a.kind == b.kind && a.integer == b.integer;
  return textOf(a).equals(textOf(b));
}

function lt(run: Run, values: Value[]): Value {
  return flag(compare(values[0], values[1]) < 0);
}

function le(run: Run, values: Value[]): Value {
  return flag(compare(values[0], values[1]) <= 0);
}

function gt(run: Run, values: Value[]): Value {
  return flag(compare(values[0], values[1]) > 0);
}

function ge(run: Run, values: Value[]): Value {
  return flag(compare(values[0], values[1]) >= 0);
}

/** Numbers by their worth, everything else by its bytes. */
function compare(a: Value, b: Value): i32 {
  if (isNumeric(a) && isNumeric(b)) {
    const difference = floatOf(a) - floatOf(b);
    return difference < 0 ? -1 : difference > 0 ? 1 : 0;
  }
  return compareBytes(textOf(a), textOf(b));
}

/** Less than, the same as, or more than 0, as `a` comes before `b`, is `b`, or comes behind it. */
export function compareBytes(a: Slice, b: Slice): i32 {
  const common = min(a.length, b.length);
  for (let i = 0; i < common; ++i) {
    const difference = <i32>a.at(i) - <i32>b.at(i);
    if (difference) return difference;
  }
  return a.length - b.length;
}

function otherwise(run: Run, values: Value[]): Value {
  return values.length > 1 && values[1].isTrue ? values[1] : values[0];
}

function empty(run: Run, values: Value[]): Value {
  return flag(!values[0].isTrue);
}

function coalesce(run: Run, values: Value[]): Value {
  for (let i = 0; i < values.length; ++i) if (values[i].isTrue) return values[i];
  return Value.missing();
}

function ternary(run: Run, values: Value[]): Value {
  return values[2].isTrue ? values[0] : values[1];
}

function all(run: Run, values: Value[]): Value {
  for (let i = 0; i < values.length; ++i) if (!values[i].isTrue) return flag(false);
  return flag(true);
}

function any(run: Run, values: Value[]): Value {
  for (let i = 0; i < values.length; ++i) if (values[i].isTrue) return flag(true);
  return flag(false);
}

function nameOfKind(run: Run, values: Value[]): Value {
  const names: StaticArray<string> = [
    "invalid",
    "invalid",
    "bool",
    "int64",
    "float64",
    "float64",
    "string",
    "slice",
    "map",
    "struct",
  ];
  return Value.ofText(Slice.of(names[values[0].kind]));
}

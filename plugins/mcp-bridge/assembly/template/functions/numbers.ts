// Arithmetic. Whole numbers stay whole.
import { Slice, Writer } from "@weir/sdk/assembly";
import { ANY, FunctionEntry } from "../function-entry";
import { Run } from "../run";
import { Value } from "../value";
import { floatOf, integerOf, ListWriter, textOf } from "./arguments";

/** A list longer than this is a mistake. */
const ELEMENTS_MAX: i32 = 10_000;

/** The functions of this file. */
export function numberFunctions(): FunctionEntry[] {
  return [
    new FunctionEntry("add", add, 1, ANY),
    new FunctionEntry("add1", add1, 1),
    new FunctionEntry("sub", sub, 2),
    new FunctionEntry("mul", mul, 1, ANY),
    new FunctionEntry("div", div, 2),
    new FunctionEntry("mod", mod, 2),
    new FunctionEntry("max", largest, 1, ANY),
    new FunctionEntry("min", smallest, 1, ANY),
    new FunctionEntry("addf", addf, 1, ANY),
    new FunctionEntry("subf", subf, 2),
    new FunctionEntry("mulf", mulf, 1, ANY),
    new FunctionEntry("divf", divf, 2),
    new FunctionEntry("floor", roundDown, 1),
    new FunctionEntry("ceil", roundUp, 1),
    new FunctionEntry("round", round, 2, 3),
    new FunctionEntry("int", toWhole, 1),
    new FunctionEntry("int64", toWhole, 1),
    new FunctionEntry("atoi", toWhole, 1),
    new FunctionEntry("float64", toFloat, 1),
    new FunctionEntry("toString", toText, 1),
    new FunctionEntry("seq", seq, 0, 3),
    new FunctionEntry("until", until, 1),
    new FunctionEntry("untilStep", untilStep, 3),
  ];
}

function add(run: Run, values: Value[]): Value {
  let sum: i64 = 0;
  for (let i = 0; i < values.length; ++i) sum += integerOf(values[i]);
  return Value.ofInteger(sum);
}

function add1(run: Run, values: Value[]): Value {
  return Value.ofInteger(integerOf(values[0]) + 1);
}

function sub(run: Run, values: Value[]): Value {
  return Value.ofInteger(integerOf(values[0]) - integerOf(values[1]));
}

function mul(run: Run, values: Value[]): Value {
  let product: i64 = 1;
  for (let i = 0; i < values.length; ++i) product *= integerOf(values[i]);
  return Value.ofInteger(product);
}

function div(run: Run, values: Value[]): Value {
  return divided(run, integerOf(values[0]), integerOf(values[1]), false);
}

function mod(run: Run, values: Value[]): Value {
  return divided(run, integerOf(values[0]), integerOf(values[1]), true);
}

/** The smallest number by −1 does not fit: in Wasm it would be a trap. */
function divided(run: Run, a: i64, b: i64, isRest: bool): Value {
  if (!b) return run.fail("division by zero");
  if (b == -1) return Value.ofInteger(isRest ? 0 : 0 - a);
  return Value.ofInteger(isRest ? a % b : a / b);
}

function largest(run: Run, values: Value[]): Value {
  let found = integerOf(values[0]);
  for (let i = 1; i < values.length; ++i) found = max(found, integerOf(values[i]));
  return Value.ofInteger(found);
}

function smallest(run: Run, values: Value[]): Value {
  let found = integerOf(values[0]);
  for (let i = 1; i < values.length; ++i) found = min(found, integerOf(values[i]));
  return Value.ofInteger(found);
}

function addf(run: Run, values: Value[]): Value {
  let sum: f64 = 0;
  for (let i = 0; i < values.length; ++i) sum += floatOf(values[i]);
  return Value.ofFloat(sum);
}

function subf(run: Run, values: Value[]): Value {
  return Value.ofFloat(floatOf(values[0]) - floatOf(values[1]));
}

function mulf(run: Run, values: Value[]): Value {
  let product: f64 = 1;
  for (let i = 0; i < values.length; ++i) product *= floatOf(values[i]);
  return Value.ofFloat(product);
}

function divf(run: Run, values: Value[]): Value {
  const by = floatOf(values[1]);
  return by == 0 ? run.fail("division by zero") : Value.ofFloat(floatOf(values[0]) / by);
}

function roundDown(run: Run, values: Value[]): Value {
  return Value.ofFloat(floor(floatOf(values[0])));
}

function roundUp(run: Run, values: Value[]): Value {
  return Value.ofFloat(ceil(floatOf(values[0])));
}

/** To so many decimals; from `values[2]` (a half) on upwards. */
function round(run: Run, values: Value[]): Value {
  const decimals = min(max(integerOf(values[1]), 0), 15);
  const limit = values.length > 2 ? floatOf(values[2]) : 0.5;
  let scale: f64 = 1;
  for (let i: i64 = 0; i < decimals; ++i) scale *= 10;
  const scaled = floatOf(values[0]) * scale;
  const whole = trunc(scaled);
  const rest = abs(scaled - whole);
  const rounded = rest >= limit ? whole + (scaled < 0 ? -1 : 1) : whole;
  return Value.ofFloat(rounded / scale);
}

function toWhole(run: Run, values: Value[]): Value {
  return Value.ofInteger(integerOf(values[0]));
}

function toFloat(run: Run, values: Value[]): Value {
  return Value.ofFloat(floatOf(values[0]));
}

function toText(run: Run, values: Value[]): Value {
  return Value.ofText(textOf(values[0]));
}

/** `seq 3`, `seq 1 3`, `seq 1 2 9`: a text, as in a shell. */
function seq(run: Run, values: Value[]): Value {
  const count = values.length;
  const first = count > 1 ? integerOf(values[0]) : 1;
  const last = count ? integerOf(values[count - 1]) : 0;
  const step = count == 3 ? integerOf(values[1]) : first <= last ? 1 : -1;
  const output = new Writer();
  if (!count || !step) return Value.ofText(Slice.empty());
  let written = 0;
  for (let i = first; step > 0 ? i <= last : i >= last; i += step) {
    if (++written > ELEMENTS_MAX) return run.fail("seq: too many numbers");
    if (output.length) output.byte(0x20);
    output.integer(i);
  }
  return Value.ofText(output.take());
}

function until(run: Run, values: Value[]): Value {
  const end = integerOf(values[0]);
  return numbers(run, 0, end, end < 0 ? -1 : 1);
}

function untilStep(run: Run, values: Value[]): Value {
  return numbers(run, integerOf(values[0]), integerOf(values[1]), integerOf(values[2]));
}

function numbers(run: Run, from: i64, end: i64, step: i64): Value {
  const list = new ListWriter();
  let written = 0;
  for (let i = from; step > 0 ? i < end : step < 0 && i > end; i += step) {
    if (++written > ELEMENTS_MAX) return run.fail("untilStep: too many numbers");
    list.add(Value.ofInteger(i));
  }
  return list.take();
}

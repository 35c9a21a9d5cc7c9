// Dates, identifiers, and who has called: what the world around a template tells it.
import { encodeHex, Slice, Writer } from "@weir/sdk/assembly";
import { FunctionEntry } from "../function-entry";
import { Run } from "../run";
import { Value, ValueKind } from "../value";
import { integerOf, textOf } from "./arguments";
import { formatTime, zoneMinutes } from "./time-layout";

const LETTERS = Slice.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
const TEXT_MAX: i64 = 1024;

/** The functions of this file. */
export function timeFunctions(): FunctionEntry[] {
  return [
    new FunctionEntry("now", now, 0),
    new FunctionEntry("date", date, 2),
    new FunctionEntry("dateInZone", dateInZone, 3),
    new FunctionEntry("date_in_zone", dateInZone, 3),
    new FunctionEntry("htmlDate", htmlDate, 1),
    new FunctionEntry("unixEpoch", unixEpoch, 1),
    new FunctionEntry("uuidv4", uuidv4, 0),
    new FunctionEntry("randAlphaNum", randAlphaNum, 1),
    new FunctionEntry("getRealIP", clientAddress, 0),
    new FunctionEntry("getSocketIP", clientAddress, 0),
  ];
}

function now(run: Run, values: Value[]): Value {
  return Value.ofTime(run.ambient.nowMs());
}

/** A number is a time in Unix seconds; anything else is now. */
function timeOf(run: Run, value: Value): i64 {
  if (value.kind == ValueKind.Time) return value.integer;
  return value.isNumber ? integerOf(value) * 1000 : run.ambient.nowMs();
}

function date(run: Run, values: Value[]): Value {
  return Value.ofText(formatTime(timeOf(run, values[1]), textOf(values[0]), 0));
}

function dateInZone(run: Run, values: Value[]): Value {
  return Value.ofText(formatTime(timeOf(run, values[1]), textOf(values[0]), zoneMinutes(textOf(values[2]))));
}

function htmlDate(run: Run, values: Value[]): Value {
  return Value.ofText(formatTime(timeOf(run, values[0]), Slice.of("2006-01-02"), 0));
}

function unixEpoch(run: Run, values: Value[]): Value {
  return Value.ofText(new Writer().integer(timeOf(run, values[0]) / 1000).take());
}

/** https://www.rfc-editor.org/rfc/rfc9562#section-5.4 */
function uuidv4(run: Run, values: Value[]): Value {
  const hex = encodeHex(run.ambient.randomBytes());
  const output = new Writer(36);
  output.bytes(hex.slice(0, 8)).byte(0x2d).bytes(hex.slice(8, 12)).text("-4").bytes(hex.slice(13, 16)).byte(0x2d);
  // The variant: 10 in the two highest bits.
  output
    .byte(variantLetter(hex.at(16)))
    .bytes(hex.slice(17, 20))
    .byte(0x2d)
    .bytes(hex.slice(20, 32));
  return Value.ofText(output.take());
}

/** One of 8 9 a b. */
function variantLetter(digit: u8): u8 {
  const low = (digit < 0x3a ? digit - 0x30 : digit - 0x57) & 3;
  return low < 2 ? 0x38 + low : 0x5f + low;
}

function randAlphaNum(run: Run, values: Value[]): Value {
  const count = integerOf(values[0]);
  if (count > TEXT_MAX) return run.fail("randAlphaNum: too long");
  const output = new Writer();
  let bytes = Slice.empty();
  for (let i = 0; <i64>output.length < count; ++i) {
    if (!(i & 15)) bytes = run.ambient.randomBytes();
    const letter = bytes.at(i & 15) & 63;
    // 62 letters: the other two would make some more likely.
    if (letter < 62) output.byte(LETTERS.at(letter));
    if (i > 8192) break;
  }
  return Value.ofText(output.take());
}

function clientAddress(run: Run, values: Value[]): Value {
  return Value.ofText(run.ambient.clientAddress());
}

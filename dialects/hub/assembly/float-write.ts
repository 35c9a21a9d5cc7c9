// Writes an f32 in decimal. Nine digits tell any two apart: reading them as f32 gives the same number again.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";

const DIGITS_LEAST: f64 = 1e8;
const DIGITS_LIMIT: f64 = 1e9;
/** With more places the exponent is written. */
const PLACES_MAX: i32 = 15;
const MINUS_ZERO = Slice.of("-0.0");

/** Appends a finite `value` as a JSON number. */
export function writeFloat(output: Writer, value: f32): void {
  if (value == 0) {
    if (reinterpret<u32>(value)) output.bytes(MINUS_ZERO);
    else output.byte(0x30);
    return;
  }
  if (value < 0) output.byte(0x2d);
  // The errors of these steps stay a million times below what nine digits of an f32 leave open.
  let scaled = abs(<f64>value);
  let places = 0;
  for (; scaled >= DIGITS_LIMIT; scaled /= 10) --places;
  for (; scaled < DIGITS_LEAST; scaled *= 10) ++places;
  let digits = <u64>(scaled + 0.5);
  for (; digits % 10 == 0; digits /= 10) --places;
  if (places <= 0 || places > PLACES_MAX) writeScaled(output, digits, -places);
  else writePlaces(output, digits, places);
}

function writeScaled(output: Writer, digits: u64, exponent: i32): void {
  output.unsigned(digits);
  if (exponent) output.byte(0x65).integer(exponent);
}

function writePlaces(output: Writer, digits: u64, places: i32): void {
  let unit: u64 = 1;
  for (let i = 0; i < places; ++i) unit *= 10;
  output.unsigned(digits / unit).byte(0x2e);
  const fraction = digits % unit;
  for (let least = unit / 10; least > fraction && least > 1; least /= 10) output.byte(0x30);
  output.unsigned(fraction);
}

// The classes of what is redacted without anybody having to describe it.
import { Slice } from "@weir/sdk/assembly";

/** Each a bit. */
export const enum Class {
  Secrets = 0,
  Emails = 1,
  Cards = 2,
  Phones = 3,
  Ibans = 4,
}

/** How many there are. */
export const CLASS_COUNT: i32 = 5;

const NAMES: StaticArray<Slice> = [
  Slice.of("secrets"),
  Slice.of("emails"),
  Slice.of("cards"),
  Slice.of("phones"),
  Slice.of("ibans"),
];
const MARKS: StaticArray<Slice> = [
  Slice.of("[secret]"),
  Slice.of("[email]"),
  Slice.of("[card]"),
  Slice.of("[phone]"),
  Slice.of("[iban]"),
];

/** The class of this name in configurations and records; −1 for none. */
export function classNamed(name: Slice): i32 {
  for (let i = 0; i < CLASS_COUNT; ++i) if (NAMES[i].equals(name)) return i;
  return -1;
}

/** The name of class `index`. */
export function classNameOf(index: i32): Slice {
  return NAMES[index];
}

/** What stands in its place. */
export function classMark(index: i32): Slice {
  return MARKS[index];
}

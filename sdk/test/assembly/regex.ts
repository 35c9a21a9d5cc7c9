// Harness: compiling and matching as plain functions over buffers.
import { Slice } from "../../assembly/bytes/slice";
import { Regex, RegexMatch } from "../../assembly/regex/regex";

let regex: Regex | null = null;
let found: RegexMatch | null = null;

/** The fault's code, 0 for none. */
export function compile(pattern: ArrayBuffer): i32 {
  regex = Regex.compile(Slice.wrap(pattern));
  const fault = Regex.fault;
  return fault ? fault.code : 0;
}

export function faultAt(): i32 {
  const fault = Regex.fault;
  return fault ? fault.at : -1;
}

/** How many groups, or −1 where it does not match. */
export function match(input: ArrayBuffer): i32 {
  return matchFrom(input, 0);
}

export function matchFrom(input: ArrayBuffer, from: i32): i32 {
  const compiled = regex;
  const result = compiled ? compiled.match(Slice.wrap(input), from) : null;
  found = result;
  return result ? result.groups : -1;
}

export function openFrom(): i32 {
  const compiled = regex;
  return compiled ? compiled.openFrom : -2;
}

export function start(group: i32): i32 {
  const result = found;
  return result ? result.start(group) : -2;
}

export function end(group: i32): i32 {
  const result = found;
  return result ? result.end(group) : -2;
}

export function expand(template: ArrayBuffer): ArrayBuffer | null {
  const result = found;
  return result ? result.expand(Slice.wrap(template)).toBuffer() : null;
}

export function replace(template: ArrayBuffer): ArrayBuffer | null {
  const result = found;
  return result ? result.replace(Slice.wrap(template)).toBuffer() : null;
}

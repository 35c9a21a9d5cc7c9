// Harness: Slice's methods over the range [start, end) of a buffer.
import { Slice } from "../../assembly/bytes/slice";

export function bytesOf(buffer: ArrayBuffer, start: i32, end: i32): ArrayBuffer {
  return new Slice(buffer, start, end).toBuffer();
}

export function sub(buffer: ArrayBuffer, start: i32, end: i32, from: i32, to: i32): ArrayBuffer {
  return new Slice(buffer, start, end).slice(from, to).toBuffer();
}

export function at(buffer: ArrayBuffer, start: i32, end: i32, index: i32): i32 {
  return new Slice(buffer, start, end).at(index);
}

export function indexOf(buffer: ArrayBuffer, start: i32, end: i32, byte: i32, from: i32): i32 {
  return new Slice(buffer, start, end).indexOf(<u8>byte, from);
}

export function lastIndexOf(buffer: ArrayBuffer, start: i32, end: i32, byte: i32): i32 {
  return new Slice(buffer, start, end).lastIndexOf(<u8>byte);
}

export function find(buffer: ArrayBuffer, start: i32, end: i32, needle: ArrayBuffer, from: i32): i32 {
  return new Slice(buffer, start, end).find(Slice.wrap(needle), from);
}

/** equals, equalsIgnoreCase, startsWith, endsWith as bits 0 to 3. */
export function compare(buffer: ArrayBuffer, start: i32, end: i32, other: ArrayBuffer): i32 {
  const slice = new Slice(buffer, start, end);
  const right = Slice.wrap(other);
  const same = i32(slice.equals(right)) | (i32(slice.equalsIgnoreCase(right)) << 1);
  return same | (i32(slice.startsWith(right)) << 2) | (i32(slice.endsWith(right)) << 3);
}

export function trim(buffer: ArrayBuffer, start: i32, end: i32): ArrayBuffer {
  return new Slice(buffer, start, end).trim().toBuffer();
}

/** Whether toBuffer gives the very buffer. */
export function keepsBuffer(buffer: ArrayBuffer, start: i32, end: i32): bool {
  return new Slice(buffer, start, end).toBuffer() == buffer;
}

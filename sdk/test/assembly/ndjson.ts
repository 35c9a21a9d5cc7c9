// Harness: the NDJSON splitter as plain functions over buffers.
import { Slice } from "../../assembly/bytes/slice";
import { NdjsonSplitter } from "../../assembly/ndjson/splitter";

let splitter = new NdjsonSplitter();
let line: Slice | null = null;

export function open(lineBytesMax: i32): void {
  splitter = new NdjsonSplitter(lineBytesMax);
}

export function push(chunk: ArrayBuffer): void {
  splitter.push(Slice.wrap(chunk));
}

/** Goes to the next line: whether there is one. */
export function next(): bool {
  line = splitter.next();
  return line != null;
}

export function finish(): bool {
  line = splitter.finish();
  return line != null;
}

export function faultCode(): i32 {
  const fault = splitter.fault;
  return fault ? fault.code : 0;
}

/** Whether the current line is a view of `chunk`. */
export function isViewOf(chunk: ArrayBuffer): bool {
  const current = line;
  return current != null && current.buffer == chunk;
}

export function current(): ArrayBuffer {
  const current = line;
  return current ? current.toBuffer() : new ArrayBuffer(0);
}

/** Splits `stream` whole, so many times; returns how many bytes were in lines. */
export function splitTimes(stream: ArrayBuffer, times: i32): i32 {
  let size = 0;
  for (let i = 0; i < times; ++i) {
    const splitter = new NdjsonSplitter();
    splitter.push(Slice.wrap(stream));
    for (let line = splitter.next(); line; line = splitter.next()) size += line.length;
  }
  return size;
}

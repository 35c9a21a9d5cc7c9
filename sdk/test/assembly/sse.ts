// Harness: the SSE splitter and writer as plain functions over buffers.
import { Slice } from "../../assembly/bytes/slice";
import { Writer } from "../../assembly/bytes/writer";
import { SseEvent } from "../../assembly/sse/event";
import { SseSplitter } from "../../assembly/sse/splitter";
import { writeSseEvent } from "../../assembly/sse/write";

let splitter = new SseSplitter();
let event: SseEvent | null = null;

export function open(eventBytesMax: i32): void {
  splitter = new SseSplitter(eventBytesMax);
}

export function push(chunk: ArrayBuffer): void {
  splitter.push(Slice.wrap(chunk));
}

/** Goes to the next event: whether there is one. */
export function next(): bool {
  event = splitter.next();
  return event != null;
}

export function finish(): bool {
  event = splitter.finish();
  return event != null;
}

export function faultCode(): i32 {
  const fault = splitter.fault;
  return fault ? fault.code : 0;
}

export function pending(): i32 {
  return splitter.pending;
}

/** Whether the current event's bytes are a view of `chunk`. */
export function isViewOf(chunk: ArrayBuffer): bool {
  const current = event;
  return current != null && current.raw.buffer == chunk;
}

function eventSlice(field: i32): Slice {
  const current = event;
  if (!current) return Slice.empty();
  if (field == 0) return current.raw;
  if (field == 1) return current.event;
  return field == 2 ? current.data : current.id;
}

/** The current event's raw (0), event (1), data (2) or id (3). */
export function field(which: i32): ArrayBuffer {
  return eventSlice(which).toBuffer();
}

/** hasData, isComment, isComplete as bits 0, 1, 2. */
export function flags(): i32 {
  const current = event;
  if (!current) return -1;
  return i32(current.hasData) | (i32(current.isComment) << 1) | (i32(current.isComplete) << 2);
}

export function retryMs(): i64 {
  const current = event;
  return current ? current.retryMs : -2;
}

export function write(name: ArrayBuffer, data: ArrayBuffer): ArrayBuffer {
  const writer = new Writer();
  writeSseEvent(writer, Slice.wrap(name), Slice.wrap(data));
  return writer.take().toBuffer();
}

/** Splits `stream` whole, so many times; returns how many data bytes were seen. For measuring. */
export function splitTimes(stream: ArrayBuffer, times: i32): i32 {
  let size = 0;
  for (let i = 0; i < times; ++i) {
    const splitter = new SseSplitter();
    splitter.push(Slice.wrap(stream));
    for (let event = splitter.next(); event; event = splitter.next()) size += event.data.length;
  }
  return size;
}

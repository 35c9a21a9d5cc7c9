// Writes events. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
import { findEither } from "../bytes/memory";
import { Slice } from "../bytes/slice";
import { Writer } from "../bytes/writer";

/**
 * Appends one event, the blank line included: `event` (left out where it is empty; cut at its first line end), then
 * one data line for each line of `data` (ended by LF, CR LF or CR).
 */
export function writeSseEvent(writer: Writer, event: Slice, data: Slice): void {
  if (event.length)
    writer
      .text("event: ")
      .bytes(event.slice(0, lineEnd(event, 0)))
      .byte(0x0a);
  let from = 0;
  do {
    const end = lineEnd(data, from);
    writer.text("data: ").bytes(data.slice(from, end)).byte(0x0a);
    from = end + (data.at(end) == 0x0d && data.at(end + 1) == 0x0a ? 2 : 1);
  } while (from <= data.length);
  writer.byte(0x0a);
}

function lineEnd(text: Slice, from: i32): i32 {
  const base = text.pointer;
  return <i32>(findEither(base + from, base + text.length, 0x0a, 0x0d) - base);
}

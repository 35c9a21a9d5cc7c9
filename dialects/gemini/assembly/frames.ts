// Server-sent events as Google sends them: an error breaks the form and stands there as plain JSON, mostly at the end.
// Observed with the Gemini API on 2025-03-14 and 2026-08-14; fixtures error-plain, error-plain-in-lines.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { SseEvent } from "@weir/sdk/assembly/sse/event";
import { SseSplitter } from "@weir/sdk/assembly/sse/splitter";
import { FrameReader } from "../../hub/assembly/frames";

const BRACE: u8 = 0x7b;
const BRACKET: u8 = 0x5b;

/** Cuts the stream. */
@final
export class GeminiFrames extends FrameReader {
  private splitter: SseSplitter = new SseSplitter();

  push(chunk: Slice): void {
    this.splitter.push(chunk);
  }

  next(): bool {
    for (let event = this.splitter.next(); event; event = this.splitter.next()) {
      if (event.hasData || event.isComment) return this.give(event.data);
      if (isPlainJson(event)) return this.give(event.raw);
    }
    this.fault = this.splitter.fault;
    return false;
  }

  /** Plain JSON needs no blank line behind it. */
  finish(): bool {
    const rest = this.splitter.finish();
    return rest && !rest.hasData && isPlainJson(rest) ? this.give(rest.raw) : false;
  }

  private give(data: Slice): bool {
    this.data = data;
    return true;
  }
}

function isPlainJson(event: SseEvent): bool {
  const first = event.raw.at(0);
  return first == BRACE || first == BRACKET;
}

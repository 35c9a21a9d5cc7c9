// A stream of JSON texts, one a line, as frames without a type.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { NdjsonSplitter } from "@weir/sdk/assembly/ndjson/splitter";
import { FrameReader } from "./frames";

/** Newline-delimited JSON. */
@final
export class NdjsonFrames extends FrameReader {
  private splitter: NdjsonSplitter = new NdjsonSplitter();

  push(chunk: Slice): void {
    this.splitter.push(chunk);
  }

  next(): bool {
    return this.take(this.splitter.next());
  }

  finish(): bool {
    return this.take(this.splitter.finish());
  }

  private take(line: Slice | null): bool {
    this.fault = this.splitter.fault;
    if (!line) return false;
    this.data = line;
    return true;
  }
}

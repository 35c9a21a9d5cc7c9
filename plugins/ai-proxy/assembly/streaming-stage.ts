// An answer that passes chunk by chunk. One that fails behind its first token tells so: the client in its own dialect,
// the log, and the plugin ai-fallback, which breaks the connection off.
import { DataStatus, responseBody, responseTrailers, setProperty, Slice } from "@weir/sdk/assembly";
import { Exchange } from "./exchange";
import { ResponseStage } from "./response-stage";

const FAILURE = Slice.of("weir.failure");
const FAILURE_TRAILER = Slice.of("x-weir-failure");

/** What takes such an answer. */
export abstract class StreamingStage extends ResponseStage {
  constructor(protected readonly exchange: Exchange) {
    super();
  }

  /** Takes a chunk, and returns what goes on: the chunk itself where nothing is to be changed. */
  abstract take(chunk: Slice, endOfStream: bool): Slice;

  onBody(size: u32, endOfStream: bool): DataStatus {
    // HTTP/1.1 ends with an empty piece.
    return this.passOn(size ? responseBody.get(0, size) : Slice.empty(), endOfStream);
  }

  /** Puts what becomes of `chunk` in its place. */
  protected passOn(chunk: Slice, endOfStream: bool): DataStatus {
    const passed = this.take(chunk, endOfStream);
    if (passed != chunk) responseBody.replace(passed);
    this.onPassed(endOfStream);
    return DataStatus.Continue;
  }

  /** What `take` gave is on its way to the client. */
  onPassed(isOver: bool): void {
    if (!isOver || !this.exchange.answer.hasFailed) return;
    setProperty(FAILURE, this.exchange.answer.failureReason);
    if (this.exchange.attempt) responseTrailers.set(FAILURE_TRAILER, this.exchange.answer.failureReason);
  }
}

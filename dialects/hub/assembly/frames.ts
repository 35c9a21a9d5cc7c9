// How a provider's stream is cut into frames, each a type and a payload: server-sent events in most dialects.
import { Fault } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { SseSplitter } from "@weir/sdk/assembly/sse/splitter";

/** Cuts a stream into frames, wherever its chunks are cut. */
export abstract class FrameReader {
  /** Of the frame that `next` found last: its type, empty where it has none. Holds until the next call. */
  name: Slice = Slice.empty();
  /** Its payload. Empty for a sign of life. */
  data: Slice = Slice.empty();
  /** Why the stream cannot be read any further. */
  fault: Fault | null = null;

  /** Gives the next bytes of the stream, which must not change afterwards. Then call `next` until it is false. */
  abstract push(chunk: Slice): void;

  /** Goes to the next whole frame. False where more bytes are needed, or there is a fault. */
  abstract next(): bool;

  /** The stream is over: goes to what is left, where it counts as a frame all the same. */
  finish(): bool {
    return false;
  }
}

/** Server-sent events. */
@final
export class SseFrames extends FrameReader {
  private splitter: SseSplitter = new SseSplitter();

  push(chunk: Slice): void {
    this.splitter.push(chunk);
  }

  next(): bool {
    for (let event = this.splitter.next(); event; event = this.splitter.next()) {
      if (!event.hasData && !event.isComment) continue;
      this.name = event.event;
      this.data = event.data;
      return true;
    }
    this.fault = this.splitter.fault;
    return false;
  }
}

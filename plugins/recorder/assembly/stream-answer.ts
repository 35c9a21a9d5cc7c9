// Listens to a streamed answer as it passes.
import { JsonTape, Slice, SseEvent, SseSplitter } from "@weir/sdk/assembly";
import { readEvent } from "./event-text";
import { Found } from "./found";
import { Pieces } from "./pieces";
import { Redactor } from "./redactor";

/** One answer. */
@final
export class StreamAnswer {
  private readonly splitter: SseSplitter = new SseSplitter();
  private readonly pieces: Pieces;

  constructor(
    bytesMax: i32,
    private readonly tape: JsonTape,
  ) {
    this.pieces = new Pieces(bytesMax);
  }

  /** Whether nothing that follows can be kept. */
  get isFull(): bool {
    return this.pieces.isFull || this.splitter.fault != null;
  }

  /** Reads the next bytes, which must not change afterwards. */
  push(chunk: Slice): void {
    const splitter = this.splitter;
    splitter.push(chunk);
    for (let event = splitter.next(); event; event = splitter.next()) this.read(event);
  }

  /** There is no more, whether it is whole or not. */
  finish(isWhole: bool, redactor: Redactor, found: Found): Slice {
    if (!isWhole || this.splitter.fault) this.pieces.cut();
    const text = this.pieces.write(redactor, found);
    found.isAnswerCut = this.pieces.isCut;
    return text;
  }

  private read(event: SseEvent): void {
    if (!event.hasData || this.pieces.isFull) return;
    const tape = this.tape;
    // Some end a stream with words that are no JSON.
    if (!tape.scan(event.data)) readEvent(tape, this.pieces);
    tape.clear();
  }
}

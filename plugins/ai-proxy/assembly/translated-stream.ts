// A streamed answer of another dialect: each chunk of the provider's becomes a chunk of the client's, at once.
import { Slice } from "@weir/sdk/assembly";
import { ChatError, ErrorKind } from "@weir/dialects/hub/assembly/chat-error";
import { FrameReader } from "@weir/dialects/hub/assembly/frames";
import { StreamDecoder, StreamOptions } from "@weir/dialects/hub/assembly/stream";
import { Exchange } from "./exchange";
import { endHere, OutputLimit } from "./output-limit";
import * as reasons from "./reason";
import { StreamMeter } from "./stream-meter";
import { StreamingStage } from "./streaming-stage";
import { tellStreamDropped } from "./tell-dropped";
import { Translation } from "./translation";

const BROKEN = Slice.of("The provider's stream is broken");

/** The stage of such a stream. */
@final
export class TranslatedStream extends StreamingStage {
  private readonly meter: StreamMeter;
  private isOver: bool = false;
  /** Null where the answer may be as long as it likes. */
  private readonly limit: OutputLimit | null;
  /** How many names are told already: those of the request. */
  private droppedTold: i32;

  constructor(
    exchange: Exchange,
    private readonly translation: Translation,
    private readonly frames: FrameReader,
    private readonly decoder: StreamDecoder,
    private readonly options: StreamOptions,
  ) {
    super(exchange);
    this.meter = new StreamMeter(exchange);
    this.limit = OutputLimit.of(exchange);
    this.droppedTold = options.dropped.names.length;
  }

  take(chunk: Slice, endOfStream: bool): Slice {
    if (chunk.length) this.decode(chunk);
    if (endOfStream) this.end();
    this.meter.onChunk(endOfStream);
    return this.options.output.take();
  }

  onPassed(isOver: bool): void {
    super.onPassed(isOver);
    const dropped = this.options.dropped;
    if (dropped.names.length == this.droppedTold) return;
    const told = this.translation.dropped;
    this.droppedTold = dropped.names.length;
    this.translation.dropped = dropped.toHeader();
    tellStreamDropped(told, this.translation.dropped);
  }

  private decode(chunk: Slice): void {
    const frames = this.frames;
    const decoder = this.decoder;
    if (this.isOver) return;
    frames.push(chunk);
    while (!this.isOver && frames.next()) {
      decoder.take(frames.name, frames.data);
      const limit = this.limit;
      if (limit && limit.isReached) this.cutShort();
    }
    if (!frames.fault || this.isOver) return;
    this.isOver = true;
    decoder.sink.error(ChatError.of(ErrorKind.Server, BROKEN));
  }

  /** The answer has passed its limit: it ends here, whatever the provider goes on to say. */
  private cutShort(): void {
    this.isOver = true;
    endHere(this.exchange, this.decoder.sink);
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.frames.finish()) this.decoder.take(this.frames.name, this.frames.data);
    const answer = this.exchange.answer;
    if (answer.hasFailed) return;
    this.decoder.end();
    if (answer.hasFailed) answer.failureReason = reasons.CUT;
  }

  /** No provider's stream has trailers, and nothing can be put before them any more. */
  onTrailers(): void {
    this.meter.onChunk(true);
  }
}

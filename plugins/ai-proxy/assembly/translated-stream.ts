// A streamed answer of another dialect: each chunk of the provider's becomes a chunk of the client's, at once.
import { DataStatus, responseBody, Slice } from "@weir/sdk/assembly";
import { ChatError, ErrorKind } from "@weir/dialects/hub/assembly/chat-error";
import { FrameReader } from "@weir/dialects/hub/assembly/frames";
import { StreamDecoder, StreamOptions } from "@weir/dialects/hub/assembly/stream";
import { Exchange } from "./exchange";
import { StreamMeter } from "./stream-meter";
import { ResponseStage } from "./response-stage";

const BROKEN = Slice.of("The provider's stream is broken");

/** The stage of such a stream. */
@final
export class TranslatedStream extends ResponseStage {
  private readonly meter: StreamMeter;
  private isOver: bool = false;

  constructor(
    exchange: Exchange,
    private readonly frames: FrameReader,
    private readonly decoder: StreamDecoder,
    private readonly options: StreamOptions,
  ) {
    super();
    this.meter = new StreamMeter(exchange);
  }

  onBody(size: u32, endOfStream: bool): DataStatus {
    if (size) this.take(responseBody.get(0, size));
    if (endOfStream) this.end();
    responseBody.replace(this.options.output.take());
    this.meter.onChunk(endOfStream);
    return DataStatus.Continue;
  }

  private take(chunk: Slice): void {
    const frames = this.frames;
    const decoder = this.decoder;
    if (this.isOver) return;
    frames.push(chunk);
    while (frames.next()) decoder.take(frames.name, frames.data);
    if (!frames.fault) return;
    this.isOver = true;
    decoder.sink.error(ChatError.of(ErrorKind.Server, BROKEN));
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.frames.finish()) this.decoder.take(this.frames.name, this.frames.data);
    this.decoder.end();
  }

  /** No provider's stream has trailers, and nothing can be put before them any more. */
  onTrailers(): void {
    this.meter.onChunk(true);
  }
}

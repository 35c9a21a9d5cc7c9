// A whole answer that the provider gives as a stream only: its events are put together, and the client gets it as any
// other. Of the stream nothing is buffered.
import { DataStatus, responseBody, Slice, Writer } from "@weir/sdk/assembly";
import { AnswerCollector } from "@weir/dialects/hub/assembly/answer-collector";
import { ChatError, ErrorKind } from "@weir/dialects/hub/assembly/chat-error";
import { ChatResponse } from "@weir/dialects/hub/assembly/chat-response";
import { FrameReader } from "@weir/dialects/hub/assembly/frames";
import { StreamDecoder } from "@weir/dialects/hub/assembly/stream";
import { ChatTranslation } from "./chat-translation";
import { Exchange } from "./exchange";
import { TranslatedWhole } from "./translated-whole";

/** So much of a stream is read at most: each of its events says little with many words. */
const streamBytesMax: u64 = 64 * 1024 * 1024;
const BROKEN = Slice.of("The provider's stream is broken");

/** What puts the answer together. */
@final
export class CollectedAnswer {
  constructor(
    readonly response: ChatResponse,
    readonly collector: AnswerCollector,
    readonly decoder: StreamDecoder,
  ) {}
}

/** The stage of such an answer. */
@final
export class CollectedStream extends TranslatedWhole {
  private bytesTaken: u64 = 0;

  constructor(
    exchange: Exchange,
    private readonly chat: ChatTranslation,
    private readonly frames: FrameReader,
    private readonly answerSoFar: CollectedAnswer,
  ) {
    super(exchange, chat);
  }

  onBody(size: u32, endOfStream: bool): DataStatus {
    if (size) this.take(responseBody.get(0, size));
    if (!endOfStream) return DataStatus.StopIterationNoBuffer;
    this.finish();
    return DataStatus.Continue;
  }

  onTrailers(): void {
    this.finish();
  }

  private take(chunk: Slice): void {
    const frames = this.frames;
    const decoder = this.answerSoFar.decoder;
    this.bytesTaken += chunk.length;
    if (frames.fault || this.bytesTaken > streamBytesMax) return;
    frames.push(chunk);
    while (frames.next()) decoder.take(frames.name, frames.data);
  }

  private finish(): void {
    const collected = this.answerSoFar;
    if (this.frames.finish()) collected.decoder.take(this.frames.name, this.frames.data);
    collected.decoder.end();
    const isBroken = this.frames.fault != null || this.bytesTaken > streamBytesMax;
    const output = new Writer(1024);
    let error = collected.collector.failure;
    if (!error && isBroken) error = ChatError.of(ErrorKind.Server, BROKEN);
    if (!error) this.chat.encodeResponse(this.exchange, collected.response, output);
    this.send(error, output);
  }
}

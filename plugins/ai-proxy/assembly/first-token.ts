// A planned request's stream: it is held until its first token is there. Before it, an error or an end is a reason to
// try the next target, which the client never learns of; where there is none, the client gets an error and no stream.
import { DataStatus, responseBody, Slice, Writer } from "@weir/sdk/assembly";
import { Attempt } from "./attempt";
import { Exchange } from "./exchange";
import { givesUp } from "./give-up";
import { ResponseStage } from "./response-stage";
import { StreamingStage } from "./streaming-stage";
import { tellDropped } from "./tell-dropped";
import { streamVerdict } from "./verdict";

/** So much is held at most. No stream has said so much before its first token. */
const heldBytesMax: i32 = 256 * 1024;

/** The gate before such a stream. */
@final
export class FirstTokenGate extends ResponseStage {
  private isOpen: bool = false;
  /** Whether what goes on differs from what has come, which is with the host. */
  private isChanged: bool = false;
  /** What goes on when it opens, and how much of what has come that is made of. */
  private readonly held: Writer = new Writer();
  private takenSize: u32 = 0;

  constructor(
    private readonly exchange: Exchange,
    private readonly attempt: Attempt,
    private readonly stream: StreamingStage,
  ) {
    super();
  }

  onBody(size: u32, endOfStream: bool): DataStatus {
    if (this.isOpen) return this.stream.onBody(size, endOfStream);
    const chunk = size > this.takenSize ? responseBody.get(this.takenSize, size - this.takenSize) : Slice.empty();
    this.takenSize = size;
    this.hold(chunk, endOfStream);
    return this.decide(endOfStream) ? DataStatus.Continue : DataStatus.StopIterationAndBuffer;
  }

  /** What is held goes on before the trailers, as a body of its own. */
  onTrailers(): void {
    if (this.isOpen) return this.stream.onTrailers();
    this.hold(Slice.empty(), true);
    this.decide(true);
  }

  private hold(chunk: Slice, endOfStream: bool): void {
    const taken = this.stream.take(chunk, endOfStream);
    if (taken != chunk) this.isChanged = true;
    this.held.bytes(taken);
  }

  /** True when there is something to go on with. */
  private decide(isOver: bool): bool {
    const answer = this.exchange.answer;
    const reason = streamVerdict(answer, this.attempt.plan, isOver);
    const isOverdue = isOver || answer.hasContent || this.held.length > heldBytesMax;
    if (!reason.length && !isOverdue) return false;
    this.isOpen = true;
    if (givesUp(this.exchange, this.attempt, reason)) return true;
    const translation = this.exchange.translation;
    if (translation) tellDropped(translation.dropped);
    this.attempt.pass(this.exchange.status, reason);
    if (this.isChanged) responseBody.replace(this.held.take());
    this.stream.onPassed(isOver);
    return true;
  }
}

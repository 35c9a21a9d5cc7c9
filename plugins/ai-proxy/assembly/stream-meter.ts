// Publishes what a streamed answer tells, as soon as it is known, and before that how far it has come: where the client
// leaves, Envoy writes its log before this plugin learns of it.
import { nowNanos } from "@weir/sdk/assembly";
import { Exchange } from "./exchange";
import { publishAnswer, publishFirstToken, publishGrowth } from "./publish";

/** An answer has grown when it has by so many tokens, and by one in so many. */
const GROWTH_MIN: i64 = 8;
const GROWTH_PART: i64 = 16;

/** Watches the answer of one exchange while its chunks pass. */
@final
export class StreamMeter {
  private hasContent: bool = false;
  /** Whether it has been told to its end. */
  private isTold: bool = false;
  private outputTokensPublished: i64 = -1;
  private grownTo: i64 = 0;

  constructor(private readonly exchange: Exchange) {}

  /** After each chunk. Many clients close the connection at `[DONE]`, before the stream's end has come. */
  onChunk(isLast: bool): void {
    const answer = this.exchange.answer;
    if (answer.hasContent && !this.hasContent) this.onFirstToken();
    const outputTokens = answer.usage.outputTokens;
    const hasEnded = isLast || answer.isDone;
    if (outputTokens == this.outputTokensPublished && (!hasEnded || this.isTold)) return this.onGrowth();
    this.isTold = hasEnded || (answer.finish.length > 0 && outputTokens >= 0);
    publishAnswer(this.exchange, this.isTold);
    this.outputTokensPublished = outputTokens;
  }

  /** The host's clock may be set back. */
  private onFirstToken(): void {
    const exchange = this.exchange;
    this.hasContent = true;
    publishAnswer(exchange, false);
    const sentAt = exchange.sentAtNanos;
    if (!sentAt) return;
    const now = nowNanos();
    if (now < sentAt) return;
    this.exchange.firstTokenNanos = now - sentAt;
    if (!this.exchange.isSilent) publishFirstToken(now - sentAt);
  }

  /** Also after a chunk that is nothing but more of the answer. */
  onGrowth(): void {
    const meter = this.exchange.meter;
    if (!meter || this.isTold || !this.hasContent || this.exchange.isSilent) return;
    const tokens = meter.tokens;
    if (tokens < this.grownTo + max(GROWTH_MIN, this.grownTo / GROWTH_PART)) return;
    this.grownTo = tokens;
    if (tokens > this.exchange.answer.usage.outputTokens) publishGrowth(this.exchange, tokens);
  }
}

// Publishes what a streamed answer tells, as soon as it is known.
import { nowNanos } from "@weir/sdk/assembly";
import { Exchange } from "./exchange";
import { publishAnswer, publishFirstToken } from "./publish";

/** Watches the answer of one exchange while its chunks pass. */
@final
export class StreamMeter {
  private hasContent: bool = false;
  private hasPublished: bool = false;
  private outputTokensPublished: i64 = -1;

  constructor(private readonly exchange: Exchange) {}

  /** After each chunk. Many clients close the connection at `[DONE]`, before the stream's end has come. */
  onChunk(isLast: bool): void {
    const answer = this.exchange.answer;
    if (answer.hasContent && !this.hasContent) this.onFirstToken();
    const isNews = answer.usage.outputTokens != this.outputTokensPublished;
    if (!isNews && (!isLast || this.hasPublished)) return;
    publishAnswer(this.exchange);
    this.hasPublished = true;
    this.outputTokensPublished = answer.usage.outputTokens;
  }

  /** The host's clock may be set back. */
  private onFirstToken(): void {
    this.hasContent = true;
    const sentAt = this.exchange.sentAtNanos;
    if (!sentAt) return;
    const now = nowNanos();
    if (now < sentAt) return;
    this.exchange.firstTokenNanos = now - sentAt;
    if (!this.exchange.isSilent) publishFirstToken(now - sentAt);
  }
}

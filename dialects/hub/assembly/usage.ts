// Token counts in one way of counting.

/** What an answer cost, in tokens. −1 where nobody said. */
@final
export class Usage {
  /** All input: cached and newly cached tokens included, as OpenAI counts. */
  inputTokens: i64 = -1;
  /** All output: reasoning included. */
  outputTokens: i64 = -1;
  /** Input read from a cache. */
  cachedTokens: i64 = -1;
  /** Input written to a cache. */
  cacheWriteTokens: i64 = -1;
  /** Of those, kept for an hour. */
  cacheWriteHourTokens: i64 = -1;
  reasoningTokens: i64 = -1;
  audioInputTokens: i64 = -1;
  audioOutputTokens: i64 = -1;

  /** Whether anything is known. */
  get isKnown(): bool {
    return this.inputTokens >= 0 || this.outputTokens >= 0;
  }

  /** Takes what `other` knows. */
  merge(other: Usage): void {
    if (other.inputTokens >= 0) this.inputTokens = other.inputTokens;
    if (other.outputTokens >= 0) this.outputTokens = other.outputTokens;
    if (other.cachedTokens >= 0) this.cachedTokens = other.cachedTokens;
    if (other.cacheWriteTokens >= 0) this.cacheWriteTokens = other.cacheWriteTokens;
    if (other.cacheWriteHourTokens >= 0) this.cacheWriteHourTokens = other.cacheWriteHourTokens;
    if (other.reasoningTokens >= 0) this.reasoningTokens = other.reasoningTokens;
    if (other.audioInputTokens >= 0) this.audioInputTokens = other.audioInputTokens;
    if (other.audioOutputTokens >= 0) this.audioOutputTokens = other.audioOutputTokens;
  }
}

// What tokens of each kind count, in thousandths.
import { Usage } from "@weir/dialects/hub/assembly/usage";

/** The weights of a limit. */
@final
export class TokenWeights {
  input: i64 = 1000;
  output: i64 = 1000;
  cacheRead: i64 = 1000;
  cacheWrite: i64 = 1000;
  audioInput: i64 = 1000;
  audioOutput: i64 = 1000;

  /** What the counts of `usage` come to, rounded up. */
  sum(usage: Usage): i64 {
    const cacheRead = max<i64>(0, usage.cachedTokens);
    const cacheWrite = max<i64>(0, usage.cacheWriteTokens);
    const audioInput = max<i64>(0, usage.audioInputTokens);
    const audioOutput = max<i64>(0, usage.audioOutputTokens);
    // `input` and `output` are all of it, the other kinds included.
    const plainInput = max<i64>(0, usage.inputTokens - cacheRead - cacheWrite - audioInput);
    const plainOutput = max<i64>(0, usage.outputTokens - audioOutput);
    const thousandths =
      plainInput * this.input +
      cacheRead * this.cacheRead +
      cacheWrite * this.cacheWrite +
      audioInput * this.audioInput +
      plainOutput * this.output +
      audioOutput * this.audioOutput;
    return (thousandths + 999) / 1000;
  }
}

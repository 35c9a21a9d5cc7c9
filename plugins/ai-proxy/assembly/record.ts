// Hands the numbers of an attempt that has ended to its target's meter.
import { nowNanos, Slice } from "@weir/sdk/assembly";
import { hasClientLeft } from "./client-left";
import { Exchange } from "./exchange";
import { Outcome } from "./meter";
import * as reasons from "./reason";

const NANOS_PER_MS: u64 = 1_000_000;

/** An attempt has ended that was sent; a planned one has told before how. */
export function recordEnd(exchange: Exchange): void {
  const meter = exchange.target.meter;
  if (!meter) return;
  const status = exchange.status;
  const answer = exchange.answer;
  if (!exchange.attempt) {
    if (!status) {
      const hasLeft = hasClientLeft();
      meter.onAttempt(
        0,
        hasLeft ? reasons.CLIENT_LEFT : reasons.NO_ANSWER,
        hasLeft ? Outcome.Abandoned : Outcome.Failed,
      );
    } else if (status >= 400) meter.onAttempt(status, reasons.STATUS, Outcome.Failed);
    else meter.onAttempt(status, Slice.empty(), Outcome.Served);
  }
  if (!status || status >= 400 || !exchange.isPassed) return;
  if (answer.hasFailed) meter.onAttempt(status, answer.failureReason, Outcome.Broken);
  const numbers = meter.modelMeter(exchange.meteredModel, exchange.wanted.surface);
  const now = nowNanos();
  const sentAt = exchange.sentAtNanos;
  if (now >= sentAt) numbers.durationMs.record((now - sentAt) / NANOS_PER_MS);
  if (exchange.firstTokenNanos) numbers.firstTokenMs.record(exchange.firstTokenNanos / NANOS_PER_MS);
  const usage = answer.usage;
  if (usage.inputTokens >= 0) numbers.inputTokens.record(<u64>usage.inputTokens);
  if (usage.outputTokens >= 0) numbers.outputTokens.record(<u64>usage.outputTokens);
}

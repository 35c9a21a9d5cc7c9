// The tokens that are set aside for a chat's answers. A provider that is told of the bound keeps to it; the stream of
// one that does not is ended here, once it has more words than it may have tokens.
import { Slice } from "@weir/sdk/assembly";
import { FinishReason } from "@weir/dialects/hub/assembly/finish-reason";
import { ChatSink } from "@weir/dialects/hub/assembly/stream";
import { Usage } from "@weir/dialects/hub/assembly/usage";
import { Exchange } from "./exchange";
import { outputLimit } from "./limits";
import { ToldUsage } from "./told-usage";

/** The limit of one exchange's answers. */
@final
export class OutputLimit {
  constructor(
    private readonly exchange: Exchange,
    private readonly tokensMax: i64,
  ) {}

  /** Null where there is none. */
  static of(exchange: Exchange): OutputLimit | null {
    const tokensMax = exchange.isLimited && exchange.meter ? outputLimit() : -1;
    return tokensMax < 0 ? null : new OutputLimit(exchange, tokensMax);
  }

  /** Whether the answer has passed it, and has not come to an end by itself. */
  get isReached(): bool {
    const answer = this.exchange.answer;
    const meter = this.exchange.meter;
    if (!meter || meter.least <= this.tokensMax) return false;
    return !answer.finish.length && !answer.isDone && !answer.hasFailed;
  }
}

/** Tells `sink` that the answer is over because of its length, and what of it has been received. */
export function endHere(exchange: Exchange, sink: ChatSink): void {
  const answer = exchange.answer;
  answer.isCutShort = true;
  for (let choice = 0; choice < exchange.edit.answers; ++choice) {
    sink.choice = choice;
    sink.finish(FinishReason.Length, Slice.empty());
  }
  answer.setReason(FinishReason.Length);
  sink.usage(receivedUsage(exchange));
  sink.messageEnd();
  answer.isDone = true;
}

/** The provider's own counts as far as they came, and an estimate of the rest. */
function receivedUsage(exchange: Exchange): Usage {
  const usage = new Usage();
  const told = new ToldUsage(exchange, true);
  usage.merge(exchange.answer.usage);
  usage.inputTokens = told.inputTokens;
  usage.outputTokens = told.outputTokens;
  return usage;
}

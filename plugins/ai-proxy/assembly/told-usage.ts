// What is known of an answer's tokens: what the provider told, or where it has not, or not yet, an estimate.
import { Slice } from "@weir/sdk/assembly";
import { Usage } from "@weir/dialects/hub/assembly/usage";
import { Purpose } from "@weir/dialects/surfaces/assembly/surface";
import { Exchange } from "./exchange";
import { inputEstimate } from "./limits";

/** What no answer has. Such a count is none: whoever tells it tells nothing. */
const TOKENS_MAX: i64 = i32.MAX_VALUE;
/** Of text; a picture in a request is cut out before. */
const BYTES_PER_TOKEN: i64 = 4;

/** The counts to be told of one exchange. */
@final
export class ToldUsage {
  inputTokens: i64 = -1;
  outputTokens: i64 = -1;
  /** Whether some count is not the provider's. */
  isEstimated: bool = false;

  /** `isWhole`: nothing more can come. */
  constructor(exchange: Exchange, isWhole: bool) {
    const usage = exchange.answer.usage;
    dropAbsurd(usage);
    this.inputTokens = usage.inputTokens;
    this.outputTokens = usage.outputTokens;
    if (exchange.meter) this.estimateChat(exchange, isWhole);
    else this.estimateOther(exchange, isWhole);
  }

  private estimateChat(exchange: Exchange, isWhole: bool): void {
    const answer = exchange.answer;
    const usage = answer.usage;
    const meter = exchange.meter;
    const counted = meter ? meter.tokens : 0;
    // Counts that come while the answer grows tell what has been so far, or less.
    const hasEnded = isWhole ? !answer.hasFailed : answer.finish.length > 0 || answer.isDone;
    if (!answer.isCutShort && (usage.isKnown ? hasEnded : !answer.hasContent && !counted)) return;
    this.isEstimated = true;
    this.outputTokens = max(usage.outputTokens, counted);
    if (usage.inputTokens < 0) this.inputTokens = estimateInput(exchange);
  }

  /** Of what is no chat, only what a limit has counted of it before it was sent. */
  private estimateOther(exchange: Exchange, isWhole: bool): void {
    if (this.isKnown || !isWhole || exchange.wanted.surface.purpose == Purpose.TokenCount) return;
    if (exchange.isLimited) this.inputTokens = inputEstimate();
    this.isEstimated = true;
  }

  get isKnown(): bool {
    return this.inputTokens >= 0 || this.outputTokens >= 0;
  }
}

function estimateInput(exchange: Exchange): i64 {
  const estimate = exchange.isLimited ? inputEstimate() : -1;
  return estimate >= 0 ? estimate : (<i64>exchange.promptBytes + BYTES_PER_TOKEN - 1) / BYTES_PER_TOKEN;
}

/** Leaves out what cannot be. */
export function dropAbsurd(usage: Usage): void {
  if (usage.inputTokens >= TOKENS_MAX) usage.inputTokens = -1;
  if (usage.outputTokens >= TOKENS_MAX) usage.outputTokens = -1;
  const input = usage.inputTokens;
  const output = usage.outputTokens;
  // A part is not more than the whole.
  if (usage.cachedTokens > input) usage.cachedTokens = -1;
  if (usage.cacheWriteTokens > input) usage.cacheWriteTokens = -1;
  if (usage.audioInputTokens > input) usage.audioInputTokens = -1;
  if (usage.reasoningTokens > output) usage.reasoningTokens = -1;
  if (usage.audioOutputTokens > output) usage.audioOutputTokens = -1;
}

const BASE64 = Slice.of(";base64,");
const DATA = Slice.of('"data"');
const QUOTE: u8 = 0x22;
/** About as many as a picture has tokens, in bytes of text. */
const MEDIUM_BYTES: i32 = 4000;

/** About how many bytes of a request's body are text: media in base64 are taken for as much as they cost. */
export function promptBytes(body: Slice): i32 {
  return body.length - mediaBytes(body, BASE64, 0) - mediaBytes(body, DATA, 1);
}

/** How many bytes too many stand behind each `mark` and `quotes` (0 or 1) more quotes. */
function mediaBytes(body: Slice, mark: Slice, quotes: i32): i32 {
  let bytes = 0;
  for (let at = body.find(mark); at >= 0; at = body.find(mark, at)) {
    at += mark.length;
    if (quotes) at = max(at, body.indexOf(QUOTE, at) + 1);
    const end = body.indexOf(QUOTE, at);
    if (end < 0) break;
    bytes += max(0, end - at - MEDIUM_BYTES);
    at = end;
  }
  return bytes;
}

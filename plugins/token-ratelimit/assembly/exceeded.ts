// What a request is told that does not fit.
import { HeaderList, Slice, Writer } from "@weir/sdk/assembly";
import { ErrorKind } from "@weir/dialects/hub/assembly/chat-error";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { LimitWindow } from "./limit";
import { periodName } from "./period";
import { Amounts, Unit, unitName } from "./unit";
import { formatUsd } from "./usd";

const CONTENT_TYPE = Slice.of("content-type");
const JSON_TYPE = Slice.of("application/json");
const RETRY_AFTER = Slice.of("retry-after");
/** Clients of OpenAI and Anthropic obey it. */
const SHOULD_RETRY = Slice.of("x-should-retry");
const FALSE = Slice.of("false");

/** Which limit a request did not fit into, and when it would. */
@final
export class Exceeded {
  constructor(
    readonly name: Slice,
    readonly window: LimitWindow,
    readonly asked: Amounts,
    readonly remaining: i64,
    /** Milliseconds; −1 for never. */
    readonly waitMs: i64,
  ) {}

  get refusal(): Refusal {
    return new Refusal(429, ErrorKind.RateLimit, this.message, "rate_limit_exceeded");
  }

  get headers(): HeaderList {
    const headers = new HeaderList().add(CONTENT_TYPE, JSON_TYPE);
    if (this.waitMs < 0) return headers.add(SHOULD_RETRY, FALSE);
    return headers.add(RETRY_AFTER, new Writer().integer(this.seconds).take());
  }

  private get seconds(): i64 {
    return max<i64>(1, (this.waitMs + 999) / 1000);
  }

  private get message(): string {
    const window = this.window;
    const unit = unitName(window.unit).toText();
    const isCost = window.unit == Unit.Cost;
    let text = "The limit " + this.name.toText() + " of " + amountText(window.limit, isCost);
    text += isCost ? "" : " " + unit;
    if (window.unit != Unit.Concurrent) text += " per " + periodName(window.period).toText();
    text += " is reached: " + amountText(this.remaining, isCost) + " left, ";
    text += amountText(max<i64>(1, this.asked.get(window.unit)), isCost) + " asked for. ";
    if (this.waitMs < 0) return text + "This request is larger than the limit";
    return text + "Try again in " + this.seconds.toString() + " s";
  }
}

function amountText(amount: i64, isCost: bool): string {
  return isCost ? formatUsd(amount) + " USD" : amount.toString();
}

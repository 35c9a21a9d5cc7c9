// What clients are told of their limits on every response, by the names and in the form of OpenAI's: of all the windows
// that count requests the one that is fullest, and of those that count tokens.
// https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
import { responseHeaders, Slice, Writer } from "@weir/sdk/assembly";
import { Counter } from "./counter";
import { formatDuration } from "./duration";
import { LimitWindow, LimitWindows } from "./limit";
import { Unit } from "./unit";

const LIMIT_REQUESTS = Slice.of("x-ratelimit-limit-requests");
const REMAINING_REQUESTS = Slice.of("x-ratelimit-remaining-requests");
const RESET_REQUESTS = Slice.of("x-ratelimit-reset-requests");
const LIMIT_TOKENS = Slice.of("x-ratelimit-limit-tokens");
const REMAINING_TOKENS = Slice.of("x-ratelimit-remaining-tokens");
const RESET_TOKENS = Slice.of("x-ratelimit-reset-tokens");

/** How full a window is. */
@final
class Gauge {
  /** −1 where no window has been seen. */
  limit: i64 = -1;
  remaining: i64 = 0;
  resetMs: i64 = 0;

  /** Takes the window if it is fuller than what was seen before. */
  see(window: LimitWindow, remaining: i64, resetMs: i64): void {
    // remaining / limit < this.remaining / this.limit, in numbers that cannot overflow.
    const isFuller = <f64>remaining * <f64>this.limit < <f64>this.remaining * <f64>window.limit;
    if (this.limit >= 0 && !isFuller) return;
    this.limit = window.limit;
    this.remaining = remaining;
    this.resetMs = resetMs;
  }
}

/** The numbers of one response. */
@final
export class RateHeaders {
  private readonly requests: Gauge = new Gauge();
  private readonly tokens: Gauge = new Gauge();

  /** Takes what the counter of a limit says. */
  see(windows: LimitWindows, counter: Counter): void {
    for (let i = 0; i < windows.list.length; ++i) {
      const window = windows.list[i];
      this.seeNumbers(window, window.remaining(counter), window.resetMs(counter));
    }
  }

  /** Takes what somebody else has counted. */
  seeNumbers(window: LimitWindow, remaining: i64, resetMs: i64): void {
    const countsTokens = window.unit < Unit.Cached || window.unit == Unit.Weighted;
    if (window.unit == Unit.Requests) this.requests.see(window, remaining, resetMs);
    else if (countsTokens) this.tokens.see(window, remaining, resetMs);
  }

  /** Puts them into the response at hand: a provider's own are about its account, not about the caller's. */
  set(): void {
    if (this.requests.limit >= 0) {
      responseHeaders.set(LIMIT_REQUESTS, decimal(this.requests.limit));
      responseHeaders.set(REMAINING_REQUESTS, decimal(this.requests.remaining));
      responseHeaders.set(RESET_REQUESTS, formatDuration(this.requests.resetMs));
    }
    if (this.tokens.limit < 0) return;
    responseHeaders.set(LIMIT_TOKENS, decimal(this.tokens.limit));
    responseHeaders.set(REMAINING_TOKENS, decimal(this.tokens.remaining));
    responseHeaders.set(RESET_TOKENS, formatDuration(this.tokens.resetMs));
  }
}

function decimal(value: i64): Slice {
  return new Writer().integer(value).take();
}

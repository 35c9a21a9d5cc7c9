// The most useful of the errors that a request's attempts have met with: filter state `weir.error`, for the attempts
// that follow and for the plugin ai-fallback. `<status> <retry-after or -> <body>`, as the client would see them.
import { getProperty, parseInteger, setProperty, Slice, Writer } from "@weir/sdk/assembly";

const KEY = Slice.of("weir.error");
const NONE = Slice.of("-");
const SPACE: u8 = 0x20;
/** A longer one is no message. */
const bodyBytesMax: i32 = 64 * 1024;

/** One error. */
@final
export class BestError {
  constructor(
    readonly status: u32,
    /** Empty where there is none. */
    readonly retryAfter: Slice,
    readonly body: Slice,
  ) {}

  /** The best one so far; null where there is none. */
  static read(): BestError | null {
    const kept = getProperty(KEY);
    if (!kept) return null;
    const first = kept.indexOf(SPACE);
    const second = kept.indexOf(SPACE, first + 1);
    const retryAfter = kept.slice(first + 1, second);
    const status = <u32>parseInteger(kept.slice(0, first));
    return new BestError(status, retryAfter.equals(NONE) ? Slice.empty() : retryAfter, kept.slice(second + 1));
  }

  /** The best one so far if it tells a client more than an answer with `status` would. */
  static betterThan(status: u32): BestError | null {
    const best = BestError.read();
    return best && usefulness(best.status) > usefulness(status) ? best : null;
  }

  /** As `betterThan`, or if it tells as much. */
  static asGoodAs(status: u32): BestError | null {
    const best = BestError.read();
    return best && usefulness(best.status) >= usefulness(status) ? best : null;
  }

  /** Keeps it, unless an earlier one is at least as good. */
  keep(): void {
    if (this.body.length > bodyBytesMax || BestError.asGoodAs(this.status)) return;
    const writer = new Writer(this.body.length + 32).integer(this.status).byte(SPACE);
    writer.bytes(this.retryAfter.length ? this.retryAfter : NONE).byte(SPACE);
    setProperty(KEY, writer.bytes(this.body).take());
  }
}

/**
 * How much an error helps a client: what is wrong with its request before when to come again, before a provider's
 * trouble, before that it took too long, before what is between the gateway and its provider.
 */
function usefulness(status: u32): i32 {
  if (status >= 401 && status <= 403) return 0;
  if (status == 408 || status == 504) return 1;
  if (status >= 500) return 2;
  return status == 429 ? 3 : 4;
}

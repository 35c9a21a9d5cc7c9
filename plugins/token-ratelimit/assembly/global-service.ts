// The service that counts for a fleet of Envoys, and what is asked of it: docs/decisions/global-limits.md.
import { GrpcMethod, HeaderList, logWarn, Slice } from "@weir/sdk/assembly";
import { domainOf } from "./global-message";
import { ServiceLine, Told } from "./service-line";

/** Where it is. */
@final
export class GlobalService {
  readonly method: GrpcMethod;
  /** Initial metadata: what it wants to be shown. */
  readonly metadata: HeaderList | null;
  /** Of all Envoys that count together, as every message begins. */
  readonly head: Slice;
  readonly line: ServiceLine = new ServiceLine();
  isFailing: bool = false;

  constructor(
    cluster: string,
    readonly timeoutMs: u32,
    domain: Slice,
    token: Slice,
    /** Whether it knows no reservations, as envoyproxy/ratelimit. */
    readonly isCharged: bool,
  ) {
    this.method = new GrpcMethod(cluster, "envoy.service.ratelimit.v3.RateLimitService", "ShouldRateLimit");
    this.metadata = token.length ? new HeaderList().addText("authorization", "Bearer " + token.toText()) : null;
    this.head = domainOf(domain);
  }

  /** Tells it, now or in a moment. False: it cannot be told anything. */
  tell(told: Told, rootId: u32): bool {
    return this.line.tell(this, told, rootId);
  }

  /** It has answered, or not: `code` is gRPC's, `message` its text. An outage is told once. */
  note(code: u32, message: Slice): void {
    if (code && !this.isFailing) {
      const why = "gRPC status " + code.toString() + " " + message.toText();
      logWarn("token-ratelimit: the service that counts cannot be asked, so each limit does as it says: " + why);
    }
    this.isFailing = code != 0;
  }
}

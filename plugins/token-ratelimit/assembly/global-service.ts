// The service that counts for a fleet of Envoys, and what is asked of it: docs/decisions/global-limits.md.
import { GrpcCall, GrpcMethod, HeaderList, logWarn, Slice } from "@weir/sdk/assembly";

/** Where it is. */
@final
export class GlobalService {
  readonly method: GrpcMethod;
  /** Initial metadata: what it wants to be shown. */
  readonly metadata: HeaderList | null;
  private isFailing: bool = false;

  constructor(
    cluster: string,
    readonly timeoutMs: u32,
    /** Of all Envoys that count together. */
    readonly domain: Slice,
    token: Slice,
    /** Whether it knows no reservations, as envoyproxy/ratelimit. */
    readonly isCharged: bool,
  ) {
    this.method = new GrpcMethod(cluster, "envoy.service.ratelimit.v3.RateLimitService", "ShouldRateLimit");
    this.metadata = token.length ? new HeaderList().addText("authorization", "Bearer " + token.toText()) : null;
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

/** Who waits for an answer. */
export abstract class GlobalAsker {
  /** `message` is a RateLimitResponse; null where none has come. */
  abstract onAnswer(message: Slice | null): void;
}

/** Asks. The root context owns the call, so that an answer comes also where the request is gone. */
@final
export class GlobalCall extends GrpcCall {
  constructor(
    private readonly asker: GlobalAsker,
    rootId: u32,
    private readonly service: GlobalService,
  ) {
    super();
    this.ownerId = rootId;
    this.metadata = service.metadata;
  }

  onReply(code: u32, message: Slice): void {
    this.service.note(code, message);
    this.asker.onAnswer(code ? null : message);
  }
}

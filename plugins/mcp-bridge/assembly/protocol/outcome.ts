// What becomes of one request: a result or an error at once, or a call that Envoy routes and whose answer is made into
// a result later.
import { HeaderList, Slice } from "@weir/sdk/assembly";
import { RpcError } from "./rpc-error";

/** An upstream's whole answer. */
@final
export class UpstreamAnswer {
  constructor(
    readonly status: i32,
    readonly headers: HeaderList,
    /** Its first bytes, where it is longer than may be kept. */
    readonly body: Slice,
    readonly isTruncated: bool,
  ) {}
}

/** A request that leaves the gateway in place of the client's. */
export abstract class RoutedCall {
  /** The cluster it goes to. */
  cluster: Slice = Slice.empty();
  /** All headers, `:method`, `:path` and `:authority` among them. */
  headers: HeaderList = new HeaderList();
  body: Slice = Slice.empty();
  /** By what the client knows notifications of progress, as it is written; empty where it wants none. */
  rawProgressToken: Slice = Slice.empty();
  /** What the client is told before the result: notifications, each a JSON text. */
  notifications: Slice[] = [];
  /** What the answer comes to in place of a result, once `resultOf` has seen it; null where it is one. */
  error: RpcError | null = null;

  /** The result that the answer comes to: a JSON object. */
  abstract resultOf(answer: UpstreamAnswer): Slice;

  /** The result where there was no answer: the gateway itself has given up, with this status. */
  abstract failureOf(status: i32): Slice;
}

/** One of three things. */
@final
export class Outcome {
  /** What the client is told before the result: notifications, each a JSON text. */
  notifications: Slice[] = [];

  private constructor(
    /** A JSON object; empty where it is something else. */
    readonly result: Slice,
    readonly error: RpcError | null,
    readonly call: RoutedCall | null,
  ) {}

  static ofResult(result: Slice): Outcome {
    return new Outcome(result, null, null);
  }

  static ofError(error: RpcError): Outcome {
    return new Outcome(Slice.empty(), error, null);
  }

  static ofCall(call: RoutedCall): Outcome {
    return new Outcome(Slice.empty(), null, call);
  }
}

// The same message to several servers at once, whose answers count for nothing but that they are there.
import { HeaderList, Slice } from "@weir/sdk/assembly";
import { Link } from "./link";
import { FetchListener, RpcFetch } from "./rpc-fetch";

/** Whoever waits for all of them. */
export interface RoundListener {
  onRound(): void;
}

/** One round. */
@final
export class Round implements FetchListener {
  private pending: i32 = 1;

  constructor(private readonly listener: RoundListener) {}

  /** Sends it to one more. */
  add(link: Link, headers: HeaderList, body: Slice, rawId: Slice): void {
    ++this.pending;
    new RpcFetch(this, rawId).start(link.remote, headers, body, link.remote.listTimeoutMs);
  }

  /** No more are added. The listener is told once all have answered, maybe at once. */
  end(): void {
    if (!--this.pending) this.listener.onRound();
  }

  onFetched(fetch: RpcFetch): void {
    this.end();
  }
}

// Tells a server of the first era that nobody waits for an answer any more: that a stream ends says nothing there.
// https://modelcontextprotocol.io/specification/2025-11-25/basic/utilities/cancellation
import { JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { Link } from "./link";
import { FetchListener, RpcFetch } from "./rpc-fetch";
import { upstreamHeaders } from "./upstream-request";

const POST = Slice.of("POST");

/** A message that outlives the exchange. */
@final
export class Cancellation implements FetchListener {
  /** Sends it on behalf of the root context: the stream is about to be gone. `rawId` is what the server knows. */
  send(link: Link, rawId: Slice, rootId: u32): void {
    const json = new JsonWriter(new Writer()).beginObject().key(Slice.of("jsonrpc")).text(Slice.of("2.0"));
    json.key(Slice.of("method")).text(Slice.of("notifications/cancelled"));
    json.key(Slice.of("params")).beginObject().key(Slice.of("requestId")).raw(rawId).endObject();
    const fetch = new RpcFetch(this, Slice.empty());
    fetch.ownerId = rootId;
    const headers = upstreamHeaders(link, POST, link.headers);
    fetch.start(link.remote, headers, json.endObject().output.take(), link.remote.listTimeoutMs);
  }

  onFetched(fetch: RpcFetch): void {}
}

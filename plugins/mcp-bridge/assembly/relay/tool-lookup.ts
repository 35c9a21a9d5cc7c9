// Has a server list its tools before one is called, where it is not known which arguments headers have to repeat.
import { HeaderList, JsonTape, Slice } from "@weir/sdk/assembly";
import { Link, LinkListener, requestOf } from "./link";
import { paramsWith } from "./list-params";
import { LISTS, Kind, RelayRequest, uniqueId } from "./relay-request";
import { FetchListener, RpcFetch } from "./rpc-fetch";
import { isMirroredHere, mirrorInHeaders, upstreamHeaders } from "./upstream-request";

const POST = Slice.of("POST");
const NEXT_CURSOR = Slice.of("nextCursor");
/** Lists that never end would keep a request for ever. */
const PAGES_MAX: i32 = 100;

/** Whether a call of the tool has to wait for it. */
export function needsLookup(link: Link, request: RelayRequest, tool: Slice): bool {
  return isMirroredHere(link, request) && !link.hasTools && !link.remote.tools.knows(tool);
}

/** One look. */
@final
export class ToolLookup implements FetchListener {
  private pages: i32 = 0;

  constructor(
    private readonly link: Link,
    private readonly listener: LinkListener,
  ) {}

  /** The listener is told in any case, maybe at once: a call may be possible without it. */
  start(cursor: Slice): void {
    const link = this.link;
    const method = LISTS[Kind.Tool];
    const rawId = uniqueId();
    const headers = upstreamHeaders(link, POST, link.headers);
    mirrorInHeaders(headers, method, Slice.empty(), new HeaderList());
    const body = requestOf(method, paramsWith(cursor, link), rawId);
    new RpcFetch(this, rawId).start(link.remote, headers, body, link.remote.listTimeoutMs);
  }

  onFetched(fetch: RpcFetch): void {
    const tape = new JsonTape();
    if (!fetch.result.length || tape.scan(fetch.result)) return this.end();
    this.link.remote.tools.learn(tape, tape.root);
    const cursor = tape.text(tape.find(tape.root, NEXT_CURSOR));
    if (!cursor.length || ++this.pages >= PAGES_MAX) return this.end();
    this.start(cursor);
  }

  private end(): void {
    this.link.hasTools = true;
    this.listener.onLinked(this.link);
  }
}

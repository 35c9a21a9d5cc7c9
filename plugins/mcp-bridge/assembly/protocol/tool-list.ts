// tools/list: definitions as they are configured, in their order, page by page.
// https://modelcontextprotocol.io/specification/2025-11-25/server/tools#listing-tools
import { decodeBase64Url, encodeBase64Url, JsonKind, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { writeCaching } from "./lifecycle";
import { Outcome } from "./outcome";
import { Request } from "./request";
import { RpcError } from "./rpc-error";
import { ServerSettings } from "./server";
import { Era } from "./version";

const CURSOR = Slice.of("cursor");
const TOOLS = Slice.of("tools");
const NEXT_CURSOR = Slice.of("nextCursor");

/** A tool as lists show it. */
@final
export class ListedTool {
  constructor(
    readonly name: Slice,
    /** A JSON object, passed on byte for byte. */
    readonly definition: Slice,
  ) {}
}

/** The page that a request asks for. A cursor names the last tool of the page before it: it outlives changes. */
export function listTools(tools: ListedTool[], request: Request, settings: ServerSettings): Outcome {
  const from = firstOf(tools, request);
  if (from < 0) return Outcome.ofError(RpcError.params("Invalid cursor"));
  const json = new JsonWriter(new Writer(1024)).beginObject();
  json.key(TOOLS).beginArray();
  let count = 0;
  let last = -1;
  let hasMore = false;
  for (let i = from; i < tools.length && !hasMore; ++i) {
    if (!request.narrowing.allows(tools[i].name)) continue;
    hasMore = count++ >= settings.pageSize;
    if (hasMore) break;
    json.raw(tools[i].definition);
    last = i;
  }
  json.endArray();
  if (hasMore) json.key(NEXT_CURSOR).text(encodeBase64Url(tools[last].name));
  const isPrivate = settings.isPrivate || request.narrowing.isLimited;
  if (request.speech.era == Era.Modern) writeCaching(json, settings, isPrivate);
  return Outcome.ofResult(json.endObject().output.take());
}

/** Where the page begins; −1 where the cursor is none. */
function firstOf(tools: ListedTool[], request: Request): i32 {
  const tape = request.message.tape;
  const node = request.message.param(CURSOR);
  const kind = tape.kind(node);
  if (kind == JsonKind.Missing || kind == JsonKind.Null) return 0;
  const cursor = tape.text(node);
  if (kind == JsonKind.String && !cursor.length) return 0;
  const name = decodeBase64Url(cursor);
  if (!name || !name.length) return -1;
  for (let i = 0; i < tools.length; ++i) if (tools[i].name.equals(name)) return i + 1;
  return -1;
}

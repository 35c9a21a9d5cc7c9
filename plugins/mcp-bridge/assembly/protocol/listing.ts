// Lists: what clients are told of tools, prompts and resources, as it is configured, in its order, page by page.
// https://modelcontextprotocol.io/specification/2025-11-25/server/utilities/pagination
import { decodeBase64Url, encodeBase64Url, JsonKind, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { writeCaching } from "./lifecycle";
import { Outcome } from "./outcome";
import { Request } from "./request";
import { RpcError } from "./rpc-error";
import { ServerSettings } from "./server";
import { Era } from "./version";

export const TOOLS = Slice.of("tools");
export const PROMPTS = Slice.of("prompts");
export const RESOURCES = Slice.of("resources");
export const RESOURCE_TEMPLATES = Slice.of("resourceTemplates");
const CURSOR = Slice.of("cursor");
const NEXT_CURSOR = Slice.of("nextCursor");

/** Something as lists show it. */
@final
export class Listed {
  constructor(
    /** What tells it from others of its kind: a name, or a URI. */
    readonly name: Slice,
    /** A JSON object, passed on byte for byte. */
    readonly definition: Slice,
  ) {}
}

/** A list of one kind. */
@final
export class Listing {
  readonly items: Listed[] = [];

  constructor(
    /** What results call it, such as `tools`. */
    readonly kind: Slice,
  ) {}

  add(name: Slice, definition: Slice): void {
    this.items.push(new Listed(name, definition));
  }

  /** The page that a request asks for. A cursor names the last item of the page before it: it outlives changes. */
  page(request: Request, settings: ServerSettings): Outcome {
    const from = firstOf(this.items, request);
    if (from < 0) return Outcome.ofError(RpcError.params("Invalid cursor"));
    const json = new JsonWriter(new Writer(1024)).beginObject();
    json.key(this.kind).beginArray();
    const last = this.writePage(json, from, request, settings.pageSize);
    json.endArray();
    if (last >= 0) json.key(NEXT_CURSOR).text(encodeBase64Url(this.items[last].name));
    const isPrivate = settings.isPrivate || request.isNarrowed;
    if (request.speech.era == Era.Modern) writeCaching(json, settings.listTtlMs, isPrivate);
    return Outcome.ofResult(json.endObject().output.take());
  }

  /** Which item is the page's last, where there are more; else −1. */
  private writePage(json: JsonWriter, from: i32, request: Request, size: i32): i32 {
    let count = 0;
    let last = -1;
    for (let i = from; i < this.items.length; ++i) {
      if (!request.mayUse(this.kind, this.items[i].name)) continue;
      if (count++ >= size) return last;
      json.raw(this.items[i].definition);
      last = i;
    }
    return -1;
  }
}

/** Where the page begins; −1 where the cursor is none. */
function firstOf(items: Listed[], request: Request): i32 {
  const tape = request.message.tape;
  const node = request.message.param(CURSOR);
  const kind = tape.kind(node);
  if (kind == JsonKind.Missing || kind == JsonKind.Null) return 0;
  const cursor = tape.text(node);
  if (kind == JsonKind.String && !cursor.length) return 0;
  const name = decodeBase64Url(cursor);
  if (!name || !name.length) return -1;
  for (let i = 0; i < items.length; ++i) if (items[i].name.equals(name)) return i + 1;
  return -1;
}

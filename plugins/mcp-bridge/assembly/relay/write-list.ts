// What a client is told of several servers: lists, page by page, and what all of them can do.
import { decodeBase64Url, encodeBase64Url, JsonKind, JsonTape, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { Absence, Catalog } from "./catalog";
import { LISTED, RelayRequest } from "./relay-request";
import { RelayServer } from "./relay-server";

const NEXT_CURSOR = Slice.of("nextCursor");
const META = Slice.of("_meta");
const UNAVAILABLE = Slice.of("weir/unavailable");
const DISPUTED = Slice.of("weir/disputed");
const TTL_MS = Slice.of("ttlMs");
const CACHE_SCOPE = Slice.of("cacheScope");
const EMPTY_OBJECT = Slice.of("{}");
/** In the order in which they are written; those from `LEGACY_FROM` on are the first era's alone. */
const CAPABILITIES: StaticArray<Slice> = [
  Slice.of("tools"),
  Slice.of("prompts"),
  Slice.of("resources"),
  Slice.of("completions"),
  Slice.of("logging"),
];
const LEGACY_FROM: i32 = 4;

/** The page that a request asks for; null where its cursor is none: it names the last thing of the page before. */
export function writeList(server: RelayServer, catalog: Catalog, request: RelayRequest): Slice | null {
  const entries = catalog.entries;
  let from = 0;
  if (request.cursor.length) {
    from = behind(catalog, request.cursor);
    if (from < 0) return null;
  }
  const json = new JsonWriter(new Writer(4096)).beginObject();
  json.key(LISTED[catalog.kind]).beginArray();
  let count = 0;
  let last = Slice.empty();
  let hasMore = false;
  for (let i = from; i < entries.length; ++i) {
    const shown = entries[i].shown;
    if (!server.allows(request, catalog.kind, shown)) continue;
    hasMore = count++ >= server.settings.pageSize;
    if (hasMore) break;
    json.raw(catalog.definitionOf(entries[i]));
    last = shown;
  }
  json.endArray();
  if (hasMore) json.key(NEXT_CURSOR).text(encodeBase64Url(last));
  if (request.isModern) {
    const isPrivate = catalog.isPrivate || server.settings.isPrivate || server.isLimited(request);
    // What lacks a server's part must not be kept.
    const isWhole = !catalog.absences.length;
    json.key(TTL_MS).integer(!isWhole ? 0 : catalog.ttlMs < 0 ? server.settings.listTtlMs : catalog.ttlMs);
    json.key(CACHE_SCOPE).text(Slice.of(isPrivate ? "private" : "public"));
  }
  writeTroubles(json, catalog.absences, catalog.disputes);
  return json.endObject().output.take();
}

function behind(catalog: Catalog, cursor: Slice): i32 {
  const name = decodeBase64Url(cursor);
  if (!name) return -1;
  for (let i = 0; i < catalog.entries.length; ++i) if (catalog.entries[i].shown.equals(name)) return i + 1;
  return -1;
}

/** Who is not in it, and why. */
export function writeTroubles(json: JsonWriter, absences: Absence[], disputes: string[]): void {
  if (!absences.length && !disputes.length) return;
  json.key(META).beginObject();
  if (absences.length) {
    json.key(UNAVAILABLE).beginArray();
    for (let i = 0; i < absences.length; ++i) {
      json.beginObject().key(Slice.of("server")).text(absences[i].member.name);
      json.key(Slice.of("reason")).text(Slice.of(absences[i].why)).endObject();
    }
    json.endArray();
  }
  if (disputes.length) {
    json.key(DISPUTED).beginArray();
    for (let i = 0; i < disputes.length; ++i) json.text(Slice.of(disputes[i]));
    json.endArray();
  }
  json.endObject();
}

/** All absences in one sentence. */
export function describe(absences: Absence[]): string {
  let text = "";
  for (let i = 0; i < absences.length; ++i) {
    text += (i ? "; " : "") + "The server " + absences[i].member.name.toText() + " " + absences[i].why;
  }
  return text;
}

/** What several servers can do together. */
@final
export class CapabilitySum {
  private readonly found: Slice[] = [Slice.empty(), Slice.empty(), Slice.empty(), Slice.empty(), Slice.empty()];

  /** Adds a server's. Only of the one whose notifications come through are the promises kept that need them. */
  add(capabilities: Slice, hasNotifications: bool): void {
    const tape = new JsonTape();
    if (tape.scan(capabilities)) return;
    for (let i = 0; i < CAPABILITIES.length; ++i) {
      const node = tape.find(tape.root, CAPABILITIES[i]);
      if (tape.kind(node) != JsonKind.Object) continue;
      if (hasNotifications || !this.found[i].length) this.found[i] = hasNotifications ? tape.raw(node) : EMPTY_OBJECT;
    }
  }

  write(json: JsonWriter, isModern: bool, isToolsOnly: bool): void {
    json.beginObject();
    const end = isToolsOnly ? 1 : isModern ? LEGACY_FROM : CAPABILITIES.length;
    for (let i = 0; i < end; ++i) if (this.found[i].length) json.key(CAPABILITIES[i]).raw(this.found[i]);
    json.endObject();
  }
}

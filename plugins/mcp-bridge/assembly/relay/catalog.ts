// What several servers have, brought together: each is asked for all pages of its list, at the same time as the others.
// One that does not answer is left out, and the client is told so. Names are given out in the order of the members.
import { JsonEdit, JsonKind, JsonTape, JsonWriter, nowMs, Slice, Writer } from "@weir/sdk/assembly";
import { METHOD_NOT_FOUND } from "../protocol/rpc-error";
import { Link, LinkListener, requestOf } from "./link";
import { paramsWith } from "./list-params";
import { OwnerMap } from "./owner-map";
import { Kind, LISTED, LISTS, NAMES, uniqueId } from "./relay-request";
import { Member, Prefix, RelayServer } from "./relay-server";
import { FetchListener, RpcFetch } from "./rpc-fetch";
import { mirrorInHeaders, upstreamHeaders } from "./upstream-request";

const POST = Slice.of("POST");
const NEXT_CURSOR = Slice.of("nextCursor");
const CACHE_SCOPE = Slice.of("cacheScope");
const PRIVATE = Slice.of("private");
const TTL_MS = Slice.of("ttlMs");
/** Of what asks no other server. */
const RAW_ID = Slice.of('"weir"');
/** Lists that never end would keep a request for ever. */
const PAGES_MAX: i32 = 100;

/** Whoever waits for it. */
export interface CatalogListener {
  onCatalog(catalog: Catalog): void;
}

/** A way to lists that are the plugin's own. */
export interface LocalLists {
  /** The result of a list of a server here; empty where it has none. */
  listLocally(member: Member, body: Slice): Slice;
  /** Whether the caller may use a member's thing, by its name there. */
  mayUse(member: Member, kind: Kind, name: Slice): bool;
  /** A link to a member, as far as it is known. */
  linkTo(member: Member): Link | null;
  /** Remembers a question, to take it back where nobody waits any more. */
  track(fetch: RpcFetch): void;
}

/** A thing that is listed. */
@final
export class Entry {
  /** The name that clients see. */
  shown: Slice = Slice.empty();

  constructor(
    readonly member: i32,
    readonly name: Slice,
    readonly definition: Slice,
  ) {}
}

/** A member that is left out. */
@final
export class Absence {
  constructor(
    readonly member: Member,
    readonly why: string,
  ) {}
}

/** One kind of thing, of all members. */
@final
export class Catalog implements LinkListener, FetchListener {
  readonly entries: Entry[] = [];
  readonly absences: Absence[] = [];
  /** Names that two have, and must not. */
  readonly disputes: string[] = [];
  isPrivate: bool = false;
  /** Whether a server has forgotten the client's session: the client has to greet anew. */
  hasLostSession: bool = false;
  /** The least of what the servers say; −1 where none says anything. */
  ttlMs: i64 = -1;
  private readonly lists: Entry[][] = [];
  /** In the order of members; null for those of this plugin. */
  private readonly links: Array<Link | null> = [];
  private pages: i32 = 0;
  private pending: i32 = 1;

  constructor(
    private readonly server: RelayServer,
    readonly kind: Kind,
    private readonly isClientModern: bool,
    private readonly access: LocalLists,
    private readonly listener: CatalogListener,
  ) {}

  /** Asks all. The listener is told in any case, maybe at once. */
  start(): void {
    const members = this.server.members;
    for (let i = 0; i < members.length; ++i) this.lists.push([]);
    for (let i = 0; i < members.length; ++i) {
      const link = this.access.linkTo(members[i]);
      this.links.push(link);
      if (!link) this.readLocal(i, members[i]);
      else this.open(i, link);
    }
    this.settle();
  }

  private open(index: i32, link: Link): void {
    ++this.pending;
    link.index = index;
    if (link.isReady) this.onLinked(link);
    else link.open(this.isClientModern, false, this);
  }

  private readLocal(index: i32, member: Member): void {
    const problem = member.problem;
    if (problem.length) return this.leaveOut(index, problem);
    let cursor = Slice.empty();
    for (let page = 0; page < PAGES_MAX; ++page) {
      const result = this.access.listLocally(member, requestOf(LISTS[this.kind], paramsWith(cursor, null), RAW_ID));
      if (!result.length) return;
      cursor = this.take(index, result);
      if (!cursor.length) return;
    }
  }

  onLinked(link: Link): void {
    if (link.failure.length) {
      this.leaveOut(link.index, link.failure);
      return this.settle();
    }
    this.fetch(link, Slice.empty());
  }

  private fetch(link: Link, cursor: Slice): void {
    const method = LISTS[this.kind];
    const headers = upstreamHeaders(link, POST, link.headers);
    if (link.isModern) mirrorInHeaders(headers, method, Slice.empty(), link.headers);
    // Others may ask in the same session at the same time.
    const rawId = uniqueId();
    const fetch = new RpcFetch(this, rawId);
    fetch.index = link.index;
    fetch.link = link;
    this.access.track(fetch);
    fetch.start(link.remote, headers, requestOf(method, paramsWith(cursor, link), rawId), link.remote.listTimeoutMs);
  }

  onFetched(fetch: RpcFetch): void {
    const index = fetch.index;
    const cursor = fetch.result.length ? this.take(index, fetch.result) : Slice.empty();
    const link = this.links[index];
    if (link && fetch.status == 404 && link.sessionId.length && !link.isShared) this.hasLostSession = true;
    if (link && cursor.length && ++this.pages < PAGES_MAX * this.links.length) return this.fetch(link, cursor);
    // Who does not know the method has nothing of the kind.
    if (!fetch.result.length && fetch.errorCode != METHOD_NOT_FOUND) this.leaveOut(index, fetch.failure);
    this.settle();
  }

  private leaveOut(index: i32, why: string): void {
    this.lists[index] = [];
    this.absences.push(new Absence(this.server.members[index], why));
  }

  private settle(): void {
    if (--this.pending) return;
    // Others, whose sessions are known, must not lose the names for it.
    if (!this.hasLostSession) this.giveNames();
    this.listener.onCatalog(this);
  }

  /** Takes a page, and gives the cursor of the next; empty where there is none. */
  private take(index: i32, result: Slice): Slice {
    const tape = new JsonTape();
    if (tape.scan(result)) return Slice.empty();
    const link = this.links[index];
    if (this.kind == Kind.Tool && link && link.isModern && !this.isClientModern) {
      link.remote.tools.learn(tape, tape.root);
    }
    const key = NAMES[this.kind];
    const member = this.server.members[index];
    const list = tape.find(tape.root, LISTED[this.kind]);
    for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
      const name = tape.text(tape.find(node, key));
      if (!name.length || !this.access.mayUse(member, this.kind, name)) continue;
      this.lists[index].push(new Entry(index, name, tape.raw(node)));
    }
    if (tape.equals(tape.find(tape.root, CACHE_SCOPE), PRIVATE)) this.isPrivate = true;
    const ttl = tape.find(tape.root, TTL_MS);
    if (tape.kind(ttl) == JsonKind.Number) {
      const ms = tape.integer(ttl);
      this.ttlMs = this.ttlMs < 0 ? ms : min(this.ttlMs, ms);
    }
    return tape.text(tape.find(tape.root, NEXT_CURSOR));
  }

  /** Gives each thing the name that clients see, and remembers whose it is. */
  private giveNames(): void {
    const seen = new OwnerMap();
    const shared = new OwnerMap();
    for (let i = 0; i < this.lists.length; ++i) {
      const list = this.lists[i];
      for (let at = 0; at < list.length; ++at) {
        const name = list[at].name;
        if (this.aliasOf(list[at]).length) continue;
        if (seen.find(name)) shared.add(name, i, name);
        else seen.add(name, i, name);
      }
    }
    const owners = this.server.owners[this.kind];
    owners.clear(<i64>nowMs());
    owners.isWhole = !this.absences.length;
    for (let i = 0; i < this.lists.length; ++i) {
      const list = this.lists[i];
      for (let at = 0; at < list.length; ++at) this.giveName(list[at], shared);
    }
  }

  private aliasOf(entry: Entry): Slice {
    return this.kind == Kind.Tool ? this.server.members[entry.member].aliasOf(entry.name) : Slice.empty();
  }

  private giveName(entry: Entry, shared: OwnerMap): void {
    const owners = this.server.owners[this.kind];
    const alias = this.aliasOf(entry);
    const isShared = !alias.length && shared.find(entry.name) != null;
    const isUri = this.kind == Kind.Resource || this.kind == Kind.Template;
    let isPrefixed = isShared;
    if (!isUri)
      isPrefixed =
        !alias.length &&
        (this.server.prefix == Prefix.Always || (isShared && this.server.prefix == Prefix.Conditional));
    entry.shown = alias.length ? alias : isPrefixed ? this.prefixed(entry, isUri) : entry.name;
    const other = owners.find(entry.shown);
    if (other) {
      const first = this.server.members[other.member].name.toText();
      const second = this.server.members[entry.member].name.toText();
      return this.dispute(entry.shown, first + " and " + second + " both have it");
    }
    owners.add(entry.shown, entry.member, entry.name);
    this.entries.push(entry);
  }

  /** Nobody gets it: which of the two is meant must not depend on who is there. */
  private dispute(shown: Slice, why: string): void {
    this.server.owners[this.kind].dispute(shown, why);
    this.disputes.push(shown.toText() + ": " + why);
    for (let i = this.entries.length - 1; i >= 0; --i)
      if (this.entries[i].shown.equals(shown)) this.entries.splice(i, 1);
  }

  private prefixed(entry: Entry, isUri: bool): Slice {
    const output = new Writer().bytes(this.server.members[entry.member].name);
    if (isUri) output.byte(0x2b);
    else output.bytes(this.server.separator);
    return output.bytes(entry.name).take();
  }

  /** The definition as clients see it. */
  definitionOf(entry: Entry): Slice {
    if (entry.shown.equals(entry.name)) return entry.definition;
    const tape = new JsonTape();
    if (tape.scan(entry.definition)) return entry.definition;
    const edit = new JsonEdit(tape);
    edit.set(tape.root, NAMES[this.kind], new JsonWriter(new Writer()).text(entry.shown).output.take());
    return edit.apply();
  }
}

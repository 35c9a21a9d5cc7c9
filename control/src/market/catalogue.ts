// The catalogue as it is asked: entries with the times at which they were first seen and last changed, page by page.
// https://github.com/modelcontextprotocol/registry/blob/main/docs/reference/api/openapi.yaml
import type { Market, MarketEntry } from "../model/market.ts";
import { compareVersions } from "./compare-versions.ts";

/** An entry, and when it was first seen and last changed. */
export interface KnownEntry {
  entry: MarketEntry;
  publishedAt: string;
  updatedAt: string;
  statusChangedAt: string;
}

export interface ListQuery {
  cursor?: string;
  limit?: string;
  search?: string;
  version?: string;
  updated_since?: string;
  include_deleted?: string;
}

/** What a client did wrong. */
export class BadQuery extends Error {}

export type Json = Record<string, unknown>;

/** Where the registry keeps what it knows of an entry. */
export const officialKey = "io.modelcontextprotocol.registry/official";

const limitDefault = 30;
const limitMax = 100;

export class Catalogue {
  /** By name and version, in the order of both: names ascend, the newest version is first. */
  #known: KnownEntry[] = [];

  /** Takes over what was known before, here or elsewhere. */
  restore(entries: KnownEntry[]): void {
    const all = new Map([...this.#known, ...entries].map((known) => [keyOf(known.entry), known]));
    this.#known = [...all.values()].sort(compare);
  }

  /**
   * Takes over a configuration, and gives what is new or has changed. What is gone stays, deleted, so that whoever
   * copies the catalogue learns of it.
   */
  update({ entries }: Pick<Market, "entries">, now: Date): KnownEntry[] {
    const time = now.toISOString();
    const before = new Map(this.#known.map((known) => [keyOf(known.entry), known]));
    const after = entries.map((entry): KnownEntry => {
      const known = before.get(keyOf(entry));
      before.delete(keyOf(entry));
      if (!known) return { entry, publishedAt: time, updatedAt: time, statusChangedAt: time };
      const isSame = JSON.stringify(known.entry) === JSON.stringify(entry);
      const statusChangedAt = known.entry.status === entry.status ? known.statusChangedAt : time;
      return { ...known, entry, statusChangedAt, updatedAt: isSame ? known.updatedAt : time };
    });
    const gone = [...before.values()].map((known): KnownEntry => {
      if (known.entry.status === "deleted") return known;
      const entry: MarketEntry = { ...known.entry, status: "deleted", isPinned: false };
      return { ...known, entry, statusChangedAt: time, updatedAt: time };
    });
    const former = new Set(this.#known.map(textOf));
    this.#known = [...after, ...gone].sort(compare);
    return this.#known.filter((known) => !former.has(textOf(known)));
  }

  list(query: ListQuery): Json {
    const since = readTime(query.updated_since);
    const showsDeleted = since !== null || readFlag(query.include_deleted);
    const limit = readLimit(query.limit);
    const after = readCursor(query.cursor);
    const search = query.search?.toLowerCase() ?? "";
    const fitting = this.#known.filter((known) => {
      const { server, status } = known.entry;
      if (status === "deleted" && !showsDeleted) return false;
      if (since !== null && Date.parse(known.updatedAt) < since) return false;
      if (!server.name.toLowerCase().includes(search)) return false;
      if (query.version === undefined) return true;
      return query.version === "latest" ? this.#isLatest(known) : server.version === query.version;
    });
    const rest = after === null ? fitting : fitting.filter((known) => compareTo(known.entry, after) > 0);
    const page = rest.slice(0, limit);
    const hasMore = rest.length > page.length;
    const last = page.at(-1);
    return {
      servers: page.map((known) => this.#shown(known)),
      metadata: { count: page.length, ...(hasMore && last && { nextCursor: cursorOf(last.entry) }) },
    };
  }

  /** All versions of a server, the newest first; null where there is none. */
  versions(name: string, query: Pick<ListQuery, "include_deleted">): Json | null {
    const all = this.#of(name, readFlag(query.include_deleted));
    if (all.length === 0) return null;
    return { servers: all.map((known) => this.#shown(known)), metadata: { count: all.length } };
  }

  /** One version, or the latest; null where there is none. */
  version(name: string, version: string, query: Pick<ListQuery, "include_deleted">): Json | null {
    const all = this.#of(name, readFlag(query.include_deleted));
    const isWanted = (known: KnownEntry) =>
      version === "latest" ? this.#isLatest(known) : known.entry.server.version === version;
    const found = all.find(isWanted);
    return found ? this.#shown(found) : null;
  }

  #of(name: string, showsDeleted: boolean): KnownEntry[] {
    return this.#known.filter(
      ({ entry }) => entry.server.name === name && (showsDeleted || entry.status !== "deleted"),
    );
  }

  /** The one that is pinned, else the newest that is to be had. */
  #isLatest({ entry }: KnownEntry): boolean {
    const all = this.#of(entry.server.name, false);
    const latest = all.find((known) => known.entry.isPinned) ?? all[0];
    return latest?.entry === entry;
  }

  #shown(known: KnownEntry): Json {
    const { entry, publishedAt, updatedAt, statusChangedAt } = known;
    const { status, statusMessage } = entry;
    const official = {
      status,
      ...(statusMessage !== null && { statusMessage }),
      statusChangedAt,
      publishedAt,
      updatedAt,
      isLatest: this.#isLatest(known),
    };
    return { server: entry.server, _meta: { [officialKey]: official } };
  }
}

function textOf(known: KnownEntry): string {
  return JSON.stringify(known);
}

function keyOf({ server }: MarketEntry): string {
  return `${server.name} ${server.version}`;
}

function compare(a: KnownEntry, b: KnownEntry): number {
  return compareTo(a.entry, { name: b.entry.server.name, version: b.entry.server.version });
}

function compareTo({ server }: MarketEntry, { name, version }: { name: string; version: string }): number {
  if (server.name !== name) return server.name < name ? -1 : 1;
  return compareVersions(version, server.version);
}

/** Names the last entry of a page, which may be gone by the time it is used. */
function cursorOf({ server }: MarketEntry): string {
  return Buffer.from(JSON.stringify([server.name, server.version])).toString("base64url");
}

function readCursor(text: string | undefined): { name: string; version: string } | null {
  if (text === undefined || text === "") return null;
  try {
    const [name, version] = JSON.parse(Buffer.from(text, "base64url").toString()) as unknown[];
    if (typeof name === "string" && typeof version === "string") return { name, version };
  } catch {
    // It is told below.
  }
  throw new BadQuery("cursor is none that this catalogue has given");
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return limitDefault;
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= limitMax) return limit;
  throw new BadQuery(`limit must be a whole number from 1 to ${limitMax}`);
}

/** https://www.rfc-editor.org/rfc/rfc3339#section-5.6 */
function readTime(text: string | undefined): number | null {
  if (text === undefined || text === "") return null;
  const isTime = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text);
  const time = isTime ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new BadQuery("updated_since must be a time such as 2026-01-31T12:00:00Z");
  return time;
}

function readFlag(text: string | undefined): boolean {
  if (text === undefined || text === "false") return false;
  if (text === "true") return true;
  throw new BadQuery("include_deleted must be true or false");
}

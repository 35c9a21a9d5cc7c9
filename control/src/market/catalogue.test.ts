// The catalogue as it is asked: order, pages, what is found by what, what has changed since when, and which is latest.
import { describe, expect, test } from "vitest";
import type { MarketEntry } from "../model/market.ts";
import { Catalogue, type Json, type ListQuery } from "./catalogue.ts";
import { compareVersions } from "./compare-versions.ts";

const entry = (name: string, version: string, more: Partial<MarketEntry> = {}): MarketEntry => ({
  server: { name, version, description: `About ${name}` },
  status: "active",
  statusMessage: null,
  isPinned: false,
  ...more,
});

const day = (number: number) => new Date(Date.UTC(2026, 0, number));
const official = "io.modelcontextprotocol.registry/official";
const named = (answer: Json | null) =>
  ((answer as any)?.servers ?? []).map(({ server }: any) => `${server.name}@${server.version}`);
const metaOf = (answer: Json | null) => (answer as any)?._meta?.[official];

function catalogueOf(...entries: MarketEntry[]): Catalogue {
  const catalogue = new Catalogue();
  catalogue.update({ entries }, day(1));
  return catalogue;
}

const four = [entry("b.c/y", "1.10.0"), entry("b.c/y", "1.9.0"), entry("a.b/x", "1.0.0-rc.1"), entry("a.b/x", "1.0.0")];

test("the newest version comes first, names in their order", () => {
  const all = ["a.b/x@1.0.0", "a.b/x@1.0.0-rc.1", "b.c/y@1.10.0", "b.c/y@1.9.0"];
  expect(named(catalogueOf(...four).list({}))).toEqual(all);
});

test("an entry is shown as the registry does", () => {
  const entries = [entry("a.b/x", "1.0.0", { status: "deprecated", statusMessage: "Use y" })];
  const time = "2026-01-01T00:00:00.000Z";
  const shown = {
    server: { name: "a.b/x", version: "1.0.0", description: "About a.b/x" },
    _meta: {
      [official]: {
        status: "deprecated",
        statusMessage: "Use y",
        statusChangedAt: time,
        publishedAt: time,
        updatedAt: time,
        isLatest: true,
      },
    },
  };
  const catalogue = catalogueOf(...entries);
  expect(catalogue.list({})).toEqual({ servers: [shown], metadata: { count: 1 } });
  expect(catalogue.version("a.b/x", "1.0.0", {})).toEqual(shown);
});

describe("pages", () => {
  test("hold everything once, whatever their size", () => {
    const many = Array.from({ length: 25 }, (_, i) => entry(`a.b/s${i % 7}`, `1.${i}.0`));
    const catalogue = catalogueOf(...many);
    for (const limit of ["1", "4", "25", "100"]) {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = catalogue.list({ limit, ...(cursor !== undefined && { cursor }) }) as any;
        expect(page.metadata.count).toBe(page.servers.length);
        seen.push(...named(page));
        cursor = page.metadata.nextCursor;
      } while (cursor !== undefined);
      expect(seen).toEqual(named(catalogue.list({ limit: "100" })));
    }
  });

  test("go on where the last entry of one is gone", () => {
    const catalogue = catalogueOf(...four);
    const { metadata } = catalogue.list({ limit: "2" }) as any;
    catalogue.update({ entries: four.slice(0, 2) }, day(2));
    expect(named(catalogue.list({ cursor: metadata.nextCursor }))).toEqual(["b.c/y@1.10.0", "b.c/y@1.9.0"]);
  });

  test("are thirty long", () => {
    const many = Array.from({ length: 31 }, (_, i) => entry("a.b/s", `${i}.0.0`));
    expect(catalogueOf(...many).list({})).toMatchObject({ metadata: { count: 30, nextCursor: expect.any(String) } });
  });
});

describe("what is found", () => {
  test.each<[ListQuery, string[]]>([
    [{ search: "Y" }, ["b.c/y@1.10.0", "b.c/y@1.9.0"]],
    [{ search: "nothing" }, []],
    [{ version: "latest" }, ["a.b/x@1.0.0", "b.c/y@1.10.0"]],
    [{ version: "1.9.0" }, ["b.c/y@1.9.0"]],
    [{ search: "x", version: "latest" }, ["a.b/x@1.0.0"]],
    [{ cursor: "" }, ["a.b/x@1.0.0", "a.b/x@1.0.0-rc.1", "b.c/y@1.10.0", "b.c/y@1.9.0"]],
  ])("by %j", (query, expected) => {
    expect(named(catalogueOf(...four).list(query))).toEqual(expected);
  });

  test.each<ListQuery>([
    { limit: "0" },
    { limit: "101" },
    { limit: "ten" },
    { cursor: "bm9uZQ" },
    { cursor: "%" },
    { updated_since: "yesterday" },
    { updated_since: "2026-02-31" },
    { include_deleted: "perhaps" },
  ])("%j is refused", (query) => {
    expect(() => catalogueOf(...four).list(query)).toThrow(/must be|cursor is none/);
  });

  test("all versions of one, or one of them", () => {
    const catalogue = catalogueOf(...four);
    expect(named(catalogue.versions("b.c/y", {}))).toEqual(["b.c/y@1.10.0", "b.c/y@1.9.0"]);
    expect(catalogue.version("b.c/y", "latest", {})).toMatchObject({ server: { version: "1.10.0" } });
    expect([catalogue.versions("b.c/z", {}), catalogue.version("b.c/y", "1.0.0", {})]).toEqual([null, null]);
  });
});

describe("changes", () => {
  test("are seen by when they were made", () => {
    const catalogue = catalogueOf(...four);
    const changed = { ...four[1]!, server: { ...four[1]!.server, description: "Another" } };
    catalogue.update({ entries: [four[0]!, changed, four[2]!] }, day(3));
    const since = catalogue.list({ updated_since: "2026-01-02T00:00:00Z" });
    expect(named(since)).toEqual(["a.b/x@1.0.0", "b.c/y@1.9.0"]);
    const [gone, other] = (since as any).servers;
    expect(metaOf(gone)).toMatchObject({ status: "deleted", isLatest: false, statusChangedAt: day(3).toISOString() });
    expect(metaOf(other)).toMatchObject({
      status: "active",
      publishedAt: day(1).toISOString(),
      updatedAt: day(3).toISOString(),
    });
    expect(metaOf(other).statusChangedAt).toBe(day(1).toISOString());
  });

  test("what is gone is not listed, and is what it was when it comes back", () => {
    const catalogue = catalogueOf(entry("a.b/x", "1.0.0"));
    catalogue.update({ entries: [] }, day(2));
    catalogue.update({ entries: [] }, day(3));
    expect([named(catalogue.list({})), catalogue.version("a.b/x", "latest", {})]).toEqual([[], null]);
    expect(named(catalogue.list({ include_deleted: "true" }))).toEqual(["a.b/x@1.0.0"]);
    expect(metaOf(catalogue.version("a.b/x", "1.0.0", { include_deleted: "true" })).updatedAt).toBe(
      day(2).toISOString(),
    );
    catalogue.update({ entries: [entry("a.b/x", "1.0.0")] }, day(4));
    expect(metaOf(catalogue.version("a.b/x", "latest", {}))).toMatchObject({
      status: "active",
      publishedAt: day(1).toISOString(),
      updatedAt: day(4).toISOString(),
    });
  });

  test("what was known before keeps its times, and what is new or changed is told", () => {
    const catalogue = catalogueOf(...four);
    catalogue.update({ entries: [four[0]!, four[2]!] }, day(2));
    const kept = catalogue.update({ entries: four.slice(0, 3) }, day(3));
    expect(kept.map(({ entry: { server } }) => `${server.name}@${server.version}`)).toEqual(["b.c/y@1.9.0"]);
    const next = new Catalogue();
    next.restore(JSON.parse(JSON.stringify(kept)));
    const changed = next.update({ entries: four.slice(0, 3) }, day(9));
    expect(named({ servers: changed.map((known) => known.entry) })).toEqual(["a.b/x@1.0.0-rc.1", "b.c/y@1.10.0"]);
    const y = next.version("b.c/y", "1.9.0", {});
    expect(metaOf(y)).toMatchObject({ publishedAt: day(1).toISOString(), updatedAt: day(3).toISOString() });
    expect(named(next.list({ updated_since: day(5).toISOString() }))).toEqual(["a.b/x@1.0.0-rc.1", "b.c/y@1.10.0"]);
  });

  test("a pin makes another version the latest, and takes effect at once", () => {
    const catalogue = catalogueOf(...four);
    catalogue.update({ entries: [four[0]!, { ...four[1]!, isPinned: true }] }, day(2));
    expect(catalogue.version("b.c/y", "latest", {})).toMatchObject({ server: { version: "1.9.0" } });
    expect(named(catalogue.list({ version: "latest" }))).toEqual(["b.c/y@1.9.0"]);
  });
});

test("versions have an order", () => {
  const ordered = [
    "",
    "later",
    "0.9",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
  ];
  ordered.push("1.0.0-rc.1", "1.0.0", "1.0.0+build", "v1.2", "1.10.0", "2");
  for (const [i, a] of ordered.entries()) {
    for (const [j, b] of ordered.entries())
      expect([a, b, Math.sign(compareVersions(a, b))]).toEqual([a, b, Math.sign(i - j)]);
  }
});

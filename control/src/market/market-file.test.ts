// The catalogue as a file: everything that is to be had, on one page, without times.
import { expect, test } from "vitest";
import type { MarketEntry } from "../model/market.ts";
import { marketFile } from "./market-file.ts";

const entryOf = (version: string, more: Partial<MarketEntry> = {}): MarketEntry => ({
  server: { name: "com.example/search", version, description: "Searches" },
  status: "active",
  statusMessage: null,
  isPinned: false,
  ...more,
});

test("all pages are one, and what has been taken out is not in it", () => {
  const versions = Array.from({ length: 230 }, (_, minor) => entryOf(`1.${minor}.0`));
  const gone = entryOf("3.0.0", { status: "deleted" });
  const old = entryOf("0.1.0", { status: "deprecated", statusMessage: "Use 1", isPinned: true });
  const { servers, metadata } = JSON.parse(marketFile({ entries: [...versions, gone, old] }));
  expect([servers.length, metadata]).toEqual([231, { count: 231 }]);
  expect(servers[0]).toEqual({
    server: versions.at(-1)!.server,
    _meta: { "io.modelcontextprotocol.registry/official": { status: "active", isLatest: false } },
  });
  expect(servers.at(-1)._meta).toEqual({
    "io.modelcontextprotocol.registry/official": { status: "deprecated", statusMessage: "Use 1", isLatest: true },
  });
});

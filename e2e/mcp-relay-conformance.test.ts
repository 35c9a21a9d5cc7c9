// The official conformance suite through the gateway: a server that passes it whole passes it whole behind a proxy, and
// as one of two servers that are one.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { runSuite } from "./mcp/conformance-suite.ts";
import { startEverythingServer, type EverythingServer } from "./mcp/everything-server.ts";

const configuration = (everything: string): string => `${gatewayBlock}
mcpServers:
  - { name: everything, path: /proxy, mode: proxy, upstream: { url: "${everything}" } }
  - name: weather
    tools: [{ name: forecast, description: Tells the weather, responseTemplate: { body: fine } }]
  - { name: both, path: /both, mode: multiplex, members: [{ server: weather }, { server: everything }] }
  - { name: never, path: /never, mode: multiplex, prefix: never, members: [{ server: everything }, { server: weather }] }
`;

let everything: EverythingServer;
let gateway: Gateway;
const folder = mkdtempSync(join(tmpdir(), "weir-conformance-"));
beforeAll(async () => {
  everything = await startEverythingServer();
  gateway = await startGateway(configuration(everything.url));
});
afterAll(async () => {
  await gateway?.stop();
  await everything?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** How many scenarios the suite requires. */
const required = { "2025-11-25": 30, "2026-07-28": 37 };

describe.each(Object.entries(required))("%s", (version, count) => {
  const places: [string, () => string][] = [
    ["directly", () => everything.url],
    ["behind a proxy", () => `${gateway.url}/proxy`],
    ["as one of two", () => `${gateway.url}/both`],
    ["as one of two, with names as they are", () => `${gateway.url}/never`],
  ];

  test.each(places)(
    "%s",
    async (_place, url) => {
      const { counts, isConformant, output } = await runSuite(url(), version, folder);
      const failed = [...counts].filter(([, each]) => each.failed > 0).map(([name]) => name);
      const passed = counts.size - failed.length;
      expect([failed.filter((name) => !name.startsWith("tasks-")), isConformant], output).toEqual([[], true]);
      expect(passed).toBeGreaterThanOrEqual(count);
    },
    120_000,
  );
});

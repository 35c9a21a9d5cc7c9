// The official example of a server, as it is published, behind the gateway: the official suite passes and fails the
// same scenarios as without a gateway.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { runSuite, type SuiteRun } from "./mcp/conformance-suite.ts";
import { startPublishedServer, type PublishedServer } from "./mcp/published-server.ts";

const configuration = (url: string, sseUrl: string): string => `${gatewayBlock}
mcpServers:
  - { name: published, mode: proxy, upstream: { url: "${url}" } }
  - { name: oldest, mode: proxy, upstream: { url: "${sseUrl}", transport: sse } }
  - name: weather
    tools: [{ name: forecast, description: Tells the weather, responseTemplate: { body: fine } }]
  - { name: both, mode: multiplex, members: [{ server: weather }, { server: published }] }
`;

let published: PublishedServer;
let oldest: PublishedServer;
let gateway: Gateway;
const folder = mkdtempSync(join(tmpdir(), "weir-published-"));
beforeAll(async () => {
  [published, oldest] = await Promise.all([startPublishedServer("streamableHttp"), startPublishedServer("sse")]);
  gateway = await startGateway(configuration(published.url, oldest.url));
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([published, oldest].map((server) => server?.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const namesOf = ({ counts }: SuiteRun, isPassed: boolean) =>
  [...counts].filter(([, { passed, failed }]) => (failed === 0 && passed > 0) === isPassed).map(([name]) => name);

/** What it fails alone and the gateway answers for it, with a reason for each. */
const better = [
  // The gateway looks at Host and Origin.
  "dns-rebinding-protection",
  // The gateway's sessions end as the protocol has it; the suite does not count it.
  "server-session-lifecycle",
];

describe("in its own era", () => {
  const version = "2025-11-25";
  let alone: SuiteRun;
  beforeAll(async () => void (alone = await runSuite(published.url, version, folder)));

  test("alone it passes what it has the suite's names for", () => {
    const some = ["server-initialize", "ping", "tools-list", "tools-call-simple-text", "resources-list"];
    expect(namesOf(alone, true)).toEqual(expect.arrayContaining([...some, "resources-subscribe", "prompts-list"]));
    expect(namesOf(alone, false)).toEqual(expect.arrayContaining([...better, "tools-call-image"]));
  });

  test.each(["published", "both"])(
    "the score is the same at: %s",
    async (server) => {
      const behind = await runSuite(`${gateway.url}/mcp/${server}`, version, folder);
      const expected = namesOf(alone, false).filter((name) => !better.includes(name));
      expect(namesOf(behind, false), behind.output).toEqual(expected);
      expect(behind.counts.size).toBe(alone.counts.size);
    },
    120_000,
  );
});

// It does not speak the second era: there the gateway does, and no scenario may be worse for it.
test("in the other era nothing that it passes alone fails", async () => {
  const version = "2026-07-28";
  const alone = namesOf(await runSuite(published.url, version, folder), true);
  for (const server of ["published", "both"]) {
    const behind = namesOf(await runSuite(`${gateway.url}/mcp/${server}`, version, folder), true);
    expect(behind).toEqual(expect.arrayContaining([...alone, "tools-list", "prompts-list", "caching"]));
  }
}, 240_000);

test.each(["published", "oldest", "both"])("a stock client lists and calls at: %s", async (server) => {
  const client = new Client({ name: "weir-e2e", version: "1.0.0" });
  await client.connect(new StreamableHTTPClientTransport(new URL(`/mcp/${server}`, gateway.url)) as never);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(["echo", "get-sum"]));
  const { content } = (await client.callTool({ name: "get-sum", arguments: { a: 2, b: 3 } })) as any;
  expect(content[0].text).toContain("5");
  await client.close();
});

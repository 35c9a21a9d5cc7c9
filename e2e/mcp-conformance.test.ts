// The official conformance suite at a server that is made of HTTP APIs and of its configuration alone.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startGateway, type Gateway } from "./gateway.ts";
import { conformanceConfiguration } from "./mcp/conformance-server.ts";
import { runSuite } from "./mcp/conformance-suite.ts";
import { startRestApi, type RestApi } from "./mcp/rest-api.ts";

/** What a version asks for that such a server cannot do: it would have to ask its client in the middle of a call. */
const impossible: Record<string, string[]> = {
  "2025-11-25": [
    "tools-call-sampling",
    "tools-call-elicitation",
    "elicitation-sep1034-defaults",
    "elicitation-sep1330-enums",
  ],
  "2026-07-28": [],
};

/** Passed and asked for besides what counts. */
const further: Record<string, string[]> = {
  "2025-11-25": ["server-session-lifecycle", "json-schema-2020-12"],
  "2026-07-28": ["http-header-validation", "http-custom-header-server-validation", "json-schema-2020-12"],
};

/** How many scenarios a version asks for. */
const required: Record<string, number> = { "2025-11-25": 30, "2026-07-28": 37 };

let api: RestApi;
let gateway: Gateway;
const folder = mkdtempSync(join(tmpdir(), "weir-conformance-"));
beforeAll(async () => {
  api = await startRestApi();
  gateway = await startGateway(conformanceConfiguration(api.url));
});
afterAll(async () => {
  await gateway?.stop();
  await api?.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each(Object.keys(required))(
  "%s: every scenario passes that is possible without a stream of requests to the client",
  async (version) => {
    const { counts: results } = await runSuite(`${gateway.url}/mcp`, version, folder);
    const isPassed = (name: string) => results.get(name)?.failed === 0 && results.get(name)!.passed > 0;
    const isUnscored = (name: string) => name.startsWith("tasks-") || name === "server-sse-polling";
    const scored = [...results.keys()].filter((name) => !isUnscored(name) && !further[version]!.includes(name));
    expect(scored).toHaveLength(required[version]!);
    expect(scored.filter((name) => !isPassed(name)).toSorted()).toEqual(impossible[version]!.toSorted());
    expect(further[version]!.filter((name) => !isPassed(name))).toEqual([]);
    // Where a scenario fails, one check still passes: messages fit the protocol's own schema.
    expect(scored.filter((name) => results.get(name)!.passed === 0)).toEqual([]);
  },
  120_000,
);

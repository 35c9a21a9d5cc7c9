// The MCP Inspector's command line at every kind of server and in both eras, and its load mode.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startGateway, type Gateway } from "./gateway.ts";
import { conformanceConfiguration } from "./mcp/conformance-server.ts";
import { startEverythingServer, type EverythingServer } from "./mcp/everything-server.ts";
import { Inspector, type InspectorEra } from "./mcp/inspector.ts";
import { startRestApi, type RestApi } from "./mcp/rest-api.ts";
import { startSseServer, type SseServer } from "./mcp/sse-server.ts";

const configuration = (): string => `${conformanceConfiguration(api.url)}
  - { name: proxy, mode: proxy, upstream: { url: "${everything.url}" } }
  - { name: legacy, mode: proxy, upstream: { url: "${legacy.url}" } }
  - { name: oldest, mode: proxy, upstream: { url: "${sse.url}", transport: sse } }
  - { name: all, mode: multiplex, prefix: always, members: [{ server: everything }, { server: proxy }] }
  - name: set
    mode: toolSet
    serverTools:
      - { serverName: everything, tools: [test_simple_text] }
      - { serverName: proxy, tools: [test_simple_text] }
`;

let api: RestApi;
let sse: SseServer;
let everything: EverythingServer;
let legacy: EverythingServer;
let gateway: Gateway;
const inspector = new Inspector();
beforeAll(async () => {
  api = await startRestApi();
  sse = await startSseServer();
  everything = await startEverythingServer();
  legacy = await startEverythingServer("legacy");
  gateway = await startGateway(configuration());
});
afterAll(async () => {
  await gateway?.stop();
  await Promise.all([api, sse, everything, legacy].map((server) => server?.close()));
  inspector.forget();
});

/** Path and what stands before the names of tools and prompts, and the addresses of resources. */
interface Place {
  path: string;
  prefix: string;
  scheme: string;
}

const places: Record<string, Place> = {
  rest: { path: "/mcp", prefix: "", scheme: "" },
  proxy: { path: "/mcp/proxy", prefix: "", scheme: "" },
  "proxy of a server of the first era": { path: "/mcp/legacy", prefix: "", scheme: "" },
  "proxy of the oldest transport": { path: "/mcp/oldest", prefix: "", scheme: "" },
  multiplex: { path: "/mcp/all", prefix: "proxy__", scheme: "proxy+" },
};
const simple = [{ type: "text", text: "This is a simple text response for testing." }];

describe.each(["legacy", "modern"] as InspectorEra[])("era %s", (era) => {
  const at =
    (path: string) =>
    (method: string, ...args: string[]) =>
      inspector.run(gateway.url + path, era, ["--method", method, ...args]);

  test.each(Object.entries(places))(
    "%s: lists, calls and reads",
    async (_mode, place) => {
      const ask = at(place.path);
      const prompt = [`${place.prefix}test_prompt_with_arguments`, "--prompt-args", "arg1=a", "arg2=b"];
      // Two at a time: each is a process of its own.
      const [tools, called] = await Promise.all([
        ask("tools/list", "--strict"),
        ask("tools/call", "--tool-name", `${place.prefix}test_simple_text`),
      ]);
      const [prompts, got] = await Promise.all([ask("prompts/list"), ask("prompts/get", "--prompt-name", ...prompt)]);
      const [resources, read] = await Promise.all([
        ask("resources/list"),
        ask("resources/read", "--uri", `${place.scheme}test://static-text`),
      ]);
      expect(tools.tools.map(({ name }: any) => name)).toContain(`${place.prefix}test_simple_text`);
      expect(called.content).toEqual(simple);
      expect(prompts.prompts.map(({ name }: any) => name)).toContain(prompt[0]);
      expect(got.messages[0].content.text).toContain("arg1='a', arg2='b'");
      expect(resources.resources.map(({ uri }: any) => uri)).toContain(`${place.scheme}test://static-text`);
      expect(read.contents[0].text).toContain("static text resource");
    },
    60_000,
  );

  test("toolSet: lists and calls", async () => {
    const ask = at("/mcp/set");
    const names = ["everything___test_simple_text", "proxy___test_simple_text"];
    expect((await ask("tools/list", "--strict")).tools.map(({ name }: any) => name)).toEqual(names);
    const answers = await Promise.all(names.map((name) => ask("tools/call", "--tool-name", name)));
    expect(answers.map(({ content }) => content)).toEqual([simple, simple]);
  });

  test("what is not there ends it with an error", async () => {
    await expect(at("/mcp/all")("tools/call", "--tool-name", "unknown")).rejects.toThrow("unknown");
  });
});

test("ten seconds of its load mode at every kind of server at once, without an error", async () => {
  const runs: [string, string, InspectorEra, string][] = [
    ["directly", everything.url, "legacy", "test_simple_text"],
    ["rest", `${gateway.url}/mcp`, "modern", "test_simple_text"],
    ["proxy", `${gateway.url}/mcp/proxy`, "legacy", "test_simple_text"],
    ["multiplex", `${gateway.url}/mcp/all`, "auto", "proxy__test_simple_text"],
  ];
  const reports = await Promise.all(
    runs.map(([, url, era, tool]) => inspector.load(url, era, { tool, seconds: 10, inFlight: 10 })),
  );
  for (const [index, { requests, ok, elapsedMs, latencyMs, ...failures }] of reports.entries()) {
    const [name] = runs[index]!;
    console.log(`Inspector's load, ${name}: ${requests} calls, p50 ${latencyMs.p50} ms, p99 ${latencyMs.p99} ms`);
    expect(failures, name).toMatchObject({ toolErrors: 0, errors: 0, errorMessages: [] });
    expect([ok, elapsedMs >= 10_000], name).toEqual([requests, true]);
    expect(requests, name).toBeGreaterThan(20);
  }
}, 60_000);

// Resources, prompts, completion, log messages and progress of servers that are made of HTTP APIs.
import { beforeAll, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { answered, call, legacy, metaKey, modern, replyOf, sendBody, startBridge, textOf, tool } from "./bridge.ts";

const schema = (properties: object, required: string[] = []) => ({ type: "object", properties, required });

const resource = (definition: object, variables: string[], rest: object) => ({
  definition,
  inputSchema: schema(Object.fromEntries(variables.map((name) => [name, { type: "string" }]))),
  args: variables.map((name) => ({ name, type: "string", position: "path" })),
  ...rest,
});

const get = (url: string) => ({ requestTemplate: { url: `https://api.test${url}` } });

let plugin: Plugin;
beforeAll(async () => {
  plugin = await startBridge({
    config: { unit: "C" },
    tools: [
      tool("talk", {}, { logs: [{ level: "warning", data: "{{._status}}" }, { data: "{{.none}}" }], ...get("/talk") }),
      tool("say", {}, { logs: [{ level: "debug", data: "a" }, { data: "b" }], responseTemplate: { body: "done" } }),
      tool(
        "blocks",
        {},
        {
          ...get("/blocks"),
          responseTemplate: {
            content: [
              { type: "text", text: 'It is "{{.name}}"' },
              { type: "image", data: "QQ==", mimeType: "a/b" },
            ],
          },
        },
      ),
    ],
    resources: [
      resource({ uri: "doc://guide", name: "guide", mimeType: "text/markdown" }, [], {
        responseTemplate: { body: "In {{.config.unit}}" },
      }),
      resource({ uri: "doc://logo", name: "logo" }, [], { blob: "QUJD" }),
      resource({ uri: "api://raw", name: "raw" }, [], get("/raw")),
      resource({ uri: "api://made", name: "made" }, [], {
        ...get("/made"),
        responseTemplate: { body: "{{.title}} {{._status}}" },
      }),
      resource({ uriTemplate: "city://{city}/{part}.json{?lang}", name: "city" }, ["city", "part", "lang"], {
        args: [
          { name: "city", type: "string", position: "path" },
          { name: "part", type: "string", position: "path" },
          { name: "lang", type: "string", position: "query" },
        ],
        ...get("/{city}/{part}"),
      }),
      resource({ uriTemplate: "file:///{+path}", name: "file" }, ["path"], {
        responseTemplate: { body: "{{.args.path}}" },
      }),
    ],
    prompts: [
      {
        definition: { name: "plan", description: "A plan", arguments: [{ name: "city", required: true }] },
        inputSchema: schema(
          { city: { type: "string", enum: ["Oslo", "Osaka", "Rome"] }, tone: { type: "string", examples: ["dry"] } },
          ["city"],
        ),
        args: [
          { name: "city", type: "string" },
          { name: "tone", type: "string", default: "warm" },
        ],
        messages: [
          { role: "user", content: { type: "text", text: 'Go to "{{.args.city}}", {{.args.tone}}' } },
          { role: "assistant", content: { type: "audio", data: "QQ==", mimeType: "audio/wav" } },
        ],
      },
    ],
  });
});

const result = (stream: HttpStream) => replyOf(stream).body.result;
const error = (stream: HttpStream) => replyOf(stream).body.error;
const read = (uri: string) => legacy(plugin, "resources/read", { uri });

test("what a server has, its capabilities say", () => {
  const { capabilities } = result(legacy(plugin, "initialize", { protocolVersion: "2025-11-25" }));
  expect(capabilities).toEqual({ tools: {}, prompts: {}, resources: {}, completions: {}, logging: {} });
  expect(result(modern(plugin, "server/discover")).capabilities).toEqual(capabilities);
});

test("a server without resources and prompts does not know their methods", async () => {
  const bare = await startBridge({});
  for (const method of [
    "resources/list",
    "resources/read",
    "prompts/list",
    "completion/complete",
    "logging/setLevel",
  ]) {
    expect(error(legacy(bare, method, {})), method).toMatchObject({ code: -32601 });
    expect(replyOf(modern(bare, method)).status, method).toBe(404);
  }
});

describe("resources", () => {
  test("are listed apart from templates, as they are configured", () => {
    const { resources } = result(legacy(plugin, "resources/list"));
    expect(resources.map(({ uri }: any) => uri)).toEqual(["doc://guide", "doc://logo", "api://raw", "api://made"]);
    expect(resources[0]).toEqual({ uri: "doc://guide", name: "guide", mimeType: "text/markdown" });
    const templates = result(modern(plugin, "resources/templates/list"));
    expect(templates).toMatchObject({ ttlMs: 60_000, cacheScope: "public" });
    expect(templates.resourceTemplates.map(({ name }: any) => name)).toEqual(["city", "file"]);
  });

  test("are texts and bytes of the configuration", () => {
    const text = { uri: "doc://guide", mimeType: "text/markdown", text: "In C" };
    expect(result(read("doc://guide"))).toEqual({ contents: [text] });
    const blob = { uri: "doc://logo", mimeType: "application/octet-stream", blob: "QUJD" };
    expect(result(modern(plugin, "resources/read", { uri: "doc://logo" }))).toMatchObject({
      contents: [blob],
      ttlMs: 60_000,
      cacheScope: "public",
    });
  });

  test("are answers of an API, as they are or made into something else", () => {
    const [json] = answered(read("api://raw"), '{"a":1}').contents;
    expect(json).toEqual({ uri: "api://raw", mimeType: "application/json", text: '{"a":1}' });
    const [picture] = answered(read("api://raw"), new Uint8Array([0xff, 0]), { "content-type": "image/png" }).contents;
    expect(picture).toEqual({ uri: "api://raw", mimeType: "image/png", blob: "/wA=" });
    const [made] = answered(read("api://made"), '{"title":"T"}').contents;
    expect(made.text).toBe("T 200");
    const fresh = answered(modern(plugin, "resources/read", { uri: "api://raw" }), "x");
    expect(fresh).toMatchObject({ ttlMs: 0, cacheScope: "public" });
  });

  test("of a template take their variables from the URI", () => {
    const stream = read("city://S%C3%A3o%20Paulo/wind.json?lang=pt");
    expect(stream.sentUpstream.header(":path")).toBe("/S%C3%A3o%20Paulo/wind?lang=pt");
    expect(answered(stream, "{}").contents[0].uri).toBe("city://S%C3%A3o%20Paulo/wind.json?lang=pt");
    expect(read("city://Rome/a.b.json").sentUpstream.header(":path")).toBe("/Rome/a.b");
    expect(result(read("file:///a/b/c")).contents[0].text).toBe("a/b/c");
  });

  test.each([
    "doc://other",
    "city://Rome",
    "city://a/b/wind.json",
    "city:///wind.json",
    "city://a/wind.json/x",
    "file:///",
  ])("%s is none", (uri) => {
    expect(error(read(uri))).toEqual({ code: -32002, message: "Resource not found", data: { uri } });
    expect(error(modern(plugin, "resources/read", { uri }))).toMatchObject({ code: -32602, data: { uri } });
    expect(error(legacy(plugin, "resources/subscribe", { uri }))).toMatchObject({ code: -32002 });
  });

  test("cannot lead out of their place", () => {
    expect(error(read("city://../%2e%2e.json"))).toMatchObject({ code: -32602 });
    expect(error(read("city://a/..%2f...json"))).toMatchObject({ code: -32602 });
  });

  test.each([
    [404, -32002],
    [500, -32603],
    [302, -32603],
  ])("answer %d of the API is error %d", (status, code) => {
    const stream = read("api://raw");
    stream.sendResponse([[":status", String(status)]], "gone");
    expect(replyOf(stream)).toMatchObject({ status: 200, body: { id: 1, error: { code } } });
  });

  test("are not there where the API is not", () => {
    const stream = read("api://raw");
    stream.upstreamReset();
    expect(error(stream)).toMatchObject({ code: -32603, message: "The API could not be reached (503)" });
  });

  test("can be subscribed to by the first era alone", () => {
    expect(result(legacy(plugin, "resources/subscribe", { uri: "doc://guide" }))).toEqual({});
    expect(result(legacy(plugin, "resources/unsubscribe", { uri: "city://a/b.json" }))).toEqual({});
    expect(replyOf(modern(plugin, "resources/subscribe", { uri: "doc://guide" })).status).toBe(404);
  });
});

describe("prompts", () => {
  test("are listed without what the gateway alone needs", () => {
    const [prompt] = result(legacy(plugin, "prompts/list")).prompts;
    expect(prompt).toEqual({ name: "plan", description: "A plan", arguments: [{ name: "city", required: true }] });
  });

  test("are made of their arguments, which stay inside their texts", () => {
    const { description, messages } = result(
      legacy(plugin, "prompts/get", { name: "plan", arguments: { city: "Rome" } }),
    );
    expect(description).toBe("A plan");
    expect(messages[0].content.text).toBe('Go to "Rome", warm');
    expect(messages[1]).toEqual({ role: "assistant", content: { type: "audio", data: "QQ==", mimeType: "audio/wav" } });
  });

  test.each([
    [{ name: "plan" }, "city is required"],
    [{ name: "plan", arguments: { city: "Paris" } }, "city"],
    [{ name: "plan", arguments: [] }, "arguments must be an object"],
    [{ name: "other" }, "Unknown prompt: other"],
    [{}, "name must be a string"],
  ])("%j is refused", (params, message) => {
    const refused = error(legacy(plugin, "prompts/get", params));
    expect(refused.code).toBe(-32602);
    expect(refused.message).toContain(message);
  });
});

describe("completion", () => {
  const values = (ref: object, name: string, value: string) =>
    result(legacy(plugin, "completion/complete", { ref, argument: { name, value } })).completion;
  const plan = { type: "ref/prompt", name: "plan" };

  test("takes what a schema lists", () => {
    expect(values(plan, "city", "os")).toEqual({ values: ["Oslo", "Osaka"], total: 2, hasMore: false });
    expect(values(plan, "tone", "")).toMatchObject({ values: ["dry"] });
    expect(values(plan, "other", "")).toMatchObject({ values: [], total: 0 });
    expect(values({ type: "ref/resource", uri: "file:///{+path}" }, "path", "a")).toMatchObject({ values: [] });
  });

  test("of nothing that is here is refused", () => {
    const ref = { type: "ref/resource", uri: "doc://other" };
    for (const params of [{ ref, argument: { name: "a" } }, { ref: plan }, { argument: { name: "a" } }]) {
      expect(error(legacy(plugin, "completion/complete", params))).toMatchObject({ code: -32602 });
    }
  });
});

/** The messages of a stream of events. */
function events(stream: HttpStream): any[] {
  expect(stream.sentDownstream.header("content-type")).toBe("text/event-stream");
  return stream.sentDownstream.text
    .split("\n\n")
    .filter(Boolean)
    .map((event) => JSON.parse(event.replace(/^data: /, "")));
}

describe("log messages", () => {
  test("come before the result", () => {
    const stream = call(plugin, "talk");
    stream.sendResponse([[":status", "201"]], "{}");
    const [log, reply, ...others] = events(stream);
    expect(log).toMatchObject({
      method: "notifications/message",
      params: { level: "warning", logger: "talk", data: "201" },
    });
    expect(reply.result.content).toHaveLength(1);
    expect(others).toEqual([]);
  });

  test("come from the level on that a session asks for", () => {
    const headers = { "mcp-session-id": "session-1" };
    const logged = (sent: object) => events(call(plugin, "say", {}, sent)).map(({ params }) => params?.data);
    expect(logged({})).toEqual(["b", undefined]);
    expect(result(legacy(plugin, "logging/setLevel", { level: "debug" }, { headers }))).toEqual({});
    expect(logged({ headers })).toEqual(["a", "b", undefined]);
    expect(logged({ headers: { "mcp-session-id": "session-2" } })).toEqual(["b", undefined]);
    legacy(plugin, "logging/setLevel", { level: "error" }, { headers });
    expect(textOf(result(call(plugin, "say", {}, { headers })))).toBe("done");
    expect(error(legacy(plugin, "logging/setLevel", { level: "loud" }))).toMatchObject({ code: -32602 });
  });

  test("come in the second era only to who asks in the request", () => {
    expect(textOf(result(modern(plugin, "tools/call", { name: "say" })))).toBe("done");
    const _meta = { [`${metaKey}logLevel`]: "debug" };
    expect(events(modern(plugin, "tools/call", { name: "say", _meta }))).toHaveLength(3);
  });

  test("do not come to who takes no events", () => {
    const stream = call(plugin, "say", {}, { headers: { accept: "application/json" } });
    expect(textOf(result(stream))).toBe("done");
  });
});

describe("progress", () => {
  const begin = (headers: [string, string][] = []) => {
    const stream = legacy(plugin, "tools/call", { name: "blocks", _meta: { progressToken: 7 } });
    stream.responseHeaders([[":status", "200"], ["content-type", "application/json"], ...headers]);
    return stream;
  };

  test("is how much of the answer has come, as it comes", () => {
    const stream = begin([["content-length", "12"]]);
    stream.responseBody('{"name"');
    expect(events(stream).map(({ params }) => params)).toEqual([
      { progressToken: 7, progress: 0, total: 12 },
      { progressToken: 7, progress: 7, total: 12 },
    ]);
    stream.responseBody(':"x"}', { endOfStream: true });
    const [, , last, reply] = events(stream);
    expect(last.params.progress).toBe(12);
    expect(reply.result.content).toEqual([
      { type: "text", text: 'It is "x"' },
      { type: "image", data: "QQ==", mimeType: "a/b" },
    ]);
  });

  test("has no total where nobody knows it, and comes to who asks alone", () => {
    const stream = begin();
    stream.responseBody("{}", { endOfStream: true });
    expect(events(stream)[0].params).toEqual({ progressToken: 7, progress: 0 });
    expect(answered(call(plugin, "blocks"), '{"name":"x"}').content).toHaveLength(2);
  });

  test("is not told of a call in a batch", () => {
    const params = { name: "blocks", _meta: { progressToken: 7 } };
    const body = [{ jsonrpc: "2.0", id: 1, method: "tools/call", params }];
    const stream = sendBody(plugin, JSON.stringify(body), { headers: { "mcp-protocol-version": "2025-03-26" } });
    stream.sendResponse([[":status", "200"]], "{}");
    expect(replyOf(stream).body).toHaveLength(1);
  });
});

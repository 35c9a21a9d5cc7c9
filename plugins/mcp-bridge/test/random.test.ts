// Random damage to requests, answers and templates: whatever comes, the VM lives, and the next request is served.
import { beforeAll, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { seededRandom, type Random } from "../../../sdk/test/random.ts";
import { legacy, metaKey, modernVersion, replyOf, sendBody, startBridge, tool } from "./bridge.ts";
import { loadHarness, type Harness } from "./harness.ts";

const random = seededRandom("mcp-bridge");
const hostile = [
  "\u0000",
  "\ud800",
  '"',
  "\\",
  "{",
  "}",
  "[",
  "]",
  "..",
  "%2e",
  "{{",
  "}}",
  "null",
  "1e999",
  "-",
  "🦀",
  "#(",
];

let plugin: Plugin;
let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("template");
  const args = {
    id: { type: "string", position: "path" },
    q: { type: "array", position: "query" },
    c: { type: "string", position: "cookie" },
  };
  const requestTemplate = { url: "https://api.test/{id}?a={{.args.c}}", method: "POST", body: "{{toJson .args}}" };
  const responseTemplate = { body: "{{range .list}}{{.a}}{{end}}{{gjson `list.#(a>1)#.b`}}" };
  const params = {
    message: "{{.args.a}}",
    requestedSchema: { type: "object", properties: { v: { type: "integer" } } },
  };
  const inputRequests = [{ name: "day", method: "elicitation/create", params }];
  const made = { inputSchema: { type: "object" }, args: [{ name: "a", type: "string" }] };
  plugin = await startBridge({
    tools: [tool("t", args, { requestTemplate, responseTemplate, logs: [{ data: "{{.a}}" }] })],
    prompts: [
      { ...made, definition: { name: "p" }, inputRequests, messages: [{ text: "{{.args.a}}{{.input.day.v}}" }] },
    ],
    resources: [{ ...made, definition: { uriTemplate: "doc://{a}/x{?b}", name: "r" }, requestTemplate }],
  });
});

/** A text with one to four small changes. */
function damaged(text: string, random: Random): string {
  let result = text;
  for (let steps = 1 + random.below(4); steps > 0; steps--) {
    const at = random.below(result.length + 1);
    const length = random.below(4) ? random.below(8) : random.below(result.length + 1);
    const put = random.below(2) ? hostile[random.below(hostile.length)]! : "";
    result = result.slice(0, at) + put + result.slice(at + length);
  }
  return result;
}

test("requests and answers", () => {
  const meta = { [`${metaKey}protocolVersion`]: modernVersion, [`${metaKey}clientCapabilities`]: {} };
  const bodies = [
    {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "t", arguments: { id: "a/b", q: [1, "x"], c: "d" } },
    },
    { jsonrpc: "2.0", id: "x", method: "tools/list", params: { cursor: "dA", _meta: meta } },
    { jsonrpc: "2.0", id: 3, method: "resources/read", params: { uri: "doc://a%20b/x?b=1" } },
    {
      jsonrpc: "2.0",
      id: 4,
      method: "prompts/get",
      params: {
        name: "p",
        _meta: { ...meta, [`${metaKey}clientCapabilities`]: { elicitation: {} } },
        inputResponses: { day: { action: "accept", content: { v: 1 } } },
        requestState: "eyJ4IjoxfQ.AA",
      },
    },
    {
      jsonrpc: "2.0",
      id: 5,
      method: "completion/complete",
      params: { ref: { type: "ref/prompt", name: "p" }, argument: { name: "a", value: "x" } },
    },
    [
      { jsonrpc: "2.0", id: 1, method: "ping" },
      { jsonrpc: "2.0", id: 2, method: "tools/call", params: { name: "t" } },
    ],
  ].map((body) => JSON.stringify(body));
  const answer = JSON.stringify({
    list: [
      { a: 1, b: "x" },
      { a: 2, b: ["y"] },
    ],
  });
  for (let round = 0; round < 6000; round++) {
    const stream = sendBody(plugin, damaged(bodies[round % bodies.length]!, random));
    if (stream.sentUpstream.ended) stream.sendResponse([[":status", "200"]], damaged(answer, random));
    const { status, body } = replyOf(stream);
    expect([200, 202, 400, 404]).toContain(status);
    expect(body === undefined).toBe(status === 202);
  }
  expect(replyOf(legacy(plugin, "ping")).body.result).toEqual({});
});

test("templates and paths", () => {
  const data = JSON.stringify({ args: { a: "x", n: 5, list: [1, { b: [2] }], o: { k: null } } });
  const templates = [
    '{{if eq .args.a "x"}}{{range $i, $e := .args.list}}{{$i}}{{else}}-{{end}}{{end}}',
    '{{with .args.o}}{{.k | default "d" | upper | quote}}{{end}}{{/* c */ -}} {{define "t"}}{{.}}{{end}}{{template "t" .args.n}}',
    '{{printf "%05d %s %q" .args.n .args.a "z" | trunc 5 | indent 2}}{{join "," (list 1 2 .args.list)}}{{index .args.list 1}}',
    "{{gjson `args.list.#(b.#==1)#.b|@flatten`}}{{regexReplaceAll `(x+)` .args.a `<$1>`}}{{substr 0 2 .args.a}}{{date `2006` now}}",
  ];
  for (let round = 0; round < 20_000; round++) {
    const template = damaged(templates[round % templates.length]!, random);
    expect(() => harness.bytes("render", template, data, round & 1), template).not.toThrow();
  }
});

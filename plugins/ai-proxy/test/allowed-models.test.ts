// What a caller may use is refused like what is not there, whether the request passes as it is or is translated.
import { beforeAll, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { loadHost, openAttempt, requestHeaders } from "./exchange.ts";

const target = { provider: "p", authority: "p.example", basePath: "/v1" };
const configuration = {
  bodyBytesMax: 65_536,
  targets: {
    same: {
      ...target,
      dialect: "openai-chat",
      surfaces: ["chat/completions", "audio/transcriptions"],
      modelMapping: [{ match: "any", pattern: "", model: "hidden" }],
    },
    other: { ...target, dialect: "anthropic", surfaces: ["messages"] },
    gemini: { ...target, dialect: "gemini", surfaces: ["generateContent", "countTokens"] },
    uncounted: { ...target, dialect: "cohere", surfaces: [] },
  },
};

let plugin: Plugin;
beforeAll(async () => {
  plugin = (await loadHost()).startPlugin({ configuration });
});

interface Request {
  target: string;
  path?: string;
  contentType?: string;
  body: string;
}

function send({ target: name, path, contentType = "application/json", body }: Request, allowed?: string): HttpStream {
  const filterState = new Map<string, Uint8Array>();
  if (allowed) filterState.set("wasm.weir.models", Buffer.from(allowed));
  const stream = openAttempt(plugin, name, filterState);
  stream.requestHeaders(requestHeaders({ ...(path && { path }), headers: { "content-type": contentType } }));
  return stream.requestBody(body, { endOfStream: true });
}

const messages = [{ role: "user", content: "Hello" }];
const chat = JSON.stringify({ model: "gpt-4o", messages });
const contents = JSON.stringify({ contents: [{ role: "user", parts: [{ text: "Hello" }] }] });
const form = `--b\r\ncontent-disposition: form-data; name="model"\r\n\r\ngpt-4o\r\n--b--\r\n`;

const requests: [string, Request][] = [
  ["that passes", { target: "same", body: chat }],
  [
    "that is a form",
    { target: "same", path: "/v1/audio/transcriptions", contentType: "multipart/form-data; boundary=b", body: form },
  ],
  ["that is translated", { target: "other", body: chat }],
  ["whose path names the model", { target: "gemini", path: "/v1beta/models/gpt-4o:generateContent", body: contents }],
  ["whose tokens are estimated", { target: "uncounted", path: "/v1beta/models/gpt-4o:countTokens", body: contents }],
];

test.each(requests)("a request %s", (_what, request) => {
  const open = send(request);
  const hasPassed = open.localReply === null || open.localReply.status === 200;
  expect(hasPassed, open.localReply?.body.toString()).toBe(true);
  for (const allowed of ["gpt-4o", "o3\ngpt-*", "*"]) {
    expect(send(request, allowed).localReply?.status, allowed).toBe(open.localReply?.status);
  }
  for (const allowed of ["gpt-4", "hidden", "gpt-4o-*", "o3\ngpt"]) {
    const refused = send(request, allowed);
    expect(refused.localReply, allowed).toMatchObject({ status: 404, details: "weir_model_not_found" });
    expect(refused.sentDownstream.text).toContain("The model `gpt-4o` does not exist or is not served here");
    expect(refused.sentUpstream.headers).toBeNull();
  }
});

test("what a name stands for is not looked at again, nor in a copy, which has no plan", () => {
  const plan = JSON.stringify({ targets: [{ cluster: "other", asked: "meant" }], statuses: [] });
  const filterState = new Map([
    ["wasm.weir.models", Buffer.from("gpt-5")],
    ["wasm.weir.plan", Buffer.from(plan)],
  ]);
  for (const [planned, state] of [
    ["1", filterState],
    ["meant", new Map()],
  ] as const) {
    const stream = openAttempt(plugin, "other", state);
    stream.requestHeaders([...requestHeaders({ headers: {} }), ["x-weir-planned", planned]]);
    stream.requestBody(chat, { endOfStream: true });
    expect(JSON.parse(stream.sentUpstream.text)).toMatchObject({ model: "meant" });
    expect(stream.sentUpstream.header("x-weir-planned")).toBeUndefined();
  }
});

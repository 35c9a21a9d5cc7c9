// ai-fallback on the Node host: the model that rules choose, from every API's bodies.
import { beforeAll, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { errorOf, route, send, stepsOf, type Request } from "./request.ts";

let host: WasmHost;
beforeAll(async () => {
  host = await WasmHost.load(await buildPlugin("ai-fallback"));
});
const start = (configuration: object): Plugin => host.startPlugin({ configuration });

describe("auto", () => {
  const image = "data:image/png;base64,iVBORw0KGgo=";
  const tool = { type: "function", function: { name: "look_up", parameters: { type: "object" } } };
  let plugin: Plugin;
  beforeAll(() => {
    plugin = start({
      routes: [route("all", ["*"], ["a"])],
      auto: {
        model: "default",
        rules: [
          { images: true, tools: false, model: "vision" },
          { tools: true, model: "tools" },
          { matches: "(?i)\\b(sql|python)\\b", tokensMax: 200, model: "code" },
          { tokensMin: 100, model: "long" },
        ],
      },
    });
  });
  const chosen = (request: Request): string => stepsOf(send(plugin, request))[0]!.replace("a as ", "");
  const chat = (content: unknown, more: object = {}) => ({
    body: { model: "auto", messages: [{ role: "user", content }], ...more },
  });

  test.each<[string, string, Request]>([
    ["a plain question", "default", chat("Hello")],
    ["a word in any case", "code", chat("Write some SQL")],
    ["a part of a word", "default", chat("mysqlx")],
    ["a long text", "long", chat("word ".repeat(80))],
    ["399 bytes are 100 tokens", "long", chat("x".repeat(397))],
    ["396 bytes are 99", "default", chat("x".repeat(396))],
    ["a word in a very long text", "long", chat(`sql ${"word ".repeat(300)}`)],
    ["tools", "tools", chat("Write SQL", { tools: [tool] })],
    ["no tools in the list", "code", chat("Write SQL", { tools: [] })],
    ["functions", "tools", chat("x", { functions: [tool.function] })],
    [
      "an image",
      "vision",
      chat([
        { type: "text", text: "sql" },
        { type: "image_url", image_url: { url: image } },
      ]),
    ],
    ["an image and tools", "tools", chat([{ type: "image_url", image_url: { url: image } }], { tools: [tool] })],
    [
      "what was said before",
      "default",
      {
        body: {
          model: "auto",
          messages: [
            { role: "user", content: "sql" },
            { role: "assistant", content: "sql" },
            { role: "user", content: "Thanks" },
          ],
        },
      },
    ],
    [
      "the user, not who answers",
      "code",
      {
        body: {
          model: "auto",
          messages: [
            { role: "user", content: [{ type: "text", text: "python" }] },
            { role: "assistant", content: "Hm" },
          ],
        },
      },
    ],
    ["completions", "code", { path: "/v1/completions", body: { model: "auto", prompt: "sql" } }],
    ["completions of a list", "code", { path: "/v1/completions", body: { model: "auto", prompt: ["a", "sql"] } }],
    ["responses with a text", "code", { path: "/v1/responses", body: { model: "auto", input: "sql" } }],
    [
      "responses with messages",
      "vision",
      {
        path: "/v1/responses",
        body: {
          model: "auto",
          input: [
            {
              role: "user",
              content: [
                { type: "input_text", text: "Look" },
                { type: "input_image", image_url: image },
              ],
            },
          ],
        },
      },
    ],
    [
      "responses after a call",
      "code",
      {
        path: "/v1/responses",
        body: {
          model: "auto",
          instructions: "Be brief",
          input: [
            { type: "message", role: "user", content: "sql?" },
            { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
            { type: "function_call_output", call_id: "c", output: "done" },
          ],
        },
      },
    ],
    [
      "Anthropic's messages",
      "code",
      {
        path: "/v1/messages",
        body: {
          model: "auto",
          max_tokens: 9,
          system: [{ type: "text", text: "Be brief" }],
          messages: [{ role: "user", content: [{ type: "text", text: "SQL, please" }] }],
        },
      },
    ],
    [
      "Anthropic's results of tools, which are not what the user says",
      "code",
      {
        path: "/v1/messages",
        body: {
          model: "auto",
          messages: [
            { role: "user", content: "python" },
            { role: "assistant", content: [{ type: "tool_use", id: "t", name: "f", input: {} }] },
            { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "nothing" }] },
          ],
        },
      },
    ],
    [
      "an image in the result of a tool",
      "vision",
      {
        path: "/v1/messages",
        body: {
          model: "auto",
          messages: [
            {
              role: "user",
              content: [
                {
                  type: "tool_result",
                  tool_use_id: "t",
                  content: [{ type: "image", source: { type: "base64", media_type: "image/png", data: "aaaa" } }],
                },
              ],
            },
          ],
        },
      },
    ],
    [
      "Gemini's contents",
      "code",
      { path: "/v1beta/models/auto:generateContent", body: { contents: [{ parts: [{ text: "sql" }] }] } },
    ],
    [
      "Gemini's images",
      "vision",
      {
        path: "/v1beta/models/auto:streamGenerateContent",
        body: { contents: [{ role: "user", parts: [{ inlineData: { mimeType: "image/png", data: "aaaa" } }] }] },
      },
    ],
    [
      "Gemini's tools",
      "tools",
      {
        path: "/v1beta/models/auto:generateContent",
        body: { contents: [], tools: [{ functionDeclarations: [{ name: "f" }] }] },
      },
    ],
    ["a body without a conversation", "default", { body: { model: "auto", messages: null, tools: "x" } }],
  ])("%s: %s", (_what, model, request) => {
    expect(chosen(request)).toBe(model);
  });

  test("is what a key must allow", () => {
    expect(errorOf(send(plugin, { ...chat("x"), state: { models: "default" } }))).toMatchObject({ status: "404" });
    expect(stepsOf(send(plugin, { ...chat("x"), state: { models: "auto" } }))).toEqual(["a as default"]);
  });

  test("is a name like any other without rules", () => {
    expect(stepsOf(send(start({ routes: [route("all", ["*"], ["a"])] }), chat("x")))).toEqual(["a"]);
  });
});

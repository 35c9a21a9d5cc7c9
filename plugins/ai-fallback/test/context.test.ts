// ai-fallback on the Node host: prompts that are longer than the context of some target's model.
import { beforeAll, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { route, send, stepsOf } from "./request.ts";

const configuration = {
  contextWindows: [[{ tokens: 100, names: "small*\nown" }], [{ tokens: 1000, names: "large\nm" }]],
  contexts: {
    small: { contextWindows: 0, modelMapping: [{ match: "any", pattern: "", model: "small-1" }] },
    large: { contextWindows: 1 },
    vllm: { contextWindows: 0, modelMapping: [{ match: "exact", pattern: "m", model: "own" }], holdsOutput: true },
  },
  aliases: [{ name: "alias", model: "m" }],
  routes: [
    route("some", ["m"], ["small", "vllm"], { fallbacks: [{ cluster: "large" }, { cluster: "unknown" }] }),
    route("planned", ["planned"], ["small"], { fallbacks: [{ cluster: "large", model: "large" }] }),
    route("none", ["n"], ["small", "vllm"]),
  ],
};

let plugin: Plugin;
beforeAll(async () => {
  const host = await WasmHost.load(await buildPlugin("ai-fallback"));
  plugin = host.startPlugin({ configuration });
});

const words = (count: number): string => "word ".repeat(count);
const chat = (model: string, count: number, more: object = {}) => ({
  body: { model, messages: [{ role: "user", content: words(count) }], ...more },
});

describe("targets whose model cannot hold the prompt", () => {
  test("are left out where another one's may", () => {
    expect(stepsOf(send(plugin, chat("m", 100)))).toEqual(["small", "vllm", "large", "unknown"]);
    expect(stepsOf(send(plugin, chat("m", 101)))).toEqual(["large", "unknown"]);
    expect(stepsOf(send(plugin, chat("m", 1001)))).toEqual(["unknown"]);
    expect(stepsOf(send(plugin, chat("planned", 101)))).toEqual(["large"]);
  });

  test("stay where there is no other: they tell the client", () => {
    expect(stepsOf(send(plugin, chat("planned", 1001)))).toEqual(["small", "large"]);
  });

  test("count the output that is asked for where the provider does", () => {
    expect(stepsOf(send(plugin, chat("m", 10, { max_tokens: 90 })))).toContain("vllm");
    expect(stepsOf(send(plugin, chat("m", 10, { max_tokens: 91 })))).toEqual(["small", "large", "unknown"]);
  });

  test("are left out by what an alias stands for, and where the path names the model", () => {
    expect(stepsOf(send(plugin, chat("alias", 101)))).toEqual(["large as m", "unknown as m"]);
    const path = "/v1beta/models/m:generateContent";
    const body = { contents: [{ parts: [{ text: words(101) }] }] };
    expect(stepsOf(send(plugin, { path, body }))).toEqual(["large", "unknown"]);
  });

  test("stay where the prompt may be cut, and for what is no chat", () => {
    expect(stepsOf(send(plugin, chat("m", 500, { truncation: "auto" })))[0]).toBe("small");
    expect(stepsOf(send(plugin, { path: "/v1/embeddings", body: { model: "m", input: words(500) } }))[0]).toBe("small");
  });
});

// How often plugin and host call each other, by kind of request: the greater part of what a plugin costs. A number that
// grows here is paid for by every request.
import { beforeAll, describe, expect, test } from "vitest";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { openAttempt } from "./exchange.ts";
import { planJson } from "./planned.ts";

let host: WasmHost;
beforeAll(async () => {
  host = await WasmHost.load(await buildPlugin("ai-proxy"));
});

const target = {
  name: "upstream",
  provider: "generic",
  dialect: "openai-chat",
  authority: "upstream.example",
  basePath: "/v1",
  surfaces: ["chat/completions"],
  credential: { header: "authorization", prefix: "Bearer ", value: "fake-key" },
  modelMapping: [{ match: "exact", pattern: "mapped", model: "own" }],
};
/** Where nobody may be forbidden a model, as `control` writes it. */
const open = { callers: false, budgets: false };

const usage = { prompt_tokens: 3, completion_tokens: 2 };
const answer = JSON.stringify({
  id: "c",
  model: "own",
  choices: [{ message: { role: "assistant", content: "Hi there" }, finish_reason: "stop" }],
  usage,
});
const event = (delta: object, more: object = {}): string =>
  `data: ${JSON.stringify({ id: "c", model: "own", choices: [{ index: 0, delta, ...more }] })}\n\n`;

interface Kind {
  configuration: object;
  model?: string;
  /** So many words, each a chunk of its own; absent for a whole answer. */
  words?: number;
  isPlanned?: boolean;
}

function crossings({ configuration, model = "m", words, isPlanned = false }: Kind) {
  const plugin = host.startPlugin({ configuration: { ...configuration, targets: { up: target, next: target } } });
  const run = () => {
    host.crossings.clear();
    const plan = planJson({ targets: [{ cluster: "up" }, { cluster: "next" }] });
    const state = new Map<string, Uint8Array>(isPlanned ? [["wasm.weir.plan", Buffer.from(plan)]] : []);
    const stream = openAttempt(plugin, "up", state);
    const body = JSON.stringify({ model, messages: [], ...(words !== undefined && { stream: true }) });
    const headers: [string, string][] = [
      [":method", "POST"],
      [":path", "/v1/chat/completions"],
      [":authority", "gateway"],
      ["content-type", "application/json"],
      ["content-length", String(body.length)],
      ["x-envoy-attempt-count", "1"],
      ...(isPlanned ? [["x-weir-planned", "1"] as [string, string]] : []),
    ];
    stream.sendRequest(headers, body);
    const type = words === undefined ? "application/json" : "text/event-stream";
    stream.responseHeaders([
      [":status", "200"],
      ["content-type", type],
    ]);
    if (words === undefined) stream.responseBody(answer, { endOfStream: true });
    else {
      for (let word = 0; word < words; word++) stream.responseBody(event({ content: "word " }));
      stream.responseBody(event({}, { finish_reason: "stop" }));
      stream.responseBody("data: [DONE]\n\n");
      stream.responseBody("", { endOfStream: true });
    }
    expect(stream.sentDownstream.header(":status")).toBe("200");
    return host.crossings.sums;
  };
  // The first one defines metrics, and grows memory.
  run();
  return run();
}

const silent = { ...open, silent: true };
const metered = { ...silent, metrics: true };
const logged = { ...open, metrics: true };

test.each<[string, Kind, { in: number; out: number; memory: number }]>([
  ["a chat", { configuration: silent }, { in: 6, out: 7, memory: 4 }],
  ["a chat, measured", { configuration: metered }, { in: 6, out: 11, memory: 4 }],
  ["a chat, measured and logged", { configuration: logged }, { in: 6, out: 24, memory: 5 }],
  ["a chat that has its model mapped", { configuration: metered, model: "mapped" }, { in: 6, out: 13, memory: 4 }],
  ["a chat of callers with budgets", { configuration: { silent: true, metrics: true } }, { in: 6, out: 13, memory: 4 }],
  ["a chat with a plan", { configuration: metered, isPlanned: true }, { in: 6, out: 18, memory: 6 }],
  ["a stream of 50 chunks", { configuration: metered, words: 48 }, { in: 56, out: 62, memory: 54 }],
  ["a stream of 50 chunks, logged", { configuration: logged, words: 48 }, { in: 56, out: 82, memory: 54 }],
  [
    "a stream of 50 chunks with a plan",
    { configuration: metered, words: 48, isPlanned: true },
    { in: 56, out: 66, memory: 55 },
  ],
])("%s crosses no more often than it has to", (_kind, kind, sums) => {
  expect(crossings(kind)).toEqual(sums);
});

describe("a chunk of a stream", () => {
  test.each([silent, metered])("is one way in and one question: %j", (configuration) => {
    const few = crossings({ configuration, words: 10 });
    const many = crossings({ configuration, words: 110 });
    expect({ in: many.in - few.in, out: many.out - few.out, memory: many.memory - few.memory }).toEqual({
      in: 100,
      out: 100,
      memory: 100,
    });
  });
});

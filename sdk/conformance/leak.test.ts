// A million requests through one VM leave its memory as it was.
import { expect, test } from "vitest";
import { compileModule } from "../../tools/build-plugins.ts";
import { SeededRandom } from "../host/random.ts";
import type { Plugin } from "../host/plugin.ts";
import { WasmHost } from "../host/wasm-host.ts";
import { runSteadily } from "./leak.ts";

const requests = 1_000_000;
const seed = 20260101;

const headers = [
  [":authority", "gateway"],
  [":path", "/chat/completions"],
  [":method", "POST"],
  ["authorization", "Bearer sk-0123456789"],
  ["content-type", "application/json"],
] as const;
const answer = [
  [":status", "200"],
  ["content-type", "text/event-stream"],
] as const;
const chatOf = (size: number) =>
  Buffer.from(JSON.stringify({ model: "one", stream: true, messages: [{ role: "user", content: "w".repeat(size) }] }));
const bodies = [chatOf(400), chatOf(3000), chatOf(100), Buffer.from('{"model":')];
const largeBody = chatOf(64 * 1024);
const event = Buffer.from('data: {"choices":[{"delta":{"content":"word"}}]}\n\n');
const half = event.subarray(0, 20);
const rest = event.subarray(20);

/** Requests as they come: mostly ordinary ones, some large, some broken, some whose client leaves at any moment. */
function sender(random: SeededRandom) {
  return (plugin: Plugin, i: number): void => {
    const chance = random.next() % 100;
    const stream = plugin.openStream();
    stream.sendRequest(headers, i % 500 === 0 ? largeBody : bodies[chance % bodies.length]!);
    if (chance === 0) return void stream.disconnect();
    stream.responseHeaders(answer).responseBody(event).responseBody(half);
    if (chance === 1) return void stream.disconnect();
    if (chance === 2) return void stream.upstreamReset();
    stream.responseBody(rest).responseBody(event, { endOfStream: true });
    expect(stream.isOver).toBe(true);
  };
}

test(`${requests} requests leave memory flat (seed ${seed})`, { timeout: 300_000 }, async () => {
  const module = await compileModule("sdk/conformance/plugins/steady/assembly/index.ts");
  const host = await WasmHost.load(module);
  const plugin = host.startPlugin({});
  const report = runSteadily({ plugin, send: sender(new SeededRandom(seed)), requests });
  console.log(
    `${report.requests} requests in ${report.seconds.toFixed(1)} s, memory ${report.memoryBefore} → ${report.memoryAfter} bytes`,
  );
  expect(report.contextsLeft).toBe(1);
  expect(report.memoryAfter).toBe(report.memoryBefore);
  expect(host.metrics.value("steady_events")).toBeGreaterThan(2 * requests);
});

test("a plugin that keeps something of each stream is found out", async () => {
  const module = await compileModule("sdk/conformance/plugins/leaky/assembly/index.ts");
  const host = await WasmHost.load(module);
  const report = runSteadily({ plugin: host.startPlugin({}), send: sender(new SeededRandom(seed)), requests: 60_000 });
  expect(report.bytesPerRequest).toBeGreaterThan(10);
});

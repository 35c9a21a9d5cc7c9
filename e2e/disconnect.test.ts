// A client that leaves: the provider's side is closed at once, and nothing goes on being paid for.
import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { oneProvider } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send } from "./http-client.ts";

const path = "/v1/chat/completions";
const messages = [{ role: "user", content: "Hello" }];

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway(oneProvider);
});
afterAll(() => gateway?.stop());
beforeEach(() => void (gateway.simulator.requests.length = 0));

/** The first request that the provider received, once its connection is closed. */
async function closedUpstream(): Promise<{ aborted: boolean }> {
  await vi.waitFor(() => expect(gateway.simulator.requests[0]).toMatchObject({ finished: true }), 5_000);
  return gateway.simulator.requests[0] ?? { aborted: false };
}

test("a client that leaves in the middle of a stream closes the provider's connection", async () => {
  const stream = await open(gateway.url, {
    path,
    headers: { "x-simulate": "words-1000, chunk-delay-50" },
    json: { model: "gpt-4o", stream: true, messages },
  });
  await stream.seen("simulated-2");
  stream.leave();
  expect(await closedUpstream()).toMatchObject({ aborted: true });
});

test("a client that leaves once it has all, before the stream's end, is counted all the same", async () => {
  const id = randomUUID();
  const stream = await open(gateway.url, {
    path,
    headers: { "x-request-id": id, "x-simulate": "words-5, chunk-delay-300" },
    json: { model: "gpt-4o", stream: true, stream_options: { include_usage: true }, messages },
  });
  await stream.seen('"completion_tokens":5');
  stream.leave();
  expect(await gateway.logEntry(id)).toMatchObject({ "gen_ai.usage.output_tokens": "5" });
});

test("a client that leaves before the answer's headers closes the provider's connection", async () => {
  const answer = open(gateway.url, {
    path,
    headers: { "x-simulate": "hang" },
    json: { model: "gpt-4o", messages },
    signal: AbortSignal.timeout(300),
  });
  await expect(answer).rejects.toThrow();
  expect(await closedUpstream()).toMatchObject({ aborted: true });
});

test("a client that leaves in the middle of its own body costs the provider nothing", async () => {
  const { port } = new URL(gateway.url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"mo`,
  );
  await pause(200);
  socket.destroy();
  await pause(200);
  expect(gateway.simulator.requests).toEqual([]);
});

test("after a hundred that left, the gateway serves and holds nothing of them", async () => {
  const streams = await Promise.all(
    Array.from({ length: 100 }, () =>
      open(gateway.url, {
        path,
        headers: { "x-simulate": "words-1000, chunk-delay-50" },
        json: { model: "gpt-4o", stream: true, messages },
      }),
    ),
  );
  for (const stream of streams) stream.leave();
  await vi.waitFor(() => expect(gateway.simulator.requests.every(({ aborted }) => aborted)).toBe(true), 5_000);
  expect(await send(gateway.url, { path, json: { model: "gpt-4o", messages } })).toMatchObject({ status: 200 });
  await vi.waitFor(async () => expect(await gateway.envoyCounter("http.weir.downstream_rq_active")).toBe(0), 5_000);
});

// A gRPC call decides; a limiter that fails lets requests pass.
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveGrpc } from "./grpc-server.ts";
import { runExample, serve, type RunningExample } from "./run-example.ts";

let server: Awaited<ReturnType<typeof serve>>;
let limiter: Awaited<ReturnType<typeof serveGrpc>>;
let example: RunningExample;
const asked: { path: string; message: string }[] = [];

beforeAll(async () => {
  server = await serve((_request, response) => response.end("passed"));
  limiter = await serveGrpc((message, exchange) => {
    const question = message.toString("latin1");
    asked.push({ path: exchange.path, message: question });
    if (question.endsWith("silent")) return;
    if (question.endsWith("reset")) return exchange.reset();
    if (question.endsWith("broken")) return exchange.end(13, "it is broken");
    exchange.send(Buffer.from([0x08, question.endsWith("greedy") ? 2 : 1]));
    exchange.end(0);
  });
  example = await runExample("grpc-limit", { clusters: { server: server.port, limiter: limiter.port } });
});
afterAll(async () => {
  await example?.stop();
  server?.close();
  limiter?.close();
});

const ask = (client: string) => fetch(example.url, { headers: { "x-client": client } });

test("the service is asked in its own terms", async () => {
  expect(await (await ask("modest")).text()).toBe("passed");
  expect(asked[0]?.path).toBe("/envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit");
  expect(asked[0]?.message).toBe("\n\x07example\x12\x12\n\x10\n\x06client\x12\x06modest");
});

test("a client over the limit is refused", async () => {
  const response = await ask("greedy");
  expect([response.status, await response.text()]).toEqual([429, "Slow down\n"]);
});

test.each(["broken", "reset", "silent"])("a limiter that is %s lets requests pass", async (way) => {
  expect(await (await ask(way)).text()).toBe("passed");
});

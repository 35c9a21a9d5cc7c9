// A gRPC stream that outlives requests: metadata, messages both ways, its end, and its opening again.
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveGrpc, type GrpcExchange } from "./grpc-server.ts";
import { expectEventually, runExample, serve, type RunningExample } from "./run-example.ts";

let server: Awaited<ReturnType<typeof serve>>;
let events: Awaited<ReturnType<typeof serveGrpc>>;
let example: RunningExample;
const received: { path: string; plugin: unknown; text: string }[] = [];
let last: GrpcExchange;

beforeAll(async () => {
  server = await serve((_request, response) => response.end());
  events = await serveGrpc((message, exchange) => {
    last = exchange;
    received.push({
      path: exchange.path,
      plugin: exchange.metadata["x-plugin"],
      text: message.subarray(2).toString(),
    });
    exchange.send(message);
  });
  example = await runExample("grpc-events", { clusters: { server: server.port, events: events.port } });
});
afterAll(async () => {
  await example?.stop();
  server?.close();
  events?.close();
});

const logged = (part: string) => example.log.some((line) => line.includes(part));

test("each request is told of, and each answer heard", async () => {
  for (const path of ["/one", "/two"]) await (await fetch(example.url + path)).text();
  await expectEventually(() => received.length === 2 && logged("event acknowledged: /two"));
  expect(received[0]).toEqual({ path: "/example.Events/Report", plugin: "grpc-events", text: "/one" });
  expect(logged("event stream is open to one")).toBe(true);
});

test("a stream that the server ends is opened again", async () => {
  last.end(14, "going away");
  await expectEventually(() => logged("event stream has ended with status 14: going away"));
  await expectEventually(async () => {
    await (await fetch(`${example.url}/again`)).text();
    return received.some(({ text }) => text === "/again");
  });
});

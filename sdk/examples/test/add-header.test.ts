// The first filter, on a real Envoy.
import { afterAll, beforeAll, expect, test } from "vitest";
import { runExample, serve, type RunningExample } from "./run-example.ts";

let server: Awaited<ReturnType<typeof serve>>;
let example: RunningExample;

beforeAll(async () => {
  server = await serve((_request, response) => response.end("from the server"));
  example = await runExample("add-header", { clusters: { server: server.port } });
});
afterAll(async () => {
  await example?.stop();
  server?.close();
});

test("the header is there, and the rest is untouched", async () => {
  const response = await fetch(example.url);
  expect(response.headers.get("x-greeting")).toBe("hello");
  expect(await response.text()).toBe("from the server");
});

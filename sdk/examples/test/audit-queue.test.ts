// Lines go through a shared queue and a timer to a collector, from every worker thread, none lost, none twice.
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectEventually, runExample, serve, type RunningExample } from "./run-example.ts";

let server: Awaited<ReturnType<typeof serve>>;
let collector: Awaited<ReturnType<typeof serve>>;
let example: RunningExample;
const lines: string[] = [];

beforeAll(async () => {
  server = await serve((_request, response) => response.end());
  collector = await serve(async (request, response) => {
    lines.push(...(await text(request)).trimEnd().split("\n"));
    response.end();
  });
  const clusters = { server: server.port, collector: collector.port };
  example = await runExample("audit-queue", { clusters, concurrency: 2 });
});
afterAll(async () => {
  await example?.stop();
  server?.close();
  collector?.close();
});

test("each request becomes one line at the collector", async () => {
  const paths = Array.from({ length: 200 }, (_, i) => `/path/${i}`);
  await Promise.all(paths.map(async (path) => (await fetch(example.url + path)).text()));
  await expectEventually(() => lines.length >= paths.length);
  const collected = lines.map((line) => line.replace(/^127\.0\.0\.1:\d+ GET /, ""));
  expect(collected.toSorted()).toEqual(paths.toSorted());
});

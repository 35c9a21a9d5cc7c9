// One count over all worker threads, and metrics in Envoy's statistics.
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectEventually, runExample, serve, type RunningExample } from "./run-example.ts";

const limit = 1000;
let server: Awaited<ReturnType<typeof serve>>;
let example: RunningExample;

beforeAll(async () => {
  server = await serve((_request, response) => response.end());
  example = await runExample("count-requests", {
    clusters: { server: server.port },
    concurrency: 4,
    adapt: (bootstrap) => {
      const filter = bootstrap.static_resources.listeners[0].filter_chains[0].filters[0].typed_config.http_filters[0];
      filter.typed_config.config.configuration.value = String(limit);
    },
  });
});
afterAll(async () => {
  await example?.stop();
  server?.close();
});

async function ask(): Promise<[status: number, number: number]> {
  const response = await fetch(example.url);
  await response.text();
  return [response.status, Number(response.headers.get("x-request-number"))];
}

test("no number is given twice, and the limit holds to the request", async () => {
  const answers: [number, number][] = [];
  const worker = async () => {
    while (answers.length < limit + 50) answers.push(await ask());
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  const passed = answers.filter(([status]) => status === 200).map(([, number]) => number);
  expect(passed.toSorted((a, b) => a - b)).toEqual(Array.from({ length: limit }, (_, i) => i + 1));
  const refused = answers.filter(([status]) => status === 429);
  expect(refused.length).toBe(answers.length - limit);
  expect(await example.stat("wasmcustom.requests_refused")).toBe(refused.length);
  await expectEventually(async () => (await example.stat("wasmcustom.requests_in_flight")) === 0);
}, 60_000);

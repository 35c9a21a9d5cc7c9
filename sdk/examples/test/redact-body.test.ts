// Response bodies are held, looked at and replaced, wherever the server cuts them.
import { afterAll, beforeAll, expect, test } from "vitest";
import { runExample, serve, type RunningExample } from "./run-example.ts";

let server: Awaited<ReturnType<typeof serve>>;
let example: RunningExample;
let pieces: string[] = [];

beforeAll(async () => {
  server = await serve(async (_request, response) => {
    for (const piece of pieces) {
      response.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    response.end();
  });
  example = await runExample("redact-body", { clusters: { server: server.port } });
});
afterAll(async () => {
  await example?.stop();
  server?.close();
});

test.each([
  { sent: ["the secret is", " that secrets"], got: "the [redacted] is that [redacted]s" },
  { sent: ["cut in the sec", "ret"], got: "cut in the [redacted]" },
  { sent: ["secretsecret"], got: "[redacted][redacted]" },
  { sent: ["nothing here"], got: "nothing here" },
  { sent: [], got: "" },
  { sent: ["x".repeat(300_000), "secret"], got: `${"x".repeat(300_000)}[redacted]` },
])("$sent.length pieces", async ({ sent, got }) => {
  pieces = sent;
  expect(await (await fetch(example.url)).text()).toBe(got);
});

test("two plugins in one VM keep each its own configuration", async () => {
  const twice = await runExample("redact-body", {
    clusters: { server: server.port },
    adapt: (bootstrap) => {
      const { http_filters: filters } =
        bootstrap.static_resources.listeners[0].filter_chains[0].filters[0].typed_config;
      filters[0].typed_config.config.vm_config.vm_id = "shared";
      const other = structuredClone(filters[0]);
      other.typed_config.config.configuration.value = "private";
      filters.unshift(other);
    },
  });
  try {
    pieces = ["secret and pri", "vate and public"];
    expect(await (await fetch(twice.url)).text()).toBe("[redacted] and [redacted] and public");
  } finally {
    await twice.stop();
  }
});

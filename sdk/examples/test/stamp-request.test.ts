// Random bytes, environment, properties, filter state and a foreign function.
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectEventually, runExample, serve, type RunningExample } from "./run-example.ts";

let server: Awaited<ReturnType<typeof serve>>;
let north: Awaited<ReturnType<typeof serve>>;
let example: RunningExample;

beforeAll(async () => {
  server = await serve((_request, response) => response.end("elsewhere"));
  north = await serve((request, response) => response.end(`north ${request.headers["x-stamp"]}`));
  const clusters = { server: server.port, "server-north": north.port };
  example = await runExample("stamp-request", { clusters, env: { REGION: "north" } });
});
afterAll(async () => {
  await example?.stop();
  server?.close();
  north?.close();
});

test("the region decides the route anew, and each request has its own stamp", async () => {
  const answers: string[] = [];
  for (let i = 0; i < 3; i++) {
    const response = await fetch(example.url);
    expect(response.headers.get("x-route")).toBe("north");
    answers.push(await response.text());
  }
  expect(answers.every((answer) => /^north [0-9a-f]{16}$/.test(answer))).toBe(true);
  expect(new Set(answers).size).toBe(3);
  const stamp = answers[0]?.split(" ")[1];
  await expectEventually(() => example.log.some((line) => line.includes(`stamped ${stamp}`)));
});

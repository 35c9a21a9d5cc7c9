// An HTTP callout decides; whatever goes wrong with it, the request does not pass.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { runExample, serve, type RunningExample } from "./run-example.ts";

let server: Awaited<ReturnType<typeof serve>>;
let authorizer: Awaited<ReturnType<typeof serve>>;
let example: RunningExample;
let seen: Record<string, unknown>[] = [];
let questions = 0;

beforeAll(async () => {
  server = await serve((request, response) => {
    seen.push(request.headers);
    request.resume().on("end", () => response.end(`hello ${request.headers["x-user"]}`));
  });
  authorizer = await serve((request, response) => {
    questions++;
    const answers: Record<string, () => void> = {
      good: () => response.end("ann"),
      bad: () => response.writeHead(403).end("not you"),
      broken: () => response.writeHead(500).end(),
      reset: () => void response.destroy(),
      silent: () => undefined,
    };
    answers[String(request.headers.authorization)]?.();
  });
  example = await runExample("authorize", { clusters: { server: server.port, authorizer: authorizer.port } });
});
beforeEach(() => {
  seen = [];
  questions = 0;
});
afterEach(() => authorizer.closeAllConnections());
afterAll(async () => {
  await example?.stop();
  server?.close();
  authorizer?.close();
});

const ask = (authorization?: string, body?: string) =>
  fetch(example.url, { headers: authorization ? { authorization } : {}, ...(body && { method: "POST", body }) });

test("a good credential passes, is removed, and the user is named", async () => {
  const response = await ask("good");
  expect(await response.text()).toBe("hello ann");
  expect(seen[0]).not.toHaveProperty("authorization");
});

test("a body sent in the meantime waits and arrives whole", async () => {
  const response = await ask("good", "x".repeat(200_000));
  expect([response.status, await response.text()]).toEqual([200, "hello ann"]);
});

test("a bad credential is refused with the authorizer's words", async () => {
  const response = await ask("bad");
  expect([response.status, await response.text(), seen.length]).toEqual([403, "not you", 0]);
});

test("no credential is refused without asking", async () => {
  expect((await ask()).status).toBe(401);
  expect(questions).toBe(0);
});

test.each(["broken", "reset", "silent"])("an authorizer that is %s lets nobody pass", async (way) => {
  const response = await ask(way);
  expect([response.status, seen.length]).toEqual([503, 0]);
});

test("a client that leaves while the authorizer thinks does no harm", async () => {
  const impatient = new AbortController();
  const left = fetch(example.url, { headers: { authorization: "silent" }, signal: impatient.signal });
  setTimeout(() => impatient.abort(), 100);
  await expect(left).rejects.toThrow("aborted");
  // The reply (a timeout after 500 ms) finds its stream gone.
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(await (await ask("good")).text()).toBe("hello ann");
  expect(example.log.filter((line) => /critical|error/.test(line))).toEqual([]);
});

// Plans on a real Envoy: whatever happens at one target, the next one is tried, and the client learns of none of it.
import { setTimeout as pause } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import { startGateway, type Gateway } from "./gateway.ts";
import { clientKey, post, target } from "./messages.ts";
import type { Answer } from "./provider.ts";

const anthropic = { dialect: "anthropic", surfaces: ["messages"] };
const aiProxy = {
  responseHeaders: true,
  targets: {
    alpha: target("alpha", "authorization", "Bearer ", { headers: [{ name: "x-only", value: "alpha" }] }),
    beta: target("beta", "api-key", ""),
    gamma: target("gamma", "x-api-key", "", anthropic),
    closed: target("closed", "x-api-key", ""),
    "last-resort": { provider: "weir", lastResort: { text: "Sorry, try later" } },
  },
};

const plans: Record<string, object> = {
  "a-b": { targets: [{ cluster: "alpha" }], fallbacks: [{ cluster: "beta", model: "b-model" }] },
  "a-g-b": { targets: [{ cluster: "alpha" }], fallbacks: [{ cluster: "gamma" }, { cluster: "beta" }] },
  "g-b": { targets: [{ cluster: "gamma" }], fallbacks: [{ cluster: "beta" }] },
  "closed-b": { targets: [{ cluster: "closed" }], fallbacks: [{ cluster: "beta" }] },
  "a-closed": { targets: [{ cluster: "alpha" }], fallbacks: [{ cluster: "closed" }] },
  closed: { targets: [{ cluster: "closed" }], fallbacks: [{ cluster: "closed", model: "other" }] },
  hurried: { targets: [{ cluster: "alpha" }], fallbacks: [{ cluster: "beta" }], totalTimeoutMs: 300 },
  last: { targets: [{ cluster: "closed" }], fallbacks: [{ cluster: "alpha" }], lastResort: { cluster: "last-resort" } },
  "hurried-last": { targets: [{ cluster: "alpha" }], totalTimeoutMs: 300, lastResort: { cluster: "last-resort" } },
};
const aiFallback = {
  routes: Object.entries(plans).map(([name, plan]) => ({
    name,
    match: { pathPrefixes: ["/plan/v1", "/hasty/v1"] },
    models: [name],
    ...plan,
  })),
};

let gateway: Gateway;
beforeEach(async () => {
  gateway = await startGateway(aiProxy, aiFallback);
  return () => gateway.stop();
});

const messages = [{ role: "user", content: "Hello" }];
const chat = (model: string, more: object = {}): RequestInit => post({ model, messages, ...more });
const send = (model: string, more: object = {}, path = "/plan/v1/chat/completions") =>
  gateway.fetch(path, chat(model, more));

const completion = (content: string | null, finish_reason = "stop") => ({
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "served",
  choices: [{ index: 0, message: { role: "assistant", content }, finish_reason }],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
});
const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  };
const failure = (status: number, message: string, headers = {}): Answer =>
  json(status, { error: { message, type: "server_error", param: null, code: null } }, headers);
const good = json(200, completion("Hi from beta"));
const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: "1", model: "served", choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const done = `${chunk({}, "stop")}data: [DONE]\n\n`;

/** Events one by one; what `end` does comes last. */
function stream(events: string[], end: "end" | "destroy" | "hang" = "end"): Answer {
  return async (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.flushHeaders();
    for (const event of events) {
      await pause(10);
      response.write(event);
    }
    await pause(20);
    if (end === "end") response.end();
    else if (end === "destroy") response.destroy();
  };
}
const goodStream = stream([chunk({ role: "assistant" }), chunk({ content: "Hi from beta" }), done]);

const attemptsOf = (log: Record<string, unknown>): unknown =>
  JSON.parse(String(log["attempts"])).map((each: Record<string, unknown>) =>
    [each["target"], each["status"], each["reason"]].filter((part) => part !== undefined).join(" "),
  );

test("503 at one, an overloaded one of another dialect, then a third: three attempts, one answer", async () => {
  gateway.alpha.answer = (response, received, index) =>
    received.path.startsWith("/gamma")
      ? json(529, { type: "error", error: { type: "overloaded_error", message: "Full" } })(response, received, index)
      : failure(503, "Down")(response, received, index);
  gateway.beta.answer = good;
  const response = await send("a-g-b", { seed: 1 });
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: "Hi from beta" } }] });
  expect(response.headers.get("x-weir-retry")).toBeNull();
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "x-weir-target": "beta",
    "x-weir-provider": "beta",
    "x-weir-model": "a-g-b",
    "x-weir-attempts": "3",
  });
  expect(gateway.alpha.received.map(({ path }) => path)).toEqual(["/alpha/v1/chat/completions", "/gamma/v1/messages"]);
  expect(JSON.parse(gateway.alpha.received[1]!.body)).toMatchObject({ messages: [{ role: "user" }] });
  expect(JSON.parse(gateway.beta.received[0]!.body)).toMatchObject({ messages, seed: 1 });
  const log = await response.logged();
  expect(attemptsOf(log)).toEqual(["alpha 503 status", "gamma 529 status", "beta 200"]);
  expect(log).toMatchObject({ route: "a-g-b", provider: "beta", input_tokens: "3" });
});

test("no header or credential of one attempt reaches the next, and no x-weir header any provider", async () => {
  gateway.alpha.answer = failure(500, "Down");
  gateway.beta.answer = good;
  const init = chat("a-b");
  const response = await gateway.fetch("/plan/v1/chat/completions", {
    ...init,
    headers: {
      ...(init.headers as Record<string, string>),
      "x-weir-plan": "x",
      "x-envoy-max-retries": "0",
      "x-envoy-upstream-rq-timeout-ms": "1",
      "anthropic-beta": "own",
    },
  });
  expect(response.status).toBe(200);
  await response.text();
  const [first] = gateway.alpha.received;
  const [second] = gateway.beta.received;
  expect(first?.headers).toMatchObject({ authorization: "Bearer fake-provider-key-alpha", "x-only": "alpha" });
  expect(second?.headers).toMatchObject({ "api-key": "fake-provider-key-beta", host: "beta.example" });
  expect(second?.headers).not.toHaveProperty("authorization");
  expect(second?.headers).not.toHaveProperty("x-only");
  expect(JSON.stringify(second)).not.toContain("key-alpha");
  expect(JSON.parse(second!.body).model).toBe("b-model");
  expect(JSON.stringify([first, second])).not.toMatch(/x-weir-|fake-client-key|x-envoy-max|rq-timeout/);
});

test("a connection that is refused leads to the next target", async () => {
  gateway.beta.answer = good;
  const response = await send("closed-b");
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: "Hi from beta" } }] });
  expect(attemptsOf(await response.logged())).toEqual(["closed 0 no_answer", "beta 200"]);
});

const error = 'data: {"error":{"message":"Broken","type":"server_error"}}\n\n';
test.each<[string, string, Answer]>([
  ["an error event first", "alpha 200 error", stream([error])],
  ["an error event behind the role", "alpha 200 error", stream([chunk({ role: "assistant", content: "" }), error])],
  ["nothing", "alpha 200 no_answer", stream([])],
  ["no body", "alpha 200 no_answer", (response) => void response.writeHead(200, { "content-length": "0" }).end()],
  ["only comments", "alpha 200 no_answer", stream([": ping\n\n", ": ping\n\n"])],
  ["an end without content", "alpha 200 empty", stream([chunk({ role: "assistant" }), done])],
  ["a connection that breaks", "alpha 0 no_answer", stream([chunk({ role: "assistant" })], "destroy")],
  ["an error inside JSON", "alpha 200 error", json(200, { error: { message: "Broken" } })],
  ["a web page", "alpha 200 no_answer", (response) => void response.setHeader("content-type", "text/html").end("<p>")],
])("a stream that begins with %s is tried elsewhere", async (_what, attempt, answer) => {
  gateway.alpha.answer = answer;
  gateway.beta.answer = goodStream;
  const response = await send("a-b", { stream: true });
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text).toContain("Hi from beta");
  expect(text).toMatch(/data: \[DONE\]\n\n$/);
  expect(text).not.toMatch(/Broken|ping/);
  expect(attemptsOf(await response.logged())).toEqual([attempt, "beta 200"]);
});

test.each<[string, string, Answer]>([
  ["truncated", "alpha 200 error", json(200, JSON.stringify(completion("Hi")).slice(0, -20))],
  [
    "cut off",
    "alpha 0 no_answer",
    (response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": "500" });
      response.write('{"choices":');
      setTimeout(() => response.destroy(), 20);
    },
  ],
  ["empty", "alpha 200 empty", json(200, completion(null))],
  ["an error", "alpha 200 error", json(200, { error: { message: "Broken", code: 500 } })],
])("a whole answer that is %s is tried elsewhere", async (_what, attempt, answer) => {
  gateway.alpha.answer = answer;
  gateway.beta.answer = good;
  const response = await send("a-b");
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: "Hi from beta" } }] });
  expect(attemptsOf(await response.logged())).toEqual([attempt, "beta 200"]);
});

test("what another dialect's provider sends inside a 200 is judged as well", async () => {
  const overloaded = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Full"}}\n\n';
  gateway.alpha.answer = stream([overloaded]);
  gateway.beta.answer = goodStream;
  const streamed = await send("g-b", { stream: true });
  expect(await streamed.text()).toContain("Hi from beta");
  expect(attemptsOf(await streamed.logged())).toEqual(["gamma 200 error", "beta 200"]);
  gateway.alpha.answer = json(200, { type: "message", content: [], stop_reason: "end_turn", usage: {} });
  gateway.beta.answer = good;
  const whole = await send("g-b");
  expect(await whole.json()).toMatchObject({ choices: [{ message: { content: "Hi from beta" } }] });
  expect(attemptsOf(await whole.logged())).toEqual(["gamma 200 empty", "beta 200"]);
});

test("a caller's own mistake is told at once", async () => {
  gateway.alpha.answer = failure(400, "No such field");
  gateway.beta.answer = good;
  const response = await send("a-b");
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { message: "No such field" } });
  const refused = await gateway.fetch("/plan/v1/chat/completions", post({ model: "a-b", messages: 1 }));
  expect(refused.status).toBe(400);
  await refused.text();
  expect(gateway.beta.received).toHaveLength(0);
});

test("a stream that breaks off behind its first token is told, not hidden", async () => {
  const begun = [chunk({ role: "assistant" }), chunk({ content: "Hal" })];
  gateway.alpha.answer = stream(begun, "destroy");
  gateway.beta.answer = goodStream;
  const broken = await send("a-b", { stream: true });
  await expect(readAll(broken)).resolves.toMatchObject({ text: begun.join(""), isClean: false });
  expect(await broken.logged()).toMatchObject({ details: expect.stringContaining("upstream_reset_after_response") });

  gateway.alpha.answer = stream(begun);
  const cut = await send("a-b", { stream: true });
  const read = await readAll(cut);
  expect(read.text).toMatch(/ended before its answer was whole/);
  expect(read.text).not.toContain("[DONE]");
  expect(read.isClean).toBe(false);
  expect(await cut.logged()).toMatchObject({ failure: "cut" });
  expect(gateway.beta.received).toHaveLength(0);

  gateway.alpha.answer = stream([...begun, error]);
  const failed = await send("a-b", { stream: true });
  expect(await readAll(failed)).toEqual({ text: [...begun, error].join(""), isClean: false });
  expect(await failed.logged()).toMatchObject({ failure: "error" });
});

async function readAll(response: Response): Promise<{ text: string; isClean: boolean }> {
  let text = "";
  try {
    for await (const piece of response.body ?? []) text += Buffer.from(piece).toString();
    return { text, isClean: true };
  } catch {
    return { text, isClean: false };
  }
}

test("429 rests its target for as long as it says, and then it is tried first again", async () => {
  gateway.alpha.answer = failure(429, "Slow down", { "retry-after": "1" });
  gateway.beta.answer = good;
  const first = await send("a-b");
  await first.text();
  expect(attemptsOf(await first.logged())).toEqual(["alpha 429 status", "beta 200"]);
  gateway.alpha.answer = json(200, completion("Hi from alpha"));
  const second = await send("a-b");
  await second.text();
  expect(attemptsOf(await second.logged())).toEqual(["beta 200"]);
  await pause(1100);
  const third = await send("a-b");
  await third.text();
  expect(attemptsOf(await third.logged())).toEqual(["alpha 200"]);
});

test("a key that is not accepted rests its target for good, until it answers", async () => {
  gateway.alpha.answer = failure(401, "Bad key");
  gateway.beta.answer = good;
  for (const expected of [["alpha 401 status", "beta 200"], ["beta 200"]]) {
    const response = await send("a-b");
    expect(response.status).toBe(200);
    await response.text();
    expect(attemptsOf(await response.logged())).toEqual(expected);
  }
  gateway.alpha.answer = json(200, completion("Hi from alpha"));
  gateway.beta.answer = failure(500, "Down");
  const back = await send("a-b");
  expect(await back.json()).toMatchObject({ choices: [{ message: { content: "Hi from alpha" } }] });
  expect(attemptsOf(await back.logged())).toEqual(["beta 500 status", "alpha 200"]);
  const after = await send("a-b");
  await after.text();
  expect(attemptsOf(await after.logged())).toEqual(["alpha 200"]);
});

test("when all fail the client gets the most useful error", async () => {
  gateway.alpha.answer = failure(429, "Slow down", { "retry-after": "7" });
  gateway.beta.answer = failure(500, "Down");
  const limited = await send("g-b");
  expect(limited.status).toBe(429);
  expect(limited.headers.get("retry-after")).toBe("7");
  expect(await limited.json()).toMatchObject({ error: { message: "Slow down" } });
  expect(attemptsOf(await limited.logged())).toEqual(["gamma 429 status", "beta 500 status"]);
  const unreachable = await send("a-closed");
  expect(unreachable.status).toBe(429);
  expect(unreachable.headers.get("retry-after")).toBe("7");
  expect(await unreachable.json()).toMatchObject({ error: { message: "Slow down" } });
  expect(await unreachable.logged()).toMatchObject({ details: "weir_all_targets_failed" });
  const closed = await send("closed");
  expect(closed.status).toBe(503);
  expect(await closed.json()).toMatchObject({ error: { message: "No provider could be reached" } });
});

test("a target that says nothing is left after the time for one attempt", async () => {
  gateway.alpha.answer = () => {};
  gateway.beta.answer = goodStream;
  const silent = await send("a-b", { stream: true }, "/hasty/v1/chat/completions");
  expect(await silent.text()).toContain("Hi from beta");
  gateway.alpha.answer = stream([chunk({ role: "assistant" })], "hang");
  const started = await send("a-b", { stream: true }, "/hasty/v1/chat/completions");
  expect(await started.text()).toContain("Hi from beta");
  expect(attemptsOf(await started.logged())).toEqual(["alpha 0 no_answer", "beta 200"]);
});

test("the time for all attempts bounds the wait, not the answer", async () => {
  gateway.alpha.answer = () => {};
  gateway.beta.answer = good;
  const before = performance.now();
  const late = await send("hurried");
  expect(late.status).toBe(504);
  expect(await late.json()).toMatchObject({ error: { code: "deadline_exceeded" } });
  expect(performance.now() - before).toBeLessThan(1500);
  expect(gateway.beta.received).toHaveLength(0);
  gateway.alpha.answer = async (response) => {
    await pause(350);
    failure(500, "Down")(response, gateway.alpha.received[0]!, 0);
  };
  const answered = await send("hurried-last");
  expect(await answered.json()).toMatchObject({ choices: [{ message: { content: "Sorry, try later" } }] });
  gateway.alpha.answer = stream([chunk({ content: "a" }), ...Array(40).fill(chunk({ content: "b" })), done]);
  const long = await send("hurried", { stream: true });
  const { text, isClean } = await readAll(long);
  expect(text).toMatch(/data: \[DONE\]\n\n$/);
  expect(isClean).toBe(true);
});

test("the last resort answers when nobody else does, in the client's dialect", async () => {
  gateway.alpha.answer = failure(500, "Down");
  const whole = await send("last");
  expect(whole.status).toBe(200);
  expect(await whole.json()).toMatchObject({
    object: "chat.completion",
    model: "last",
    choices: [{ message: { content: "Sorry, try later" }, finish_reason: "stop" }],
  });
  expect(whole.headers.get("x-weir-attempts")).toBe("3");
  const log = await whole.logged();
  expect(log).toMatchObject({ details: "weir_last_resort" });
  expect(attemptsOf(log)).toEqual(["closed 0 no_answer", "alpha 500 status", "last-resort 200"]);

  const streamed = await send("last", { stream: true });
  expect(streamed.headers.get("content-type")).toBe("text/event-stream");
  const text = await streamed.text();
  expect(text).toContain('"content":"Sorry, try later"');
  expect(text).toMatch(/data: \[DONE\]\n\n$/);

  const message = { model: "last", max_tokens: 9, messages };
  const other = await gateway.fetch("/plan/v1/messages", post(message, { "x-api-key": clientKey }));
  expect(await other.json()).toMatchObject({ type: "message", content: [{ type: "text", text: "Sorry, try later" }] });
  const embedding = await gateway.fetch("/plan/v1/embeddings", post({ model: "last", input: "Hi" }));
  expect(embedding.status).toBe(500);
  expect(await embedding.json()).toMatchObject({ error: { message: "Down" } });
});

test("a large body reaches the second target whole", async () => {
  gateway.alpha.answer = failure(503, "Down");
  gateway.beta.answer = good;
  const content = "x".repeat(30 * 1024 * 1024);
  const response = await send("a-b", { messages: [{ role: "user", content }] });
  expect(response.status).toBe(200);
  await response.text();
  const received = JSON.parse(gateway.beta.received[0]!.body) as { model: string; messages: typeof messages };
  expect(received.model).toBe("b-model");
  expect(received.messages[0]?.content === content).toBe(true);
});

test("a client that leaves during the second attempt ends it", async () => {
  let goneAt = 0;
  gateway.alpha.answer = failure(503, "Down");
  gateway.beta.answer = (response) => void response.on("close", () => (goneAt = performance.now()));
  const controller = new AbortController();
  const request = gateway.fetch("/plan/v1/chat/completions", { ...chat("a-b"), signal: controller.signal });
  while (!gateway.beta.received.length) await pause(10);
  controller.abort();
  await expect(request).rejects.toThrow();
  await expect.poll(() => goneAt, { timeout: 5000 }).toBeGreaterThan(0);
  gateway.beta.answer = good;
  const next = await send("a-b");
  expect(next.status).toBe(200);
  await next.text();
  expect(gateway.log.filter((line) => /wasm|error|critical/i.test(line))).toEqual([]);
});

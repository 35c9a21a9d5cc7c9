// Both plugins on a real Envoy: what the Node host cannot prove.
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startGateway, type Gateway } from "./gateway.ts";
import { answer, answerJson, clientKey, post, route, target, usage } from "./messages.ts";
import type { Answer } from "./provider.ts";

const bodyBytesMax = 200_000;
const aiProxy = {
  bodyBytesMax,
  targets: {
    alpha: target("alpha", "authorization", "Bearer ", {
      paths: { "chat/completions": "/whole/path" },
      headers: [{ name: "x-only", value: "alpha" }],
      modelMapping: [{ match: "prefix", pattern: "gpt-", model: "a-much-longer-name-of-a-model" }],
    }),
    beta: target("beta", "api-key", ""),
    flaky: target("flaky", "x-api-key", ""),
  },
};
const aiFallback = {
  bodyBytesMax,
  routes: [
    route(["gpt-*"], "alpha"),
    route(["claude-*", "whisper-1"], "beta"),
    route(["flaky"], "flaky"),
    route(["gamma"], "gamma"),
  ],
};

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway(aiProxy, aiFallback);
});
afterAll(() => gateway?.stop());
beforeEach(() => {
  gateway.alpha.received.length = gateway.beta.received.length = 0;
});

test("a chat is sent on, answered and logged", async () => {
  gateway.alpha.answer = answerJson;
  const response = await gateway.fetch("/alpha/v1/chat/completions?x=1", post({ model: "gpt-4", seed: 1 }));
  expect(await response.json()).toEqual(answer);
  const [received] = gateway.alpha.received;
  expect(received).toMatchObject({ method: "POST", path: "/whole/path?x=1" });
  expect(received?.body).toBe('{"model":"a-much-longer-name-of-a-model","seed":1}');
  expect(received?.headers).toMatchObject({
    host: "alpha.example",
    authorization: "Bearer fake-provider-key-alpha",
    "x-only": "alpha",
    "content-length": String(received?.body.length),
  });
  expect(received?.headers).not.toHaveProperty("accept-encoding");
  expect(JSON.stringify(received)).not.toContain(clientKey);
  expect(await response.logged()).toMatchObject({
    provider: "alpha",
    surface: "chat/completions",
    model: "gpt-4",
    response_model: "served",
    input_tokens: "3",
    output_tokens: "4",
    finish: "stop",
    stream: "false",
  });
});

test("a stream arrives event by event, without the usage that was not asked for", async () => {
  const events = [{ choices: [{ delta: { role: "assistant" } }] }, { choices: [{ delta: { content: "Hi" } }] }];
  const texts = [...events, { choices: [], usage }].map((event) => `data: ${JSON.stringify(event)}\n\n`);
  gateway.beta.answer = async (response) => {
    response.setHeader("content-type", "text/event-stream");
    for (const text of [...texts, "data: [DONE]\n\n"]) {
      response.write(text.slice(0, 9));
      await pause(20);
      response.write(text.slice(9));
      await pause(20);
    }
    response.end();
  };
  const response = await gateway.fetch("/beta/v1/chat/completions", post({ model: "m", stream: true }));
  const arrivals: number[] = [];
  let text = "";
  for await (const chunk of response.body ?? []) {
    arrivals.push(performance.now());
    text += Buffer.from(chunk).toString();
  }
  expect(text).toBe(`${texts[0]}${texts[1]}data: [DONE]\n\n`);
  expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(60);
  expect(gateway.beta.received[0]?.body).toContain('"stream_options":{"include_usage":true}');
  const log = await response.logged();
  expect(log).toMatchObject({ stream: "true", input_tokens: "3", output_tokens: "4" });
  expect(Number(log["time_to_first_token_ms"])).toBeGreaterThanOrEqual(55);
});

test("a form goes where its model says, its file untouched", async () => {
  gateway.beta.answer = answerJson;
  const file = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7) % 256));
  const form = new FormData();
  form.set("file", new Blob([file]), "speech.wav");
  form.set("model", "whisper-1");
  const response = await gateway.fetch("/v1/audio/transcriptions", { method: "POST", body: form });
  expect(response.status).toBe(200);
  const [received] = gateway.beta.received;
  expect(received?.path).toBe("/beta/v1/audio/transcriptions");
  expect(received?.body.includes(file.toString("latin1"))).toBe(true);
});

test.each([
  ["gpt-4", "alpha"],
  ["claude-3", "beta"],
] as const)("the model %s leads to %s, whatever target the client names", async (model, name) => {
  gateway.alpha.answer = gateway.beta.answer = answerJson;
  const response = await gateway.fetch("/v1/chat/completions", post({ model }, { "x-weir-target": "flaky" }));
  expect(response.status).toBe(200);
  await response.text();
  expect(gateway[name].received).toHaveLength(1);
  expect(gateway.alpha.received.length + gateway.beta.received.length).toBe(1);
  expect(JSON.stringify(gateway[name].received)).not.toMatch(/x-weir-|fake-client-key/);
});

test("a request without a body finds its route", async () => {
  gateway.alpha.answer = answerJson;
  const response = await gateway.fetch("/v1/responses/resp_1");
  expect(response.status).toBe(200);
  await response.text();
  expect(gateway.alpha.received[0]).toMatchObject({ method: "GET", path: "/alpha/v1/responses/resp_1", body: "" });
});

test.each(["/alpha/v1/chat/completions", "/v1/chat/completions"])(
  "a second attempt is made like the first: %s",
  async (path) => {
    gateway.alpha.answer = (response, received, index) => {
      if (index > 0) return answerJson(response, received, index);
      response.writeHead(503, { "content-type": "text/html" }).end("<html><title>Oops</title></html>");
    };
    const response = await gateway.fetch(path, post({ model: "gpt-4" }));
    expect(await response.json()).toEqual(answer);
    const [first, second] = gateway.alpha.received;
    expect(second).toEqual(first);
    expect(second?.path).toBe("/whole/path");
  },
);

test("an attempt that meets a closed port is made again elsewhere", async () => {
  gateway.alpha.answer = answerJson;
  for (let i = 0; i < 4; i++) {
    const response = await gateway.fetch("/v1/chat/completions", post({ model: "flaky" }));
    expect(await response.json()).toEqual(answer);
  }
  for (const received of gateway.alpha.received) {
    expect(received).toMatchObject({ path: "/flaky/v1/chat/completions", body: '{"model":"flaky"}' });
    expect(received.headers["x-api-key"]).toBe("fake-provider-key-flaky");
  }
});

test.each<[string, number, string, Answer]>([
  ["text", 401, "No fit: ***", (response) => response.writeHead(401).end("No fit: fake-provider-key-beta")],
  [
    "HTML",
    403,
    "Stop",
    (response) => response.writeHead(403, { "content-type": "text/html" }).end("<title>Stop</title>"),
  ],
  [
    "nothing",
    429,
    "The provider answered with status 429",
    (response) => response.writeHead(429, { "retry-after": "7" }).end(),
  ],
  ["JSON", 422, "Field required", (response) => response.writeHead(422).end('{"detail":[{"msg":"Field required"}]}')],
])("a provider's error of %s is given in OpenAI's envelope", async (_kind, status, message, provide) => {
  gateway.beta.answer = provide;
  const response = await gateway.fetch("/beta/v1/chat/completions", post({ model: "m" }));
  expect(response.status).toBe(status);
  expect(response.headers.get("content-type")).toBe("application/json");
  if (status === 429) expect(response.headers.get("retry-after")).toBe("7");
  expect(await response.json()).toMatchObject({ error: { message } });
});

const large = JSON.stringify({ model: "gpt-4", a: "x".repeat(bodyBytesMax) });

function inPieces(text: string): ReadableStream<Uint8Array> {
  const bytes = Buffer.from(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(new Uint8Array(bytes.subarray(at, (at += 16_384))));
    },
  });
}

test.each(["/alpha/v1/chat/completions", "/v1/chat/completions"])(
  "a body past the limit is refused: %s",
  async (path) => {
    const chunked = { ...post(""), body: inPieces(large), duplex: "half" } as RequestInit;
    for (const init of [post(large), chunked]) {
      const response = await gateway.fetch(path, init);
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ error: { code: "request_too_large" } });
      expect(await response.logged()).toMatchObject({ details: "weir_request_too_large" });
    }
    expect(gateway.alpha.received).toHaveLength(0);
  },
);

test("a body of unknown length is sent on in one piece", async () => {
  gateway.alpha.answer = answerJson;
  const text = JSON.stringify({ model: "gpt-4", a: "x".repeat(100_000) });
  const init = { ...post(""), body: inPieces(text), duplex: "half" } as RequestInit;
  const response = await gateway.fetch("/v1/chat/completions", init);
  expect(response.status).toBe(200);
  await response.text();
  expect(gateway.alpha.received[0]?.body).toBe(text.replace("gpt-4", "a-much-longer-name-of-a-model"));
});

test("bad input is answered here", async () => {
  const response = await gateway.fetch("/v1/chat/completions", post("{"));
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error", code: "invalid_json" } });
  const unknown = await gateway.fetch("/v1/chat/completions", post({ model: "llama" }));
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({ error: { code: "model_not_found", param: "model" } });
});

test("nothing of all that was worth a word in Envoy's log", () => {
  expect(gateway.log.filter((line) => /wasm|error|critical/i.test(line))).toEqual([]);
});

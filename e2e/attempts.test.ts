// What a chain of attempts owes a client, on a real Envoy: the whole body for each target, an end to the waiting,
// nothing after it has left, and a stream that fails behind its first token says so in the client's own dialect.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send } from "./http-client.ts";

const totalMs = 1_500;
let gateway: Gateway;
/** Begins a stream, and ends it as if that were all (`end`), breaks off (`reset`), or says nothing more (`stall`). */
let cutting: Server;

const events: Record<string, string[]> = {
  "/chat/completions": ['data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"Half"}}]}\n\n'],
  "/messages": [
    'event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"x","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}\n\n',
    'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
    'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Half"}}\n\n',
  ],
};

async function startCutting(): Promise<Server> {
  const server = createServer(async (request, response) => {
    request.resume();
    await new Promise((resolve) => request.once("end", resolve));
    const [, how = "", path = ""] = /^\/(end|reset|stall)\/v1(.*)$/.exec(request.url ?? "") ?? [];
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of events[path] ?? []) response.write(event);
    await pause(100);
    if (how === "end") response.end();
    else if (how === "reset") response.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function configuration(): string {
  const cut = `http://127.0.0.1:${(cutting.address() as AddressInfo).port}`;
  const breaker = "circuitBreaker: { consecutiveErrors: 0 }";
  return `${gatewayBlock}
providers:
  - { name: first, type: vllm, surfaces: [chat/completions], baseUrl: "@SIMULATOR@/first/v1", ${breaker} }
  - { name: second, type: anthropic, baseUrl: "@SIMULATOR@/second/v1", apiKey: fake-second-key, ${breaker} }
  - { name: chat-end, type: vllm, surfaces: [chat/completions], baseUrl: "${cut}/end/v1", ${breaker} }
  - { name: chat-reset, type: vllm, surfaces: [chat/completions], baseUrl: "${cut}/reset/v1", ${breaker} }
  - { name: chat-stall, type: vllm, surfaces: [chat/completions], baseUrl: "${cut}/stall/v1", ${breaker}, timeouts: { idle: 1s } }
  - { name: messages-end, type: anthropic, baseUrl: "${cut}/end/v1", apiKey: fake-key, ${breaker} }
routes:
  - { name: large, models: [large], targets: [{ provider: first, model: simulate-status-503 }], fallbacks: [{ provider: second, model: claude }] }
  - name: leave
    models: [leave]
    targets: [{ provider: first, model: simulate-status-503+delay-200 }]
    fallbacks: [{ provider: second, model: simulate-delay-3000 }, { provider: first, model: third }]
  - name: down
    models: [down]
    targets: [{ provider: first, model: simulate-hang }]
    fallbacks: [{ provider: second, model: simulate-hang }]
    attemptTimeout: 1s
    totalTimeout: ${totalMs}ms
  - name: resort
    models: [resort]
    targets: [{ provider: first, model: simulate-hang }]
    fallbacks: [{ provider: second, model: simulate-hang }]
    totalTimeout: ${totalMs}ms
    lastResort: { text: Nobody is there. }
  - { name: chat-end, models: [chat-end], targets: [{ provider: chat-end }], fallbacks: [{ provider: second }] }
  - { name: chat-reset, models: [chat-reset], targets: [{ provider: chat-reset }], fallbacks: [{ provider: second }] }
  - { name: chat-stall, models: [chat-stall], targets: [{ provider: chat-stall }], lastResort: { text: Too late } }
  - { name: messages-end, models: [messages-end], targets: [{ provider: messages-end }], fallbacks: [{ provider: first }] }
  - { name: told-chat, models: [told-chat], targets: [{ provider: first, model: simulate-words-6+error-mid-stream }], fallbacks: [{ provider: second }] }
  - { name: told-messages, models: [told-messages], targets: [{ provider: second, model: simulate-words-6+error-mid-stream }], fallbacks: [{ provider: first }] }
`;
}

beforeAll(async () => {
  cutting = await startCutting();
  gateway = await startGateway(configuration());
});
afterAll(async () => {
  await gateway?.stop();
  cutting?.close();
  cutting?.closeAllConnections();
});
beforeEach(() => void (gateway.simulator.requests.length = 0));

const path = "/v1/chat/completions";
const messages = [{ role: "user", content: "Hello" }];

describe.each([false, true])("with stream: %s", (stream) => {
  test("a body of 30 MB is kept for the target that answers, and translated for it", async () => {
    const content = "0123456789 ".repeat(2_700_000);
    const answer = await send(gateway.url, {
      path,
      json: { model: "large", stream, max_tokens: 5, messages: [{ role: "user", content }] },
    });
    expect(answer).toMatchObject({ status: 200, complete: true });
    expect(answer.headers).toMatchObject({ "x-weir-target": "second", "x-weir-attempts": "2" });
    const asked = gateway.simulator.requests.map(({ path: own }) => own);
    expect(asked).toEqual(["/first/v1/chat/completions", "/second/v1/messages"]);
  }, 60_000);

  test("nothing further is sent once the client has gone in the second attempt", async () => {
    const leaving = new AbortController();
    const answer = open(gateway.url, { path, json: { model: "leave", stream, messages }, signal: leaving.signal });
    const ended = answer.then(
      () => "answered",
      () => "left",
    );
    await vi.waitFor(() => expect(gateway.simulator.requests).toHaveLength(2), 5_000);
    leaving.abort();
    expect(await ended).toBe("left");
    await vi.waitFor(() => expect(gateway.simulator.requests[1]).toMatchObject({ aborted: true }), 5_000);
    await pause(500);
    expect(gateway.simulator.requests).toHaveLength(2);
  });

  test("where nobody answers, the client is told within the time for all attempts", async () => {
    const started = performance.now();
    const answer = await send(gateway.url, { path, json: { model: "down", stream, messages } });
    const ms = performance.now() - started;
    expect(answer).toMatchObject({ status: 504, complete: true, json: { error: { message: expect.any(String) } } });
    expect(ms).toBeLessThan(totalMs + 700);
    const resort = await send(gateway.url, { path, json: { model: "resort", stream, messages } });
    expect(resort).toMatchObject({ status: 200, complete: true });
    expect(resort.text).toContain("Nobody is there.");
    expect(performance.now() - started).toBeLessThan(2 * (totalMs + 700));
  });
});

interface Client {
  path(model: string): string;
  body: object;
  /** What its own dialect says of a failure. */
  failure: RegExp;
  /** What a good stream ends with. */
  end: RegExp;
}

const clients: Record<string, Client> = {
  chat: { path: () => path, body: { messages }, failure: /"error":\{/, end: /\[DONE\]/ },
  completions: {
    path: () => "/v1/completions",
    body: { prompt: "Hello" },
    failure: /"error":\{/,
    end: /\[DONE\]/,
  },
  responses: {
    path: () => "/v1/responses",
    body: { input: "Hello" },
    failure: /event: (response\.failed|error)\n/,
    end: /response\.completed/,
  },
  messages: {
    path: () => "/v1/messages",
    body: { messages, max_tokens: 50 },
    failure: /event: error\ndata: \{"type":"error"/,
    end: /message_stop/,
  },
  gemini: {
    path: (model) => `/v1beta/models/${model}:streamGenerateContent?alt=sse`,
    body: { contents: [{ role: "user", parts: [{ text: "Hello" }] }] },
    failure: /"error":\{/,
    end: /"finishReason":"STOP"/,
  },
};

describe.each(Object.entries(clients))("a stream for a client of %s", (_name, client) => {
  const ask = (model: string) =>
    send(gateway.url, { path: client.path(model), json: { model, stream: true, ...client.body } });

  test.each(["chat-end", "messages-end", "told-chat", "told-messages"])(
    "that fails at %s behind its first token has an error event, no good end, and breaks off",
    async (model) => {
      const answer = await ask(model);
      expect(answer.status).toBe(200);
      expect(answer.text).toMatch(client.failure);
      expect(answer.text).not.toMatch(client.end);
      expect(answer.complete).toBe(false);
    },
  );

  test.each(["chat-reset", "chat-stall"])("that Envoy ends, at %s, breaks off: no plugin is told", async (model) => {
    const answer = await ask(model);
    expect(answer.status).toBe(200);
    expect(answer.text).not.toMatch(client.end);
    expect(answer.complete).toBe(false);
  });
});

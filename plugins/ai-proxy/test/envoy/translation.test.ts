// Translation, and tokens that requests wait for, on a real Envoy.
import { createVerify, generateKeyPairSync } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startGateway, type Gateway } from "./gateway.ts";
import { answer, answerJson, clientKey, post, route, target } from "./messages.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const aiProxy = {
  targets: {
    beta: target("beta", "api-key", ""),
    gamma: target("gamma", "x-api-key", "", {
      dialect: "anthropic",
      surfaces: ["messages"],
      headers: [{ name: "anthropic-version", value: "2023-06-01", ifAbsent: true }],
    }),
    delta: target("delta", "", "", {
      credential: {
        kind: "google",
        serviceAccount: { value: JSON.stringify({ client_email: "weir@example", private_key: privateKey }) },
        tokenCluster: "tokens",
        tokenAuthority: "oauth2.example",
      },
    }),
  },
};
const aiFallback = { routes: [route(["claude-*"], "beta"), route(["gamma"], "gamma")] };

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway(aiProxy, aiFallback);
});
afterAll(() => gateway?.stop());
beforeEach(() => {
  gateway.alpha.received.length = gateway.beta.received.length = 0;
});

const message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "served",
  content: [{ type: "text", text: "Hi" }],
  stop_reason: "end_turn",
  usage: { input_tokens: 3, output_tokens: 4 },
};
const hello = { model: "gamma", messages: [{ role: "user", content: "Hello" }] };

test("a whole answer of another dialect is held until it is translated, in pieces and with its length", async () => {
  gateway.alpha.answer = async (response) => {
    const text = JSON.stringify({ ...message, content: [{ type: "text", text: "x".repeat(300_000) }] });
    response.writeHead(200, { "content-type": "application/json", "content-length": text.length });
    for (let at = 0; at < text.length; at += 50_000) {
      response.write(text.slice(at, at + 50_000));
      await pause(5);
    }
    response.end();
  };
  const response = await gateway.fetch("/v1/chat/completions", post({ ...hello, seed: 1 }));
  expect(response.headers.get("x-weir-dropped")).toBe("seed");
  const text = await response.text();
  expect(response.headers.get("content-length")).toBe(String(text.length));
  expect(JSON.parse(text)).toMatchObject({
    object: "chat.completion",
    choices: [{ finish_reason: "stop", message: { content: "x".repeat(300_000) } }],
    usage: { prompt_tokens: 3, completion_tokens: 4 },
  });
  expect(gateway.alpha.received[0]).toMatchObject({
    path: "/gamma/v1/messages",
    headers: { "anthropic-version": "2023-06-01", "x-api-key": "fake-provider-key-gamma" },
  });
  expect(await response.logged()).toMatchObject({ surface: "chat/completions", input_tokens: "3", dropped: "seed" });
});

test("a stream of another dialect arrives event by event", async () => {
  const events = [
    { type: "message_start", message: { ...message, content: [] } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    ...["One", " two", " three"].map((text) => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text },
    })),
    { type: "content_block_delta", index: 0, delta: { type: "citations_delta", citation: { cited_text: "Two" } } },
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 9 } },
    { type: "message_stop" },
  ];
  gateway.alpha.answer = async (response) => {
    response.setHeader("content-type", "text/event-stream");
    for (const event of events) {
      response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      await pause(20);
    }
    response.end();
  };
  const response = await gateway.fetch("/v1/chat/completions", post({ ...hello, stream: true }));
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const arrivals: number[] = [];
  let text = "";
  for await (const chunk of response.body ?? []) {
    arrivals.push(performance.now());
    text += Buffer.from(chunk).toString();
  }
  const said = text.matchAll(/"content":"([^"]+)"/g);
  expect([...said].map((match) => match[1]).join("")).toBe("One two three");
  expect(text).toMatch(/data: \[DONE\]\n\n$/);
  expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(60);
  expect(await response.logged()).toMatchObject({
    stream: "true",
    output_tokens: "9",
    finish: "stop",
    dropped: "citations",
  });
});

test("each attempt at a provider of another dialect is translated anew, and its error for the client", async () => {
  gateway.alpha.answer = (response, _received, index) => {
    if (index % 2 === 1)
      return void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(message));
    response
      .writeHead(529, { "content-type": "application/json" })
      .end('{"type":"error","error":{"type":"overloaded_error","message":"Full"}}');
  };
  const response = await gateway.fetch("/v1/chat/completions", post(hello));
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: "Hi" } }] });
  const [first, second] = gateway.alpha.received;
  expect(second).toEqual(first);
  gateway.alpha.answer = (response) =>
    response
      .writeHead(529, { "content-type": "application/json" })
      .end('{"type":"error","error":{"type":"overloaded_error","message":"Full"}}');
  const failed = await gateway.fetch("/v1/chat/completions", post(hello));
  expect(failed.status).toBe(503);
  expect(await failed.json()).toMatchObject({ error: { message: "Full", type: "overloaded_error" } });
});

test("Anthropic's clients are answered in their own form", async () => {
  gateway.beta.answer = (response) => {
    response.setHeader("content-type", "application/json");
    response.end(
      JSON.stringify({ ...answer, id: "c", choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] }),
    );
  };
  const body = { model: "claude-3", max_tokens: 9, messages: [{ role: "user", content: "Hello" }] };
  const response = await gateway.fetch("/v1/messages?beta=true", post(body, { "x-api-key": clientKey }));
  expect(await response.json()).toMatchObject({ type: "message", content: [{ type: "text", text: "Hi" }] });
  expect(gateway.beta.received[0]?.path).toBe("/beta/v1/chat/completions");
  expect(JSON.stringify(gateway.beta.received)).not.toContain(clientKey);
  for (const refused of [post("{"), post({ ...body, model: "llama" }), post({ ...body, messages: 1 })]) {
    const error = await gateway.fetch("/v1/messages", refused);
    expect(await error.json()).toMatchObject({ type: "error", error: { message: expect.any(String) } });
  }
});

test("requests wait for a service account's token, which is asked for once", async () => {
  gateway.alpha.answer = answerJson;
  gateway.beta.answer = async (response, received) => {
    const assertion = new URLSearchParams(received.body).get("assertion") ?? "";
    const [header, claims, signature] = assertion.split(".");
    const verify = createVerify("RSA-SHA256").update(`${header}.${claims}`);
    await pause(50);
    const isGood = received.path === "/token" && verify.verify(publicKey, signature ?? "", "base64url");
    response.writeHead(isGood ? 200 : 400).end('{"access_token":"fake-access-token","expires_in":3600}');
  };
  const large = { model: "m", a: "x".repeat(100_000) };
  const requests = [post({ model: "m" }), post({ model: "m" }), post(large)];
  const responses = await Promise.all(requests.map((init) => gateway.fetch("/delta/v1/chat/completions", init)));
  for (const response of responses) expect(await response.json()).toEqual(answer);
  expect(gateway.beta.received).toHaveLength(1);
  expect(gateway.alpha.received.map(({ body }) => body.length).toSorted()).toEqual(
    requests.map(({ body }) => String(body).length).toSorted(),
  );
  for (const { headers } of gateway.alpha.received) expect(headers.authorization).toBe("Bearer fake-access-token");
});

test("nothing of all that was worth a word in Envoy's log", () => {
  expect(gateway.log.filter((line) => /wasm|error|critical/i.test(line))).toEqual([]);
});

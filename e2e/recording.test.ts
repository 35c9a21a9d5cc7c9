// Prompts and answers in the ledger, through a real Envoy: recorded where that is switched on and nowhere else, once
// each, redacted before anything is written, and none of it in the way of a stream.
import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openStore, type Store } from "../control/src/store/store.ts";
import { freePort } from "../envoy/test/ports.ts";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send, type HttpAnswer } from "./http-client.ts";
import { chatAnswer, chatChunk, sendJson, startProvider, type ScriptedProvider } from "./recording/provider.ts";

// Put together here, so that nothing that looks like a secret stands in a file.
const secret = ["sk", "proj", "Zm9vYmFyYmF6cXV4MTIz"].join("-");
const email = ["ada.lovelace", "example.org"].join("@");
const keys = { acme: "wk-of-acme-in-the-tests", legal: "wk-of-legal-in-the-tests" };
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const tokens = { ops: "token-of-ops-in-the-tests-of-weir", privacy: "token-of-privacy-in-the-tests" };
let adminPort = 0;
const configurationOf = (providerUrl: string, ledger: string): string => `${gatewayBlock}
ledger: ${ledger}
admin:
  port: ${adminPort}
  tokens:
    - { name: ops, token: "\${OPS_TOKEN}" }
    - { name: privacy, token: "\${PRIVACY_TOKEN}", readBodies: true }
consumers:
  - { name: acme, keys: [{ name: one, sha256: "${sha256(keys.acme)}" }] }
  - { name: acme-legal, keys: [{ name: one, sha256: "${sha256(keys.legal)}" }] }
providers:
  - { name: first, type: openai, baseUrl: "${providerUrl}/first/v1", apiKey: fake-first-key }
  - { name: second, type: openai, baseUrl: "${providerUrl}/second/v1", apiKey: fake-second-key }
routes:
  - { name: chat, models: ["gpt-*"], targets: [{ provider: first }], fallbacks: [{ provider: second }] }
  - { name: quiet, models: ["quiet-*"], targets: [{ provider: first }] }
`;
const record = `{ record: { routes: [chat], exceptConsumers: [acme-legal], promptBytesMax: 64KiB, answerBytesMax: 64KiB } }`;

let provider: ScriptedProvider;
let gateway: Gateway;
let store: Store;
beforeAll(async () => {
  provider = await startProvider();
  adminPort = await freePort();
  const env = { OPS_TOKEN: tokens.ops, PRIVACY_TOKEN: tokens.privacy };
  gateway = await startGateway(configurationOf(provider.url, record), env);
  store = await openStore({ database: join(gateway.stateFolder, "ledger.db") });
});
afterAll(async () => {
  await store?.close();
  await gateway?.stop();
  await provider?.close();
});

interface Asked {
  id: string;
  answer: HttpAnswer;
}

const headersOf = (id: string, key = keys.acme) => ({ "x-request-id": id, authorization: `Bearer ${key}` });

async function ask(text: string, { key = keys.acme, model = "gpt-4o", ...more } = {}): Promise<Asked> {
  const id = randomUUID();
  const json = { model, messages: [{ role: "user", content: text }], ...more };
  return { id, answer: await send(gateway.url, { path: "/v1/chat/completions", json, headers: headersOf(id, key) }) };
}

/** What is recorded of a request, when the request is. */
async function recordOf(id: string) {
  const request = await vi.waitFor(
    () => store.db.selectFrom("requests").selectAll().where("request_id", "=", id).executeTakeFirstOrThrow(),
    { timeout: 10_000, interval: 50 },
  );
  const bodies = await store.db.selectFrom("bodies").selectAll().where("request", "=", request.id).execute();
  expect(bodies.length).toBeLessThan(2);
  const body = bodies[0];
  return body ? { ...body, request } : null;
}

test("a whole answer: both are recorded, and nothing secret is in any file", async () => {
  provider.answer = (response) => sendJson(response, chatAnswer(`Write to ${email}, with ${secret}.`));
  const { id, answer } = await ask(`My key is ${secret} and I am ${email}`);
  expect(answer.text).toContain(secret);
  const body = await recordOf(id);
  expect(JSON.parse(body!.prompt!)).toEqual({
    messages: [{ role: "user", content: "My key is [secret] and I am [email]" }],
  });
  expect(JSON.parse(body!.answer!)).toMatchObject({
    choices: [{ message: { role: "assistant", content: "Write to [email], with [secret]." } }],
  });
  expect(body).toMatchObject({ prompt_truncated: 0, answer_truncated: 0, redacted: '["secrets","emails"]' });
  expect(await gateway.accessLog()).toContain(id);
  expect(await gateway.accessLog()).not.toMatch(/weir\.(prompt|answer)|My key/);
  expectNowhere(secret, email);
});

test("a stream: its texts are joined, its tools named, and its first event has passed before the next is there", async () => {
  let more: () => void = () => undefined;
  provider.answer = (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chatChunk({ role: "assistant", content: `Hello, ${secret.slice(0, 9)}` }));
    more = () => {
      response.write(chatChunk({ content: `${secret.slice(9)} 世` }));
      response.write(chatChunk({ content: "界" }));
      const call = { index: 0, id: "call_1", function: { name: "get_weather", arguments: '{"city":' } };
      response.write(chatChunk({ tool_calls: [call] }));
      response.write(chatChunk({ tool_calls: [{ index: 0, function: { arguments: '"Rome"}' } }] }));
      response.end(`${chatChunk({}, "stop")}data: [DONE]\n\n`);
    };
  };
  const id = randomUUID();
  const json = { model: "gpt-4o", stream: true, messages: [{ role: "user", content: "Hi" }] };
  const streamed = await open(gateway.url, { path: "/v1/chat/completions", json, headers: headersOf(id) });
  await streamed.seen("Hello, ");
  more();
  await streamed.whole;
  const body = await recordOf(id);
  expect(JSON.parse(body!.answer!)).toEqual([
    { text: "Hello, [secret] 世界" },
    { tool: "get_weather", arguments: '{"city":"Rome"}' },
  ]);
  expect(body).toMatchObject({ answer_truncated: 0, redacted: '["secrets"]' });
  expectNowhere(secret);
});

test("what a fallback answers is one record", async () => {
  provider.answer = (response, { url }) =>
    url!.startsWith("/first")
      ? sendJson(response, { error: { message: "Overloaded" } }, 503)
      : sendJson(response, chatAnswer("From the second"));
  const { id } = await ask("Who answers?");
  const body = await recordOf(id);
  expect(body!.request).toMatchObject({ target: "second", attempt_count: 2 });
  expect(body!.prompt).toBe('{"messages":[{"role":"user","content":"Who answers?"}]}');
  expect(body!.answer).toContain("From the second");
});

test("other routes, and consumers that are left out, are not recorded", async () => {
  provider.answer = (response) => sendJson(response, chatAnswer("Nobody knows"));
  const others = [await ask("Quiet", { model: "quiet-1" }), await ask("Legal", { key: keys.legal })];
  for (const { id, answer } of others) {
    expect(answer.status).toBe(200);
    expect(await recordOf(id)).toBeNull();
  }
});

test("a stream that its client leaves: what had come, without the half of a secret", async () => {
  provider.answer = (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(chatChunk({ role: "assistant", content: `This is the beginning. It is ${secret.slice(0, 14)}` }));
  };
  const id = randomUUID();
  const json = { model: "gpt-4o", stream: true, messages: [{ role: "user", content: "Hi" }] };
  const streamed = await open(gateway.url, { path: "/v1/chat/completions", json, headers: headersOf(id) });
  await streamed.seen("It is ");
  streamed.leave();
  const body = await recordOf(id);
  expect(JSON.parse(body!.answer!)).toEqual([{ text: "This is the beginning. It is " }]);
  expect(body).toMatchObject({ answer_truncated: 1 });
  expectNowhere(secret.slice(0, 14));
});

test("long ones of any characters are cut, and the log's line is read whole", async () => {
  const text = `"quoted" \\ \u0001 é 世界 😀 \n`.repeat(8_000);
  provider.answer = (response) => sendJson(response, chatAnswer(text));
  const { id } = await ask(text);
  const body = await recordOf(id);
  expect(body).toMatchObject({ prompt_truncated: 1, answer_truncated: 1, redacted: "[]" });
  for (const recorded of [body!.prompt!, body!.answer!]) {
    expect(Buffer.byteLength(recorded)).toBeLessThanOrEqual(65_536);
    expect(Buffer.byteLength(recorded)).toBeGreaterThan(65_000);
  }
  const [message] = (JSON.parse(body!.prompt!) as { messages: { content: string }[] }).messages;
  expect(text.startsWith(message!.content)).toBe(true);
});

test("bytes that are no text, and no JSON, are recorded as what can be read of them, and spoil no line", async () => {
  provider.answer = (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(
      Buffer.concat([Buffer.from('{"choices":[{"text":"a'), Buffer.of(0xff, 0xc3, 0), Buffer.from('b"}]}')]),
    );
  };
  const { id } = await ask("Hi");
  const body = await recordOf(id);
  expect(body!.answer === null || JSON.parse(body!.answer) !== undefined).toBe(true);
  const next = await ask("Hello");
  expect(await recordOf(next.id)).not.toBeNull();
});

test("what was said is shown one at a time, to whom it may be, and each look is written down", async () => {
  provider.answer = (response) => sendJson(response, chatAnswer("A quiet answer"));
  const { id } = await ask("A quiet question");
  const { request } = (await recordOf(id))!;
  const admin = (token: string, path: string, method?: string): Promise<HttpAnswer> =>
    send(`http://127.0.0.1:${adminPort}`, {
      ...(method && { method }),
      path: `/v1/${path}`,
      headers: { authorization: `Bearer ${token}` },
    });
  const list = await admin(tokens.ops, "bodies?consumer=acme&limit=1");
  const facts = { id: request.id, request_id: id, consumer: "acme", route: "chat", redacted: [] };
  expect(list.json).toMatchObject({ items: [facts] });
  expect(list.text).not.toContain("quiet");
  for (const query of ["consumer=nobody", "route=quiet", "until=7d"])
    expect((await admin(tokens.ops, `bodies?${query}`)).json).toEqual({ items: [] });
  const refused = await admin(tokens.ops, `bodies/${id}`);
  expect([refused.status, refused.text.includes("quiet")]).toEqual([403, false]);
  const shown = await admin(tokens.privacy, `bodies/${id}`);
  expect(shown.json).toMatchObject({
    ...facts,
    prompt: { messages: [{ role: "user", content: "A quiet question" }] },
    answer: { choices: [{ message: { content: "A quiet answer" } }] },
  });
  expect((await admin(tokens.privacy, "bodies/of-nobody")).status).toBe(404);
  expect((await admin(tokens.ops, `bodies/${request.id}`, "DELETE")).status).toBe(204);
  expect((await admin(tokens.privacy, `bodies/${request.id}`)).status).toBe(404);
  expect(await recordOf(id)).toBeNull();
  const audit = await admin(tokens.ops, "audit?limit=3");
  expect(audit.json).toMatchObject({
    items: [
      { actor: "ops", action: "delete", section: "bodies", name: request.id, before: null, after: null },
      { actor: "privacy", action: "read", section: "bodies", name: request.id, before: null, after: null },
    ],
  });
  const described = await send(`http://127.0.0.1:${adminPort}`, { path: "/openapi.json" });
  expect(Object.keys((described.json as { paths: object }).paths)).toContain("/v1/bodies/{id}");
});

test("switched off, nothing is recorded, and what was stays", async () => {
  provider.answer = (response) => sendJson(response, chatAnswer("Fine"));
  const before = await ask("Before");
  expect(await recordOf(before.id)).not.toBeNull();
  await gateway.configure(configurationOf(provider.url, "{}"));
  const after = await ask("After");
  expect(await recordOf(after.id)).toBeNull();
  expect(await recordOf(before.id)).not.toBeNull();
});

/** In no file that Weir or Envoy writes, and in nothing that they say. */
function expectNowhere(...texts: string[]): void {
  const files = readdirSync(gateway.stateFolder, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    const bytes = readFileSync(join(file.parentPath, file.name));
    for (const text of texts) expect(bytes.includes(text), file.name).toBe(false);
  }
  for (const text of texts) expect(gateway.output()).not.toContain(text);
}

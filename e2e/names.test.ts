// Models under other names, and bodies that choose among targets, on a real Envoy: what providers see of it, what
// clients and the log do, and that a request whose model fails goes on with the next one.
import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send, type HttpAnswer, type HttpRequest } from "./http-client.ts";

const key = 'apiKey: "${E2E_KEY}"';

const configuration = `${gatewayBlock}
  providerNames: true
  requestOptions: true
  aliases: { fast: gpt-mini, broken: simulate-status-500 }
  auto:
    default: gpt-mini
    rules:
      - { matches: "(?i)\\\\bsql\\\\b", model: claude-big }
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/alpha/v1", ${key} }
  - { name: beta, type: openai, baseUrl: "@SIMULATOR@/beta/v1", ${key}, modelMapping: { gpt-mini: beta-mini } }
  - { name: claude, type: anthropic, baseUrl: "@SIMULATOR@/claude/v1", ${key} }
  - { name: mirrored, type: anthropic, baseUrl: "@SIMULATOR@/mirrored/v1", ${key} }
  - { name: gone, type: openai, baseUrl: "http://127.0.0.1:1/v1", ${key} }
routes:
  - { name: simulated, models: [simulate-status-500], targets: [{ provider: alpha }] }
  - { name: gone, models: [gone], targets: [{ provider: gone }] }
  - { name: copied, models: [copied], targets: [{ provider: alpha }], mirror: { provider: mirrored } }
  - name: gpt
    models: ["gpt-*"]
    targets: [{ provider: alpha }, { provider: beta, weight: 0 }]
  - { name: claude, models: ["claude-*"], targets: [{ provider: claude }] }
`;

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway(configuration, { E2E_KEY: "fake-key" });
});
afterAll(() => gateway?.stop());
beforeEach(() => {
  gateway.simulator.requests.length = 0;
});

const messages = [{ role: "user", content: "Hello" }];
const wishes = {
  provider: { only: ["claude", "alpha", "beta"], allow_fallbacks: true },
  models: ["claude-big"],
  providerOptions: { gateway: { order: ["claude"] } },
};

function ask(json: object, more: Partial<HttpRequest> = {}): Promise<HttpAnswer> {
  return send(gateway.url, { path: "/v1/chat/completions", json: { messages, ...json }, ...more });
}

/** `/alpha/v1/chat/completions gpt-mini` */
function received(): string[] {
  return gateway.simulator.requests.map(({ path, body }) => {
    const { model } = JSON.parse(body.toString()) as { model?: string };
    return [path, ...(model === undefined ? [] : [model])].join(" ");
  });
}

describe("another name", () => {
  test("reaches the provider as the model that it stands for, whatever the client speaks", async () => {
    const chat = await ask({ model: "fast" });
    expect(chat).toMatchObject({ status: 200, headers: { "x-weir-model": "gpt-mini", "x-weir-target": "alpha" } });
    const anthropic = { model: "fast", max_tokens: 9, messages };
    expect((await send(gateway.url, { path: "/v1/messages", json: anthropic })).status).toBe(200);
    const contents = [{ role: "user", parts: [{ text: "Hello" }] }];
    const gemini = await send(gateway.url, { path: "/v1beta/models/fast:generateContent", json: { contents } });
    expect(gemini.status).toBe(200);
    expect(received()).toEqual(Array(3).fill("/alpha/v1/chat/completions gpt-mini"));
  });

  test("is what the log calls the model that was asked for", async () => {
    await ask({ model: "fast" }, { headers: { "x-request-id": "e2e-alias" } });
    const entry = await gateway.logEntry("e2e-alias");
    expect(Object.values(entry)).toContain("fast");
    expect(entry).toMatchObject({ "weir.route": "gpt" });
  });

  test("with a provider before it goes there, and by that provider's own mapping", async () => {
    expect((await ask({ model: "beta/gpt-mini" })).headers["x-weir-target"]).toBe("beta");
    expect(received()).toEqual(["/beta/v1/chat/completions beta-mini"]);
    expect(await ask({ model: "claude/gpt-mini" })).toMatchObject({
      status: 404,
      json: { error: { code: "model_not_found" } },
    });
  });

  test("is chosen by rules from what the user says", async () => {
    await ask({ model: "auto" });
    await ask({ model: "auto", messages: [{ role: "user", content: "Some SQL, please" }] });
    expect(received()).toEqual(["/alpha/v1/chat/completions gpt-mini", "/claude/v1/messages claude-big"]);
  });

  test("reaches the copy of a request too", async () => {
    const yaml = configuration.replace("fast: gpt-mini", "fast: copied");
    await gateway.configure(yaml);
    await ask({ model: "fast", provider: { only: ["alpha"] } });
    await vi.waitFor(() => expect(received()).toHaveLength(2));
    expect(received().sort()).toEqual(["/alpha/v1/chat/completions copied", "/mirrored/v1/messages copied"]);
    await gateway.configure(configuration);
  });
});

describe("a body's wishes", () => {
  test.each<[string, object, string]>([
    ["as it is", { model: "gpt-4", provider: { only: ["beta"] } }, "/beta/v1/chat/completions"],
    ["translated", { model: "claude-big", provider: { only: ["claude"] } }, "/claude/v1/messages"],
  ])("reach no provider where the body goes %s", async (_what, json, path) => {
    expect((await ask({ ...json, models: ["gpt-4"], providerOptions: {} })).status).toBe(200);
    const [request] = gateway.simulator.requests;
    expect(request!.path).toBe(path);
    const fields = Object.keys(JSON.parse(request!.body.toString()) as object);
    expect(fields).toContain("messages");
    expect(fields.filter((name) => Object.hasOwn(wishes, name))).toEqual([]);
    expect(Number(request!.headers["content-length"])).toBe(request!.body.length);
  });

  test("hold for bodies in chunks", async () => {
    const text = JSON.stringify({ model: "gpt-4", messages, provider: { only: ["beta"] } });
    const body = [Buffer.from(text.slice(0, 20)), Buffer.from(text.slice(20))];
    const headers = { "content-type": "application/json" };
    const answer = await send(gateway.url, { path: "/v1/chat/completions", body, headers });
    expect(answer).toMatchObject({ status: 200, headers: { "x-weir-target": "beta" } });
    expect(JSON.parse(gateway.simulator.requests[0]!.body.toString())).toEqual({ model: "gpt-4", messages });
  });

  test("name further models, which are tried after one that fails, on their own routes and in their own words", async () => {
    const answer = await ask({ model: "broken", models: ["gone", "claude-big"] });
    expect(answer).toMatchObject({
      status: 200,
      headers: { "x-weir-target": "claude", "x-weir-model": "claude-big", "x-weir-attempts": "3" },
      json: { object: "chat.completion" },
    });
    expect(received()).toEqual(["/alpha/v1/chat/completions simulate-status-500", "/claude/v1/messages claude-big"]);
  });

  test("may name models alone", async () => {
    const answer = await ask({ models: ["broken", "fast"], stream: true });
    expect(answer).toMatchObject({ status: 200, headers: { "x-weir-target": "alpha", "x-weir-attempts": "2" } });
    expect(answer.text).toMatch(/data: \[DONE\]\n\n$/);
    const models = ["simulate-status-500", "gpt-mini"];
    expect(received()).toEqual(models.map((model) => `/alpha/v1/chat/completions ${model}`));
  });

  test("order and leave out targets, and have an answer where nothing is left", async () => {
    const ordered = await ask({ model: "gpt-4", provider: { order: ["beta", "alpha"] } });
    expect(ordered.headers["x-weir-target"]).toBe("beta");
    const refused = await ask({ model: "gpt-4", provider: { only: ["claude"] } });
    expect(refused).toMatchObject({ status: 400, json: { error: { code: "unknown_provider", param: "provider" } } });
    const json = { model: "gpt-4", max_tokens: 9, messages, provider: { ignore: ["alpha", "beta"] } };
    const anthropic = await send(gateway.url, { path: "/v1/messages", json });
    expect(anthropic).toMatchObject({ status: 400, json: { error: { type: "invalid_request_error" } } });
    expect(received()).toHaveLength(1);
  });

  test("do not have a connection that fails tried more often than others", async () => {
    let connections = 0;
    const server = createServer().on("connection", (socket) => {
      connections++;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    await gateway.configure(configuration.replace("127.0.0.1:1/", `127.0.0.1:${port}/`));
    expect((await ask({ model: "gone", provider: { allow_fallbacks: false } })).status).toBe(503);
    expect(connections).toBeLessThanOrEqual(2);
    await gateway.configure(configuration);
    server.close();
  });
});

// What callers may ask of the ledger with their own key or token: all of their own, and nothing of anybody else's.
import { createHash, generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openStore } from "../control/src/store/store.ts";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send, type HttpAnswer } from "./http-client.ts";

const hashOf = (key: string): string => createHash("sha256").update(key).digest("hex");
const keys = { ada: "wk-of-ada-in-the-tests", bob: "wk-of-bob-in-the-tests", eve: "wk-of-eve-in-the-tests" };
const messages = [{ role: "user", content: "Hello" }];
const chat = "/v1/chat/completions";

const folder = mkdtempSync(join(tmpdir(), "weir-jwks-"));
const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const jwks = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "one", use: "sig" }] };
writeFileSync(join(folder, "jwks.json"), JSON.stringify(jwks));

function tokenOf(consumer: string): string {
  const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const payload = { iss: "internal", sub: consumer, exp: Math.floor(Date.now() / 1000) + 3600 };
  const text = `${base64({ alg: "ES256", kid: "one", typ: "JWT" })}.${base64(payload)}`;
  const signature = sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}

const configuration = (ledger = "{}", auth = true): string => `${gatewayBlock}
${auth ? `  auth: { jwt: [{ issuer: internal, jwks: { file: "${join(folder, "jwks.json")}" } }] }` : ""}
ledger: ${ledger}
models:
  - { name: "*", price: { input: 2, output: 8 } }
${
  auth
    ? `consumers:
  - { name: ada, keys: [{ name: one, sha256: "${hashOf(keys.ada)}" }] }
  - { name: bob, keys: [{ name: one, sha256: "${hashOf(keys.bob)}" }] }
  - { name: eve, routes: [messages], keys: [{ name: one, sha256: "${hashOf(keys.eve)}" }] }
budgets:
  - { name: bobs, match: { consumer: bob }, unit: totalTokens, limit: 1, per: day }`
    : ""
}
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }
  - { name: claude, type: anthropic, baseUrl: "@SIMULATOR@", apiKey: fake-alpha-key }
routes:
  - { name: messages, models: ["claude-*"], targets: [{ provider: claude }] }
  - { name: all, models: ["*"], targets: [{ provider: alpha }] }
`;

let gateway: Gateway;
beforeAll(async () => void (gateway = await startGateway(configuration())));
afterAll(async () => {
  await gateway?.stop();
  rmSync(folder, { recursive: true });
});

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });
const ask = (key: string, json: object = {}, headers = {}): Promise<HttpAnswer> =>
  send(gateway.url, {
    path: chat,
    json: { model: "gpt-4o", messages, ...json },
    headers: { ...bearer(key), ...headers },
  });
const get = (path: string, headers: Record<string, string>): Promise<HttpAnswer> =>
  send(gateway.url, { path, headers });

interface Asked {
  id: string;
  usage: { prompt_tokens: number; completion_tokens: number };
}

describe("GET /v1/generation", () => {
  test("tells of a request what it has used, by the id in the answer or by the request's own", async () => {
    const own = randomUUID();
    const { id, usage } = (await ask(keys.ada, {}, { "x-request-id": own })).json as Asked;
    const found = await get(`/v1/generation?id=${id}`, bearer(keys.ada));
    expect(found).toMatchObject({ status: 200, headers: { "cache-control": "no-store" } });
    const { data } = found.json as { data: Record<string, unknown> };
    const nanos = BigInt(usage.prompt_tokens * 2000 + usage.completion_tokens * 8000);
    expect(data).toMatchObject({
      id,
      request_id: own,
      model: "gpt-4o",
      provider_name: "openai",
      streamed: false,
      cancelled: false,
      finish_reason: "stop",
      tokens_prompt: usage.prompt_tokens,
      tokens_completion: usage.completion_tokens,
      usage_source: "reported",
      status: 200,
      provider_responses: [{ provider_name: "openai", status: 200 }],
    });
    expect(data["total_cost"]).toBeCloseTo(Number(nanos) / 1e9, 12);
    expect(Number(data["latency"])).toBeGreaterThanOrEqual(0);
    expect((await get(`/v1/generation?id=${own}`, { "x-api-key": keys.ada })).json).toMatchObject({
      data: { ...data, id: own },
    });
  });

  test("streams, whole and left by their client, and answers that another dialect gave", async () => {
    const stream = await open(gateway.url, {
      path: chat,
      headers: { ...bearer(keys.ada), "x-simulate": "words-200, chunk-delay-20" },
      json: { model: "gpt-4o", stream: true, messages },
    });
    await stream.seen("simulated-2");
    stream.leave();
    const [, left] = /"id":"([^"]+)"/.exec((await stream.whole).text) ?? [];
    expect((await get(`/v1/generation?id=${left}`, bearer(keys.ada))).json).toMatchObject({
      data: { streamed: true, cancelled: true, usage_source: "estimated" },
    });
    for (const json of [{ stream: true }, {}]) {
      const translated = await ask(keys.ada, { model: "claude-sonnet-4-5", ...json });
      const [, id] = /"id": ?"([^"]+)"/.exec(translated.text) ?? [];
      expect((await get(`/v1/generation?id=${id}`, bearer(keys.ada))).json).toMatchObject({
        data: { model: "claude-sonnet-4-5", provider_name: "anthropic", streamed: "stream" in json },
      });
    }
  });

  test("another's request is not there, whoever asks, and whatever the caller says to be", async () => {
    const own = randomUUID();
    const { id } = (await ask(keys.ada, {}, { "x-request-id": own })).json as Asked;
    await get(`/v1/generation?id=${id}`, bearer(keys.ada));
    for (const known of [id, own]) {
      for (const headers of [
        bearer(keys.bob),
        bearer(tokenOf("bob")),
        { ...bearer(keys.bob), "x-weir-consumer": "ada" },
      ]) {
        const answer = await get(`/v1/generation?id=${known}`, headers);
        expect(answer).toMatchObject({ status: 404, json: { error: { code: "generation_not_found" } } });
      }
    }
    expect((await get(`/v1/generation?id=${id}`, {})).status).toBe(401);
    expect((await get(`/v1/generation?id=${id}`, { "x-weir-consumer": "ada" })).status).toBe(401);
    expect((await get(`/v1/generation?id=${id}`, bearer("wk-of-nobody"))).status).toBe(401);
    // A token of the same name is the same caller.
    expect((await get(`/v1/generation?id=${id}`, bearer(tokenOf("ada")))).status).toBe(200);
  });

  test("what is asked wrongly is told so, and nothing else is reached", async () => {
    expect(await get("/v1/generation", bearer(keys.ada))).toMatchObject({
      status: 400,
      json: { error: { code: "missing_id" } },
    });
    expect((await get("/v1/generation/../usage?each=total", bearer(keys.ada))).status).toBe(200);
    expect((await get("/callers/usage", bearer(keys.ada))).status).toBe(404);
    const path = "/envoy.service.discovery.v3.AggregatedDiscoveryService/StreamAggregatedResources";
    expect((await send(gateway.url, { path, method: "POST", body: "", headers: bearer(keys.ada) })).status).toBe(404);
    expect(
      (await send(gateway.url, { path: "/v1/usage", method: "POST", json: {}, headers: bearer(keys.ada) })).status,
    ).toBe(404);
  });
});

describe("GET /v1/usage", () => {
  const usage = async (key: string, query = ""): Promise<Record<string, unknown>[]> => {
    const answer = await get(`/v1/usage${query}`, bearer(key));
    expect(answer.status).toBe(200);
    return (answer.json as { data: Record<string, unknown>[] }).data;
  };

  test("is the sum of the caller's own requests, by day and model; asking counts for nothing", async () => {
    const key = tokenOf("carol");
    const asked: Asked[] = [];
    for (let i = 0; i < 3; i++) asked.push((await ask(key)).json as Asked);
    // Equal requests have equal ids here, so only the sum itself tells when all three are in the ledger.
    await vi.waitFor(async () => expect((await usage(key))[0]).toMatchObject({ requests: 3 }), 10_000);
    await get(`/v1/generation?id=${asked[2]!.id}`, bearer(key));
    const prompt_tokens = asked.reduce((sum, one) => sum + one.usage.prompt_tokens, 0);
    const completion_tokens = asked.reduce((sum, one) => sum + one.usage.completion_tokens, 0);
    const row = { model: "gpt-4o", provider_name: "openai", requests: 3, prompt_tokens, completion_tokens };
    const date = expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string;
    expect(await usage(key)).toEqual([expect.objectContaining({ ...row, date, unpriced_requests: 0 })]);
    expect(await usage(key, "?each=total&since=1h")).toEqual([expect.objectContaining(row)]);
    expect(await usage(key, "?since=2020-01-01&until=2020-02-01")).toEqual([]);
    expect(await get("/v1/usage?since=soon", bearer(key))).toMatchObject({ status: 400 });
    expect(await get("/v1/usage?each=year", bearer(key))).toMatchObject({ status: 400 });
    expect(await usage(tokenOf("dave"))).toEqual([]);
  });

  test("a caller with keys for some routes, or with nothing left to spend, may ask as well", async () => {
    expect((await ask(keys.eve)).status).toBe(404);
    expect(await get("/v1/usage", bearer(keys.eve))).toMatchObject({ status: 200 });
    expect((await ask(keys.bob)).status).toBe(200);
    await vi.waitFor(async () => expect((await ask(keys.bob)).status).not.toBe(200), {
      timeout: 10_000,
      interval: 200,
    });
    expect((await usage(keys.bob))[0]).toMatchObject({ model: "gpt-4o" });
  });
});

test("a database that is gone is no secret of the operator's", async () => {
  const database = join(gateway.stateFolder, "ledger.db");
  const store = await openStore({ database });
  await store.db.schema.alterTable("usage_days").renameTo("hidden").execute();
  await store.db.schema.alterTable("usage_hours").renameTo("hidden_too").execute();
  const failed = await get("/v1/usage", bearer(keys.ada));
  expect(failed).toMatchObject({ status: 503, json: { error: { code: "ledger_failing" } } });
  expect(failed.text).not.toContain("usage_");
  await gateway.reported(/TROUBLE Callers are not told of their usage/);
  await store.db.schema.alterTable("hidden").renameTo("usage_days").execute();
  await store.db.schema.alterTable("hidden_too").renameTo("usage_hours").execute();
  await store.close();
  await vi.waitFor(async () => expect((await get("/v1/usage", bearer(keys.ada))).status).toBe(200));
});

describe("switched off", () => {
  test.each([
    ["by the configuration", configuration("{ callerApi: false }")],
    ["where nobody has a key", configuration("{}", false)],
  ])("%s there is nothing", async (_why, yaml) => {
    await gateway.configure(yaml);
    for (const path of ["/v1/usage", "/v1/generation?id=x"]) {
      expect(await get(path, bearer(keys.ada))).toMatchObject({
        status: 404,
        json: { error: { code: "unknown_url" } },
      });
    }
  });
});

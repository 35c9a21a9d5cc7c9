// What is too much goes to a cheaper model on a real Envoy: by limits, counted here or by a service on Redis, and by
// budgets; whole and streamed; and the ledger has what was asked for, what has served it, and why.
import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Redis, redisBinary } from "../control/src/limits/test/redis.ts";
import { openStore, type Store } from "../control/src/store/store.ts";
import { weir, type TestProcess } from "./child-process.ts";
import { gatewayBlock } from "./configurations.ts";
import { freePort } from "../envoy/test/ports.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send, type HttpAnswer } from "./http-client.ts";

const hashOf = (key: string): string => createHash("sha256").update(key).digest("hex");
const consumer = (name: string, more = ""): string =>
  `  - { name: ${name}, team: ${name}, keys: [{ name: main, sha256: "${hashOf(`wk-${name}`)}"${more} }] }`;

const configuration = (service: string): string => `${gatewayBlock}${service}
ledger: {}
limits:
  - name: large
    match: { headers: { x-case: "*" }, model: large }
    windows: [{ unit: requests, limit: 2, per: day }]
    onExceeded: { model: small }
  - name: small
    match: { headers: { x-case: "*" }, model: small }
    windows: [{ unit: requests, limit: 3, per: day }]
  - name: large-tokens
    match: { headers: { x-tokens: "*" }, model: large }
    windows: [{ unit: totalTokens, limit: 400, per: day }]
    onExceeded: { model: small }
  - name: small-tokens
    match: { headers: { x-tokens: "*" }, model: small }
    windows: [{ unit: totalTokens, limit: 1000000, per: day }, { unit: concurrentRequests, limit: 1000 }]
budgets:
  - { name: teams, match: { team: spender }, unit: totalTokens, limit: 1, per: month, onExceeded: { model: small } }
  - { name: bound, match: { team: bound }, unit: totalTokens, limit: 1, per: month, onExceeded: { model: small } }
  - name: costly
    match: { consumer: choosy, model: large-upstream }
    unit: totalTokens
    limit: 1
    per: month
    onExceeded: { model: small }
models:
  - { name: "*", price: { input: 1, output: 3 } }
consumers:
${consumer("asker")}
${consumer("spender")}
${consumer("bound", ", models: [large]")}
${consumer("choosy")}
providers:
  - name: alpha
    type: openai
    baseUrl: "@SIMULATOR@/v1"
    apiKey: fake-alpha-key
    modelMapping: { large: large-upstream }
  - { name: beta, type: anthropic, baseUrl: "@SIMULATOR@/beta", apiKey: fake-beta-key }
  - { name: gone, type: openai, baseUrl: "http://127.0.0.1:1/v1", apiKey: fake-gone-key }
routes:
  - name: small
    models: [small]
    balance: leastBusy
    targets: [{ provider: gone }]
    fallbacks: [{ provider: beta, model: claude-small }]
  - { name: all, models: ["*"], targets: [{ provider: alpha }] }
`;

let redis: Redis | null = null;
let service: TestProcess | null = null;
afterAll(async () => {
  await service?.stop();
  await redis?.remove();
});

async function startService(): Promise<string> {
  redis = await Redis.start();
  const port = await freePort();
  service = weir(["limits", "--redis", redis.url, "--listen", `127.0.0.1:${port}`]);
  await service.said(/Counting limits at/);
  return `  limitService: { address: "127.0.0.1:${port}", timeout: 2s }\n`;
}

describe.each([
  ["this Envoy", () => Promise.resolve("")],
  ["a service", startService],
] as const)("counted by %s", (by, start) => {
  const isLeftOut = by === "a service" && redisBinary === null;
  let gateway: Gateway;
  let store: Store;
  beforeAll(async () => {
    if (isLeftOut) return;
    gateway = await startGateway(configuration(await start()), {}, { budgets: { pollMs: 50 } });
    store = await openStore({ database: join(gateway.stateFolder, "ledger.db") });
  });
  afterAll(async () => {
    await store?.close();
    await gateway?.stop();
  });

  const path = "/v1/chat/completions";
  const ask = (name: string, headers: Record<string, string> = {}, more: object = {}): Promise<HttpAnswer> => {
    const json = { model: "large", messages: [{ role: "user", content: "Hello" }], ...more };
    return send(gateway.url, { path, json, headers: { authorization: `Bearer wk-${name}`, ...headers } });
  };
  const recordOf = (id: string) =>
    vi.waitFor(
      () => store.db.selectFrom("requests").selectAll().where("request_id", "=", id).executeTakeFirstOrThrow(),
      5_000,
    );

  test.skipIf(isLeftOut)("a limit moves what does not fit, streams as well, until the other one is full", async () => {
    const headers = { "x-case": randomUUID() };
    const ids = Array.from({ length: 6 }, () => randomUUID());
    const answers: HttpAnswer[] = [];
    for (const [index, id] of ids.entries()) {
      const more = index === 3 ? { stream: true, stream_options: { include_usage: true } } : {};
      answers.push(await ask("asker", { ...headers, "x-request-id": id }, more));
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    const headersOf = (name: string) => answers.map(({ headers }) => headers[name]);
    expect(headersOf("x-weir-exceeded")).toEqual([undefined, undefined, "large", "large", "large", undefined]);
    expect(headersOf("x-weir-model").slice(2, 5)).toEqual(["claude-small", "claude-small", "claude-small"]);
    // The cheaper model's first target is out of reach: its plan goes on.
    expect(headersOf("x-weir-attempts").slice(2, 5)).toEqual(["2", "2", "2"]);
    expect(headersOf("x-weir-target").slice(2, 5)).toEqual(["beta", "beta", "beta"]);
    expect(String(answers[3]!.body)).toMatch(/"choices":\[\],"usage":.*\n\ndata: \[DONE\]/s);
    expect(answers[5]!.json).toMatchObject({ error: { message: expect.stringContaining("The limit small") } });
    const common = {
      requested_model: "large",
      model: "claude-small",
      provider: "anthropic",
      route: "small",
      exceeded: "large",
    };
    for (const id of [ids[2]!, ids[3]!]) expect(await recordOf(id)).toMatchObject({ ...common, limits: '["large"]' });
    expect(await recordOf(ids[0]!)).toMatchObject({ model: "large-upstream", exceeded: "", limits: "" });
    expect(await recordOf(ids[5]!)).toMatchObject({ status: 429, exceeded: "", limits: '["large","small"]' });
  });

  test.skipIf(isLeftOut)("of 60 at once as many go each way as fit", async () => {
    const headers = { "x-case": randomUUID() };
    const answers = await Promise.all(Array.from({ length: 60 }, () => ask("asker", headers)));
    const count = (status: number, exceeded: string | undefined) =>
      answers.filter((one) => one.status === status && one.headers["x-weir-exceeded"] === exceeded).length;
    expect([count(200, undefined), count(200, "large"), count(429, undefined)]).toEqual([2, 3, 55]);
  });

  test.skipIf(isLeftOut)("what was moved is settled to the token, where clients leave as well", async () => {
    const headers = { "x-tokens": randomUUID() };
    const since = Date.now();
    const each = async (index: number): Promise<void> => {
      const json = {
        model: "large",
        max_tokens: 60,
        stream: index % 2 === 0,
        messages: [{ role: "user", content: "Hello" }],
      };
      const simulate = { "x-simulate": `words-${20 + index}${index % 4 === 0 ? ", chunk-delay-5" : ""}` };
      const all = { authorization: "Bearer wk-asker", ...headers, ...simulate };
      const stream = await open(gateway.url, { path, json, headers: all });
      expect(stream.status).toBe(200);
      if (index % 4 !== 0) return void (await stream.whole);
      await stream.seen("simulated-5");
      stream.leave();
    };
    await Promise.all(Array.from({ length: 40 }, (_, index) => each(index)));
    const rows = await vi.waitFor(async () => {
      const found = await store.db
        .selectFrom("requests")
        .select(["exceeded", "input_tokens", "output_tokens", "requested_model"])
        .where("started_at", ">=", since)
        .execute();
      expect(found).toHaveLength(40);
      return found;
    }, 10_000);
    expect(new Set(rows.map(({ requested_model: model }) => model))).toEqual(new Set(["large"]));
    const sumOf = (exceeded: string) =>
      rows
        .filter((row) => row.exceeded === exceeded)
        .reduce((sum, row) => sum + Number(row.input_tokens) + Number(row.output_tokens), 0);
    expect(rows.filter(({ exceeded }) => exceeded === "large-tokens").length).toBeGreaterThan(30);
    expect(sumOf("")).toBeLessThanOrEqual(400);
    await vi.waitFor(async () => {
      const more = { model: "small", max_tokens: 1 };
      const simulated = { ...headers, "x-simulate": "status-400" };
      const left = Number((await ask("asker", simulated, more)).headers["x-ratelimit-remaining-tokens"]);
      // "Hello" is 8 tokens by the gateway's estimate, and 1 is the bound.
      expect(left).toBe(1_000_000 - sumOf("large-tokens") - 9);
    }, 5_000);
  });

  test.skipIf(isLeftOut)("what is no chat, or not allowed, is refused", async () => {
    const headers = { "x-case": randomUUID(), authorization: "Bearer wk-asker" };
    const embed = () =>
      send(gateway.url, { path: "/v1/embeddings", json: { model: "large", input: "Hello" }, headers });
    expect([(await embed()).status, (await embed()).status, (await embed()).status]).toEqual([200, 200, 429]);
  });

  test.skipIf(isLeftOut || by === "a service")(
    "a budget moves all of its requests, in each client's words",
    async () => {
      expect((await ask("spender")).status).toBe(200);
      await vi.waitFor(async () => expect((await ask("spender")).headers["x-weir-exceeded"]).toBe("teams"), 5_000);
      const id = randomUUID();
      const answer = await send(gateway.url, {
        path: "/v1/messages",
        json: { model: "large", max_tokens: 50, messages: [{ role: "user", content: "Hello" }] },
        headers: { "x-api-key": "wk-spender", "anthropic-version": "2023-06-01", "x-request-id": id },
      });
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({ "x-weir-exceeded": "teams", "x-weir-model": "claude-small" });
      expect(await recordOf(id)).toMatchObject({ requested_model: "large", model: "claude-small", exceeded: "teams" });
      // The moved one counts by the model that it goes to.
      const headers = { "x-case": randomUUID() };
      for (let i = 0; i < 3; i++) expect((await ask("spender", headers)).status).toBe(200);
      expect((await ask("spender", headers)).json).toMatchObject({
        error: { message: expect.stringContaining("The limit small") },
      });
      const embeddings = { path: "/v1/embeddings", json: { model: "large", input: "x" } };
      const refused = await send(gateway.url, { ...embeddings, headers: { authorization: "Bearer wk-spender" } });
      expect(refused).toMatchObject({ status: 429, json: { error: { code: "insufficient_quota" } } });
    },
  );

  test.skipIf(isLeftOut || by === "a service")("a budget refuses whom the cheaper model is not allowed", async () => {
    expect((await ask("bound")).status).toBe(200);
    await vi.waitFor(async () => expect((await ask("bound")).status).toBe(429), 5_000);
    expect((await ask("bound")).json).toMatchObject({ error: { code: "insufficient_quota" } });
  });

  test.skipIf(isLeftOut || by === "a service")("a budget of a model moves that model alone", async () => {
    expect((await ask("choosy")).status).toBe(200);
    await vi.waitFor(async () => expect((await ask("choosy")).headers["x-weir-exceeded"]).toBe("costly"), 5_000);
    const other = await ask("choosy", {}, { model: "other" });
    expect(other.status).toBe(200);
    expect(other.headers["x-weir-exceeded"]).toBeUndefined();
  });
});

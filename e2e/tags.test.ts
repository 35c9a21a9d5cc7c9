// What clients tag their requests with: in the ledger, in the sums for each tag, in the caller's own usage, and in
// budgets; and on its way to no provider.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openStore, type Store } from "../control/src/store/store.ts";
import { queryUsage } from "../control/src/ledger/query.ts";
import { weir } from "./child-process.ts";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send, type HttpAnswer } from "./http-client.ts";

const key = "wk-of-ada-in-the-tests";
const configuration = `${gatewayBlock}
ledger: { metadataTags: [customer, user_id] }
models:
  - { name: "*", price: { input: 2, output: 8 } }
consumers:
  - { name: ada, keys: [{ name: one, sha256: "${createHash("sha256").update(key).digest("hex")}" }] }
budgets:
  - { name: batches, match: { tag: batch }, unit: totalTokens, limit: 1, per: day }
  - { name: customer, match: { tag: "customer:acme" }, unit: totalTokens, limit: 1, per: day }
  - { name: models-by-tag, match: { tag: "*", model: costly }, unit: totalTokens, limit: 1, per: day }
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }
routes:
  - { name: all, models: ["*"], targets: [{ provider: alpha }] }
`;

let gateway: Gateway;
let store: Store;
beforeAll(async () => {
  gateway = await startGateway(configuration, {}, { budgets: { pollMs: 50 } });
  store = await openStore({ database: join(gateway.stateFolder, "ledger.db") });
});
afterAll(async () => {
  await store?.close();
  await gateway?.stop();
});

const ask = (tags: string | null, model = "gpt-4o", more: object = {}): Promise<HttpAnswer> => {
  const json = { model, messages: [{ role: "user", content: "Hello" }], ...more };
  const headers = { authorization: `Bearer ${key}`, ...(tags !== null && { "x-weir-tags": tags }) };
  return send(gateway.url, { path: "/v1/chat/completions", json, headers });
};
const day = { from: Date.now() - 3_600_000, to: Date.now() + 3_600_000, bucket: null } as const;

test("each tag has its sums; a request counts for all of its tags, once for each", async () => {
  const answers = [await ask("web, nightly ,web,,"), await ask("web"), await ask(null)];
  const tokens = answers.map(({ json }) => (json as { usage: { total_tokens: number } }).usage.total_tokens);
  await vi.waitFor(async () => {
    const rows = await queryUsage(store, { by: ["tag"], where: { consumer: "ada" }, ...day });
    const sums = rows.map(({ at, sums }) => [
      at.tag,
      Number(sums.requests),
      Number(sums.input_tokens + sums.output_tokens),
    ]);
    expect(sums).toEqual([
      ["web", 2, tokens[0]! + tokens[1]!],
      ["nightly", 1, tokens[0]],
    ]);
  });
  const [all] = await queryUsage(store, { by: [], where: {}, ...day });
  expect(Number(all?.sums.requests)).toBe(3);
  const { request_id: id } = await store.db
    .selectFrom("requests")
    .select("request_id")
    .where("tags", "like", "%nightly%")
    .executeTakeFirstOrThrow();
  const own = await send(gateway.url, { path: `/v1/generation?id=${id}`, headers: { authorization: `Bearer ${key}` } });
  expect(own.json).toMatchObject({ data: { tags: ["web", "nightly"] } });
});

test("weir usage tells them", async () => {
  const file = join(gateway.stateFolder, "..", "weir.yaml");
  const asked = weir(["usage", file, "--by", "tag", "--where", "tag=nightly", "--format", "csv"], {
    env: { WEIR_STATE: gateway.stateFolder },
  });
  expect(await asked.exited, asked.output).toMatchObject({ code: 0 });
  expect(asked.output).toMatch(/^tag,requests,.*\r\nnightly,1,/m);
});

test("no provider sees them", async () => {
  await ask("secret-project");
  const sent = gateway.simulator.requests.at(-1)!;
  expect(JSON.stringify(sent)).not.toMatch(/secret-project|weir-tags/);
});

test("those in a body's metadata are tags as well, for each API, whole and streamed", async () => {
  const since = Date.now();
  const metadata = { customer: "beta, inc", other: "secret-of-theirs" };
  expect((await ask("web", "gpt-4o", { metadata })).status).toBe(200);
  // The provider gets them as ever: it keeps what it is given there.
  expect(JSON.parse(String(gateway.simulator.requests.at(-1)!.body))).toMatchObject({ metadata });
  expect((await ask(null, "gpt-4o", { metadata: { user_id: "u-7" }, stream: true })).status).toBe(200);
  const json = { model: "gpt-4o", max_tokens: 20, messages: [{ role: "user", content: "Hello" }] };
  const headers = { "x-api-key": key, "anthropic-version": "2023-06-01" };
  const own = { ...json, metadata: { user_id: `user_${"0123456789abcdef".repeat(6)}` } };
  expect((await send(gateway.url, { path: "/v1/messages", json: own, headers })).status).toBe(200);
  await vi.waitFor(async () => {
    const rows = await store.db.selectFrom("requests").select("tags").where("started_at", ">=", since).execute();
    expect(rows.map(({ tags }) => tags).sort()).toEqual([
      '["customer:beta_ inc","web"]',
      '["user_id:u-7"]',
      `["user_id:user_${"0123456789abcdef".repeat(6).slice(0, 51)}"]`,
    ]);
  });
});

test("a budget of such a tag refuses it, and no other", async () => {
  const of = (customer: string) => ask(null, "gpt-4o", { metadata: { customer } });
  expect((await of("acme")).status).toBe(200);
  await vi.waitFor(async () => expect((await of("acme")).status).toBe(429), 5_000);
  expect((await of("acme-2")).status).toBe(200);
});

test("absurd ones are left out, and the request is served", async () => {
  const since = Date.now();
  const many = Array.from({ length: 30 }, (_, i) => `t${i}`).join(",");
  for (const tags of [many, "x".repeat(65), "y".repeat(2000), ",,,"]) expect((await ask(tags)).status).toBe(200);
  const rows = await vi.waitFor(async () => {
    const all = await store.db
      .selectFrom("requests")
      .select("tags")
      .where("started_at", ">=", since)
      .orderBy("started_at")
      .execute();
    expect(all).toHaveLength(4);
    return all.map(({ tags }) => tags);
  });
  expect(rows).toEqual([JSON.stringify(Array.from({ length: 10 }, (_, i) => `t${i}`)), "", "", ""]);
});

test("a budget of a tag refuses requests with that tag, and no others", async () => {
  expect((await ask("batch,web")).status).toBe(200);
  await vi.waitFor(async () => expect((await ask("other, batch")).status).toBe(429), 5_000);
  expect((await ask("other")).status).toBe(200);
  expect((await ask(null)).status).toBe(200);
});

test("a budget of each tag's and a model's refuses that model alone", async () => {
  expect((await ask("one", "costly")).status).toBe(200);
  await vi.waitFor(async () => expect((await ask("two, one", "costly")).status).toBe(429), 5_000);
  expect((await ask("one", "gpt-4o")).status).toBe(200);
  expect((await ask("three", "costly")).status).toBe(200);
});

// The admin API beside a real Envoy: what it changes is in force when it has answered, and no key is shown.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { freePort } from "../envoy/test/ports.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send, type HttpAnswer } from "./http-client.ts";

const hashOf = (key: string): string => createHash("sha256").update(key).digest("hex");
const tokens = { ops: "token-of-ops-in-the-tests-of-weir", bot: "token-of-bot-in-the-tests-of-weir" };

const configuration = (port: number): string => `${gatewayBlock}
ledger: {}
admin:
  port: ${port}
  tokens: [{ name: ops, token: "\${OPS_TOKEN}" }, { name: bot, token: "\${BOT_TOKEN}" }]
models:
  - { name: "*", price: { input: 1000, output: 1000 } }
consumers:
  - { name: search, team: one, keys: [{ name: of-file, sha256: "${hashOf("wk-of-the-file")}" }] }
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }
routes:
  - { name: all, models: ["*"], targets: [{ provider: alpha }] }
`;

let gateway: Gateway;
let port = 0;
beforeAll(async () => {
  port = await freePort();
  gateway = await startGateway(configuration(port), { OPS_TOKEN: tokens.ops, BOT_TOKEN: tokens.bot });
});
afterAll(() => gateway?.stop());

interface Answer {
  status: number;
  text: string;
  // Each test knows what it has asked for.
  json: any;
}

async function admin(method: string, path: string, body?: unknown, token = tokens.ops): Promise<Answer> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json");
  return { status: response.status, text, json: isJson ? JSON.parse(text) : null };
}

function ask(key: string, model = "gpt-4o"): Promise<HttpAnswer> {
  const json = { model, messages: [{ role: "user", content: "Hello" }] };
  return send(gateway.url, { path: "/v1/chat/completions", json, headers: { authorization: `Bearer ${key}` } });
}

const statusOf = async (key: string, model?: string): Promise<number> => (await ask(key, model)).status;

test("nobody gets in without a token, and everybody may read what there is", async () => {
  for (const token of ["", "wrong", tokens.ops.slice(0, -1)]) {
    expect((await admin("GET", "/v1/keys", undefined, token)).status).toBe(401);
    expect((await admin("PUT", "/v1/consumers/x", {}, token)).status).toBe(401);
  }
  const described = await admin("GET", "/openapi.json", undefined, "");
  expect(described.json).toMatchObject({ openapi: "3.1.0" });
  expect(Object.keys(described.json.paths)).toContain("/v1/consumers/{consumer}/keys/{key}/rotate");
  const { requestBody } = described.json.paths["/v1/budgets/{name}"].put;
  expect(requestBody.content["application/json"].schema.properties.per.enum).toEqual(["day", "week", "month", "total"]);
});

describe("keys", () => {
  test("are made, shown once, disabled, rotated and deleted, each in force at once", async () => {
    const made = await admin("POST", "/v1/consumers/search/keys", { name: "ci", models: ["gpt-*"] });
    expect(made).toMatchObject({ status: 201, json: { warnings: [] } });
    const { key } = made.json as { key: string };
    expect(await statusOf(key)).toBe(200);
    expect(await statusOf(key, "claude")).toBe(404);
    await admin("PATCH", "/v1/consumers/search/keys/ci", { disabled: true });
    expect(await statusOf(key)).toBe(401);
    await admin("PATCH", "/v1/consumers/search/keys/ci", { disabled: false, models: null });
    expect(await statusOf(key, "claude")).toBe(200);
    const rotated = await admin("POST", "/v1/consumers/search/keys/ci/rotate", { grace: "1h" });
    expect(rotated.status).toBe(200);
    expect([await statusOf(key), await statusOf(rotated.json.key)]).toEqual([200, 200]);
    const again = await admin("POST", "/v1/consumers/search/keys/ci/rotate", { grace: "0m" });
    expect([await statusOf(rotated.json.key), await statusOf(again.json.key)]).toEqual([401, 200]);
    expect((await admin("DELETE", "/v1/consumers/search/keys/ci")).status).toBe(204);
    expect([await statusOf(key), await statusOf(again.json.key), await statusOf("wk-of-the-file")]).toEqual([
      401, 401, 200,
    ]);
    const everywhere = [await admin("GET", "/v1/keys"), await admin("GET", "/v1/audit")].map(({ text }) => text);
    everywhere.push(gateway.output(), await (await fetch(`${gateway.weir.controlUrl}/config`)).text());
    for (const secret of [key, rotated.json.key, again.json.key, hashOf(again.json.key), tokens.ops, tokens.bot]) {
      expect(everywhere.join()).not.toContain(secret);
    }
  });

  test("of the file are shown and stay as they are", async () => {
    const { items } = (await admin("GET", "/v1/consumers/search/keys")).json;
    expect(items).toMatchObject([
      { name: "of-file", source: "file", sha256: `${hashOf("wk-of-the-file").slice(0, 8)}…` },
    ]);
    expect((await admin("PATCH", "/v1/consumers/search/keys/of-file", { disabled: true })).status).toBe(404);
    const clash = await admin("POST", "/v1/consumers/search/keys", { name: "of-file" });
    expect(clash).toMatchObject({ status: 422, json: { problems: [{ message: "The name is already taken" }] } });
    const same = await admin("POST", "/v1/consumers/search/keys", { name: "twin", sha256: hashOf("wk-of-the-file") });
    expect(same).toMatchObject({ status: 422, json: { problems: [{ message: "Another key is the same" }] } });
  });
});

test("consumers, limits and budgets are made, kept and deleted, and mistakes change nothing", async () => {
  expect((await admin("PUT", "/v1/consumers/ads", { team: "two" })).status).toBe(201);
  const { key } = (await admin("POST", "/v1/consumers/ads/keys", { name: "main" })).json;
  expect(await statusOf(key)).toBe(200);
  expect((await admin("DELETE", "/v1/consumers/ads")).status).toBe(409);
  const wrong = await admin("PUT", "/v1/budgets/teams", { limit: 1, per: "year" });
  expect(wrong).toMatchObject({ status: 422, json: { problems: [{ path: "budgets[0].per" }] } });
  const odd = await admin("PUT", "/v1/limits/few", {
    match: { consumer: "adz" },
    windows: [{ unit: "requests", limit: 100, per: "hour" }],
  });
  expect(odd).toMatchObject({ status: 201, json: { warnings: [expect.stringContaining('Did you mean "ads"')] } });
  expect((await admin("GET", "/v1/limits")).json.items).toMatchObject([{ name: "few", source: "store" }]);
  expect((await admin("PUT", "/v1/budgets/teams", { match: { team: "*" }, limit: 0.001, per: "month" })).status).toBe(
    201,
  );
  await vi.waitFor(async () => expect(await statusOf(key)).toBe(429), { timeout: 5_000, interval: 50 });
  expect((await admin("GET", "/v1/spending")).json.items).toContainEqual(
    expect.objectContaining({ budget: "teams", match: { team: "two" }, limit: "0.001" }),
  );
  expect((await admin("PUT", "/v1/budgets/teams", { match: { team: "*" }, limit: 1000, per: "month" })).status).toBe(
    200,
  );
  await vi.waitFor(async () => expect(await statusOf(key)).toBe(200), { timeout: 5_000, interval: 50 });
  for (const path of ["/v1/budgets/teams", "/v1/limits/few", "/v1/consumers/ads/keys/main", "/v1/consumers/ads"]) {
    expect((await admin("DELETE", path, undefined, tokens.bot)).status, path).toBe(204);
  }
  expect((await admin("GET", "/v1/audit?limit=1")).json.items).toMatchObject([
    { actor: "bot", action: "delete", section: "consumers", name: "ads", before: { team: "two" }, after: null },
  ]);
});

test("a file that takes a stored name wins, and the others are served", async () => {
  await admin("PUT", "/v1/consumers/ads", {});
  const { key } = (await admin("POST", "/v1/consumers/ads/keys", { name: "main" })).json;
  await admin("PUT", "/v1/consumers/other", {});
  const other = (await admin("POST", "/v1/consumers/other/keys", { name: "main" })).json;
  await gateway.configure(configuration(port).replace("providers:", "  - { name: ads, models: [o3] }\nproviders:"));
  await gateway.reported(/admin: consumers\/ads.*The name is already taken/);
  // Its key is the file's consumer's now, with what that one may do.
  expect([await statusOf(key), await statusOf(key, "o3"), await statusOf(other.key)]).toEqual([404, 200, 200]);
  await gateway.configure(configuration(port));
  expect(await statusOf(key)).toBe(200);
});

test("a file that cannot be served does not stop what is changed here", async () => {
  gateway.writeConfig("routes: nonsense");
  await vi.waitFor(() => expect(gateway.output()).toContain("routes must be a list"), 5_000);
  const { key } = (await admin("POST", "/v1/consumers/search/keys", { name: "late" })).json;
  expect(await statusOf(key)).toBe(200);
  await gateway.configure(configuration(port));
  expect(await statusOf(key)).toBe(200);
});

test("weir keys makes, lists, rotates and disables", async () => {
  const run = async (...args: string[]): Promise<string> => {
    const main = join(import.meta.dirname, "..", "control", "src", "cli", "main.ts");
    const env = { ...process.env, WEIR_ADMIN_TOKEN: tokens.bot, WEIR_ADMIN: `http://127.0.0.1:${port}` };
    return (await promisify(execFile)(process.execPath, [main, "keys", ...args], { env })).stdout.trim();
  };
  const key = await run("new", "--store", "--consumer", "search", "--name", "cli");
  expect(await statusOf(key)).toBe(200);
  expect(await run("list", "--consumer", "search")).toMatch(/^search\/cli +good +never +[0-9a-f]{8}… +store$/m);
  const next = await run("rotate", "search/cli", "--grace", "0m");
  expect([await statusOf(key), await statusOf(next)]).toEqual([401, 200]);
  await run("disable", "search/cli");
  expect(await statusOf(next)).toBe(401);
  expect(await run("list")).toMatch(/^search\/cli +disabled/m);
  await run("enable", "search/cli");
  expect(await statusOf(next)).toBe(200);
  await run("delete", "search/cli");
  expect(await statusOf(next)).toBe(401);
  await expect(run("rotate", "search/cli")).rejects.toThrow("Nothing in keys is stored under the name search/cli");
  await expect(run("new", "--store", "--consumer", "nobody")).rejects.toThrow("There is no consumer of this name");
}, 120_000);

test("usage is told by any dimension, as JSON and as CSV", async () => {
  await vi.waitFor(async () => {
    const { json } = await admin("GET", "/v1/usage?by=consumer,key&consumer=search&since=1d");
    expect(json.rows).toContainEqual(expect.objectContaining({ consumer: "search", key: "of-file" }));
  }, 5_000);
  const csv = await admin("GET", "/v1/usage?by=team&each=day&format=csv");
  expect(csv.text).toMatch(/^period,team,requests,.*costUsd\r\n\d{4}-/);
  const tools = await admin("GET", "/v1/usage?by=server,tool&method=tools/call&format=csv");
  expect(tools.text).toMatch(/^server,tool,requests,.*requestBytes,responseBytes,costUsd$/);
  for (const query of [
    "by=colour",
    "by=tag,tool",
    "by=tool&tag=web",
    "since=yesterday",
    "format=table",
    "nonsense=1",
  ]) {
    expect((await admin("GET", `/v1/usage?${query}`)).status, query).toBe(400);
  }
});

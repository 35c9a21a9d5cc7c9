// What `explain` says of a request is what Envoy and the plugins do with it: the same requests are put to both. SEED
// replays a run.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { explain } from "../control/src/explain/explain.ts";
import type { Attempt, Explanation, RequestToExplain } from "../control/src/explain/explanation.ts";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send, type HttpAnswer } from "./http-client.ts";

const hashOf = (key: string): string => createHash("sha256").update(key).digest("hex");

const config = `${gatewayBlock}
providers:
  - name: alpha
    type: openai
    baseUrl: "@SIMULATOR@/v1"
    apiKey: fake-alpha-key
    headers: { x-set: by-alpha, x-team: replaced }
    modelMapping: { exact: exact-alpha, "gpt-4*": prefix-alpha, "~^o(\\\\d)(-mini)?$": "r$1$2-alpha", "keep*": "" }
  - name: beta
    type: generic
    baseUrl: "@SIMULATOR@/beta/v1"
    surfaces: [chat/completions, embeddings, responses]
    paths: { embeddings: "/beta/own/embeddings?api-version=1" }
    modelMapping: { "*": any-beta }
  - name: gamma
    type: azure
    baseUrl: "@SIMULATOR@/gamma"
    apiKey: fake-gamma-key
routes:
  - { name: team, match: { headers: { x-team: search } }, models: ["gpt-*", exact], targets: [{ provider: beta }] }
  - { name: host, match: { hosts: ["*.example.com", one.test] }, targets: [{ provider: gamma }] }
  - { name: asked, match: { query: { a: "1" } }, models: [gpt-4], targets: [{ provider: beta }] }
  - { name: baked, match: { cookies: { a: b } }, models: [gpt-4, claude], targets: [{ provider: gamma }] }
  - { name: some, models: [o3, o1-mini, exact, "gpt-4*", "keep*"], listedModels: [gpt-4.1, "keep/a:b"], targets: [{ provider: alpha }] }
  - { name: nested, match: { pathPrefix: /v1/team }, models: ["gpt-*"], targets: [{ provider: gamma }] }
  - name: chain
    models: [chain]
    targets: [{ provider: beta, model: chain-beta }, { provider: alpha, weight: 0 }]
    fallbacks: [{ provider: gamma }]
  - { name: other, match: { pathPrefix: /beta/v1 }, targets: [{ provider: beta }] }
  - { name: both, match: { headers: { x-team: search, x-more: "1" } }, targets: [{ provider: gamma }] }
`;

const paths = [
  "/v1/chat/completions",
  "/v1/chat/completions?a=1&b=2",
  "/v1/embeddings",
  "/v1/rerank",
  "/v1/images/generations",
  "/v1/images/nonsense",
  "/v1/audio/speech",
  "/v1/responses",
  "/v1/responses/resp_1",
  "/v1/responses/resp_1/cancel?x=1",
  "/v1/responsesx",
  "/v1/team/chat/completions",
  "/v1/./chat//completions",
  "/v1/%63hat/completions",
  "/v1/chat%2Fcompletions",
  "/v1/x/../chat/completions",
  "/beta/v1/chat/completions",
  "/beta/v1/embeddings?b=2",
  "/beta/v1/audio/speech",
  "/v1/models",
  "/v1/models/gpt-4.1",
  "/v1/models/keep/a:b",
  "/v1/models/keep%2Fa%3Ab",
  "/v1/models/nope",
  "/beta/v1/models",
  "/v1/messages",
  "/v1/messages?beta=true",
  "/v1/messages/count_tokens",
  "/v1/messages/batches",
  "/beta/v1/messages",
  "/v1beta/models",
  "/v1beta/models/gpt-4.1",
  "/v1beta/chat/completions",
  "/v1/chat/completions/",
  "/V1/chat/completions",
  "/v1",
  "/",
];
const methods = ["POST", "POST", "POST", "GET", "DELETE", "PUT"];
const models = [null, "exact", "gpt-3", "gpt-4o", "o3", "o1-mini", "keep-this", "claude", "gpt-4", "chain"];
const hosts = ["other.test", "one.test", "ONE.test:81", "a.example.com", "example.com", "a.b.example.com"];
const headers: Record<string, string>[] = [
  {},
  {},
  { "x-team": "search" },
  { "X-Team": "search", "x-more": "1" },
  { "x-team": "Search" },
  {
    authorization: "Bearer client",
    cookie: "a=b",
    "x-api-key": "client",
    "api-key": "client",
    "x-weir-target": "gamma",
  },
];

/** Other names for models, callers, bodies and what they wish for. */
const namesConfig = `${gatewayBlock}
  providerNames: true
  requestOptions: true
  aliases: { fast: gpt-4-mini, cheap: beta/gpt-4-mini, lost: nowhere }
  auto:
    default: gpt-4-mini
    rules:
      - { images: true, model: gamma/gpt-4 }
      - { tools: true, model: fast }
      - { matches: "(?i)\\\\bsql\\\\b", tokensMax: 50, model: code }
      - { tokensMin: 20, model: cheap }
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key, modelMapping: { "gpt-4*": mapped-alpha } }
  - name: beta
    type: openai
    baseUrl: "@SIMULATOR@/beta/v1"
    apiKeys: [{ key: fake-beta-one, name: one, weight: 3 }, { key: fake-beta-two, name: two, weight: 0 }]
  - { name: gamma, type: generic, baseUrl: "@SIMULATOR@/gamma/v1", surfaces: [chat/completions] }
models:
  - { name: mapped-alpha, provider: alpha, price: { input: 2, output: 8 } }
  - { name: gpt-4-mini, provider: beta, price: { input: 1, output: 4 } }
  - { name: gpt-4, provider: beta/two, price: { input: 1.5, output: 8 } }
  - { name: of-gamma, provider: gamma, price: { input: 1.75, output: 9 } }
  - { name: code, price: { input: 0.1, output: 0.1 } }
consumers:
  - { name: canary, organization: acme, team: red, keys: [{ name: k, sha256: "${hashOf("wk-canary")}" }] }
  - { name: acme-job, organization: acme, keys: [{ name: k, sha256: "${hashOf("wk-job")}" }] }
  - name: limited
    team: blue
    keys:
      - { name: k, sha256: "${hashOf("wk-limited")}", models: [fast, gpt-4, auto, "beta/*"] }
      - { name: r, sha256: "${hashOf("wk-route")}", routes: [chat, gold] }
routes:
  - { name: canary, match: { consumers: ["can*"] }, models: ["gpt-*"], targets: [{ provider: gamma }], listedModels: [gpt-canary] }
  - { name: gold, match: { body: { metadata.tier: "gol*" } }, models: ["gpt-*"], targets: [{ provider: beta, model: gold }] }
  - { name: tenant, match: { organizations: [acme] }, models: [tenant], targets: [{ provider: beta }] }
  - { name: team, match: { teams: [blue], body: { n: 5 } }, models: [tenant], targets: [{ provider: gamma }] }
  - name: chat
    models: ["gpt-*", code]
    targets: [{ provider: alpha }, { provider: beta, weight: 0 }]
    fallbacks: [{ provider: gamma, model: of-gamma }]
    listedModels: [gpt-4]
  - { name: slash, models: [meta/llama], targets: [{ provider: alpha }] }
  - { name: open, match: { pathPrefix: /open/v1 }, auth: none, targets: [{ provider: gamma }] }
`;

const callers: Record<string, string> = {
  "canary/k": "wk-canary",
  "acme-job/k": "wk-job",
  "limited/k": "wk-limited",
  "limited/r": "wk-route",
};
const names = [
  ...[
    "gpt-4",
    "fast",
    "cheap",
    "lost",
    "auto",
    "auto",
    "gpt-4",
    "tenant",
    "meta/llama",
    "nobody/gpt-4",
    "alpha/gpt-4",
    "code",
  ],
  ...["beta/gpt-4", "BETA/two/gpt-4", "gamma/gpt-4", "gamma/tenant", "beta/", "/gpt-4"],
];
const contents = [
  "Hello",
  "Some SQL",
  "word ".repeat(20),
  `sql ${"word ".repeat(60)}`,
  [
    { type: "text", text: "Look" },
    { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
  ],
];
const tool = { type: "function", function: { name: "f", parameters: { type: "object", properties: {} } } };
const extras: object[] = [
  {},
  {},
  {},
  { tools: [tool] },
  { metadata: { tier: "gold" } },
  { metadata: { tier: "silver" } },
  { n: 5 },
  { provider: { only: ["beta"] } },
  { provider: { order: ["gamma", "beta"] } },
  { provider: { order: ["beta/two"], allow_fallbacks: false } },
  { provider: { ignore: ["alpha"], allow_fallbacks: false } },
  { provider: { only: ["nobody"] } },
  { provider: { only: ["beta"], ignore: ["beta"] } },
  { provider: { zdr: true } },
  { provider: 5 },
  { models: ["tenant", "fast"], provider: { ignore: ["alpha"] } },
  { models: ["nowhere"] },
  { provider: { sort: "price" } },
  { provider: { sort: { by: "latency", partition: "model" }, only: ["gamma"] } },
  { providerOptions: { gateway: { sort: "tps", only: ["alpha"] } } },
  { provider: { sort: "exacto" } },
  { provider: { sort: { by: "price", partition: "none" } } },
  { provider: { max_price: { prompt: 1.75 } } },
  { provider: { max_price: { completion: 8 } }, models: ["code"] },
  { providerOptions: { gateway: { order: ["gamma"], models: ["code"] } } },
];
const namePaths = ["/v1/chat/completions", "/v1/chat/completions", "/open/v1/chat/completions", "/v1/models"];

let gateway: Gateway;
let named: Gateway;
beforeAll(async () => {
  gateway = await startGateway(config);
  named = await startGateway(namesConfig);
}, 60_000);
afterAll(async () => {
  await gateway?.stop();
  await named?.stop();
});

test("explain() agrees with Envoy on every path, whatever else the request says", async () => {
  for (const path of paths)
    for (const method of ["POST", "GET"]) await expectAgreement({ path, method, model: "gpt-4o" });
});

test("explain() agrees with Envoy on random requests", async () => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  console.log(`seed ${seed}`);
  const pick = pickerOf(seed);
  for (let i = 0; i < 400; i++) {
    const model = pick(models);
    const request = { path: pick(paths), method: pick(methods), host: pick(hosts), headers: pick(headers) };
    await expectAgreement({ ...request, ...(model !== null && { model }) });
  }
});

test("explain() agrees with Envoy on names, callers and bodies", async () => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  console.log(`seed ${seed}`);
  const pick = pickerOf(seed);
  for (let i = 0; i < 500; i++) {
    const model = pick([...names, null]);
    const messages = [{ role: "user", content: pick(contents) }];
    const body = { ...(model !== null && { model }), messages, max_tokens: 16, ...pick(extras) };
    const caller = pick(Object.keys(callers));
    const headers = { authorization: `Bearer ${callers[caller]}` };
    await expectAgreement({ path: pick(namePaths), headers, caller, body }, named);
  }
});

test.each(["gpt-4", "gpt-canary", "fast", "cheap", "lost", "auto", "tenant", "meta/llama", "nope"])(
  "explain() agrees with Envoy on whether %s is listed",
  async (model) => {
    for (const [caller, key] of Object.entries(callers)) {
      for (const path of [`/v1/models/${model}`, "/v1/models"]) {
        const headers = { authorization: `Bearer ${key}` };
        await expectAgreement({ path, method: "GET", headers, caller }, named);
      }
    }
  },
);

async function expectAgreement(request: RequestToExplain, at = gateway): Promise<void> {
  const explanation = explain(at.weir.model, request);
  const { requests } = at.simulator;
  requests.length = 0;
  const answer = await send(at.url, toHttp(request));
  const context = JSON.stringify({ request, explanation, status: answer.status, text: answer.text.slice(0, 300) });
  // The first attempt succeeds, so no other is made.
  expect(requests.length, context).toBe(Math.min(explanation.attempts.length, 1));
  if (explanation.answer) expect(answer.status, context).toBe(explanation.answer.status);
  expectSame(explanation, answer, { context, at });
}

/** What every surface takes. */
const anyBody = { input: "a", messages: [{ role: "user", content: "a" }], max_tokens: 16 };

function toHttp({ path, method = "POST", host, headers = {}, model, body: given }: RequestToExplain) {
  const hasBody = method === "POST" || method === "PUT";
  const body = hasBody ? { json: given ?? { ...(model !== undefined && { model }), ...anyBody } } : {};
  return { method, path, headers: { ...headers, ...(host !== undefined && { host }) }, ...body };
}

function expectSame(
  { attempts, request }: Explanation,
  answer: HttpAnswer,
  { context, at }: { context: string; at: Gateway },
): void {
  const [attempt] = attempts;
  const received = at.simulator.requests[0];
  if (!attempt || !received) return;
  expect(received.path, context).toBe(attempt.path);
  expect(received.headers["host"], context).toBe(attempt.authority);
  expectHeaders(attempt, received.headers as Record<string, string>, context);
  const body = received.body.toString();
  const hasModel = request.method === "POST" && request.model !== null;
  if (hasModel) expect((JSON.parse(body) as { model: unknown }).model, context).toBe(attempt.model);
  for (const wish of ["provider", "models", "providerOptions"]) {
    if (at === named && body !== "") expect(Object.keys(JSON.parse(body) as object), context).not.toContain(wish);
  }
  expect(answer.text, context).not.toContain("fake-");
}

function expectHeaders(attempt: Attempt, received: Record<string, string>, context: string): void {
  for (const { name, value } of attempt.headersSet) {
    if (value === null) expect(received[name], context).toContain("fake-");
    else expect(received[name], context).toBe(value);
  }
  for (const name of attempt.headersRemoved) expect(Object.keys(received), context).not.toContain(name);
  expect(Object.values(received), context).not.toContain("Bearer client");
}

/** mulberry32 */
function pickerOf(seed: number): <T>(list: readonly T[]) => T {
  let state = seed;
  return (list) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return list[Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * list.length)]!;
  };
}

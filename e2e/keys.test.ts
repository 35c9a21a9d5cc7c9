// Callers and their keys, on a real Envoy behind the real control plane.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send, type HttpAnswer, type HttpRequest } from "./http-client.ts";

const hashOf = (key: string): string => createHash("sha256").update(key).digest("hex");

/** A consumer with all that can be said of it, and others with little. */
const consumers = `
consumers:
  - name: search
    organization: acme
    team: search-team
    user: ada@acme.example
    keys:
      - { name: ci, sha256: "${hashOf("wk-ci")}" }
      - { name: from-environment, key: "\${E2E_CALLER_KEY}" }
  - name: billing
    keys:
      - { name: small, sha256: "${hashOf("wk-small")}", models: ["gpt-*"] }
      - { name: one-route, sha256: "${hashOf("wk-route")}", routes: [claude] }
      - { name: elsewhere, sha256: "${hashOf("wk-elsewhere")}", networks: [192.0.2.0/24] }
      - { name: here, sha256: "${hashOf("wk-here")}", networks: [127.0.0.0/8] }
      - { name: past, sha256: "${hashOf("wk-past")}", expires: "2020-01-01T00:00:00Z" }
      - { name: rotated, sha256: "${hashOf("wk-rotated")}" }
`;

const providersAndRoutes = `
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }
  - { name: beta, type: openai, baseUrl: "@SIMULATOR@/beta/v1", apiKey: fake-beta-key }
routes:
  - { name: gpt, models: [gpt-4o, o3], targets: [{ provider: alpha }] }
  - { name: claude, models: ["claude-*"], targets: [{ provider: beta }], listedModels: [claude-sonnet] }
  - { name: direct, match: { pathPrefix: /direct/v1 }, targets: [{ provider: alpha }] }
  - { name: nested, match: { pathPrefix: /v1/team }, models: [free], auth: none, targets: [{ provider: alpha }] }
  - { name: open, match: { pathPrefix: /open/v1 }, auth: none, targets: [{ provider: alpha }], listedModels: [free] }
`;

const auth = "  auth: { keyHeaders: [x-team-key], keyQuery: access }\n";
const configuration = gatewayBlock + auth + consumers + providersAndRoutes;
const callerKey = "wk-from-the-environment-0123456789";
const path = "/v1/chat/completions";
const messages = [{ role: "user", content: "Hello" }];
const chat = { model: "gpt-4o", messages };

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway(configuration, { E2E_CALLER_KEY: callerKey });
});
afterAll(() => gateway?.stop());
beforeEach(async () => {
  await gateway.configure(configuration);
  gateway.simulator.requests.length = 0;
});

function ask(key: string, request: Partial<HttpRequest> = {}): Promise<HttpAnswer> {
  const { headers, ...more } = request;
  const method = more.method === "GET" ? {} : { json: chat };
  return send(gateway.url, { path, ...method, ...more, headers: { authorization: `Bearer ${key}`, ...headers } });
}

describe("a caller with a key", () => {
  test.each<[string, Partial<HttpRequest>]>([
    ["as a bearer token", { headers: { authorization: "Bearer wk-ci" } }],
    ["in Anthropic's header", { headers: { "x-api-key": "wk-ci" } }],
    ["in Google's header", { headers: { "x-goog-api-key": "wk-ci" } }],
    ["in Azure's header", { headers: { "api-key": "wk-ci" } }],
    ["in a header of its own", { headers: { "x-team-key": "wk-ci" } }],
    ["in the query", { path: `${path}?access=wk-ci` }],
    ["that came from the environment", { headers: { authorization: `Bearer ${callerKey}` } }],
    ["on a direct route", { path: "/direct/v1/chat/completions", headers: { "x-team-key": "wk-ci" } }],
  ])("%s is served, and no provider sees the key", async (_how, request) => {
    expect(await send(gateway.url, { path, json: chat, ...request })).toMatchObject({ status: 200 });
    expect(gateway.simulator.requests).toHaveLength(1);
    expect(gateway.simulator.requests[0]?.headers.authorization).toBe("Bearer fake-alpha-key");
    const { path: sent, headers } = gateway.simulator.requests[0]!;
    expect(JSON.stringify([sent, headers])).not.toMatch(/wk-|x-team-key|x-weir/);
  });

  test("is named in the access log, whatever it calls itself", async () => {
    const id = "request-of-search";
    await ask("wk-ci", { headers: { "x-request-id": id, "x-weir-consumer": "billing", "x-weir-models": "x" } });
    const entry = await gateway.logEntry(id);
    expect(entry).toMatchObject({
      "weir.consumer": "search",
      "weir.key": "ci",
      "weir.organization": "acme",
      "weir.team": "search-team",
      "weir.user": "ada@acme.example",
      "gen_ai.request.model": "gpt-4o",
    });
  });

  test("of a network is served from it alone, whatever it says of its address", async () => {
    expect(await ask("wk-here")).toMatchObject({ status: 200 });
    const headers = { "x-forwarded-for": "192.0.2.7", "x-real-ip": "192.0.2.7", forwarded: "for=192.0.2.7" };
    expect(await ask("wk-elsewhere", { headers })).toMatchObject({
      status: 403,
      json: { error: { code: "address_not_allowed" } },
    });
  });
});

describe("a caller without a good key", () => {
  test.each<[string, HttpRequest, object]>([
    ["OpenAI", { path, json: chat }, { error: { type: "invalid_request_error", code: "missing_api_key" } }],
    ["Anthropic", { path: "/v1/messages", json: chat }, { type: "error", error: { type: "authentication_error" } }],
    [
      "Gemini",
      { path: "/v1beta/models/gpt-4o:generateContent", json: {} },
      { error: { code: 401, status: "UNAUTHENTICATED" } },
    ],
    ["a list of models", { path: "/v1/models" }, { error: { code: "missing_api_key" } }],
    [
      "Anthropic's list of models",
      { path: "/v1/models", headers: { "anthropic-version": "2023-06-01" } },
      { error: { type: "authentication_error" } },
    ],
    ["a path that is not there", { path: "/nothing" }, { error: { code: "missing_api_key" } }],
  ])("is answered in the form of %s", async (_api, request, json) => {
    expect(await send(gateway.url, request)).toMatchObject({
      status: 401,
      json,
      headers: { "content-type": "application/json", "www-authenticate": "Bearer" },
    });
    expect(gateway.simulator.requests).toEqual([]);
  });

  test("cannot tell an unknown key from an expired one, but the log can", async () => {
    const [unknown, past] = await Promise.all([
      ask("wk-nobody"),
      ask("wk-past", { headers: { "x-request-id": "request-of-past" } }),
    ]);
    expect(past.status).toBe(401);
    expect(past.text).toBe(unknown.text);
    expect(await gateway.logEntry("request-of-past")).toMatchObject({
      "weir.consumer": "billing",
      "weir.key": "past",
      "envoy.response_code_details": "weir_expired_api_key",
    });
  });

  test("and two different ones is told the places, not the keys", async () => {
    const answer = await ask("wk-ci", { headers: { "x-api-key": "wk-small" } });
    expect(answer).toMatchObject({ status: 401, json: { error: { code: "different_api_keys" } } });
    expect(answer.text).toContain("authorization, x-api-key");
    expect(answer.text).not.toContain("wk-");
  });

  test("is served where the route is open", async () => {
    expect(await send(gateway.url, { path: "/open/v1/chat/completions", json: chat })).toMatchObject({ status: 200 });
    expect(await send(gateway.url, { path: "/open/v1/models" })).toMatchObject({ json: { data: [{ id: "free" }] } });
    await send(gateway.url, { path: "/open/v1/chat/completions", json: chat, headers: { "x-team-key": "wk-ci" } });
    expect(JSON.stringify(gateway.simulator.requests.map(({ headers }) => headers))).not.toContain("wk-");
  });
});

test("an open route is closed where its requests may end at another", async () => {
  const request = { path: "/v1/team/chat/completions", json: { model: "claude-sonnet", messages } };
  expect(await send(gateway.url, request)).toMatchObject({ status: 401 });
  expect(await ask("wk-ci", request)).toMatchObject({ status: 200 });
  expect(gateway.output()).toContain("A key is needed all the same");
});

describe("what a key may use", () => {
  test("is all that there is for it, models", async () => {
    expect(await ask("wk-small")).toMatchObject({ status: 200 });
    const refused = await ask("wk-small", { json: { model: "o3", messages } });
    const absent = await ask("wk-ci", { json: { model: "o4", messages } });
    expect(refused.status).toBe(404);
    expect(refused.text).toBe(absent.text.replaceAll("o4", "o3"));
    const direct = await ask("wk-small", { path: "/direct/v1/messages", json: { ...chat, model: "x", max_tokens: 9 } });
    expect(direct).toMatchObject({ status: 404, json: { type: "error", error: { type: "not_found_error" } } });
    expect(gateway.simulator.requests).toHaveLength(1);
  });

  test("is all that there is for it, routes", async () => {
    const claude = { json: { model: "claude-sonnet", messages } };
    expect(await ask("wk-route", claude)).toMatchObject({ status: 200 });
    expect(await ask("wk-route")).toMatchObject({ status: 404, json: { error: { code: "model_not_found" } } });
    const direct = await ask("wk-route", { path: "/direct/v1/chat/completions" });
    const absent = await ask("wk-route", { path: "/nowhere" });
    expect(direct).toMatchObject({ status: 404, json: { error: { code: "unknown_url" } } });
    expect(direct.text).toBe(absent.text);
  });

  const ids = ({ json }: HttpAnswer): unknown[] => {
    const { data, models } = json as { data?: { id: string }[]; models?: { name: string }[] };
    return data?.map(({ id }) => id) ?? models?.map(({ name }) => name) ?? [];
  };
  const get = { method: "GET", path: "/v1/models" };

  test("is all that it is told of", async () => {
    expect(ids(await ask("wk-ci", get))).toEqual(["gpt-4o", "o3", "claude-sonnet"]);
    expect(ids(await ask("wk-small", get))).toEqual(["gpt-4o"]);
    expect(ids(await ask("wk-route", get))).toEqual(["claude-sonnet"]);
    expect(ids(await ask("wk-small", { ...get, path: "/v1beta/models" }))).toEqual(["models/gpt-4o"]);
    const anthropic = await ask("wk-small", { ...get, headers: { "anthropic-version": "2023-06-01" } });
    expect(anthropic.json).toMatchObject({ data: [{ id: "gpt-4o", type: "model" }], first_id: "gpt-4o" });
    const gemini = await send(gateway.url, { path: "/v1beta/models?key=wk-small" });
    expect(ids(gemini)).toEqual(["models/gpt-4o"]);
  });

  test("is told of one model like of one that is not there", async () => {
    expect(await ask("wk-small", { ...get, path: "/v1/models/gpt-4o" })).toMatchObject({ json: { id: "gpt-4o" } });
    const [refused, absent] = await Promise.all(
      ["o3", "o4"].map((id) => ask("wk-small", { ...get, path: `/v1/models/${id}` })),
    );
    expect(refused).toMatchObject({ status: 404 });
    expect(refused?.text).toBe(absent?.text);
  });
});

describe("a change of keys", () => {
  const stream = { path, json: { ...chat, stream: true }, headers: { authorization: "Bearer wk-rotated" } };

  // Again where something else has kept the machine busy for that second.
  test("is in force within a second and touches no open stream", { retry: 2 }, async () => {
    const headers = { ...stream.headers, "x-simulate": "words-80, chunk-delay-40" };
    const streams = await Promise.all(Array.from({ length: 50 }, () => open(gateway.url, { ...stream, headers })));
    await Promise.all(streams.map((each) => each.seen("simulated-2")));
    const listenersBefore = await gateway.envoyCounter("listener_manager.listener_modified");
    gateway.writeConfig(configuration.replace(/(name: rotated,)/, "$1 disabled: true,"));
    const writtenAt = performance.now();
    await vi.waitFor(async () => expect((await ask("wk-rotated")).status).toBe(401), { timeout: 5000, interval: 20 });
    expect(performance.now() - writtenAt).toBeLessThan(1000);
    expect(await ask("wk-ci")).toMatchObject({ status: 200 });
    for (const each of streams) expect(await each.whole).toMatchObject({ status: 200, complete: true });
    expect(await gateway.envoyCounter("listener_manager.listener_modified")).toBe(listenersBefore);
    expect(await gateway.envoyCounter("listener_manager.listener_in_place_updated")).toBe(0);
  });

  test("to a new key leaves the old one its grace", async () => {
    const soon = new Date(Date.now() + 1500).toISOString();
    const next = `- { name: next, sha256: "${hashOf("wk-next")}" }`;
    await gateway.configure(configuration.replace(/- (\{ name: rotated,)/, `${next}\n      - $1 expires: "${soon}",`));
    expect(await ask("wk-rotated")).toMatchObject({ status: 200 });
    expect(await ask("wk-next")).toMatchObject({ status: 200 });
    await vi.waitFor(async () => expect((await ask("wk-rotated")).status).toBe(401), { timeout: 4000, interval: 100 });
    expect(await ask("wk-next")).toMatchObject({ status: 200 });
  });

  test("that takes all consumers away opens the gateway, an empty section closes it", async () => {
    await gateway.configure(gatewayBlock + providersAndRoutes);
    expect(await send(gateway.url, { path, json: chat })).toMatchObject({ status: 200 });
    await gateway.configure(`${gatewayBlock}consumers: []\n${providersAndRoutes}`);
    expect(await ask("wk-ci")).toMatchObject({ status: 401 });
    expect(await send(gateway.url, { path: "/open/v1/models" })).toMatchObject({ status: 200 });
  });

  test("with a mistake in one key leaves the others as they are", async () => {
    gateway.writeConfig(configuration.replace(hashOf("wk-small"), "not-a-hash"));
    await gateway.reported(/not a SHA-256/);
    await vi.waitFor(async () => expect((await ask("wk-small")).status).toBe(401));
    expect(await ask("wk-ci")).toMatchObject({ status: 200 });
  });
});

test("no key is in any log, answer, status or view of the configuration", async () => {
  for (const key of ["wk-ci", callerKey, "wk-past", "wk-nobody", "wk-elsewhere"]) {
    await ask(key);
    await send(gateway.url, { path: `${path}?access=${key}`, json: chat });
  }
  await ask("wk-ci", { headers: { "x-request-id": "last-of-all" } });
  await gateway.logEntry("last-of-all");
  const views = ["/config", "/status", "/metrics"].map((view) =>
    fetch(gateway.weir.controlUrl + view).then((response) => response.text()),
  );
  const admin = await gateway.weir.envoy?.askAdmin("/config_dump");
  const said = [
    ...(await Promise.all(views)),
    admin?.body,
    gateway.output(),
    await gateway.accessLog(),
    JSON.stringify(gateway.weir.model),
  ].join("\n");
  expect(said).toContain(hashOf("wk-ci"));
  expect(said).toContain(hashOf(callerKey));
  expect(said).not.toContain("wk-");
});

import { describe, expect, test } from "vitest";
import { parseConfig } from "../config/load-config.ts";
import type { Model } from "../model/model.ts";
import { explain } from "./explain.ts";
import type { RequestToExplain } from "./explanation.ts";
import { formatExplanation } from "./format-explanation.ts";
import { normalizePath } from "./request-path.ts";

const yaml = `
providers:
  - name: openai
    type: openai
    apiKey: \${OPENAI_API_KEY}
    headers: { openai-organization: org-1, x-secret: "\${ORG_SECRET}" }
    modelMapping: { "gpt-4*": gpt-4.1, "~^o(\\\\d)$": "o$1-mini", exact: mapped, "keep*": "" }
  - name: local
    type: vllm
    baseUrl: http://[::1]:8000/base
    surfaces: [chat/completions, responses]
    paths: { embeddings: "/own/embed?api-version=1" }
routes:
  - { name: team, match: { headers: { x-team: search } }, models: ["gpt-*"], targets: [{ provider: local }] }
  - { name: host, match: { hosts: ["*.example.com"] }, targets: [{ provider: local }] }
  - { name: exact, models: [o3, "gpt-4*"], listedModels: [gpt-4.1], targets: [{ provider: openai }] }
  - { name: other, match: { pathPrefix: /local/v1 }, targets: [{ provider: local }] }
`;
const env = { OPENAI_API_KEY: "sk-very-secret", ORG_SECRET: "also-secret" };
const { model, problems } = parseConfig(yaml, "weir.yaml", { env });
if (!model || problems.length > 0) throw new Error(JSON.stringify(problems));
const served: Model = model;
const ask = (request: Partial<RequestToExplain>) => explain(served, { path: "/v1/chat/completions", ...request });

describe("explain()", () => {
  test("finds the route by the model when the path alone does not decide", () => {
    const explanation = ask({ model: "gpt-4o" });
    expect(explanation).toMatchObject({ outcome: "sent", route: "exact", envoyRoute: "exact", readsBody: true });
    expect(explanation.routes).toEqual([
      { name: "team", fits: false, because: 'the header x-team is not "search"' },
      { name: "host", fits: false, because: "the host is not *.example.com" },
      { name: "exact", fits: true, because: 'it serves the model by "gpt-4*"' },
    ]);
  });

  test.each([
    ["gpt-4o", "gpt-4.1", "gpt-4*"],
    ["o3", "o3-mini", "~^o(\\d)$"],
  ])("maps %s to %s", (name, mapped, mapping) => {
    expect(ask({ model: name }).attempts).toMatchObject([{ model: mapped, mapping }]);
  });

  test("matches headers in any case of their names, and skips to a later route when the model does not fit", () => {
    expect(ask({ headers: { "X-Team": "search" }, model: "gpt-3" }).route).toBe("team");
    const passed = ask({ headers: { "X-Team": "search" }, model: "o3" });
    expect(passed).toMatchObject({ route: "exact", envoyRoute: "team", readsBody: true });
  });

  test.each([
    ["a.example.com", "host"],
    ["A.B.Example.com:8080", "host"],
    ["example.com", "exact"],
    [".example.com", "exact"],
    ["a.example.com.evil", "exact"],
  ])("host %s is served by %s", (host, route) => {
    expect(ask({ host, model: "o3" }).route).toBe(route);
  });

  test("says 400 without a model where one is needed, 404 for an unknown one", () => {
    expect(ask({}).answer).toMatchObject({ status: 400 });
    expect(ask({ path: "/local/v1/embeddings" }).answer).toMatchObject({ status: 400 });
    expect(ask({ model: "claude" }).answer).toMatchObject({
      status: 404,
      reason: 'No route here serves the model "claude"',
    });
  });

  test.each([
    "/",
    "/v1",
    "/v1/",
    "/v2/chat/completions",
    "/v1/chat/completions/",
    "/V1/chat/completions",
    "/v1/x/chat/completions",
  ])("no route has %s", (path) => {
    const explanation = ask({ path, model: "o3" });
    expect(explanation).toMatchObject({ outcome: "answered", answer: { status: 404 }, envoyRoute: null, route: null });
    expect(explanation.routes).toHaveLength(4);
  });

  test("tells a surface that the target does not have", () => {
    const explanation = ask({ path: "/local/v1/rerank", model: "any" });
    expect(explanation).toMatchObject({ surface: "rerank", route: "other", answer: { status: 404 }, attempts: [] });
  });

  test("builds the path the provider sees", () => {
    const path = (path: string) => ask({ path, model: "any" }).attempts[0]!.path;
    expect(path("/local/v1/chat/completions?a=1")).toBe("/base/chat/completions?a=1");
    expect(path("/local/v1/responses/resp_1/cancel?x")).toBe("/base/responses/resp_1/cancel?x");
  });

  test("a path with a query of its own takes the client's along", () => {
    const explanation = ask({ path: "/local/v1/embeddings?b=2", model: "any" });
    expect(explanation.attempts[0]!.path).toBe("/own/embed?api-version=1&b=2");
    expect(explanation.attempts[0]!.url).toBe("http://[::1]:8000/own/embed?api-version=1&b=2");
  });

  test("names secrets without showing them", () => {
    const headers = {
      Authorization: "Bearer client",
      Cookie: "a=b",
      "x-weir-target": "x",
      "X-Api-Key": "k",
      "x-trace": "1",
    };
    const explanation = ask({ model: "o3", headers });
    const [attempt] = explanation.attempts;
    expect(attempt!.headersSet).toEqual([
      { name: "openai-organization", value: "org-1" },
      { name: "x-secret", value: null },
      { name: "authorization", value: null },
    ]);
    expect(attempt!.headersRemoved).toEqual(["cookie", "x-api-key"]);
    const everything = JSON.stringify(explanation) + formatExplanation(explanation, { color: false });
    expect(everything).not.toMatch(/sk-very-secret|also-secret|Bearer client/);
  });

  test("goes by the method", () => {
    const status = (method: string, path: string) => ask({ method, path, model: "o3" }).answer?.status;
    expect(status("GET", "/v1/chat/completions")).toBe(404);
    expect(status("PUT", "/v1/responses/resp_1")).toBe(404);
    expect(ask({ method: "GET", path: "/local/v1/responses/resp_1" })).toMatchObject({
      outcome: "sent",
      route: "other",
    });
    expect(ask({ method: "delete", path: "/v1/responses/resp_1" })).toMatchObject({ outcome: "sent", route: "exact" });
  });

  test("what Envoy routes by its family may still be no operation", () => {
    expect(ask({ path: "/v1/images/nonsense", model: "o3" })).toMatchObject({
      envoyRoute: "exact",
      answer: { status: 404 },
    });
  });

  test("lists of models are the gateway's own", () => {
    expect(ask({ method: "get", path: "/v1/models" }).answer).toMatchObject({ status: 200 });
    expect(ask({ method: "GET", path: "/v1/models/gpt-4.1" }).answer).toMatchObject({ status: 200 });
    expect(ask({ method: "GET", path: "/v1/models/gpt%2D4.1" }).answer).toMatchObject({ status: 200 });
    expect(ask({ method: "GET", path: "/v1/models/nope" }).answer).toMatchObject({ status: 404 });
    expect(ask({ method: "POST", path: "/v1/models" }).answer).toMatchObject({ status: 404 });
  });
});

describe("other clients and other dialects", () => {
  const clouds = parseConfig(
    `
providers:
  - { name: claude, type: anthropic, apiKey: "\${OPENAI_API_KEY}", modelMapping: { fast: claude-haiku-4-5 } }
  - { name: gemini, type: gemini, apiKey: "\${OPENAI_API_KEY}" }
  - name: aws
    type: bedrock
    aws: { region: us-east-1, accessKeyId: "\${OPENAI_API_KEY}", secretAccessKey: "\${ORG_SECRET}" }
  - { name: plain, type: deepseek, apiKey: "\${OPENAI_API_KEY}" }
routes:
  - { name: claude, models: ["claude-*", fast], listedModels: [claude-opus-4-1], targets: [{ provider: claude }] }
  - { name: gemini, models: ["gemini-*"], targets: [{ provider: gemini }] }
  - { name: plain, match: { pathPrefix: /plain/v1 }, targets: [{ provider: plain }] }
  - { name: aws, targets: [{ provider: aws }] }
`,
    "weir.yaml",
    { env },
  ).model!;
  const sent = (path: string, model?: string, headers: Record<string, string> = {}) =>
    explain(clouds, { path, headers, ...(model && { model }) });

  test.each([
    ["/v1/chat/completions", "fast", "claude", "translated", "/v1/messages", "claude-haiku-4-5"],
    ["/v1/messages?beta=true", "fast", "claude", "unchanged", "/v1/messages?beta=true", "claude-haiku-4-5"],
    ["/v1/messages/count_tokens", "claude-x", "claude", "unchanged", "/v1/messages/count_tokens", "claude-x"],
    ["/v1beta/models/claude-x:countTokens", undefined, "claude", "translated", "/v1/messages/count_tokens", "claude-x"],
    [
      "/v1/models/gemini-2:generateContent",
      undefined,
      "gemini",
      "unchanged",
      "/v1beta/models/gemini-2:generateContent",
      "gemini-2",
    ],
    ["/v1/embeddings", "gemini-e", "gemini", "translated", "/v1beta/models/gemini-e:batchEmbedContents", "gemini-e"],
    [
      "/v1beta/models/a%2Fb:c:streamGenerateContent",
      undefined,
      "aws",
      "translated",
      "/model/a%2Fb%3Ac/converse-stream",
      "a/b:c",
    ],
    ["/plain/v1/messages", "m", "plain", "unchanged", "/anthropic/v1/messages", "m"],
    ["/plain/v1beta/models/m:generateContent", undefined, "plain", "translated", "/chat/completions", "m"],
  ])("%s for %s goes to %s, %s, at %s", (path, model, target, service, providerPath, providerModel) => {
    const { attempts, answer } = sent(path, model);
    expect(answer).toBeNull();
    expect(attempts).toMatchObject([{ target, service, path: providerPath, model: providerModel }]);
  });

  test("says what a target has nothing for", () => {
    expect(sent("/v1/embeddings", "claude-x").answer).toMatchObject({ status: 404 });
    expect(sent("/plain/v1/messages/count_tokens", "m").answer).toMatchObject({ status: 200 });
    expect(sent("/plain/v1/models/m:embedContent").answer).toMatchObject({ status: 404 });
    expect(sent("/v1/models/gemini-2:predict").answer).toMatchObject({ status: 404 });
  });

  test("a client's own version stays, and is nothing to others", () => {
    const version = { "anthropic-version": "2024-01-01" };
    const names = (attempt: { headersSet: { name: string }[] } | undefined) =>
      attempt!.headersSet.map(({ name }) => name);
    expect(names(sent("/v1/messages", "claude-x").attempts[0])).toEqual(["anthropic-version", "x-api-key"]);
    expect(names(sent("/v1/messages", "claude-x", version).attempts[0])).toEqual(["x-api-key"]);
    const [aws] = sent("/v1/messages", "nova", version).attempts;
    expect(aws!.headersRemoved).toEqual(["anthropic-version"]);
    expect(names(aws)).toEqual(["authorization", "x-amz-date"]);
  });

  test("lists models beside as below", () => {
    const get = (path: string) => explain(clouds, { method: "GET", path }).answer?.status;
    expect(get("/v1beta/models")).toBe(200);
    expect(get("/v1beta/models/claude-opus-4-1")).toBe(200);
    expect(get("/v1beta/models/gemini-2:generateContent")).toBe(404);
    expect(get("/v1beta")).toBe(404);
  });

  test("is readable", () => {
    const text = formatExplanation(sent("/v1/chat/completions", "fast"), { color: false });
    expect(text).toContain("  speaks     anthropic, the request is translated\n");
  });
});

describe("normalizePath()", () => {
  test.each([
    ["/v1/./chat//completions?x=/../", "/v1/chat/completions", "?x=/../"],
    ["/a/../v1/models/org%2Fmodel", "/v1/models/org/model", ""],
    ["/v1/%63hat/completions#f", "/v1/chat/completions", ""],
    ["/../../v1/", "/v1/", ""],
    ["/a%20b", "/a%20b", ""],
  ])("%s", (given, path, query) => {
    expect(normalizePath(given)).toEqual({ path, query });
  });
});

test("formatExplanation() is readable", () => {
  expect(formatExplanation(ask({ model: "gpt-4o" }), { color: false })).toBe(
    `POST /v1/chat/completions, model gpt-4o

✗ route team: the header x-team is not "search"
✗ route host: the host is not *.example.com
✓ route exact: it serves the model by "gpt-4*"
  (the body is read to learn the model's name)

→ attempt 1: target openai (openai)
  url        https://api.openai.com:443/v1/chat/completions
  authority  api.openai.com
  model      gpt-4o → gpt-4.1 (by gpt-4*)
  sets       openai-organization: org-1
  sets       x-secret: [secret]
  sets       authorization: [secret]
  waits      to connect 5s, for the first byte 300s, between bytes 300s
`,
  );
});

describe("a route with a plan", () => {
  const planned = parseConfig(
    `
providers:
  - { name: openai, type: openai, apiKeys: [{ key: "\${OPENAI_API_KEY}", name: a }, { key: "\${OPENAI_API_KEY}", name: b }] }
  - { name: local, type: vllm, baseUrl: "http://10.0.0.1:8000/v1", surfaces: [chat/completions] }
  - { name: claude, type: anthropic, apiKey: "\${OPENAI_API_KEY}" }
routes:
  - { name: canary, match: { query: { tier: beta }, cookies: { canary: "1" } }, models: [chat], targets: [{ provider: local }] }
  - name: chat
    models: [chat]
    targets: [{ provider: openai, weight: 9, model: gpt-4.1 }, { provider: local, weight: 1 }]
    affinity: { by: header, name: x-session }
    fallbacks: [{ provider: claude, model: claude-sonnet-4-6 }]
    fallbackOn: { statuses: [404, 5xx], emptyAnswer: false, contentFilter: true }
    attemptTimeout: 20s
    totalTimeout: 60s
    lastResort: { text: Sorry }
    mirror: { provider: claude, percent: 5 }
`,
    "weir.yaml",
    { env },
  );
  const ask = (given: Partial<RequestToExplain> = {}) =>
    explain(planned.model!, { path: "/v1/chat/completions", model: "chat", ...given });

  test("names the targets with their shares, in the order in which they are tried, and why", () => {
    expect(planned.problems).toEqual([]);
    const { attempts, plan } = ask();
    expect(plan?.choice).toEqual([
      { target: "openai/a", model: "gpt-4.1", percent: 45, now: null },
      { target: "openai/b", model: "gpt-4.1", percent: 45, now: null },
      { target: "local", model: null, percent: 10, now: null },
    ]);
    expect(attempts.map(({ target, model, because }) => [target, model, because])).toEqual([
      ["openai/a", "gpt-4.1", "45 % of requests begin here"],
      ["openai/b", "gpt-4.1", "45 % of requests begin here; tried next after a failure elsewhere"],
      ["local", "chat", "10 % of requests begin here; tried next after a failure elsewhere"],
      ["claude", "claude-sonnet-4-6", "fallback 1"],
    ]);
  });

  test("leaves out targets that cannot serve what is asked for", () => {
    const { attempts } = ask({ path: "/v1/embeddings" });
    expect(attempts.map(({ target }) => target)).toEqual(["openai/a", "openai/b"]);
  });

  test("goes by query and cookies", () => {
    const cookie = { headers: { cookie: "a=b; canary=1" } };
    expect(ask({ path: "/v1/chat/completions?tier=beta", ...cookie }).route).toBe("canary");
    expect(ask({ path: "/v1/chat/completions?tier=beta" }).routes[0]).toMatchObject({
      because: 'the cookie canary is not "1"',
    });
    expect(ask({ path: "/v1/chat/completions?tier=alpha&tier=beta", ...cookie }).routes[0]).toMatchObject({
      because: 'the query parameter tier is not "beta"',
    });
  });

  test("is readable", () => {
    const text = formatExplanation(ask(), { color: false });
    expect(text.slice(text.indexOf("  chooses"), text.indexOf("  url"))).toBe(
      `  chooses    45 % openai/a as gpt-4.1, 45 % openai/b as gpt-4.1, 10 % local (weighted)
  sticks     by header x-session
  goes on    after failed connections, missing answers, 404, 5xx, filtered answers
  each       gets 20s to begin its answer
  gives up   after 60s
  at last    answers "Sorry"
  copies     5 % to claude

→ attempt 1: target openai/a (openai), 45 % of requests begin here
`,
    );
    expect(text).toContain("  model      chat → gpt-4.1 (by the route)\n");
  });
});

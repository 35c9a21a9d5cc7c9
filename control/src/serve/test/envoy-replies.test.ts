// What a client gets when Envoy answers by itself, on a real Envoy: for each cause the envelope of the API it speaks,
// and nothing of what plugins or providers say is touched.
import { createServer, type AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EnvoyProcess } from "../../../../envoy/envoy-process.ts";
import type { Model } from "../../model/model.ts";
import { plainGateway, plainNames } from "../../model/test/plain.ts";
import { AdsServer } from "../ads-server.ts";
import { freePort } from "../../../../envoy/test/ports.ts";
import { isInForce, resourcesOf, route, startEnvoy, startProvider, target, until } from "./gateway.ts";

const bodyBytesMax = 64 * 1024;
const fast = { connectMs: 500, firstByteMs: 300, idleMs: 60_000 };

let ads: AdsServer;
let envoy: EnvoyProcess;
let url: string;
const closers: (() => void)[] = [];

/** Answers as the path's end says. */
async function provider(): Promise<number> {
  const { port, close } = await startProvider((request, response) => {
    request.resume();
    if (request.url?.startsWith("/silent")) return;
    if (request.url?.startsWith("/plain")) return void response.writeHead(503).end("the provider's own words");
    request.on("end", () => response.end(JSON.stringify(request.headers)));
  });
  closers.push(close);
  return port;
}

/** Accepts connections and ends each as soon as a request arrives. */
async function hangUp(): Promise<number> {
  const server = createServer((socket) => socket.on("error", () => {}).once("data", () => socket.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  const port = await provider();
  const targets = [
    target("good", port),
    target("plain", port),
    target("silent", port, { timeouts: fast }),
    target("slow", port, { timeouts: { ...fast, firstByteMs: 0, idleMs: 300 } }),
    target("refused", await freePort()),
    target("hang-up", await hangUp()),
    target("unresolved", 443, { host: "does-not-exist.invalid" }),
    target("untrusted", port, { tls: { sni: "untrusted.test", caFile: null } }),
  ];
  const routes = [
    ...targets.map(({ name }) => route(name)),
    route("slow", { pathPrefix: "/silent-slow", target: "slow" }),
    route("nowhere", { target: "not-in-the-model" }),
    route("routed", { models: ["some"], target: "good" }),
    route("listing", { pathPrefix: "/listing/v1", target: "good", listedModels: ["org/one", "two"] }),
    route("hosted", { pathPrefix: "/hosted", hosts: ["only.test"] }),
  ];
  const gateway = { ...plainGateway, port: await freePort(), bodyBytesMax };
  const model: Model = {
    limits: [],
    names: plainNames,
    lastResorts: [],
    models: [],
    budgets: [],
    webhooks: [],
    ledger: null,
    admin: null,
    auth: null,
    gateway,
    targets,
    routes,
  };
  ads = new AdsServer();
  ads.publish(await resourcesOf(model));
  const { port: xdsPort } = await ads.listen({ token: null });
  envoy = await startEnvoy("replies", xdsPort, "DELTA_GRPC");
  url = `http://127.0.0.1:${gateway.port}`;
  await until("Envoy runs on it", () => isInForce(ads));
});

afterAll(async () => {
  await envoy.stop();
  await ads.close();
  for (const close of closers) close();
});

interface Answer {
  status: number;
  type: string | null;
  text: string;
  code: string | null;
}

async function ask(path: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(`${url}/${path}`, { method: "POST", body: "{}", ...init });
  const text = await response.text();
  const type = response.headers.get("content-type");
  const isEnvelope = type === "application/json" && text.startsWith('{"error":{"message"');
  const error = isEnvelope ? JSON.parse(text).error : null;
  if (error) expect(Object.keys(error).sort()).toEqual(["code", "message", "param", "type"]);
  return { status: response.status, type, text, code: error?.code ?? null };
}

describe("Envoy's own replies", () => {
  const causes: [cause: string, path: string, status: number, code: string][] = [
    ["a connection refused", "refused/chat/completions", 502, "upstream_unreachable"],
    ["a connection closed before the answer", "hang-up/chat/completions", 502, "upstream_unreachable"],
    ["a certificate that is not trusted", "untrusted/chat/completions", 502, "upstream_unreachable"],
    ["a name that does not resolve", "unresolved/chat/completions", 502, "upstream_unreachable"],
    ["a cluster that does not exist", "nowhere/chat/completions", 503, "upstream_unavailable"],
    ["no target chosen", "routed/chat/completions", 503, "upstream_unavailable"],
    ["a first byte that does not come", "silent/chat/completions", 504, "upstream_timeout"],
    ["a stream on which nobody speaks", "silent-slow/chat/completions", 504, "idle_timeout"],
    ["an unknown path", "good/nothing", 404, "unknown_url"],
    ["a path outside every prefix", "favicon.ico", 404, "unknown_url"],
    ["a host that another route is for", "hosted/chat/completions", 404, "unknown_url"],
  ];

  test.each(causes)("%s", async (_, path, status, code) => {
    expect(await ask(path)).toMatchObject({ status, code, type: "application/json" });
  });

  test("a body past the limit, with and without a length, held by a plugin", async () => {
    // Envoy does not count the last piece that it reads, of up to 1 MiB; the plugins hold the limit to the byte.
    const body = "x".repeat(4 * 1024 * 1024);
    const headers = { "x-probe": "hold" };
    expect(await ask("good/chat/completions", { body, headers })).toMatchObject({
      status: 413,
      code: "request_too_large",
    });
    const stream = new Blob([body]).stream();
    const chunked = { body: stream, headers, duplex: "half" } as RequestInit;
    expect(await ask("good/chat/completions", chunked)).toMatchObject({ status: 413, code: "request_too_large" });
  });

  test("a body at the limit passes", async () => {
    const body = "x".repeat(bodyBytesMax - 1024);
    expect(await ask("good/chat/completions", { body, headers: { "x-probe": "hold" } })).toMatchObject({ status: 200 });
  });

  test("a plugin that traps costs the request, and the next one is served", async () => {
    // A plugin just loaded is loaded again only after its pause.
    await pause(200);
    const trapped = await ask("good/chat/completions", { headers: { "x-probe": "trap" } });
    expect(trapped).toMatchObject({ status: 500, code: "plugin_failed" });
    expect(await ask("good/chat/completions")).toMatchObject({ status: 200 });
    expect(await ask("plain/chat/completions")).toMatchObject({ status: 503, code: null });
  });

  test("nothing tells of addresses or of TLS", async () => {
    const { text } = await ask("untrusted/chat/completions");
    expect(text).not.toMatch(/127\.0\.0\.1|tls|certificate|connect error/i);
  });
});

describe("other APIs' envelopes", () => {
  const anthropic = { "anthropic-version": "2023-06-01" };

  test.each([
    ["a connection refused", "refused/messages", {}, 502, "api_error"],
    ["a connection refused to a count", "refused/messages/count_tokens", {}, 502, "api_error"],
    ["a first byte that does not come", "silent/messages", {}, 504, "timeout_error"],
    ["an unknown path", "good/nothing", anthropic, 404, "not_found_error"],
    ["an unknown model", "listing/v1/models/three", { ...anthropic, ":method": "GET" }, 404, "not_found_error"],
  ])(
    "Anthropic's: %s",
    async (_, path, { ":method": method = "POST", ...headers }: Record<string, string>, status, type) => {
      const init = method === "GET" ? { method, headers, body: null } : { headers };
      const answer = await ask(path, init);
      expect(answer).toMatchObject({ status, type: "application/json" });
      expect(JSON.parse(answer.text)).toEqual({ type: "error", error: { type, message: expect.any(String) } });
    },
  );

  test.each([
    ["a connection refused", "refused/models/m:generateContent", "POST", 502, "UNAVAILABLE"],
    [
      "a first byte that does not come",
      "silent/models/m:streamGenerateContent?alt=sse",
      "POST",
      504,
      "DEADLINE_EXCEEDED",
    ],
    ["an unknown path", "listing/v1beta/nothing", "POST", 404, "NOT_FOUND"],
    ["an unknown model", "listing/v1beta/models/three", "GET", 404, "NOT_FOUND"],
  ])("Gemini's: %s", async (_, path, method, code, status) => {
    const answer = await ask(path, method === "GET" ? { method, body: null } : {});
    expect(answer).toMatchObject({ status: code, type: "application/json" });
    expect(JSON.parse(answer.text)).toEqual({ error: { code, status, message: expect.any(String) } });
  });

  test("a body past the limit", async () => {
    const init = { body: "x".repeat(4 * 1024 * 1024), headers: { "x-probe": "hold" } };
    expect(JSON.parse((await ask("good/messages", init)).text).error.type).toBe("request_too_large");
    expect(JSON.parse((await ask("good/models/m:countTokens", init)).text).error).toMatchObject({ code: 413 });
  });
});

describe("the lists of models", () => {
  const get = async (path: string, headers: Record<string, string> = {}): Promise<unknown> => {
    const { text } = await ask(path, { method: "GET", body: null, headers });
    return JSON.parse(text);
  };

  test("have OpenAI's form", async () => {
    expect(await get("listing/v1/models")).toMatchObject({ object: "list", data: [{ id: "org/one" }, { id: "two" }] });
    expect(await get("listing/v1/models/org%2Fone")).toMatchObject({ id: "org/one", object: "model" });
  });

  test("have Anthropic's form for its clients", async () => {
    const headers = { "anthropic-version": "2023-06-01" };
    const list = { data: [{ type: "model", id: "org/one" }, { id: "two" }], has_more: false, last_id: "two" };
    expect(await get("listing/v1/models?limit=20", headers)).toMatchObject(list);
    expect(await get("listing/v1/models/two", headers)).toMatchObject({
      type: "model",
      id: "two",
      display_name: "two",
    });
  });

  test("have Gemini's form at its path, and for its clients", async () => {
    const models = [{ name: "models/org/one" }, { name: "models/two" }];
    expect(await get("listing/v1beta/models")).toMatchObject({ models });
    expect(await get("listing/v1/models", { "x-goog-api-key": "k" })).toMatchObject({ models });
    expect(await get("listing/v1beta/models/two")).toMatchObject({ name: "models/two" });
  });

  test("leave the operations below them alone", async () => {
    expect((await ask("listing/v1/models/two:generateContent")).status).toBe(200);
    expect((await ask("listing/v1beta/models/org/one:generateContent")).status).toBe(200);
  });
});

describe("what is not Envoy's", () => {
  test("a plugin's reply is left alone, whatever its details say", async () => {
    const answer = await ask("good/chat/completions", { headers: { "x-probe": "reply" } });
    expect(answer).toMatchObject({ status: 503, text: '{"from":"plugin"}', type: "application/json" });
  });

  test("a provider's error is left alone", async () => {
    expect(await ask("plain/chat/completions")).toMatchObject({ status: 503, text: "the provider's own words" });
  });
});

describe("the edge", () => {
  test("what would steer the gateway or tell of the client is taken off", async () => {
    const headers = {
      "x-weir-target": "refused",
      "X-Weir-Anything": "1",
      "x-envoy-upstream-rq-timeout-ms": "1",
      "x-forwarded-for": "198.51.100.7",
      forwarded: "for=198.51.100.7",
      via: "1.1 proxy",
    };
    const { status, text } = await ask("good/chat/completions", { headers });
    expect(status).toBe(200);
    const seen = Object.keys(JSON.parse(text)).filter((name) => /^(x-(weir|envoy|forwarded)|forwarded|via)/.test(name));
    // ai-proxy reads it and takes it off.
    expect(seen).toEqual(["x-envoy-attempt-count"]);
  });

  test("a client's request id is kept", async () => {
    const { text } = await ask("good/chat/completions", { headers: { "x-request-id": "mine" } });
    expect(JSON.parse(text)["x-request-id"]).toBe("mine");
  });

  test("a port in the host header does not hide the host's routes", async () => {
    expect((await ask("good/chat/completions", { headers: { host: "any.test:1234" } })).status).toBe(200);
  });

  test("a path is normalised before it is matched", async () => {
    const dotted = "/other/..%2fgood//chat/./completions";
    const { status } = await ask(dotted.slice(1));
    expect(status).toBe(200);
  });
});

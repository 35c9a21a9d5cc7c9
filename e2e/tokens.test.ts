// Tokens in place of keys, verified by Envoy: signed here as an identity provider signs them.
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send, type HttpAnswer, type HttpRequest } from "./http-client.ts";

const remote = generateKeyPairSync("rsa", { modulusLength: 2048 });
const local = generateKeyPairSync("ec", { namedCurve: "P-256" });
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });

const jwksOf = (key: KeyObject, kid: string): string =>
  JSON.stringify({ keys: [{ ...key.export({ format: "jwk" }), kid, use: "sig" }] });

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

interface Signer {
  key: KeyObject;
  alg: "RS256" | "ES256";
  kid: string;
}

const remoteSigner: Signer = { key: remote.privateKey, alg: "RS256", kid: "remote" };
const localSigner: Signer = { key: local.privateKey, alg: "ES256", kid: "local" };
const inAnHour = Math.floor(Date.now() / 1000) + 3600;
const claims = { iss: "https://login.test/", aud: "weir", sub: "ada", exp: inAnHour };

function tokenOf(payload: object, { key, alg, kid }: Signer = remoteSigner): string {
  const text = `${base64({ alg, kid, typ: "JWT" })}.${base64(payload)}`;
  return `${text}.${sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

const folder = mkdtempSync(join(tmpdir(), "weir-jwks-"));
const path = "/v1/chat/completions";
const json = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] };
let jwksServer: Server;
let gateway: Gateway;

beforeAll(async () => {
  jwksServer = createServer((_request, response) => void response.end(jwksOf(remote.publicKey, "remote")));
  await new Promise<void>((resolve) => jwksServer.listen(0, "127.0.0.1", resolve));
  const { port } = jwksServer.address() as AddressInfo;
  writeFileSync(join(folder, "jwks.json"), jwksOf(local.publicKey, "local"));
  gateway = await startGateway(`${gatewayBlock}
  auth:
    jwt:
      - issuer: https://login.test/
        audiences: [weir]
        jwks: { url: "http://127.0.0.1:${port}/keys" }
        organizationClaim: org
        teamClaim: "https://login.test/team"
        userClaim: email
      - { issuer: internal, audiences: [weir], jwks: { file: "${join(folder, "jwks.json")}" }, consumerClaim: client_id }
consumers:
  - { name: limited, models: [o3], keys: [{ name: k, key: wk-of-the-limited-consumer }] }
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }
routes:
  - { name: all, targets: [{ provider: alpha }], listedModels: [o3, gpt-4o] }
  - { name: open, match: { pathPrefix: /open/v1 }, auth: none, targets: [{ provider: alpha }] }
`);
  // Envoy fetches the keys by itself.
  await vi.waitFor(async () => expect((await ask(tokenOf(claims))).status).toBe(200), {
    timeout: 10_000,
    interval: 100,
  });
});
afterAll(async () => {
  await gateway?.stop();
  jwksServer.close();
  rmSync(folder, { recursive: true });
});

function ask(token: string, more: Partial<HttpRequest> = {}): Promise<HttpAnswer> {
  const { headers, ...rest } = more;
  const body = more.method === "GET" ? {} : { json };
  return send(gateway.url, { path, ...body, ...rest, headers: { authorization: `Bearer ${token}`, ...headers } });
}

describe("a token", () => {
  test("lets its bearer in, whom the access log names, and reaches no provider", async () => {
    gateway.simulator.requests.length = 0;
    const token = tokenOf({ ...claims, org: "acme", "https://login.test/team": "search", email: "ada@acme.example" });
    expect(await ask(token, { headers: { "x-request-id": "by-token" } })).toMatchObject({ status: 200 });
    expect(gateway.simulator.requests[0]?.headers.authorization).toBe("Bearer fake-alpha-key");
    expect(JSON.stringify(gateway.simulator.requests.map(({ headers }) => headers))).not.toContain(token);
    expect(await gateway.logEntry("by-token")).toMatchObject({
      "weir.consumer": "ada",
      "weir.organization": "acme",
      "weir.team": "search",
      "weir.user": "ada@acme.example",
    });
    expect((await gateway.accessLog()) + gateway.output()).not.toContain(token);
  });

  test("of another issuer has claims of its own", async () => {
    const token = tokenOf({ iss: "internal", aud: ["weir"], client_id: "batch", exp: inAnHour }, localSigner);
    expect(await ask(token, { headers: { "x-request-id": "by-local-token" } })).toMatchObject({ status: 200 });
    expect(await gateway.logEntry("by-local-token")).toMatchObject({ "weir.consumer": "batch" });
  });

  test("has the limits of the consumer that it names", async () => {
    const token = tokenOf({ ...claims, sub: "limited" });
    expect(await ask(token)).toMatchObject({ status: 404, json: { error: { code: "model_not_found" } } });
    expect(await ask(token, { json: { ...json, model: "o3" } })).toMatchObject({ status: 200 });
    const list = await ask(token, { method: "GET", path: "/v1/models" });
    expect(list.json).toMatchObject({ data: [{ id: "o3" }] });
  });

  test.each<[string, () => string]>([
    ["that has expired", () => tokenOf({ ...claims, exp: inAnHour - 7200 })],
    ["for somebody else", () => tokenOf({ ...claims, aud: "others" })],
    ["of an unknown issuer", () => tokenOf({ ...claims, iss: "https://evil.test/" })],
    ["that a stranger has signed", () => tokenOf(claims, { ...remoteSigner, key: stranger.privateKey })],
    ["of one issuer, signed by another", () => tokenOf(claims, localSigner)],
    ["without a signature", () => `${base64({ alg: "none" })}.${base64(claims)}.`],
    ["that was changed", () => tokenOf(claims).replace(/\.[^.]+\./, `.${base64({ ...claims, sub: "root" })}.`)],
    ["that names nobody", () => tokenOf({ ...claims, sub: 7 })],
  ])("%s is refused", async (_what, token) => {
    expect(await ask(token())).toMatchObject({ status: 401, json: { error: { code: "invalid_api_key" } } });
  });
});

test("keys are taken beside tokens, and neither is needed where the route is open", async () => {
  expect(await ask("wk-of-the-limited-consumer", { json: { ...json, model: "o3" } })).toMatchObject({ status: 200 });
  expect(await send(gateway.url, { path, json })).toMatchObject({ status: 401 });
  expect(await send(gateway.url, { path: "/open/v1/chat/completions", json })).toMatchObject({ status: 200 });
  const both = await ask(tokenOf(claims), { headers: { "x-api-key": "wk-of-the-limited-consumer" } });
  expect(both).toMatchObject({ status: 401, json: { error: { code: "different_api_keys" } } });
});

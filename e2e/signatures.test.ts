// Callers that sign their requests, on a real Envoy with two workers behind the real control plane, and on one that
// `weir build` has configured.
import { createHash, createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findEnvoy } from "../envoy/find-envoy.ts";
import { TestProcess, weir } from "./child-process.ts";
import { gatewayBlock } from "./configurations.ts";
import { freePort } from "../envoy/test/ports.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send, type HttpAnswer, type HttpRequest } from "./http-client.ts";

const secret = "fake-signing-secret-0123456789";
const consumers = `
consumers:
  - name: search
    organization: acme
    keys:
      - { name: signer, hmac: { keyId: search-app, secret: "\${E2E_SIGNING_SECRET}" }, models: [gpt-4o] }
      - { name: sender, sha256: "${createHash("sha256").update("wk-sender").digest("hex")}" }
`;
const providersAndRoutes = `
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }
routes:
  - { name: all, models: ["*"], targets: [{ provider: alpha }], listedModels: [gpt-4o, o3] }
`;
const configuration = gatewayBlock + consumers + providersAndRoutes;
const path = "/v1/chat/completions";
const chat = (model = "gpt-4o", content = "Hello"): string =>
  JSON.stringify({ model, messages: [{ role: "user", content }] });
const hmac = (text: string, by = secret): string => createHmac("sha256", by).update(text).digest("base64");

interface ToSign {
  path?: string;
  body?: string;
  secret?: string;
  nonce?: string;
  headers?: Record<string, string>;
}

/** As APISIX's documents say. */
function apisix({ path: target = path, body = chat(), ...more }: ToSign = {}): HttpRequest {
  const date = new Date().toUTCString();
  const digest = `SHA-256=${createHash("sha256").update(body).digest("base64")}`;
  const text = `search-app\nPOST ${target}\ndate: ${date}\ndigest: ${digest}\n`;
  const authorization = [
    'Signature keyId="search-app"',
    'algorithm="hmac-sha256"',
    'headers="@request-target date digest"',
    `signature="${hmac(text, more.secret)}"`,
  ].join(",");
  const headers = { "content-type": "application/json", date, digest, authorization, ...more.headers };
  return { method: "POST", path: target, body, headers };
}

/** As Alibaba Cloud's do. */
function alibaba({ body = chat(), nonce = randomUUID(), ...more }: ToSign = {}): HttpRequest {
  const md5 = createHash("md5").update(body).digest("base64");
  const timestamp = String(Date.now());
  const listed = `x-ca-nonce:${nonce}\nx-ca-timestamp:${timestamp}\n`;
  const text = `POST\napplication/json\n${md5}\napplication/json\n\n${listed}${path}`;
  const headers = {
    accept: "application/json",
    "content-type": "application/json",
    "content-md5": md5,
    "x-ca-key": "search-app",
    "x-ca-nonce": nonce,
    "x-ca-timestamp": timestamp,
    "x-ca-signature-headers": "x-ca-nonce,x-ca-timestamp",
    "x-ca-signature": hmac(text, more.secret),
    ...more.headers,
  };
  return { method: "POST", path, body, headers };
}

describe("behind the control plane", () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await startGateway(configuration, { E2E_SIGNING_SECRET: secret });
  });
  afterAll(() => gateway?.stop());

  const ask = (request: HttpRequest): Promise<HttpAnswer> => send(gateway.url, request);
  const refused = (code: string): object => ({ status: 401, json: { error: { code } } });

  test.each([
    ["APISIX's", apisix],
    ["Alibaba's", alibaba],
  ])("%s form is served as its signer's, and no provider sees it", async (form, sign) => {
    gateway.simulator.requests.length = 0;
    const id = `signed-${form}`;
    expect(await ask(sign({ headers: { "x-request-id": id } }))).toMatchObject({ status: 200 });
    expect(await gateway.logEntry(id)).toMatchObject({ "weir.consumer": "search", "weir.key": "signer" });
    const { headers } = gateway.simulator.requests[0]!;
    expect(headers.authorization).toBe("Bearer fake-alpha-key");
    expect(JSON.stringify(headers)).not.toMatch(/x-ca-|digest|md5|search-app/);
  });

  test("a large body is checked whole", async () => {
    const body = chat("gpt-4o", "x".repeat(3_000_000));
    expect(await ask(apisix({ body }))).toMatchObject({ status: 200 });
    expect(await ask({ ...alibaba({ body }), body: body.replace("xx", "xy") })).toMatchObject(
      refused("invalid_digest"),
    );
    const pieces = (body.match(/.{1,100000}/g) ?? []).map((piece) => Buffer.from(piece));
    expect(await ask({ ...alibaba({ body }), body: pieces })).toMatchObject({ status: 200 });
  });

  test("what is wrong is answered, and the log says more", async () => {
    const id = "wrong-secret";
    const wrong = await ask(alibaba({ secret: "another", headers: { "x-request-id": id } }));
    expect(wrong).toMatchObject(refused("invalid_signature"));
    expect(wrong.headers["x-ca-error-message"]).toContain("Server StringToSign:`POST#application/json#");
    const entry = await gateway.logEntry(id);
    expect(entry["envoy.response_code_details"]).toBe("weir_invalid_signature");
    expect(entry["weir.consumer"] ?? null).toBeNull();
    const request = apisix();
    const old = { ...request, headers: { ...request.headers, date: new Date(Date.now() - 600_000).toUTCString() } };
    expect(await ask(old)).toMatchObject(refused("clock_skewed"));
    expect(await ask(apisix({ headers: { "x-api-key": "wk-sender" } }))).toMatchObject(refused("different_api_keys"));
    expect(await ask(apisix({ body: chat("o3") }))).toMatchObject({ status: 404 });
  });

  test("of 40 requests with one nonce, over all workers, one is served", async () => {
    for (let round = 0; round < 5; round++) {
      const request = alibaba();
      const answers = await Promise.all(Array.from({ length: 40 }, () => ask(request)));
      const codes = answers.map(({ status }) => status);
      expect(codes.filter((status) => status === 200)).toHaveLength(1);
      expect(codes.filter((status) => status === 401)).toHaveLength(39);
    }
  });

  test("a nonce stays used when the configuration changes", async () => {
    const request = alibaba();
    expect(await ask(request)).toMatchObject({ status: 200 });
    await gateway.configure(configuration.replace("models: [gpt-4o] }", "models: [gpt-4o, o3] }"));
    await vi.waitFor(async () => expect(await ask(alibaba({ body: chat("o3") }))).toMatchObject({ status: 200 }));
    expect(await ask(request)).toMatchObject(refused("repeated_nonce"));
    await gateway.configure(configuration);
  });

  test("the secret is in no log, answer, status or view of the configuration", async () => {
    const answers = await Promise.all([
      ask(apisix({ secret: "another" })),
      ask(alibaba()),
      ask(alibaba({ nonce: "" })),
    ]);
    const views = ["/config", "/status", "/metrics"].map((view) =>
      fetch(gateway.weir.controlUrl + view).then((response) => response.text()),
    );
    const said = [
      ...(await Promise.all(views)),
      ...answers.map(({ text, headers }) => text + JSON.stringify(headers)),
      gateway.output(),
      await gateway.accessLog(),
      JSON.stringify(gateway.weir.model),
    ].join("\n");
    expect(said).toContain("search-app");
    expect(said).not.toContain(secret);
  });
});

describe("built for an Envoy of its own", () => {
  const folder = mkdtempSync(join(tmpdir(), "weir-e2e-"));
  const output = join(folder, "dist");
  let envoy: TestProcess | null = null;
  afterAll(async () => {
    await envoy?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("the secret comes from Envoy's environment, and is in no file", async () => {
    const port = await freePort();
    const closed = `${consumers}${providersAndRoutes}`.replace("@SIMULATOR@", "http://127.0.0.1:9");
    writeFileSync(join(folder, "weir.yaml"), `gateway: { port: ${port} }\n${closed}`);
    const env = { E2E_SIGNING_SECRET: secret };
    const built = weir(["build", join(folder, "weir.yaml"), "--output", output], { env });
    expect(await built.exited, built.output).toEqual({ code: 0, signal: null });
    expect(built.output).toContain("E2E_SIGNING_SECRET");
    expect(readFileSync(join(output, "envoy.yaml"), "utf8")).not.toContain(secret);
    const { path: binary } = await findEnvoy();
    const args = ["-c", "envoy.yaml", "--log-level", "warning", "--disable-hot-restart", "--concurrency", "1"];
    envoy = new TestProcess(binary, args, { cwd: output, env: { ...env, WEIR_ALPHA_KEY: "fake" } });
    const url = `http://127.0.0.1:${port}`;
    const list = (): Promise<HttpAnswer> => send(url, { ...apisix({ path: "/v1/models", body: "" }) });
    // The signer gets past the plugin to a path that is not served with this method; another does not.
    await vi.waitFor(async () => expect((await list()).status).toBeGreaterThan(0), { timeout: 15_000, interval: 50 });
    expect((await list()).status).not.toBe(401);
    expect(await send(url, apisix({ secret: "another" }))).toMatchObject({ status: 401 });
  });
});

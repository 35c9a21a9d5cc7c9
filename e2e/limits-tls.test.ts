// The limit service over TLS: who shows no certificate of the authority's counts nothing, and an Envoy that does not
// know the service's authority sends it nothing.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Redis, redisBinary } from "../control/src/limits/test/redis.ts";
import { hasOpenssl, selfSigned } from "../control/src/serve/test/self-signed.ts";
import { type TestProcess, weir } from "./child-process.ts";
import { gatewayBlock } from "./configurations.ts";
import { freePort, isOpen } from "../envoy/test/ports.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send, type HttpAnswer } from "./http-client.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-limits-tls-"));
const file = (name: string): string => join(folder, name);

afterAll(() => rmSync(folder, { recursive: true }));

const configuration = (port: number, tls: string): string => `${gatewayBlock}  limitService:
    address: 127.0.0.1:${port}
    timeout: 2s
    ${tls}
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }
routes:
  - { name: all, models: ["*"], targets: [{ provider: alpha }] }
limits:
  - { name: closed, match: { headers: { x-tenant: "*" } }, windows: [{ unit: requests, limit: 2, per: day }], onStoreFailure: closed }
`;

describe.skipIf(redisBinary === null || !hasOpenssl)("limits over TLS", () => {
  let redis: Redis;
  let service: TestProcess;
  let gateway: Gateway;
  let port: number;
  let number = 0;
  const ours = `tls: { caFile: "${file("service.pem")}", certFile: "${file("envoy.pem")}", keyFile: "${file("envoy.key")}" }`;
  beforeAll(async () => {
    selfSigned(folder, "service", "IP:127.0.0.1");
    selfSigned(folder, "envoy", "DNS:envoy");
    selfSigned(folder, "stranger", "IP:127.0.0.1");
    redis = await Redis.start();
    port = await freePort();
    const tls = [
      "--tls-cert",
      file("service.pem"),
      "--tls-key",
      file("service.key"),
      "--tls-client-ca",
      file("envoy.pem"),
    ];
    service = weir(["limits", "--redis", redis.url, "--listen", `127.0.0.1:${port}`, ...tls]);
    await vi.waitFor(async () => expect(await isOpen(port)).toBe(true), { timeout: 20_000, interval: 100 });
    gateway = await startGateway(configuration(port, ours));
  });
  afterAll(async () => {
    await gateway?.stop();
    await service?.stop();
    await redis?.remove();
  });

  const ask = (tenant: string): Promise<HttpAnswer> => {
    const json = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] };
    return send(gateway.url, { path: "/v1/chat/completions", json, headers: { "x-tenant": tenant } });
  };
  const waiting = { timeout: 15_000, interval: 100 };

  test("with the right certificates it counts", async () => {
    expect(service.output).toContain(`127.0.0.1:${port} (TLS)`);
    const tenant = `tenant-${number++}`;
    await vi.waitFor(async () => expect((await ask(`warm-${number++}`)).status).toBe(200), waiting);
    const statuses = [await ask(tenant), await ask(tenant), await ask(tenant)].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  test.each([
    ["shows no certificate", `tls: { caFile: "${file("service.pem")}" }`],
    [
      "shows another one's",
      `tls: { caFile: "${file("service.pem")}", certFile: "${file("stranger.pem")}", keyFile: "${file("stranger.key")}" }`,
    ],
    [
      "knows another authority",
      `tls: { caFile: "${file("stranger.pem")}", certFile: "${file("envoy.pem")}", keyFile: "${file("envoy.key")}" }`,
    ],
    ["asks for another name", `${ours.slice(0, -2)}, sni: limits.internal }`],
    ["speaks no TLS", ""],
  ])("an Envoy that %s gets no answer", async (_what, tls) => {
    await gateway.configure(configuration(port, tls));
    await vi.waitFor(async () => {
      expect(await ask(`tenant-${number++}`)).toMatchObject({
        status: 503,
        json: { error: { code: "limit_store_unreachable" } },
      });
    }, waiting);
    await gateway.configure(configuration(port, ours));
    await vi.waitFor(async () => expect((await ask(`tenant-${number++}`)).status).toBe(200), waiting);
  });
});

test.skipIf(!hasOpenssl)("files that do not belong together are told at the start", async () => {
  selfSigned(folder, "one", "IP:127.0.0.1");
  selfSigned(folder, "two", "IP:127.0.0.1");
  const start = (...tls: string[]): TestProcess => weir(["limits", "--redis", "redis://127.0.0.1:1", ...tls]);
  const mixed = start("--tls-cert", file("one.pem"), "--tls-key", file("two.key"));
  expect(await mixed.exited).toMatchObject({ code: 1 });
  expect(mixed.output).toContain("TLS cannot be served with these files");
  const half = start("--tls-cert", file("one.pem"));
  expect(await half.exited).toMatchObject({ code: 1 });
  expect(half.output).toContain("--tls-cert and --tls-key belong together");
});

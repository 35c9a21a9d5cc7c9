// A real envoyproxy/ratelimit that has its configuration from Weir's control plane, as Envoys have theirs, and counts
// over TLS for Envoys that show a certificate.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Ratelimit, ratelimitBinary, type RatelimitOptions } from "../control/src/limits/test/ratelimit.ts";
import { Redis, redisBinary } from "../control/src/limits/test/redis.ts";
import { Secret } from "../control/src/model/secret.ts";
import { hasOpenssl, selfSigned } from "../control/src/serve/test/self-signed.ts";
import { freePort } from "../envoy/test/ports.ts";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send, type HttpAnswer } from "./http-client.ts";

const token = "fake-token-of-sixteen-or-more";
const folder = mkdtempSync(join(tmpdir(), "weir-ratelimit-xds-"));
const file = (name: string): string => join(folder, name);
const ours = `caFile: "${file("service.pem")}", certFile: "${file("envoy.pem")}", keyFile: "${file("envoy.key")}"`;
const waiting = { timeout: 20_000, interval: 100 };
let [redis, ratelimit, gateway]: [Redis | null, Ratelimit | null, Gateway | null] = [null, null, null];
let [port, xdsPort, number] = [0, 0, 0];
const refused: string[] = [];

afterAll(() => rmSync(folder, { recursive: true }));

const configuration = (requests: number, tls = ours): string => `${gatewayBlock}  limitService:
    type: envoyproxy
    address: 127.0.0.1:${port}
    timeout: 2s
    domain: europe
    ${tls && `tls: { ${tls} }`}
providers:
  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/v1", apiKey: fake-alpha-key }
routes:
  - { name: all, models: ["*"], targets: [{ provider: alpha }] }
limits:
  - { name: closed, match: { headers: { x-tenant: "*" } }, windows: [{ unit: requests, limit: ${requests}, per: day }], onStoreFailure: closed }
`;

/** Of one that shows `shown` to the control plane. */
function optionsOf(shown: string, at: number): RatelimitOptions {
  const settings = {
    CONFIG_TYPE: "GRPC_XDS_SOTW",
    CONFIG_GRPC_XDS_NODE_ID: "ratelimit-1",
    CONFIG_GRPC_XDS_SERVER_URL: `127.0.0.1:${xdsPort}`,
    CONFIG_GRPC_XDS_SERVER_USE_TLS: "true",
    CONFIG_GRPC_XDS_SERVER_TLS_CACERT: file("control.pem"),
    CONFIG_GRPC_XDS_CLIENT_ADDITIONAL_HEADERS: `authorization:Bearer ${shown}`,
    XDS_CLIENT_BACKOFF_INITIAL_INTERVAL: "200ms",
    XDS_CLIENT_BACKOFF_MAX_INTERVAL: "1s",
    GRPC_SERVER_USE_TLS: "true",
    GRPC_SERVER_TLS_CERT: file("service.pem"),
    GRPC_SERVER_TLS_KEY: file("service.key"),
    GRPC_CLIENT_TLS_CACERT: file("envoy.pem"),
  };
  return { redis: new URL(redis!.url).host, root: folder, port: at, settings };
}

function startControl(requests: number): Promise<Gateway> {
  const tls = { cert: readFileSync(file("control.pem")), key: readFileSync(file("control.key")) };
  const onRefuse = (_peer: string, reason: string): void => void refused.push(reason);
  const xds = { port: xdsPort, token: new Secret(token, { kind: "literal" }), tls, onRefuse };
  return startGateway(configuration(requests), {}, { control: { xds } });
}

function ask(tenant: string): Promise<HttpAnswer> {
  const json = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] };
  return send(gateway!.url, { path: "/v1/chat/completions", json, headers: { "x-tenant": tenant } });
}

/** How many of a new tenant's are let through; null where the service does not count them. */
async function letThrough(most: number): Promise<number | null> {
  const tenant = `tenant-${number++}`;
  let count = 0;
  for (; count < most; count++) {
    const { status } = await ask(tenant);
    if (status === 503) return null;
    if (status === 429) return count;
  }
  return count;
}

const untilLetThrough = (count: number): Promise<unknown> =>
  vi.waitFor(async () => expect(await letThrough(count + 2)).toBe(count), waiting);
const service = () => gateway!.weir.status().find(({ role }) => role === "ratelimit");

describe.skipIf(redisBinary === null || !ratelimitBinary || !hasOpenssl)(
  "envoyproxy/ratelimit by xDS, over TLS",
  () => {
    beforeAll(async () => {
      selfSigned(folder, "service", "IP:127.0.0.1");
      selfSigned(folder, "control", "IP:127.0.0.1");
      selfSigned(folder, "envoy", "DNS:envoy");
      redis = await Redis.start();
      [port, xdsPort] = [await freePort(), await freePort()];
      gateway = await startControl(2);
      ratelimit = await Ratelimit.start(optionsOf(token, port));
    });
    afterAll(async () => {
      await gateway?.stop();
      await ratelimit?.stop();
      await redis?.remove();
    });

    test("counts by what the control plane has told it", async () => {
      await untilLetThrough(2);
      expect(service()).toMatchObject({
        id: "ratelimit-1",
        protocol: "sotw",
        disconnectedAt: null,
        resources: [{ kind: "ratelimit", name: "europe", state: "accepted" }],
      });
    });

    test("a change holds in it soon, and no Envoy is told of it or waits for it", async () => {
      const startedAt = performance.now();
      await gateway!.configure(configuration(4));
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      await untilLetThrough(4);
      const envoys = gateway!.weir.status().filter(({ role }) => role === "envoy");
      expect(envoys).toHaveLength(1);
      expect(envoys[0]!.resources.filter(({ kind }) => kind === "ratelimit")).toEqual([]);
      expect(envoys[0]!.resources.every(({ state }) => state === "accepted")).toBe(true);
      expect(await (await fetch(`${gateway!.weir.controlUrl}/metrics`)).text()).toContain("weir_envoys_connected 1");
    });

    test("who shows no token is told nothing", async () => {
      const stranger = await Ratelimit.launch(optionsOf("another-token-of-sixteen", await freePort()));
      try {
        await vi.waitFor(() => expect(refused).toContain("a wrong token"), waiting);
      } finally {
        await stranger.stop();
      }
    });

    test("an Envoy without a certificate gets no answer from it", async () => {
      await gateway!.configure(configuration(4, `caFile: "${file("service.pem")}"`));
      await vi.waitFor(async () => expect(await letThrough(1)).toBeNull(), waiting);
      await gateway!.configure(configuration(4));
      await untilLetThrough(4);
    });

    test("another control plane: it goes on with what it has, and hears of what changes then", async () => {
      await gateway!.stop();
      gateway = await startControl(4);
      await vi.waitFor(() => expect(service()?.disconnectedAt).toBeNull(), waiting);
      await untilLetThrough(4);
      await gateway.configure(configuration(1));
      await untilLetThrough(1);
    });
  },
);

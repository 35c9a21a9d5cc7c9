// Who is let in to ADS, on a real Envoy: over a private socket, with the token, with TLS. Nobody else learns anything.
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect } from "node:http2";
import { connect as connectSocket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { buildBootstrap } from "../../../../envoy/bootstrap.ts";
import type { XdsEndpoint } from "../../../../envoy/control-cluster.ts";
import { EnvoyProcess } from "../../../../envoy/envoy-process.ts";
import { findEnvoy } from "../../../../envoy/find-envoy.ts";
import { Secret } from "../../model/secret.ts";
import type { TcpDoor } from "../ads-door.ts";
import { AdsServer } from "../ads-server.ts";
import { hasOpenssl, selfSigned } from "./self-signed.ts";
import { isInForce, until } from "./gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-door-"));
const value = "the-token-of-this-test";
const token = new Secret(value, { kind: "literal" });
const path = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources";
const unauthenticated = "16";

let ads: AdsServer;
let envoys: EnvoyProcess[];
let refusals: string[];

beforeEach(() => {
  ads = new AdsServer();
  ads.publish({ "type.googleapis.com/envoy.config.cluster.v3.Cluster": [cluster] });
  envoys = [];
  refusals = [];
});
afterEach(async () => {
  await Promise.all(envoys.map((envoy) => envoy.stop()));
  await ads.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const cluster = { name: "one", resource: { name: "one", type: "STATIC", connect_timeout: "1s" } };

async function open(more: Partial<TcpDoor> = {}): Promise<number> {
  const onRefuse = (peer: string, reason: string): void => void refusals.push(`${peer} ${reason}`);
  return (await ads.listen({ token, onRefuse, ...more })).port;
}

/** Resolves when Envoy is ready, which one that is refused is too: it gives up waiting. */
async function joinFleet(xds: XdsEndpoint, WEIR_XDS_TOKEN?: string): Promise<EnvoyProcess> {
  const envoy = new EnvoyProcess({
    path: (await findEnvoy()).path,
    concurrency: 1,
    logLevel: "off",
    env: { ...process.env, WEIR_XDS_TOKEN },
    bootstrap: (admin) => buildBootstrap({ nodeId: "joins", admin, xds }),
  });
  envoys.push(envoy);
  void envoy.start().catch(() => undefined);
  return envoy;
}

/** The gRPC status that a stream is ended with; null when it is let in. */
function statusFor(port: number, headers: Record<string, string>): Promise<unknown> {
  const session = connect(`http://127.0.0.1:${port}`);
  const request = { ":method": "POST", ":path": path, "content-type": "application/grpc", ...headers };
  return new Promise((resolve, reject) => {
    session.on("error", reject);
    session.on("close", () => reject(new Error("The connection was closed")));
    const stream = session.request(request);
    stream.on("response", (answer) => {
      resolve(answer["grpc-status"] ?? null);
      session.destroy();
    });
    // A stream that is let in waits for a request.
    setTimeout(() => (resolve(null), session.destroy()), 2_000);
  });
}

test("an Envoy joins over a socket that only this user can open, without a token", async () => {
  const socketPath = join(folder, "xds.sock");
  await ads.listen({ socketPath });
  expect(statSync(socketPath).mode & 0o777).toBe(0o600);
  await joinFleet({ socketPath });
  await until("it has joined", () => isInForce(ads));
});

test.each([
  ["no token", {}, "no token"],
  ["an empty one", { authorization: "" }, "no token"],
  ["Envoy's sign for a variable that is not set", { authorization: "Bearer -" }, "no token"],
  ["a wrong one", { authorization: "Bearer wrong" }, "a wrong token"],
  ["the beginning of it", { authorization: `Bearer ${value.slice(0, -1)}` }, "a wrong token"],
  ["more than it", { authorization: `Bearer ${value}x` }, "a wrong token"],
  ["it without its scheme", { authorization: value }, "a wrong token"],
])("a stream with %s is ended as UNAUTHENTICATED, and its peer is named", async (_, headers, reason) => {
  const port = await open();
  expect(await statusFor(port, headers)).toBe(unauthenticated);
  expect(refusals).toEqual([`127.0.0.1 ${reason}`]);
  expect(await statusFor(port, headers)).toBe(unauthenticated);
  expect(refusals).toHaveLength(1);
  expect(ads.status()).toEqual([]);
});

test("a stream with the token is let in", async () => {
  expect(await statusFor(await open(), { authorization: `Bearer ${value}` })).toBeNull();
  expect(refusals).toEqual([]);
});

test("whoever may come in has to come again while not all is published; others still learn nothing", async () => {
  let isReady = false;
  const port = await open({ isReady: () => isReady });
  expect(await statusFor(port, {})).toBe(unauthenticated);
  expect(await statusFor(port, { authorization: `Bearer ${value}` })).toBe("14");
  isReady = true;
  expect(await statusFor(port, { authorization: `Bearer ${value}` })).toBeNull();
});

// The last is what Envoy makes of a cluster's name, and no host of a URL.
test.each(["127.0.0.1:1", "[", "limit.127.0.0.1.60286869"])("whatever name a peer has for it: %j", async (name) => {
  const headers = { ":authority": name, authorization: `Bearer ${value}` };
  expect(await statusFor(await open(), headers)).toBeNull();
});

test("an Envoy shows the token of its environment, and one without it gets nothing", async () => {
  const port = await open();
  await joinFleet({ address: "127.0.0.1", port });
  await until("it is refused", () => refusals.length > 0);
  expect(refusals).toEqual(["127.0.0.1 no token"]);
  expect(ads.status()).toEqual([]);
  await joinFleet({ address: "127.0.0.1", port }, value);
  await until("one with the token has joined", () => isInForce(ads));
});

test("a socket whose mode cannot be set is closed again", async () => {
  // In Linux's abstract namespace there is no file.
  const socketPath = `\0${join(folder, "abstract.sock")}`;
  await expect(ads.listen({ socketPath })).rejects.toThrow();
  const socket = connectSocket(socketPath);
  await expect(once(socket, "connect")).rejects.toThrow("ECONNREFUSED");
});

test.skipIf(process.platform !== "linux")("a door that is closed leaves no file", async () => {
  const socketPath = join(folder, "left.sock");
  await ads.listen({ socketPath });
  await ads.close();
  expect(existsSync(socketPath)).toBe(false);
});

test("garbage, and streams that are given up at once, do no harm", async () => {
  const port = await open();
  for (let i = 0; i < 20; ++i) {
    const socket = connectSocket(port, "127.0.0.1").on("error", () => undefined);
    socket.end("GET / HTTP/1.1\r\n\r\n");
    const session = connect(`http://127.0.0.1:${port}`).on("error", () => undefined);
    session
      .request({ ":method": "POST", ":path": path })
      .on("error", () => undefined)
      .close(8);
    session.once("connect", () => setTimeout(() => session.destroy(), i));
  }
  expect(await statusFor(port, { authorization: "Bearer wrong" })).toBe(unauthenticated);
});

/** A certificate for the loopback address, and its key. */
function certificate(name: string): { cert: Buffer; key: Buffer; caFile: string } {
  const { certFile, keyFile } = selfSigned(folder, name, "IP:127.0.0.1");
  return { cert: readFileSync(certFile), key: readFileSync(keyFile), caFile: certFile };
}

describe.skipIf(!hasOpenssl)("with TLS (made with openssl)", () => {
  test("an Envoy joins that trusts the certificate, and no other", async () => {
    const { cert, key, caFile } = certificate("good");
    const port = await open({ tls: { cert, key } });
    const other = certificate("other");
    await joinFleet({ address: "127.0.0.1", port, caFile: other.caFile }, value);
    await until("the one that trusts another is seen to fail", () => refusals.length > 0);
    expect(refusals[0]).toBe("127.0.0.1 no TLS handshake that succeeds");
    expect(ads.status()).toEqual([]);
    await joinFleet({ address: "127.0.0.1", port, caFile }, value);
    await until("the one that trusts it has joined", () => isInForce(ads));
  });

  test("a connection that never begins its handshake does not keep the door from closing", async () => {
    const { cert, key } = certificate("good");
    const socket = connectSocket(await open({ tls: { cert, key } }), "127.0.0.1").on("error", () => undefined);
    await once(socket, "connect");
    const before = performance.now();
    await ads.close();
    expect(performance.now() - before).toBeLessThan(2_000);
    await until("the connection is closed", () => socket.closed);
    expect(refusals).toEqual([]);
  });

  test("an Envoy without TLS gets nothing", async () => {
    const { cert, key } = certificate("good");
    await expect(statusFor(await open({ tls: { cert, key } }), { authorization: `Bearer ${value}` })).rejects.toThrow();
    expect(ads.status()).toEqual([]);
  });
});

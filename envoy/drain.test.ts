// Draining a real Envoy: what is open ends by itself, nobody new comes in, and there is an end to waiting.
import { once } from "node:events";
import { Agent, createServer, get, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AdminAnswer } from "./admin-client.ts";
import { buildStaticBootstrap, type AdminAddress } from "./bootstrap.ts";
import { drainEnvoy } from "./drain.ts";
import { EnvoyProcess } from "./envoy-process.ts";
import { findEnvoy } from "./find-envoy.ts";

const types = "type.googleapis.com/envoy.extensions.filters";
const statPrefix = "gateway";

let envoy: EnvoyProcess;
let provider: Server;
let port: number;
/** Answers that have begun and do not end by themselves. */
let open: ServerResponse[];

beforeEach(async () => {
  open = [];
  provider = createServer((request, response) => {
    response.write("begun ");
    if (request.url === "/short") response.end("ended");
    else open.push(response);
  });
  const providerPort = await listening(provider);
  const free = createServer();
  port = await listening(free);
  free.close();
  envoy = new EnvoyProcess({
    path: (await findEnvoy()).path,
    concurrency: 2,
    bootstrap: (admin) => bootstrap(admin, providerPort),
  });
  await envoy.start();
});
afterEach(async () => {
  await envoy.stop();
  provider.closeAllConnections();
  provider.close();
});

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  return (server.address() as AddressInfo).port;
}

function address(port_value: number): object {
  return { address: { socket_address: { address: "127.0.0.1", port_value } } };
}

function bootstrap(admin: AdminAddress, providerPort: number): object {
  const route = { match: { prefix: "/" }, route: { cluster: "provider", timeout: "0s" } };
  const typed_config = {
    "@type": `${types}.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: statPrefix,
    http_filters: [{ name: "router", typed_config: { "@type": `${types}.http.router.v3.Router` } }],
    route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes: [route] }] },
  };
  const listener = { name: "all", ...address(port), filter_chains: [{ filters: [{ name: "http", typed_config }] }] };
  const endpoints = [{ lb_endpoints: [{ endpoint: address(providerPort) }] }];
  const cluster = { name: "provider", type: "STATIC", load_assignment: { cluster_name: "provider", endpoints } };
  return buildStaticBootstrap({ nodeId: "test", admin, listeners: [listener], clusters: [cluster] });
}

function ask(path: string, agent = new Agent({ keepAlive: true })): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path, agent }, resolve).on("error", reject);
  });
}

/** Two answers under way, which the test ends. */
async function askTwice(): Promise<Promise<string>[]> {
  const answers = await Promise.all([ask("/long"), ask("/long")]);
  return answers.map((answer) => text(answer));
}

test("open answers end whole, and it is over when the last one has", async () => {
  const answers = await askTwice();
  const counts: number[] = [];
  const drained = envoy.drain({ statPrefix, timeoutMs: 10_000, onOpen: (requests) => counts.push(requests) });
  await vi.waitFor(() => expect(counts).toEqual([2]), 2_000);
  open[0]!.end("ended");
  await vi.waitFor(() => expect(counts).toEqual([2, 1]), 2_000);
  open[1]!.end("ended");
  expect(await drained).toBe(0);
  expect(counts).toEqual([2, 1, 0]);
  await envoy.stop();
  expect(await Promise.all(answers)).toEqual(["begun ended", "begun ended"]);
});

test("a new connection is refused, and a kept one is told to close", async () => {
  const agent = new Agent({ keepAlive: true });
  expect(await text(await ask("/short", agent))).toBe("begun ended");
  const [answer] = await askTwice();
  const drained = envoy.drain({ statPrefix, timeoutMs: 10_000 });
  await vi.waitFor(() => expect(ask("/short")).rejects.toThrow("ECONNREFUSED"), 2_000);
  const last = await ask("/short", agent);
  expect(last.headers.connection).toBe("close");
  expect(await text(last)).toBe("begun ended");
  for (const response of open) response.end("ended");
  expect(await drained).toBe(0);
  expect(await answer).toBe("begun ended");
});

test("it is over in time, and tells how many are open", async () => {
  const answers = await askTwice();
  const before = performance.now();
  expect(await envoy.drain({ statPrefix, timeoutMs: 300 })).toBe(2);
  expect(performance.now() - before).toBeLessThan(2_000);
  for (const response of open) response.end();
  await Promise.all(answers);
});

test("without anything open it is over at once, and so it is without an Envoy", async () => {
  const before = performance.now();
  expect(await envoy.drain({ statPrefix, timeoutMs: 10_000 })).toBe(0);
  expect(performance.now() - before).toBeLessThan(1_000);
  await envoy.stop();
  expect(await envoy.drain({ statPrefix, timeoutMs: 10_000 })).toBe(0);
});

test("a client that reads slowly gets the end of an answer that is over for Envoy", async () => {
  const answer = await ask("/long");
  await vi.waitFor(() => expect(open).toHaveLength(1));
  const size = 12 * 1024 * 1024;
  open[0]!.end(Buffer.alloc(size));
  const drained = envoy.drain({ statPrefix, timeoutMs: 10_000 }).then(() => envoy.stop());
  let received = -"begun ".length;
  for await (const chunk of answer) {
    received += (chunk as Buffer).length;
    await new Promise((resolve) => setTimeout(resolve, 12));
  }
  expect(received).toBe(size);
  await drained;
});

/** An Envoy that has `answers` for the questions after the two orders; an error is thrown. */
function scripted(answers: (number | Error)[]): { asked: string[]; ask: (path: string) => Promise<AdminAnswer> } {
  const asked: string[] = [];
  const ask = (path: string): Promise<AdminAnswer> => {
    asked.push(path);
    if (!path.startsWith("/stats")) return Promise.resolve({ status: 200, body: "OK" });
    const answer = answers.length > 1 ? answers.shift()! : answers[0]!;
    if (answer instanceof Error) return Promise.reject(answer);
    return Promise.resolve({ status: 200, body: `http.${statPrefix}.downstream_rq_active: ${answer}\n` });
  };
  return { asked, ask };
}

const slow = new Error("Envoy's admin interface gave no answer in 2000 ms");
const gone = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });

test("an Envoy that is too busy to answer once is asked again", async () => {
  const counts: number[] = [];
  const { ask } = scripted([2, slow, slow, 1, 0]);
  const onOpen = (requests: number): void => void counts.push(requests);
  expect(await drainEnvoy({ ask, statPrefix, timeoutMs: 5_000, onOpen })).toBe(0);
  expect(counts).toEqual([2, 1, 0]);
});

test("one that answers no more is given up in time, and what was open counts", async () => {
  expect(await drainEnvoy({ ...scripted([3, slow]), statPrefix, timeoutMs: 200 })).toBe(3);
});

test("one that is gone is not waited for", async () => {
  const before = performance.now();
  expect(await drainEnvoy({ ...scripted([3, gone]), statPrefix, timeoutMs: 60_000 })).toBe(0);
  expect(performance.now() - before).toBeLessThan(2_000);
});

test("an order that gets no answer is given again, and each that did only once", async () => {
  const { asked, ask } = scripted([0]);
  let fails = 1;
  const shaky = (path: string): Promise<AdminAnswer> =>
    path === "/drain_listeners" && fails-- > 0 ? Promise.reject(slow) : ask(path);
  expect(await drainEnvoy({ ask: shaky, statPrefix, timeoutMs: 5_000 })).toBe(0);
  expect(asked.filter((path) => !path.startsWith("/stats"))).toEqual(["/healthcheck/fail", "/drain_listeners"]);
});

// What is known of a cluster while watches end in all the ways they may: against a server that speaks as much of the
// Kubernetes API as an informer asks for.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { KubernetesApi } from "./api.ts";
import type { Meta } from "./objects.ts";
import { WatchedObjects } from "./watched-objects.ts";

const servicesPath = "/api/v1/services";

class ApiServer {
  readonly #server: Server;
  readonly #watches = new Map<ServerResponse, string>();
  readonly names = new Set<string>();
  revision = 1;
  /** Whether watches are answered with 410, since what they ask for has been compacted. */
  isCompacted = false;
  refused = 0;
  /** What the account may not read. */
  forbidden = "";

  constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  async listen(): Promise<KubernetesApi> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const config = new KubeConfig();
    const server = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    config.loadFromClusterAndUser({ name: "test", server, skipTLSVerify: true }, { name: "test" });
    return new KubernetesApi(config);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://any");
    const isWatch = searchParams.get("watch") === "true";
    response.setHeader("content-type", "application/json");
    if (pathname === this.forbidden) {
      response.statusCode = 403;
      return void response.end(JSON.stringify({ kind: "Status", reason: "Forbidden", code: 403 }));
    }
    if (isWatch) return this.#watch(pathname, response);
    const items = pathname === servicesPath ? [...this.names].map((name) => serviceOf(name)) : [];
    response.end(JSON.stringify({ metadata: { resourceVersion: String(this.revision) }, items }));
  }

  #watch(path: string, response: ServerResponse): void {
    if (this.isCompacted && path === servicesPath) {
      this.refused++;
      response.statusCode = 410;
      return void response.end(JSON.stringify(gone));
    }
    response.flushHeaders();
    this.#watches.set(response, path);
    response.on("close", () => this.#watches.delete(response));
  }

  /** Tells whoever watches Services; waits until somebody does. */
  async tell(type: string, object: object): Promise<void> {
    const watch = await vi.waitFor(() => {
      const found = [...this.#watches].find(([, path]) => path === servicesPath);
      if (!found) throw new Error("Nobody watches Services");
      return found[0];
    }, 5_000);
    watch.write(`${JSON.stringify({ type, object })}\n`);
  }

  /** Ends all, once Services are watched. */
  async endWatches(before?: () => void): Promise<void> {
    await vi.waitFor(() => expect([...this.#watches.values()]).toContain(servicesPath), 5_000);
    before?.();
    for (const response of this.#watches.keys()) response.end();
    this.#watches.clear();
  }
}

const gone = {
  kind: "Status",
  apiVersion: "v1",
  status: "Failure",
  reason: "Expired",
  message: "too old resource version: 1 (7)",
  code: 410,
};

function serviceOf(name: string, revision = 1): { apiVersion: string; kind: string; metadata: Meta; spec: object } {
  const metadata = { name, namespace: "default", uid: name, resourceVersion: String(revision) };
  return { apiVersion: "v1", kind: "Service", metadata, spec: { ports: [{ port: revision }] } };
}

let server: ApiServer;
let watched: WatchedObjects;
let said: string[];
const changes = vi.fn();

beforeEach(async () => {
  server = new ApiServer();
  said = [];
  changes.mockClear();
  server.names.add("one").add("two");
  server.forbidden = "/apis/gateway.networking.k8s.io/v1/gateways";
  const api = await server.listen();
  const onTrouble = (message: string): void => void said.push(message);
  watched = new WatchedObjects({ api, onChange: changes, onTrouble, onRecovery: onTrouble });
  await watched.start();
});
afterEach(async () => {
  await watched.stop();
  server.close();
});

const known = (): string[] => [...watched.objects.Service.keys()].sort();

test("what is listed is known, and what a watch tells changes it", async () => {
  expect(known()).toEqual(["default/one", "default/two"]);
  await server.tell("ADDED", serviceOf("three", 2));
  await vi.waitFor(() => expect(known()).toEqual(["default/one", "default/three", "default/two"]));
  await server.tell("DELETED", serviceOf("one", 3));
  await vi.waitFor(() => expect(known()).toEqual(["default/three", "default/two"]));
  expect(changes).toHaveBeenCalledTimes(2);
});

test("a kind that the account may not read is told once, and all else is served", () => {
  expect(said).toEqual([
    expect.stringMatching(/may not read Gateway: let it get, list and watch gateways of gateway\./),
  ]);
  expect(known()).toHaveLength(2);
});

test("a watch that has expired is begun anew from a list, and nobody is troubled", async () => {
  server.names.delete("one");
  server.names.add("four");
  server.revision = 7;
  await server.tell("ERROR", gone);
  await server.endWatches();
  await vi.waitFor(() => expect(known()).toEqual(["default/four", "default/two"]), 5_000);
  await server.tell("ADDED", serviceOf("five", 8));
  await vi.waitFor(() => expect(known()).toEqual(["default/five", "default/four", "default/two"]), 5_000);
});

test("so is one that is refused since what it asks for has been compacted", async () => {
  server.names.delete("two");
  server.revision = 9;
  await server.endWatches(() => (server.isCompacted = true));
  await vi.waitFor(() => expect(server.refused).toBeGreaterThan(0), 5_000);
  expect(known()).toContain("default/one");
  server.isCompacted = false;
  await vi.waitFor(() => expect(known()).toEqual(["default/one"]), 5_000);
  await server.tell("ADDED", serviceOf("six", 10));
  await vi.waitFor(() => expect(known()).toEqual(["default/one", "default/six"]), 5_000);
});

test("a watch that ends goes on, and what is the same is no change", async () => {
  await server.endWatches();
  await server.tell("MODIFIED", serviceOf("one"));
  await server.tell("ADDED", serviceOf("seven", 5));
  await vi.waitFor(() => expect(known()).toEqual(["default/one", "default/seven", "default/two"]), 5_000);
  expect(changes).toHaveBeenCalledTimes(1);
  expect(said).toHaveLength(1);
});

// What the tests in a cluster share: the cluster, a Weir that serves it with the rights that it ships with, servers
// with the addresses of pods, and a client.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer, request as secureRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConnectionOptions } from "node:tls";
import { KubeConfig } from "@kubernetes/client-node";
import { vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { startWeir, type Weir } from "../../../control/src/cli/start-weir.ts";
import { formatProblems } from "../../../control/src/config/problem.ts";
import { ApiError, KubernetesApi } from "../../../control/src/kubernetes/api.ts";
import { Cluster } from "../cluster.ts";
import { buildKubetest } from "../kubetest.ts";

const rights = join(import.meta.dirname, "..", "..", "..", "deploy", "kubernetes", "rbac.yaml");

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [field: string]: unknown };
  [field: string]: unknown;
}

export interface Asked {
  host?: string;
  path?: string;
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** Over TLS, for this server name. */
  serverName?: string;
  /** Default 80, or 443. */
  port?: number;
  address?: string;
  /** What the client shows and takes. */
  tls?: ConnectionOptions;
}

export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** Which of the test's servers answered. */
  server: string;
  /** What it was asked. */
  seen: { path: string; method: string; headers: Record<string, string> } | null;
  /** Of the server's certificate; empty without TLS. */
  certificate: string;
}

export class Bed {
  readonly folder = mkdtempSync(join(tmpdir(), "weir-kubernetes-"));
  readonly #servers: Server[] = [];
  readonly #said: string[] = [];
  readonly #asked = new Map<string, number>();
  readonly #attempts = new Map<string, number>();
  /** Where the API server has which kind. */
  readonly #resources = new Map<string, Resource>();
  cluster!: Cluster;
  api!: KubernetesApi;
  weir!: Weir;

  async start(settings = ""): Promise<void> {
    await this.startCluster();
    await this.startWeir(settings);
  }

  async startCluster(): Promise<void> {
    this.cluster = await Cluster.start(buildKubetest(), join(this.folder, "cluster"));
    const config = new KubeConfig();
    config.loadFromFile(this.cluster.kubeconfig);
    this.api = new KubernetesApi(config);
  }

  /** As the account that Weir ships with, whose rights the manifests say. */
  async startWeir(settings: string): Promise<void> {
    await this.apply(readFileSync(rights, "utf8"));
    const file = join(this.folder, "weir.yaml");
    const kubeconfig = join(this.folder, "weir.kubeconfig");
    this.cluster.writeKubeconfig(kubeconfig, await this.#accountToken());
    const lines = [`kubeconfig: ${kubeconfig}`, ...settings.split("\n")];
    writeFileSync(file, `gateway:\n  port: 8000\nkubernetes:\n${lines.map((line) => `  ${line}`).join("\n")}\n`);
    const say = (line: string): void => void this.#said.push(line);
    this.weir = await startWeir({
      configFile: file,
      env: { ...process.env, WEIR_STATE: join(this.folder, "state"), WEIR_ZONE: "here", WEIR_NODE: "this-node" },
      concurrency: 2,
      watch: false,
      events: {
        onEnvoyLog: say,
        onReject: (message) => say(`REJECTED ${message}`),
        onConfiguration: (problems) => say(formatProblems(problems, { color: false })),
        onTrouble: (message) => say(`TROUBLE ${message}`),
        onRecovery: (message) => say(`RECOVERY ${message}`),
      },
    });
  }

  async #accountToken(): Promise<string> {
    const spec = { audiences: ["https://kubernetes.default.svc"] };
    const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec };
    const path = "/api/v1/namespaces/weir-system/serviceaccounts/weir/token";
    const { status } = (await this.api.ask("POST", path, body)) as { status: { token: string } };
    return status.token;
  }

  /** All that Weir and Envoy have said. */
  output(): string {
    return this.#said.join("\n");
  }

  async stop(): Promise<void> {
    await this.weir?.close();
    for (const server of this.#servers) {
      server.closeAllConnections();
      server.close();
    }
    await this.cluster?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Creates objects, or puts them in place of those that are there. In `default` unless they say otherwise. */
  async apply(...manifests: (string | Manifest)[]): Promise<void> {
    for (const manifest of manifests.flatMap(parse)) {
      const path = `${await this.#pathOf(manifest)}/${manifest.metadata.name}`;
      const query = "fieldManager=test&force=true";
      await this.api.ask("PATCH", `${path}?${query}`, manifest, "application/apply-patch+yaml");
    }
  }

  /** Creates objects that are not there: several times as fast. */
  async create(...manifests: Manifest[]): Promise<void> {
    for (const manifest of manifests) await this.api.ask("POST", await this.#pathOf(manifest), manifest);
  }

  async remove(...manifests: (string | Manifest)[]): Promise<void> {
    for (const manifest of manifests.flatMap(parse)) {
      const path = `${await this.#pathOf(manifest)}/${manifest.metadata.name}`;
      await this.api.ask("DELETE", path).catch((error: unknown) => {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      });
    }
  }

  async read<T>(kind: string, name: string, namespace = "default", group?: string): Promise<T> {
    const apiVersion = group ?? (kind === "Ingress" ? "networking.k8s.io/v1" : "v1");
    const manifest = { apiVersion, kind, metadata: { name, namespace } };
    return (await this.api.ask("GET", `${await this.#pathOf(manifest)}/${name}`)) as T;
  }

  /** Once each Ingress among them is told its address, which is when an Envoy has confirmed it. */
  async inForce(...manifests: Manifest[]): Promise<void> {
    for (const { kind, metadata } of manifests) {
      if (kind !== "Ingress") continue;
      await vi.waitFor(
        async () => {
          const { status } = await this.read<IngressStatus>("Ingress", metadata.name, metadata.namespace);
          if (!status.loadBalancer?.ingress) throw new Error(`${metadata.name} is not served\n${this.output()}`);
        },
        { timeout: 10_000, interval: 50 },
      );
    }
  }

  /** What an Ingress was told in an event, once it was. */
  event(name: string, reason: string): Promise<string> {
    return vi.waitFor(
      async () => {
        const { items } = (await this.api.ask("GET", "/api/v1/namespaces/default/events")) as { items: Event[] };
        const found = items.find((event) => event.involvedObject.name === name && event.reason === reason);
        if (!found) throw new Error(`${name} was not told ${reason}: ${items.map((one) => one.message).join("; ")}`);
        return found.message;
      },
      { timeout: 10_000, interval: 100 },
    );
  }

  async #pathOf({ apiVersion, kind, metadata }: Manifest): Promise<string> {
    const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const resource = this.#resources.get(`${root} ${kind}`) ?? (await this.#findResource(root, kind));
    const { namespace = "default" } = metadata;
    return resource.namespaced ? `${root}/namespaces/${namespace}/${resource.name}` : `${root}/${resource.name}`;
  }

  async #findResource(root: string, kind: string): Promise<Resource> {
    const { resources } = (await this.api.ask("GET", root)) as { resources: Resource[] };
    const resource = resources.find((one) => one.kind === kind && !one.name.includes("/"));
    if (!resource) throw new Error(`The cluster has no ${kind}`);
    this.#resources.set(`${root} ${kind}`, resource);
    return resource;
  }

  /** A server at a pod's address, which tells what it was asked. */
  async serve(address: string, name: string, port = 8080): Promise<void> {
    await this.#listen(createServer(this.#answer(name)), address, port);
  }

  /** The same over TLS. */
  async serveSecure(address: string, name: string, own: { certificate: string; key: string }): Promise<void> {
    const options = { cert: own.certificate, key: own.key };
    await this.#listen(createSecureServer(options, this.#answer(name)), address, 8080);
  }

  /** How many requests a server has had. */
  asked(name: string): number {
    return this.#asked.get(name) ?? 0;
  }

  #listen(server: Server, address: string, port: number): Promise<void> {
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.on("error", reject);
      server.listen(port, address, resolve);
    });
  }

  /** Headers say with which status, after which time, and after how many failures it answers. */
  #answer(name: string): (asked: IncomingMessage, response: ServerResponse) => void {
    return (asked, response) => {
      this.#asked.set(name, this.asked(name) + 1);
      const { url: path, method, headers } = asked;
      const key = String(headers["x-fail"] ?? "");
      const attempts = (this.#attempts.get(key) ?? 0) + 1;
      this.#attempts.set(key, attempts);
      const isFailing = key !== "" && attempts <= Number(headers["x-fail-times"] ?? 0);
      const status = isFailing ? 503 : Number(headers["x-answer-status"] ?? 200);
      response.setHeader("x-server", name);
      const seen = { path, method, headers: { ...headers, "x-attempts": String(attempts) } };
      const answer = (): void => void response.writeHead(status).end(JSON.stringify(seen));
      setTimeout(answer, Number(headers["x-answer-after-ms"] ?? 0));
    };
  }

  /** Asks until `accept` is content with the answer, for changes take a moment. */
  until(asked: Asked, accept: (answer: Answered) => boolean, timeout = 10_000): Promise<Answered> {
    return vi.waitFor(
      async () => {
        const answer = await ask(asked);
        if (!accept(answer))
          throw new Error(`The last answer was ${answer.status} of ${answer.server}\n${this.output()}`);
        return answer;
      },
      { timeout, interval: 50 },
    );
  }
}

export interface IngressStatus {
  status: { loadBalancer?: { ingress?: { ip?: string }[] } };
}

interface Event {
  involvedObject: { name: string };
  reason: string;
  message: string;
}

interface Resource {
  name: string;
  kind: string;
  namespaced: boolean;
}

function parse(manifest: string | Manifest): Manifest[] {
  if (typeof manifest !== "string") return [manifest];
  return parseAllDocuments(manifest).flatMap((document) => (document.toJS() as Manifest | null) ?? []);
}

/** One request on a connection of its own. */
export function ask(asked: Asked): Promise<Answered> {
  const { host = "any.test", path = "/", method = "GET", headers = {}, serverName, address = "127.0.0.1" } = asked;
  const isSecure = serverName !== undefined;
  const port = asked.port ?? (isSecure ? 443 : 80);
  const options = { host: address, port, path, method, headers: { host, ...headers }, agent: false };
  const tls = { servername: serverName, rejectUnauthorized: false, ...asked.tls };
  return new Promise((resolve, reject) => {
    const onAnswer = (response: IncomingMessage): void => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("error", reject);
      response.on("end", () => resolve(answered(response, text)));
    };
    const sent = isSecure ? secureRequest({ ...options, ...tls }, onAnswer) : request(options, onAnswer);
    sent.on("error", reject);
    sent.end(asked.body);
  });
}

function answered(response: IncomingMessage, text: string): Answered {
  const server = String(response.headers["x-server"] ?? "");
  const socket = response.socket as { getPeerCertificate?(): { subject?: { CN?: string } } };
  const certificate = socket.getPeerCertificate?.().subject?.CN ?? "";
  const seen = text.startsWith('{"path"') ? (JSON.parse(text) as Answered["seen"]) : null;
  return { status: response.statusCode ?? 0, headers: response.headers, text, server, seen, certificate };
}

/** A Service, and its one slice of addresses. */
export function service(
  name: string,
  addresses: string[],
  options: { appProtocol?: string; namespace?: string } = {},
): Manifest[] {
  const { appProtocol, namespace = "default" } = options;
  const port = { name: "http", port: 80, targetPort: 8080, ...(appProtocol && { appProtocol }) };
  return [
    { apiVersion: "v1", kind: "Service", metadata: { name, namespace }, spec: { ports: [port] } },
    slice(name, addresses, { namespace }),
  ];
}

/** For whom an address is. The Envoy is in the zone `here`, at the node `this-node`. */
export type Hints = Record<string, { forZones?: { name: string }[]; forNodes?: { name: string }[] }>;

export function slice(
  name: string,
  addresses: string[],
  options: { ready?: boolean; namespace?: string; hints?: Hints } = {},
): Manifest {
  const { ready = true, namespace = "default", hints = {} } = options;
  return {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: `${name}-1`, namespace, labels: { "kubernetes.io/service-name": name } },
    addressType: "IPv4",
    ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    endpoints: addresses.map((address) => {
      const own = hints[address];
      return { addresses: [address], conditions: { ready }, ...(own && { hints: own }) };
    }),
  };
}

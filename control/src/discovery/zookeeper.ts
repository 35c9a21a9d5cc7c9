// ZooKeeper: instances as Spring Cloud (by Curator) and Dubbo put them into nodes.
// https://curator.apache.org/docs/service-discovery/
// https://dubbo.apache.org/en/overview/mannual/java-sdk/reference-manual/registry/zookeeper/
import type { Instance, ServiceName, ZooKeeperRegistry } from "../model/discovery.ts";
import { asObject, asText, inOrder, instanceOf, type RegistryClient } from "./client.ts";
import { ZooKeeperSession } from "./zookeeper-session.ts";

const usualPort = 2181;
/** Nodes that are read at once. */
const parallelMax = 50;

type Dubbo = ServiceName & { by: "dubbo" };

export class ZooKeeperClient implements RegistryClient {
  readonly #registry: ZooKeeperRegistry;
  #session: Promise<ZooKeeperSession> | null = null;
  #attempts = 0;
  #isClosed = false;

  constructor(registry: ZooKeeperRegistry) {
    this.#registry = registry;
  }

  async watch(service: ServiceName, tell: (instances: Instance[]) => void, signal: AbortSignal): Promise<void> {
    const session = await this.#open();
    const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    const node = new Node(session);
    while (!signal.aborted) {
      const changed = node.awaitChange();
      const instances = service.by === "dubbo" ? await providers(node, service) : await entries(node, service);
      if (signal.aborted) return;
      tell(inOrder(instances));
      await Promise.race([changed, session.lost, aborted]);
    }
  }

  close(): void {
    this.#isClosed = true;
    void this.#session?.then(
      (session) => session.close(),
      () => {},
    );
  }

  /** One for all services; each time the next of the servers. */
  #open(): Promise<ZooKeeperSession> {
    this.#session ??= this.#connect().then((session) => {
      session.lost.catch(() => (this.#session = null));
      if (this.#isClosed) session.close();
      return session;
    });
    this.#session.catch(() => (this.#session = null));
    return this.#session;
  }

  #connect(): Promise<ZooKeeperSession> {
    const { servers, login } = this.#registry;
    const all = servers.split(",");
    const server = all[this.#attempts++ % all.length]!.trim();
    const [, host = server, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(server) ?? [];
    return ZooKeeperSession.open(host, Number(port ?? usualPort), login && `${login.user}:${login.password.reveal()}`);
  }
}

/** A node's children, each read once until it changes. */
class Node {
  readonly #session: ZooKeeperSession;
  #known = new Map<string, string>();
  #changed: () => void = () => {};

  constructor(session: ZooKeeperSession) {
    this.#session = session;
  }

  /** Of whatever is read from now on. */
  awaitChange(): Promise<void> {
    return new Promise((resolve) => (this.#changed = resolve));
  }

  async children(path: string): Promise<string[]> {
    return (await this.#session.children(path, () => this.#changed())) ?? [];
  }

  /** Of those that are there still. */
  async contents(path: string, children: string[]): Promise<string[]> {
    this.#known = new Map([...this.#known].filter(([child]) => children.includes(child)));
    const missing = children.filter((child) => !this.#known.has(child));
    const read = async (): Promise<void> => {
      for (let child = missing.pop(); child !== undefined; child = missing.pop()) await this.#read(path, child);
    };
    await Promise.all(Array.from({ length: parallelMax }, read));
    return [...this.#known.values()];
  }

  async #read(path: string, child: string): Promise<void> {
    const onChange = (): void => {
      this.#known.delete(child);
      this.#changed();
    };
    const text = await this.#session.data(`${path}/${child}`, onChange);
    if (text !== null) this.#known.set(child, text);
  }
}

async function entries(node: Node, service: ServiceName): Promise<(Instance | null)[]> {
  if (service.by !== "node") return [];
  const contents = await node.contents(service.path, await node.children(service.path));
  return contents.map(readEntry);
}

/** What Curator writes, and Dubbo for whole applications. */
function readEntry(text: string): Instance | null {
  const { address, port, sslPort, payload } = asObject(parsed(text));
  const metadata = asObject(asObject(payload)["metadata"]);
  const isSecure = !port && Boolean(sslPort);
  return instanceOf({
    address,
    port: isSecure ? sslPort : port,
    protocol: asText(metadata["protocol"]) || (isSecure ? "https" : ""),
    version: asText(metadata["version"]),
    zone: asText(metadata["zone"]),
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Names of nodes are the providers' URLs. */
async function providers(node: Node, service: Dubbo): Promise<(Instance | null)[]> {
  const children = await node.children(`/dubbo/${service.interface}/providers`);
  return children.map((child) => readProvider(child, service));
}

function readProvider(child: string, { version, group }: Dubbo): Instance | null {
  const url = URL.parse(decoded(child));
  if (!url) return null;
  const { searchParams: given, hostname, port, protocol } = url;
  const isOff = given.get("disabled") === "true" || given.get("enabled") === "false";
  const isOther = (given.get("version") ?? "0.0.0") !== version || (given.get("group") ?? "") !== group;
  if (isOff || isOther) return null;
  const own = { protocol: protocol.replace(":", ""), weight: Number(given.get("weight") ?? 100), version };
  // A weight of nothing takes one out.
  return own.weight > 0 ? instanceOf({ address: hostname.replace(/^\[|\]$/g, ""), port, ...own }) : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

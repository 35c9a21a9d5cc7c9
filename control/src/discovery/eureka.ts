// Eureka: the whole registry once, and then what has changed of it, for all services by one request.
// https://github.com/Netflix/eureka/wiki/Eureka-REST-operations
// https://github.com/Netflix/eureka/wiki/Understanding-eureka-client-server-communication
import { setTimeout as pause } from "node:timers/promises";
import type { EurekaRegistry, Instance, ServiceName } from "../model/discovery.ts";
import { asList, asObject, asText, inOrder, instanceOf, type RegistryClient } from "./client.ts";
import { HttpAsker } from "./http.ts";

const timeoutMs = 10_000;
const pollMs = 800;

interface Entry {
  application: string;
  status: string;
  instance: Instance | null;
}

type Tell = (instances: Instance[]) => void;

export class EurekaClient implements RegistryClient {
  readonly #registry: EurekaRegistry;
  readonly #http = new HttpAsker();
  /** By application and instance. */
  #known = new Map<string, Entry>();
  readonly #watchers = new Map<Tell, string>();
  #polling: Promise<void> | null = null;

  constructor(registry: EurekaRegistry) {
    this.#registry = registry;
  }

  /** All services share what is asked; whoever comes while it is asked is told what is known. */
  async watch(service: ServiceName, tell: Tell, signal: AbortSignal): Promise<void> {
    if (service.by !== "name") return;
    this.#watchers.set(tell, service.name.toLowerCase());
    if (this.#known.size > 0) this.#tell(tell, service.name.toLowerCase());
    try {
      while (!signal.aborted) {
        this.#polling ??= this.#poll().finally(() => (this.#polling = null));
        await this.#polling;
      }
    } finally {
      this.#watchers.delete(tell);
    }
  }

  close(): void {
    this.#http.close();
  }

  async #poll(): Promise<void> {
    const isFresh = this.#known.size > 0 && (await this.#addChanges());
    if (!isFresh) this.#known = entriesIn(await this.#ask("/apps"), new Map());
    for (const [tell, name] of this.#watchers) this.#tell(tell, name);
    await pause(pollMs);
  }

  #tell(tell: Tell, name: string): void {
    const own = [...this.#known.values()].filter(({ application }) => application === name);
    tell(inOrder(own.map(({ instance }) => instance)));
  }

  /** False where what is known is not what the server has. */
  async #addChanges(): Promise<boolean> {
    const changes = await this.#ask("/apps/delta");
    this.#known = entriesIn(changes, this.#known);
    return asText(changes["apps__hashcode"]) === hashOf(this.#known.values());
  }

  async #ask(path: string): Promise<Record<string, unknown>> {
    const { url, login } = this.#registry;
    const secret = login && Buffer.from(`${login.user}:${login.password.reveal()}`).toString("base64");
    const headers = secret ? { authorization: `Basic ${secret}` } : {};
    // A server that hangs is told by the time that it may take.
    const signal = AbortSignal.timeout(timeoutMs * 2);
    const { json } = await this.#http.ask({ url: url + path, headers, timeoutMs, signal });
    return asObject(asObject(json)["applications"]);
  }
}

/** Those before with what an answer says of them; a list of all has nothing to take away. */
function entriesIn(applications: Record<string, unknown>, before: ReadonlyMap<string, Entry>): Map<string, Entry> {
  const entries = new Map(before);
  for (const application of asList(applications["application"]).map(asObject)) {
    const name = asText(application["name"]).toLowerCase();
    for (const instance of asList(application["instance"]).map(asObject)) {
      const key = `${name} ${asText(instance["instanceId"]) || asText(instance["hostName"])}`;
      if (instance["actionType"] === "DELETED") entries.delete(key);
      else entries.set(key, entryOf(name, instance));
    }
  }
  return entries;
}

function entryOf(application: string, raw: Record<string, unknown>): Entry {
  const status = asText(raw["status"]);
  const metadata = asObject(raw["metadata"]);
  const [plain, secure] = [asObject(raw["port"]), asObject(raw["securePort"])];
  const isSecure = String(plain["@enabled"]) === "false" && String(secure["@enabled"]) === "true";
  const instance = instanceOf({
    address: asText(raw["ipAddr"]) || raw["hostName"],
    port: (isSecure ? secure : plain)["$"],
    protocol: asText(metadata["protocol"]) || (isSecure ? "https" : ""),
    version: asText(metadata["version"]),
    zone: asText(metadata["zone"]),
  });
  return { application, status, instance: status === "UP" ? instance : null };
}

/** How many there are in each status: `DOWN_1_UP_4_`. */
function hashOf(entries: Iterable<Entry>): string {
  const byStatus = Map.groupBy(entries, ({ status }) => status);
  const sorted = [...byStatus].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([status, { length }]) => `${status}_${length}_`).join("");
}

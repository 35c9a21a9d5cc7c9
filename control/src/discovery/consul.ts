// Consul: the health API by blocking queries, which answer when something has changed.
// https://developer.hashicorp.com/consul/api-docs/health#list-service-instances-for-service
// https://developer.hashicorp.com/consul/api-docs/features/blocking
import { setTimeout as pause } from "node:timers/promises";
import type { ConsulRegistry, Instance, ServiceName } from "../model/discovery.ts";
import { asList, asObject, asText, inOrder, instanceOf, type RegistryClient } from "./client.ts";
import { HttpAsker, query, type Answer } from "./http.ts";

const waitSeconds = 50;
/** Consul adds a sixteenth to how long it waits. */
const timeoutMs = waitSeconds * 1000 * 1.25;
/** While there is nobody of that name, another name is looked for. */
const unknownWaitSeconds = 5;
/** A service that changes all the time is asked for no more often. */
const gatherMs = 50;

export class ConsulClient implements RegistryClient {
  readonly #registry: ConsulRegistry;
  readonly #http = new HttpAsker();

  constructor(registry: ConsulRegistry) {
    this.#registry = registry;
  }

  async watch(service: ServiceName, tell: (instances: Instance[]) => void, signal: AbortSignal): Promise<void> {
    if (service.by !== "name") return;
    while (!signal.aborted) {
      const name = await this.#realName(service.name, signal);
      await this.#follow({ name, mayBeOther: isAmbiguous(service.name) }, tell, signal);
    }
  }

  close(): void {
    this.#http.close();
  }

  /** Returns when there is nobody, and another name could be meant. */
  async #follow({ name, mayBeOther }: Followed, tell: (instances: Instance[]) => void, signal: AbortSignal) {
    const path = `/v1/health/service/${encodeURIComponent(name)}`;
    let index = "";
    let count = 0;
    while (!signal.aborted) {
      const isLost = count === 0 && mayBeOther;
      const wait = `${isLost ? unknownWaitSeconds : waitSeconds}s`;
      const answer = await this.#ask(path, { passing: "1", ...(index !== "" && { index, wait }) }, signal);
      const before = index;
      index = indexAfter(before, answer);
      if (index === before && isLost) return;
      if (index === before) continue;
      const instances = this.#read(answer.json);
      count = instances.length;
      tell(instances);
      await pause(gatherMs, undefined, { signal });
    }
  }

  /** Higress writes `-` for `_`, so a name with `-` may be another's. */
  async #realName(name: string, signal: AbortSignal): Promise<string> {
    if (!isAmbiguous(name)) return name;
    const names = Object.keys(asObject((await this.#ask("/v1/catalog/services", {}, signal)).json));
    if (names.includes(name)) return name;
    return names.find((one) => one.replaceAll("_", "-") === name) ?? name;
  }

  #ask(path: string, parameters: Record<string, string>, signal: AbortSignal): Promise<Answer> {
    const { url, datacenter, namespace, token } = this.#registry;
    const all = { ...parameters, dc: datacenter, ns: namespace };
    const headers = token ? { "x-consul-token": token.reveal() } : {};
    return this.#http.ask({ url: `${url}${path}?${query(all)}`, headers, timeoutMs, signal });
  }

  #read(json: unknown): Instance[] {
    return inOrder(asList(json).map((entry) => this.#instance(asObject(entry))));
  }

  #instance({ Node, Service }: Record<string, unknown>): Instance | null {
    const [node, service] = [asObject(Node), asObject(Service)];
    const meta = asObject(service["Meta"]);
    const tag = this.#registry.tag.toLowerCase();
    const tags = asList(service["Tags"]).map((one) => asText(one).toLowerCase());
    if (tag !== "" && !tags.includes(tag)) return null;
    return instanceOf({
      address: asText(service["Address"]) || node["Address"],
      port: service["Port"],
      weight: Number(asObject(service["Weights"])["Passing"] ?? 1),
      protocol: asText(meta["protocol"]),
      version: asText(meta["version"]),
      zone: asText(asObject(service["Locality"] ?? node["Locality"])["Zone"]),
    });
  }
}

interface Followed {
  name: string;
  /** Whether the service may have another name. */
  mayBeOther: boolean;
}

function isAmbiguous(name: string): boolean {
  return name.includes("-");
}

/** One that goes back, or is none, means to begin anew. */
function indexAfter(before: string, answer: Answer): string {
  const next = Number(answer.header("x-consul-index"));
  return Number.isSafeInteger(next) && next > 0 && next >= Number(before) ? String(next) : "";
}

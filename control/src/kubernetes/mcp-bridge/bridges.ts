// The services of all McpBridges: found by name, with what their registries say of them. Which of them are asked for is
// kept, for only those are followed.
import { wishKey, type Discovered, type Instance, type Registry, type ServiceWish } from "../../model/discovery.ts";
import { ofVersion, serversAt } from "../../model/servers.ts";
import type { BackendProtocol, BackendTls, WebBackend } from "../../model/web.ts";
import { conditionsOf, isFalse, isTrue } from "../conditions.ts";
import { byAge, keyOf, type Objects } from "../objects.ts";
import type { StatusWrite } from "../translate.ts";
import { believing, protocolOf, readEntries, type ReadEntry } from "./entries.ts";
import { isFixedName, serviceNamed } from "./names.ts";
import type { McpBridge } from "./objects.ts";

/** What routes need of a service. */
export interface FoundService {
  /** Unique. */
  key: string;
  at: WebBackend["at"];
  protocol: BackendProtocol;
  tls: BackendTls | null;
}

export interface ServicePlace {
  host: string;
  /** Only instances of this version; null for all. */
  version: string | null;
  /** The name of the McpBridge, and the namespace of who asks. */
  bridge: string;
  namespace: string;
}

export class Bridges {
  readonly #bridges: { bridge: McpBridge; entries: ReadEntry[] }[];
  readonly #discovered: Discovered;
  readonly #wishes = new Map<string, ServiceWish>();

  constructor(objects: Objects, discovered: Discovered) {
    const oldestFirst = [...objects.McpBridge.values()].sort(byAge);
    this.#bridges = oldestFirst.map((bridge) => ({ bridge, entries: readEntries(bridge, objects) }));
    this.#discovered = discovered;
  }

  get registries(): Registry[] {
    return this.#bridges.flatMap(({ entries }) => entries.flatMap((one) => ("registry" in one ? one.registry : [])));
  }

  /** What was asked for. */
  get wishes(): ServiceWish[] {
    return [...this.#wishes.values()];
  }

  /** A text says why there is none. */
  find({ host, version, bridge: name, namespace }: ServicePlace): FoundService | string {
    const named = this.#bridges.filter(({ bridge }) => bridge.metadata.name === name);
    // Whoever has none of his own has the cluster's, which is the oldest.
    const chosen = named.find(({ bridge }) => bridge.metadata.namespace === namespace) ?? named[0];
    if (!chosen) return `there is no McpBridge ${name}`;
    for (const entry of chosen.entries) {
      const found = this.#findIn(entry, { host, version, bridge: keyOf(chosen.bridge) });
      if (found) return found;
    }
    return `no registry of the McpBridge ${keyOf(chosen.bridge)} has such names`;
  }

  statuses(now: string): StatusWrite[] {
    return this.#bridges.map(({ bridge, entries }) => {
      const told = entries.map((entry) => this.#tell(entry));
      const wrong = (kind: string): string => {
        return told.flatMap((one) => (one[kind] ? `${one["name"]}: ${one[kind]}` : [])).join("; ");
      };
      const [refused, away] = [wrong("problem"), wrong("trouble")];
      const conditions = conditionsOf(
        [
          refused === "" ? isTrue("Accepted") : isFalse("Accepted", "Invalid", refused),
          away === "" ? isTrue("Ready") : isFalse("Ready", "RegistryUnavailable", away),
        ],
        { before: bridge.status?.conditions, generation: bridge.metadata.generation, now },
      );
      return { kind: "McpBridge", object: bridge, status: { conditions } };
    });
  }

  #tell(entry: ReadEntry): Record<string, string> {
    const { type = "", name = type } = entry.raw;
    if ("problem" in entry) return { name, problem: entry.problem };
    if (entry.raw.enableMCPServer) return { name, problem: "MCP servers are not read from registries" };
    const trouble = "registry" in entry ? this.#discovered.problems.get(entry.registry.name) : undefined;
    return trouble === undefined ? { name } : { name, trouble };
  }

  #findIn(entry: ReadEntry, { host, version, bridge }: Omit<ServicePlace, "namespace">): FoundService | null {
    const key = `${bridge}/${host}${version === null ? "" : ` ${version}`}`;
    if ("fixed" in entry) {
      if (!isFixedName(host, entry.raw)) return null;
      const { hosts, protocol, tls, type } = entry.fixed;
      const addresses = hosts.map(({ host: address, port }) => ({ address, port, zone: "" }));
      return { key, at: type === "dns" ? { kind: "dns", hosts } : { kind: "addresses", addresses }, protocol, tls };
    }
    if (!("registry" in entry)) return null;
    const service = serviceNamed(host, entry.raw);
    if (!service) return null;
    const wish = { registry: entry.registry.name, service };
    this.#wishes.set(wishKey(wish), wish);
    const all = this.#discovered.services.get(wishKey(wish)) ?? [];
    return { key, ...backendOf(ofVersion(all, version)) };
  }
}

/** All are spoken to as the first wants it. */
function backendOf(instances: readonly Instance[]): Omit<FoundService, "key"> {
  const known = protocolOf(instances[0]?.protocol ?? "");
  const tls = known?.isSecure ? believing(null) : null;
  return { at: serversAt(instances), protocol: known?.protocol ?? "http1", tls };
}

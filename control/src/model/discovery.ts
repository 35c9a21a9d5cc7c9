// Registries of services, what is wanted of them, and what they have said: plain data. Static addresses and names to
// look up need nobody to ask, so they are no registries here.
import type { Secret } from "./secret.ts";
import type { WebBackend } from "./web.ts";

export const registryTypes = ["consul", "eureka", "nacos", "zookeeper", "static", "dns"] as const;

export type Registry = ConsulRegistry | EurekaRegistry | NacosRegistry | ZooKeeperRegistry;

interface RegistryBase {
  /** Unique. */
  name: string;
}

export interface ConsulRegistry extends RegistryBase {
  type: "consul";
  /** `http://127.0.0.1:8500`, without a slash at the end. */
  url: string;
  /** Empty: the agent's own. */
  datacenter: string;
  /** Of Consul Enterprise; empty for none. */
  namespace: string;
  /** Only instances that have it, in any case; empty: all. */
  tag: string;
  token: Secret | null;
}

export interface EurekaRegistry extends RegistryBase {
  type: "eureka";
  /** `http://127.0.0.1:8761/eureka` */
  url: string;
  login: Login | null;
}

export interface NacosRegistry extends RegistryBase {
  type: "nacos";
  /** `http://127.0.0.1:8848` */
  url: string;
  /** Of its server, which decides upon the API that is asked: `v1` for 1 and 2. */
  version: 1 | 2 | 3;
  /** Its id. */
  namespace: string;
  login: Login | null;
  /** Of Alibaba Cloud; null for none. */
  accessKey: { id: string; secret: Secret } | null;
}

export interface ZooKeeperRegistry extends RegistryBase {
  type: "zookeeper";
  /** `host:port`, several between commas. */
  servers: string;
  login: Login | null;
}

export interface Login {
  user: string;
  password: Secret;
}

/** A service in a registry's own words. */
export interface ServiceWish {
  /** The registry's name. */
  registry: string;
  service: ServiceName;
}

/**
 * `name` is Consul's and Eureka's service and Nacos's with its group. ZooKeeper has a node, and of the instances in it
 * those that fit `version` and `group`.
 */
export type ServiceName =
  | { by: "name"; name: string }
  | { by: "group"; group: string; name: string }
  | { by: "node"; path: string }
  | { by: "dubbo"; interface: string; version: string; group: string };

/** A service whose servers have the requests, in place of a host. */
export interface ServiceUse {
  /** Where it is looked for, and as what, without secrets: another one is another address. */
  key: string;
  /** Who is asked for it; null where the configuration has its servers. */
  wish: ServiceWish | null;
  /** Only servers of this version; null for all. */
  version: string | null;
  /** Null until the registry has answered. */
  at: ServersAt | null;
}

export type ServersAt = WebBackend["at"];

/** One server of a service. */
export interface Instance {
  /** An IP address, or a host's name. */
  address: string;
  port: number;
  /** Beside the others' ones; more than 0. */
  weight: number;
  /** As it says itself, in lower case: `http`, `grpc`; empty where it does not. */
  protocol: string;
  /** Empty where it does not say. */
  version: string;
  zone: string;
}

/** What is known now. */
export interface Discovered {
  /** By `wishKey`; absent until the registry has answered for the first time. */
  services: ReadonlyMap<string, readonly Instance[]>;
  /** What is wrong, by the registry's name. */
  problems: ReadonlyMap<string, string>;
}

/** How a registry is, for people. */
export interface RegistryStatus {
  registry: string;
  type: Registry["type"];
  /** Why it cannot be asked; null where it can. */
  problem: string | null;
  services: ServiceStatus[];
}

export interface ServiceStatus {
  service: string;
  /** `stale`: as it was when the registry was last heard. `unknown`: nobody has ever said. */
  state: "current" | "stale" | "unknown";
  servers: number;
  /** RFC 3339. */
  heardAt: string | null;
}

export const nothingDiscovered: Discovered = { services: new Map(), problems: new Map() };

export function wishKey({ registry, service }: ServiceWish): string {
  return JSON.stringify([registry, ...Object.values(service)]);
}

/** Which registry it is, whatever it is called and whatever it is shown. */
export function identityOf(registry: Registry): string {
  switch (registry.type) {
    case "consul": {
      const { type, url, datacenter, namespace, tag } = registry;
      return JSON.stringify([type, url, datacenter, namespace, tag]);
    }
    case "nacos": {
      const { type, url, version, namespace } = registry;
      return JSON.stringify([type, url, version, namespace]);
    }
    case "eureka":
      return JSON.stringify([registry.type, registry.url]);
    case "zookeeper":
      return JSON.stringify([registry.type, registry.servers]);
  }
}

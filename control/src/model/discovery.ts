// Registries of services, what is wanted of them, and what they have said: plain data. Static addresses and names to
// look up need nobody to ask, so they are no registries here.
import type { Secret } from "./secret.ts";

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

export const nothingDiscovered: Discovered = { services: new Map(), problems: new Map() };

export function wishKey({ registry, service }: ServiceWish): string {
  return JSON.stringify([registry, ...Object.values(service)]);
}

// An entry of a McpBridge as a registry to ask, or as addresses that need nobody to ask.
import { isIP } from "node:net";
import type { Login, Registry } from "../../model/discovery.ts";
import { Secret } from "../../model/secret.ts";
import type { BackendHost, BackendProtocol, BackendTls } from "../../model/web.ts";
import { textOf } from "../certificates.ts";
import type { Objects } from "../objects.ts";
import type { McpBridge, RegistryEntry } from "./objects.ts";

/** Always the same addresses or names. */
export interface Fixed {
  type: "static" | "dns";
  hosts: BackendHost[];
  protocol: BackendProtocol;
  tls: BackendTls | null;
}

export type ReadEntry = { raw: RegistryEntry; registry: Registry } | { raw: RegistryEntry; fixed: Fixed } | Refused;

export interface Refused {
  raw: RegistryEntry;
  /** Why nothing of it is served. */
  problem: string;
}

const types = ["static", "dns", "zookeeper", "consul", "nacos", "nacos2", "nacos3", "eureka"];

export function readEntries(bridge: McpBridge, objects: Objects): ReadEntry[] {
  return (bridge.spec?.registries ?? []).map((raw) => {
    const problem = problemOf(raw, bridge, objects);
    if (problem !== null) return { raw, problem };
    if (raw.type === "static" || raw.type === "dns") return fixedOf(raw, raw.type);
    return { raw, registry: registryOf(raw, bridge, objects) };
  });
}

function problemOf(raw: RegistryEntry, { metadata }: McpBridge, objects: Objects): string | null {
  const { type = "", name = "", domain = "", port = 0, proxyName, authSecretName, nacosAddressServer } = raw;
  if (!types.includes(type)) return `type ${type} is none of ${types.join(", ")}`;
  if (name === "") return "name is missing";
  if (domain === "") return nacosAddressServer ? "nacosAddressServer is not asked: give domain" : "domain is missing";
  if (port < 1 || port > 65_535) return "port must be from 1 to 65535";
  // Around the proxy it must not go.
  if (proxyName) return "proxies are not served";
  const secret = `${metadata.namespace}/${authSecretName}`;
  if (authSecretName && !objects.Secret.has(secret)) return `the Secret ${secret} is not there`;
  return null;
}

function fixedOf(raw: RegistryEntry, type: Fixed["type"]): ReadEntry {
  const { domain = "", port = 0, protocol = "http", sni } = raw;
  const parts = domain.split(",").map((part) => part.trim());
  const hosts = parts.flatMap((part) => (type === "static" ? (staticHost(part) ?? []) : { host: part, port }));
  if (hosts.length < parts.length) return { raw, problem: "domain must have addresses with their ports: 10.0.0.1:80" };
  const wrong = type === "dns" ? parts.find((part) => !/^[\w-]+(\.[\w-]+)*$/.test(part)) : undefined;
  if (wrong !== undefined) return { raw, problem: `domain has ${wrong}, which is no host's name` };
  const known = protocolOf(protocol);
  if (!known) return { raw, problem: `protocol ${protocol} is none of http, http2, https, grpc, grpcs, tcp` };
  const serverName = sni || (type === "dns" && parts.length === 1 ? domain : null);
  return { raw, fixed: { type, hosts, protocol: known.protocol, tls: known.isSecure ? believing(serverName) : null } };
}

function staticHost(text: string): BackendHost | null {
  const [, host = "", port] = /^\[?(.*?)\]?:(\d+)$/.exec(text) ?? [];
  const number = Number(port);
  return isIP(host) && number > 0 && number < 65_536 ? { host, port: number } : null;
}

/** Whatever the server shows is believed, as Higress has it. */
export function believing(serverName: string | null): BackendTls {
  return { serverName, authorities: null, names: [], certificate: null };
}

export interface KnownProtocol {
  protocol: BackendProtocol;
  isSecure: boolean;
}

/** In the words of Higress and of instances' metadata; null for what is no HTTP, and cannot be passed on. */
export function protocolOf(text: string): KnownProtocol | null {
  const plain: Record<string, KnownProtocol> = {
    "": { protocol: "http1", isSecure: false },
    http: { protocol: "http1", isSecure: false },
    tcp: { protocol: "http1", isSecure: false },
    http2: { protocol: "http2", isSecure: false },
    grpc: { protocol: "http2", isSecure: false },
    tri: { protocol: "http2", isSecure: false },
    triple: { protocol: "http2", isSecure: false },
    https: { protocol: "auto", isSecure: true },
    grpcs: { protocol: "http2", isSecure: true },
  };
  return plain[text.toLowerCase()] ?? null;
}

function registryOf(raw: RegistryEntry, bridge: McpBridge, objects: Objects): Registry {
  const { namespace, name: bridgeName } = bridge.metadata;
  const { type = "", domain = "", port = 0 } = raw;
  const name = `${namespace}/${bridgeName}/${type}/${raw.name}`;
  const secret = objects.Secret.get(`${namespace}/${raw.authSecretName}`);
  const given = (key: string): Secret | null => {
    const text = secret ? textOf(secret, key) : "";
    return text === "" ? null : new Secret(text.trim(), { kind: "literal" });
  };
  const host = domain.includes(":") && !domain.startsWith("[") ? `[${domain}]` : domain;
  const url = `${raw.protocol === "https" ? "https" : "http"}://${host}:${port}`;
  const login = loginOf(given("nacosUsername"), given("nacosPassword"));
  if (type === "consul") return { ...consulOf(raw), type, name, url, token: given("consulToken") };
  if (type === "eureka") return { type, name, url: `${url}/eureka`, login: null };
  if (type === "zookeeper") return { type, name, servers: `${host}:${port}`, login: null };
  return { ...nacosOf(raw), type: "nacos", name, url, login };
}

function consulOf({ consulDatacenter = "", consulNamespace = "", consulServiceTag = "" }: RegistryEntry) {
  return { datacenter: consulDatacenter, namespace: consulNamespace, tag: consulServiceTag.trim() };
}

function nacosOf({ type, nacosNamespaceId, nacosAccessKey, nacosSecretKey }: RegistryEntry) {
  const version: 1 | 2 | 3 = type === "nacos3" ? 3 : type === "nacos2" ? 2 : 1;
  const secret = new Secret(nacosSecretKey ?? "", { kind: "literal" });
  const accessKey = nacosAccessKey ? { id: nacosAccessKey, secret } : null;
  return { version, namespace: nacosNamespaceId || "public", accessKey };
}

function loginOf(user: Secret | null, password: Secret | null): Login | null {
  return user && password ? { user: user.reveal(), password } : null;
}

// From Services to the backends of the model: which port is meant, and which addresses are ready. Each backend in use
// is made once.
import { createHash } from "node:crypto";
import type { BackendAddress, BackendProtocol, BackendTls, Near, WebBackend, WebBalance } from "../model/web.ts";
import type { FoundService } from "./mcp-bridge/bridges.ts";
import type { Endpoint, EndpointSlice, KubernetesObject, Objects, Service, ServicePort } from "./objects.ts";

const connectTimeoutMs = 5000;

/** Which port of which Service. */
export interface ServicePlace {
  namespace: string;
  name: string;
  /** A number, or a port's name. */
  port: number | string;
}

/** How it is spoken to, where that is not what its port says. */
export interface BackendVariant {
  protocol?: BackendProtocol;
  tls?: BackendTls | null;
  balance?: WebBalance;
  connectTimeoutMs?: number;
}

export type FoundBackend = { name: string; port: ServicePort } | { problem: "noService" | "noPort" };

export class Backends {
  readonly #objects: Objects;
  readonly #slices: Map<string, EndpointSlice[]>;
  readonly #used = new Map<string, WebBackend>();

  constructor(objects: Objects) {
    this.#objects = objects;
    this.#slices = Map.groupBy(objects.EndpointSlice.values(), serviceOf);
  }

  /** All that have been used. */
  list(): WebBackend[] {
    return [...this.#used.values()];
  }

  find({ namespace, name, port: wanted }: ServicePlace): { service: Service; port: ServicePort } | FoundBackend {
    const service = this.#objects.Service.get(`${namespace}/${name}`);
    if (!service) return { problem: "noService" };
    const port = portOf(service, wanted);
    return port ? { service, port } : { problem: "noPort" };
  }

  /** Whether anybody is there. */
  isReady({ namespace, name, port: wanted }: ServicePlace): boolean {
    const found = this.find({ namespace, name, port: wanted });
    if (!("service" in found)) return false;
    return found.service.spec.type === "ExternalName" || this.#addresses(found.service, found.port).length > 0;
  }

  use(place: ServicePlace, variant: BackendVariant = {}): FoundBackend {
    const found = this.find(place);
    if (!("service" in found)) return found;
    const { service, port } = found;
    const name = backendName(place, port, variant);
    if (!this.#used.has(name)) this.#used.set(name, this.#madeOnce(name, { service, port, variant }));
    return { name, port };
  }

  /** A host outside of the cluster. */
  useHost(host: string, port: number, variant: BackendVariant = {}): string {
    const name = `host/${host}:${port}${suffix(variant)}`;
    const { protocol = "http1", tls = null, balance = "roundRobin" } = variant;
    const rest = { protocol, tls, balance, connectTimeoutMs: variant.connectTimeoutMs ?? connectTimeoutMs };
    this.#used.set(name, { name, at: { kind: "dns", hosts: [{ host, port }] }, ...rest });
    return name;
  }

  /** A service of a registry. What the variant does not say, the service does. */
  useFound({ key, at, protocol, tls }: FoundService, variant: BackendVariant = {}): string {
    const name = `registry/${key}${suffix(variant)}`;
    const spoken = variant.protocol === undefined ? { protocol, tls } : {};
    const { balance = "roundRobin" } = variant;
    const rest = { protocol, tls: null, ...variant, ...spoken, balance };
    this.#used.set(name, { name, at, ...rest, connectTimeoutMs: variant.connectTimeoutMs ?? connectTimeoutMs });
    return name;
  }

  /** Of the same objects the same backend, so that nobody has to look what is new in it. */
  #madeOnce(name: string, making: Making): WebBackend {
    const { service, variant } = making;
    // Their certificates are of other objects.
    if (variant.tls) return this.#make(name, making);
    const slices = this.#slicesOf(service);
    const known = made.get(service) ?? new Map<string, Made>();
    const before = known.get(name);
    if (before && areSame(before.slices, slices)) return before.backend;
    const backend = this.#make(name, making);
    made.set(service, known.set(name, { slices, backend }));
    return backend;
  }

  #slicesOf({ metadata }: Service): EndpointSlice[] {
    return this.#slices.get(`${metadata.namespace}/${metadata.name}`) ?? [];
  }

  #make(name: string, { service, port, variant }: Making): WebBackend {
    const { tls = null, balance = "roundRobin" } = variant;
    const protocol = variant.protocol ?? protocolOf(port);
    const at: WebBackend["at"] =
      service.spec.type === "ExternalName"
        ? {
            kind: "dns",
            hosts: [{ host: service.spec.externalName ?? "", port: Number(port.targetPort ?? port.port) || port.port }],
          }
        : { kind: "addresses", addresses: this.#addresses(service, port) };
    return { name, at, protocol, tls, balance, connectTimeoutMs: variant.connectTimeoutMs ?? connectTimeoutMs };
  }

  #addresses(service: Service, port: ServicePort): BackendAddress[] {
    const all = this.#slicesOf(service).flatMap((slice) => addressesOf(slice, port));
    const ready = all.filter(({ endpoint }) => endpoint.conditions?.ready !== false);
    // While the last ones go and no new one is there, those that still serve are better than none.
    const chosen = ready.length > 0 ? ready : all.filter(({ endpoint }) => endpoint.conditions?.serving === true);
    const near = ready.length > 0 ? nearness(ready.map(({ endpoint }) => endpoint)) : () => null;
    const placed = chosen.map(({ address, endpoint }) => ({ ...address, ...near(endpoint) }));
    const unique = new Map(placed.map((address) => [`${address.address} ${address.port}`, address]));
    // In an order of its own, so that what has not changed is not sent again.
    return [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, address]) => address);
  }
}

interface Making {
  service: Service;
  port: ServicePort;
  variant: BackendVariant;
}

interface Made {
  slices: EndpointSlice[];
  backend: WebBackend;
}

/** By backends' names. An object that changes is another one. */
const made = new WeakMap<Service, Map<string, Made>>();

function areSame(some: EndpointSlice[], others: EndpointSlice[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}

function serviceOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace}/${metadata.labels?.["kubernetes.io/service-name"] ?? ""}`;
}

function portOf(service: Service, wanted: number | string): ServicePort | undefined {
  const { ports = [], type } = service.spec;
  const found = ports.find(({ name, port }) => (typeof wanted === "number" ? port === wanted : name === wanted));
  // Such a Service need not list its ports.
  if (!found && type === "ExternalName" && typeof wanted === "number") return { port: wanted };
  return found;
}

function addressesOf(
  slice: EndpointSlice,
  { name = "" }: ServicePort,
): { address: BackendAddress; endpoint: Endpoint }[] {
  if (slice.addressType === "FQDN") return [];
  const port = slice.ports?.find((one) => (one.name ?? "") === name)?.port;
  if (!port) return [];
  return (slice.endpoints ?? []).flatMap((endpoint) => {
    const [address] = endpoint.addresses;
    return address ? [{ address: { address, port, zone: endpoint.zone ?? "" }, endpoint }] : [];
  });
}

/**
 * What the hints of slices say, which Kubernetes makes of a Service's `trafficDistribution`: as kube-proxy has it, they
 * count where all that are ready have them.
 * https://kubernetes.io/docs/reference/networking/virtual-ips/#traffic-distribution
 */
function nearness(ready: Endpoint[]): (endpoint: Endpoint) => { near: Near } | null {
  const haveAll = (kind: "forZones" | "forNodes"): boolean =>
    ready.every(({ hints }) => (hints?.[kind] ?? []).length > 0);
  const counts = { forZones: haveAll("forZones"), forNodes: haveAll("forNodes") };
  if (!counts.forZones && !counts.forNodes) return () => null;
  const names = ({ hints }: Endpoint, kind: "forZones" | "forNodes"): string[] => {
    return counts[kind] ? (hints?.[kind] ?? []).map(({ name }) => name) : [];
  };
  return (endpoint) => ({ near: { zones: names(endpoint, "forZones"), nodes: names(endpoint, "forNodes") } });
}

/** https://kubernetes.io/docs/reference/networking/service-protocols/ */
function protocolOf({ appProtocol }: ServicePort): BackendProtocol {
  const isHttp2 = appProtocol === "kubernetes.io/h2c" || appProtocol === "grpc" || appProtocol === "http2";
  return isHttp2 ? "http2" : "http1";
}

function backendName({ namespace, name }: ServicePlace, { port }: ServicePort, variant: BackendVariant): string {
  return `${namespace}/${name}:${port}${suffix(variant)}`;
}

function suffix(variant: BackendVariant): string {
  const given = Object.entries(variant).filter(([, value]) => value !== undefined && value !== null);
  if (given.length === 0) return "";
  return `~${createHash("sha256").update(JSON.stringify(given.sort())).digest("hex").slice(0, 8)}`;
}

// Listeners with what is attached to them, as sockets with their chains.
import {
  noPolicies,
  type HttpChain,
  type Redirect,
  type TcpChain,
  type WebChain,
  type WebHost,
  type WebListener,
  type WebRoute,
  type WeightedBackend,
} from "../../model/web.ts";
import { covers, coveringNames, specificity } from "./hostnames.ts";
import { modeOf, type OwnListener } from "./listeners.ts";
import type { RouteObject } from "./objects.ts";
import { byPrecedence, type Placed } from "./order.ts";
import type { RuleRoute } from "./rules.ts";

export interface AttachedHttp {
  listener: OwnListener;
  hostnames: string[];
  object: RouteObject;
  routes: RuleRoute[];
}

export interface AttachedTls {
  listener: OwnListener;
  hostnames: string[];
  object: RouteObject;
  backends: WeightedBackend[];
}

export function socketsOf(listeners: OwnListener[], http: AttachedHttp[], tls: AttachedTls[]): WebListener[] {
  const serving = listeners.filter(({ isServing }) => isServing);
  const bySocket = Map.groupBy(serving, ({ address, listener }) => `${address} ${listener.port}`);
  return [...bySocket.values()].flatMap((own) => {
    const [first] = own;
    if (!first?.address) return [];
    const chains = chainsOf(own, http, tls);
    return chains.length > 0 ? [{ address: first.address, port: first.listener.port, chains }] : [];
  });
}

function chainsOf(own: OwnListener[], http: AttachedHttp[], tls: AttachedTls[]): WebChain[] {
  const plain = own.filter(({ listener }) => listener.protocol === "HTTP");
  const secure = own.filter(({ listener }) => listener.protocol === "HTTPS");
  return [
    ...(plain.length > 0 ? [plainChain(plain, http)] : []),
    ...secure.map((listener) => secureChain(listener, secure, http)),
    ...tlsChains(
      own.filter(({ listener }) => listener.protocol === "TLS"),
      tls,
    ),
  ];
}

/** All listeners of a port without TLS share it: only the host tells which one is meant. */
function plainChain(listeners: OwnListener[], attached: AttachedHttp[]): HttpChain {
  const hosts = listeners.flatMap((listener) => hostsOf(listener, listeners, attached));
  return { kind: "http", name: "http", serverNames: null, tls: null, hosts };
}

function secureChain(listener: OwnListener, listeners: OwnListener[], attached: AttachedHttp[]): HttpChain {
  const { certificates, client, hostname } = listener;
  const others = listeners.filter((one) => one !== listener).map((one) => misdirected(one.hostname));
  return {
    kind: "http",
    name: nameOf(listener),
    serverNames: hostname === "" ? [] : [hostname],
    tls: { certificates, client, versionMin: null, versionMax: null, ciphers: [] },
    hosts: [...hostsOf(listener, listeners, attached), ...others],
  };
}

function nameOf({ gateway: { metadata }, listener }: OwnListener): string {
  return `${metadata.namespace}/${metadata.name}/${listener.name}`;
}

/** RFC 9110 section 15.5.20: the connection is another listener's. */
function misdirected(hostname: string): WebHost {
  return {
    domain: domainOf(hostname),
    routes: [
      {
        name: "misdirected",
        match: {
          path: { type: "prefix", value: "/", ignoreCase: false },
          method: null,
          headers: [],
          query: [],
          cookies: [],
          oneLabelBelow: null,
        },
        action: { kind: "respond", status: 421, body: "" },
        policies: noPolicies,
      },
    ],
  };
}

function domainOf(hostname: string): string {
  return hostname === "" ? "*" : hostname;
}

/** Each host that is this listener's and no other's, with all rules that are for it. */
function hostsOf(listener: OwnListener, listeners: OwnListener[], all: AttachedHttp[]): WebHost[] {
  const attached = all.filter((one) => one.listener === listener);
  const byHostname = indexed(attached);
  const domains = new Set([listener.hostname, ...byHostname.keys()]);
  return [...domains]
    .filter((domain) => isOwner(listener, domain, listeners))
    .map((domain) => ({ domain: domainOf(domain), routes: routesOf(domain, byHostname) }));
}

/** A request is the most specific listener's alone. */
function isOwner(listener: OwnListener, domain: string, listeners: OwnListener[]): boolean {
  return !listeners.some((other) => {
    const isMore = specificity(other.hostname) > specificity(listener.hostname);
    return other !== listener && isMore && covers(other.hostname, domain);
  });
}

type ByHostname = ReadonlyMap<string, AttachedHttp[]>;

function indexed(attached: AttachedHttp[]): ByHostname {
  const byHostname = new Map<string, AttachedHttp[]>();
  for (const one of attached) {
    for (const hostname of one.hostnames) {
      const own = byHostname.get(hostname) ?? [];
      own.push(one);
      byHostname.set(hostname, own);
    }
  }
  return byHostname;
}

function routesOf(domain: string, byHostname: ByHostname): WebRoute[] {
  const found = new Map<AttachedHttp, string>();
  for (const hostname of coveringNames(domain)) {
    for (const one of byHostname.get(hostname) ?? []) if (!found.has(one)) found.set(one, hostname);
  }
  const placed = [...found].flatMap(([{ object, routes, listener }, hostname]) =>
    routes.map((route): Placed & { listener: OwnListener } => ({ hostname, object, route, listener })),
  );
  return placed.sort(byPrecedence).map(({ route, listener }) => webRoute(route, listener));
}

function webRoute({ action, ...route }: RuleRoute, listener: OwnListener): WebRoute {
  if (action.kind !== "redirect") return { ...route, action };
  return { ...route, action: { ...action, port: portOf(action, listener) } };
}

const wellKnownPorts: Record<string, number> = { http: 80, https: 443 };

/**
 * Of a redirect: its own, else the scheme's, else the listener's; one that goes without saying is not said.
 * https://gateway-api.sigs.k8s.io/reference/spec/#httprequestredirectfilter
 */
function portOf({ port, scheme }: Omit<Redirect, "kind">, { listener }: OwnListener): number | null {
  const to = scheme ?? (listener.protocol === "HTTPS" ? "https" : "http");
  const chosen = port ?? (scheme ? wellKnownPorts[scheme] : undefined) ?? listener.port;
  return chosen === wellKnownPorts[to] ? null : chosen;
}

/** One for each host name; the oldest route has it. */
function tlsChains(listeners: OwnListener[], attached: AttachedTls[]): TcpChain[] {
  const taken = new Set<string>();
  return attached.flatMap(({ listener, hostnames, backends }) => {
    if (!listeners.includes(listener)) return [];
    const serverNames = hostnames.filter((hostname) => !taken.has(hostname));
    for (const hostname of serverNames) taken.add(hostname);
    if (serverNames.length === 0) return [];
    const { certificates } = listener;
    const isTerminated = modeOf(listener.listener) === "Terminate";
    const tls = { certificates, client: null, versionMin: null, versionMax: null, ciphers: [] };
    return [
      {
        kind: "tcp" as const,
        name: `${nameOf(listener)}/${serverNames[0] || "any"}`,
        serverNames: serverNames.filter((name) => name !== ""),
        tls: isTerminated ? tls : null,
        backends,
      },
    ];
  });
}

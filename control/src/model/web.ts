// Plain HTTP and TLS beside the AI routes: listeners of their own, what they match, and the servers behind them. It is
// what Ingress and Gateway API objects become.
import type { Secret } from "./secret.ts";

export interface Web {
  /** Each address and port once. */
  listeners: WebListener[];
  /** Every name is unique. */
  backends: WebBackend[];
}

/** One socket. */
export interface WebListener {
  address: string;
  port: number;
  /** In any order: which one takes a connection is told by its server names. */
  chains: WebChain[];
}

/** What two listeners cannot share. */
export function socketOf({ address, port }: Pick<WebListener, "address" | "port">): string {
  return `${address} ${port}`;
}

/** What becomes of a connection. */
export type WebChain = HttpChain | TcpChain;

interface ChainBase {
  /** Unique in its listener. */
  name: string;
  /** Of the TLS handshake, `*.example.com` for all below; empty for any other, null where nobody asks for TLS. */
  serverNames: string[] | null;
  /** Null: the bytes go on as they are. */
  tls: ServerTls | null;
}

export interface HttpChain extends ChainBase {
  kind: "http";
  /** Each domain once; a request goes to the one that fits its host best. */
  hosts: WebHost[];
}

export interface TcpChain extends ChainBase {
  kind: "tcp";
  /** Where none can be had the connection is closed. */
  backends: WeightedBackend[];
}

export interface ServerTls {
  /** The first that fits the client's server name is shown, else the first. */
  certificates: Certificate[];
  client: ClientValidation | null;
  /** `TLSv1_2`; null for Envoy's own. */
  versionMin: TlsVersion | null;
  versionMax: TlsVersion | null;
  /** In OpenSSL's words; empty for Envoy's own. */
  ciphers: string[];
}

export type TlsVersion = "TLSv1_0" | "TLSv1_1" | "TLSv1_2" | "TLSv1_3";

/** Clients show a certificate as well. */
export interface ClientValidation {
  /** PEM of the authorities. */
  authorities: string;
  /** Whether one who shows none, or a wrong one, gets in all the same. */
  isOptional: boolean;
}

export interface Certificate {
  /** The name Envoy knows it by. */
  name: string;
  /** PEM, the server's own first. */
  chain: string;
  key: Secret;
}

export interface WebHost {
  /** `a.example.com`, `*.example.com` for all below at any depth, `*`. */
  domain: string;
  /** In the order in which they are tried. */
  routes: WebRoute[];
}

export interface WebRoute {
  /** For logs. */
  name: string;
  match: WebMatch;
  action: Forward | Redirect | Respond | ServeModels;
  /** What is true of the request before the action. */
  policies: WebPolicies;
}

/** All of it must fit. */
export interface WebMatch {
  path: PathMatch;
  method: string | null;
  headers: ValueMatch[];
  query: ValueMatch[];
  cookies: ValueMatch[];
  /** Restricts the virtual host's wildcard to exactly one more label. */
  oneLabelBelow: string | null;
}

/** `prefix` ends at a slash or at the path's end, `start` anywhere. A regular expression has to fit the whole path. */
export interface PathMatch {
  type: "exact" | "prefix" | "start" | "regex";
  value: string;
  ignoreCase: boolean;
}

export interface ValueMatch {
  /** Header names in lower case. */
  name: string;
  type: "exact" | "prefix" | "regex" | "present";
  value: string;
}

export interface Forward {
  kind: "forward";
  /** Weights are parts of their sum. Empty: nobody answers, which is a 500. */
  backends: WeightedBackend[];
  rewrite: Rewrite;
  mirrors: WebMirror[];
  /** For the whole answer; 0 for no limit. */
  timeoutMs: number;
  /** For each attempt; 0 for no limit. */
  attemptTimeoutMs: number;
  retry: WebRetry | null;
  /** What requests have in common that are to meet the same server; the first that a request has counts. */
  hashBy: HashBy[];
  session: Session | null;
}

export interface WeightedBackend {
  /** A backend's name; null for one that cannot be: its part of the requests is answered 500. */
  backend: string | null;
  weight: number;
  requestHeaders: HeaderChanges;
  responseHeaders: HeaderChanges;
}

export interface Rewrite {
  /** The `:authority` that backends see; null keeps the client's. */
  host: string | null;
  path: PathRewrite | null;
}

/** `regex`: `pattern` is what is replaced, with `\1` for its groups in `value`. */
export type PathRewrite =
  | { kind: "full"; value: string }
  | { kind: "prefix"; value: string }
  | { kind: "regex"; pattern: string; value: string };

export interface WebMirror {
  backend: string;
  /** Of the requests: parts of `denominator`. */
  numerator: number;
  denominator: number;
}

export interface WebRetry {
  /** Beside the first one. */
  retries: number;
  statuses: number[];
  /** Envoy's conditions. */
  on: string[];
  /** 0 for Envoy's own. */
  backoffMs: number;
}

export type HashBy = { by: "header"; name: string } | { by: "address" } | { by: "query"; name: string } | HashCookie;

export interface HashCookie {
  by: "cookie";
  name: string;
  path: string;
  /** Of a cookie that the gateway makes; null leaves it to whoever made it. */
  ttlMs: number | null;
}

/** The server that answered first answers on. */
export type Session =
  | { by: "cookie"; name: string; path: string; /** 0: until the browser closes. */ ttlMs: number }
  | { by: "header"; name: string };

export interface Redirect {
  kind: "redirect";
  status: 301 | 302 | 303 | 307 | 308;
  scheme: string | null;
  host: string | null;
  port: number | null;
  path: PathRewrite | null;
}

export interface Respond {
  kind: "respond";
  status: number;
  body: string;
}

export interface WebPolicies {
  requestHeaders: HeaderChanges;
  responseHeaders: HeaderChanges;
  cors: Cors | null;
  /** CIDRs; empty for everybody. */
  allowedNetworks: string[];
  basicAuth: BasicAuth | null;
  rateLimit: WebRateLimit | null;
}

/** As routes of the model do, with keys, limits and fallback. */
export interface ServeModels {
  kind: "models";
  /** Which way such requests come in: no route but these serves them. */
  door: string;
  /** Names of routes of the model. One that is not there serves nothing. */
  routes: string[];
  /** Whether what none of them serves is answered in the client's words; else later routes may have it. */
  isWhole: boolean;
}

/** Names in lower case. */
export interface HeaderChanges {
  set: HeaderValue[];
  add: HeaderValue[];
  remove: string[];
}

export interface HeaderValue {
  name: string;
  value: string;
}

export interface Cors {
  /** Origins, `*` in them for any text, or alone for all. */
  origins: string[];
  methods: string[];
  headers: string[];
  exposed: string[];
  credentials: boolean;
  maxAgeSeconds: number;
}

export interface BasicAuth {
  /** In htpasswd's form, `{SHA}` hashes alone. */
  users: Secret;
  realm: string;
}

export interface WebRateLimit {
  requests: number;
  perMs: number;
  /** How many may come at once. */
  burst: number;
}

/** What Envoy calls a cluster. */
export interface WebBackend {
  name: string;
  /** Discovered addresses, or names to look up. */
  at: { kind: "addresses"; addresses: BackendAddress[] } | { kind: "dns"; hosts: BackendHost[] };
  protocol: BackendProtocol;
  tls: BackendTls | null;
  balance: WebBalance;
  connectTimeoutMs: number;
}

export interface BackendHost {
  host: string;
  port: number;
}

export interface BackendAddress {
  address: string;
  port: number;
  /** Where it is, in Kubernetes' words; empty where nobody says. */
  zone: string;
  /** Beside the others' ones, from 1 to 1000; absent where all are alike. */
  weight?: number;
  /** For whom it is the right one to ask first. Absent where it is nobody's before others'. */
  near?: Near;
}

/** Zones and nodes, as the cluster names them. */
export interface Near {
  zones: string[];
  nodes: string[];
}

/** `auto` asks by ALPN, over TLS alone. */
export type BackendProtocol = "http1" | "http2" | "auto" | "tcp";

export type WebBalance = "roundRobin" | "leastRequest" | "random" | "ringHash";

export interface BackendTls {
  /** Null: none is sent. */
  serverName: string | null;
  /** PEM, or the system's; null: whatever the server shows is believed. */
  authorities: { pem: string } | "system" | null;
  /** One must be on the certificate; empty: the server name. */
  names: { type: "DNS" | "URI"; value: string }[];
  /** Shown to the server. */
  certificate: Certificate | null;
}

export const noHeaderChanges: HeaderChanges = { set: [], add: [], remove: [] };

export const noPolicies: WebPolicies = {
  requestHeaders: noHeaderChanges,
  responseHeaders: noHeaderChanges,
  cors: null,
  allowedNetworks: [],
  basicAuth: null,
  rateLimit: null,
};

/** The ways in for each route of the model that has others than the gateway's own listener. */
export function doorsOf(web: Web | undefined): Map<string, string[]> {
  const doors = new Map<string, string[]>();
  for (const { action } of (web?.listeners ?? []).flatMap(routesOf)) {
    if (action.kind !== "models") continue;
    for (const name of action.routes) doors.set(name, [...new Set([...(doors.get(name) ?? []), action.door])]);
  }
  return doors;
}

function routesOf({ chains }: WebListener): WebRoute[] {
  return chains.flatMap((chain) => (chain.kind === "http" ? chain.hosts.flatMap(({ routes }) => routes) : []));
}

export function servesModels(chain: HttpChain): boolean {
  return chain.hosts.some(({ routes }) => routes.some(({ action }) => action.kind === "models"));
}

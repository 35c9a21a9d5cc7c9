// What the annotations of one Ingress ask for, as plain data.
import type {
  Cors,
  HashBy,
  HeaderChanges,
  Session,
  TlsVersion,
  ValueMatch,
  WebBalance,
  WebRateLimit,
  WebRetry,
} from "../../model/web.ts";

export interface IngressSettings {
  /** Null: it stands for itself. */
  canary: Canary | null;
  path: { useRegex: boolean; fullPathRegex: boolean; ignoreCase: boolean };
  match: { methods: string[]; headers: ValueMatch[]; query: ValueMatch[] };
  rewrite: { target: string | null; path: string | null; host: string | null };
  redirect: { status: 301 | 302 | 303 | 307 | 308; url: string } | null;
  appRoot: string | null;
  /** `whenTls`: where the host has a certificate. */
  sslRedirect: "never" | "whenTls" | "always";
  requestHeaders: HeaderChanges;
  responseHeaders: HeaderChanges;
  cors: Cors | null;
  /** In force only with `enable-cors`. */
  corsDraft: Cors | null;
  timeoutMs: number;
  /** 0 for no limit. */
  attemptTimeoutMs: number;
  retry: WebRetry | null;
  balance: WebBalance | null;
  hashBy: HashBy[];
  session: Session | null;
  allowedNetworks: string[];
  auth: { secret: string; form: "file" | "map" } | null;
  /** Why nobody may get in: what was to keep some out cannot be done. Null where all is well. */
  refused: string | null;
  rateLimit: WebRateLimit | null;
  burstMultiplier: number | null;
  mirror: Mirror | null;
  destination: Destination[];
  /** A Service for when there is nobody behind the one that is named. */
  fallbackService: string | null;
  backend: BackendSettings;
  tls: TlsSettings;
}

export interface Canary {
  header: string | null;
  /** Null: `always` and `never` are what it says. */
  headerValue: string | null;
  headerPattern: string | null;
  cookie: string | null;
  weight: number;
  weightTotal: number;
}

export interface Mirror {
  /** `namespace/name:port`, the namespace and the port may be missing; or a host's name. */
  target: { kind: "service"; name: string } | { kind: "host"; host: string; port: number } | null;
  percent: number;
}

export interface Destination {
  host: string;
  port: number | null;
  /** The version of the instances that are meant; null for all. */
  version: string | null;
  weight: number;
}

export interface BackendSettings {
  protocol: "http1" | "http2" | "https" | "grpcs" | null;
  secret: string | null;
  verify: boolean;
  serverName: string | null;
  sendsName: boolean;
}

export interface TlsSettings {
  /** A Secret with the authorities of clients. */
  clientSecret: string | null;
  versionMin: TlsVersion | null;
  versionMax: TlsVersion | null;
  ciphers: string[];
}

/** Of an Ingress without annotations. A new one each time, for annotations fill it in. */
export function plainSettings(): IngressSettings {
  const changes = (): HeaderChanges => ({ set: [], add: [], remove: [] });
  return {
    canary: null,
    path: { useRegex: false, fullPathRegex: false, ignoreCase: false },
    match: { methods: [], headers: [], query: [] },
    rewrite: { target: null, path: null, host: null },
    redirect: null,
    appRoot: null,
    sslRedirect: "never",
    requestHeaders: changes(),
    responseHeaders: changes(),
    cors: null,
    corsDraft: null,
    timeoutMs: 0,
    attemptTimeoutMs: 0,
    retry: null,
    balance: null,
    hashBy: [],
    session: null,
    allowedNetworks: [],
    auth: null,
    refused: null,
    rateLimit: null,
    burstMultiplier: null,
    mirror: null,
    destination: [],
    fallbackService: null,
    backend: { protocol: null, secret: null, verify: false, serverName: null, sendsName: false },
    tls: { clientSecret: null, versionMin: null, versionMax: null, ciphers: [] },
  };
}

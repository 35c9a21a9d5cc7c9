// Annotations that say which servers are asked, in which way, and how often.
import type { HashBy, Session, WebRetry } from "../../model/web.ts";
import { choice, integer, items, token, word, type Annotations, type Apply } from "./annotation.ts";
import type { Destination, IngressSettings, Mirror } from "./settings.ts";

const loadBalance: Apply = (settings, value) => {
  const known = { round_robin: "roundRobin", least_conn: "leastRequest", random: "random" } as const;
  const found = Object.entries(known).find(([name]) => name === value.trim().toLowerCase());
  if (!found) return `must be one of ${Object.keys(known).join(", ")}`;
  settings.balance = found[1];
  return undefined;
};

/** nginx's variables. */
const hashBy: Apply = (settings, value) => {
  const variable = value.trim();
  const header = /^\$http_(\w+)$/.exec(variable)?.[1];
  const query = /^\$arg_(\w+)$/.exec(variable)?.[1];
  const known: Record<string, HashBy> = {
    $request_uri: { by: "header", name: ":path" },
    $host: { by: "header", name: ":authority" },
    $remote_addr: { by: "address" },
  };
  const found: HashBy | undefined = header
    ? { by: "header", name: header.replaceAll("_", "-") }
    : query
      ? { by: "query", name: query }
      : known[variable];
  if (!found) return "must be one of $request_uri, $host, $remote_addr, $http_NAME, $arg_NAME";
  settings.hashBy = [found];
  settings.balance = "ringHash";
  return undefined;
};

/** `affinity` is before `session-cookie-…` in the order of names. */
function session(settings: IngressSettings, part: Partial<Session & { by: "cookie" }>): void {
  if (settings.session?.by === "cookie") Object.assign(settings.session, part);
}

const conditions: Record<string, string[]> = {
  error: ["connect-failure", "refused-stream", "reset"],
  timeout: ["reset", "connect-failure"],
};

function retry(settings: IngressSettings): WebRetry {
  settings.retry ??= { retries: 1, statuses: [], on: ["connect-failure", "refused-stream"], backoffMs: 0 };
  return settings.retry;
}

const nextUpstream: Apply = (settings, value) => {
  const words = items(value);
  if (words.includes("off")) {
    settings.retry = null;
    return undefined;
  }
  const statuses = words.flatMap((one) => /^http_(\d{3})$/.exec(one)?.[1] ?? []).map(Number);
  const on = [...new Set(words.flatMap((one) => conditions[one] ?? []))];
  const known = (one: string): boolean => one in conditions || /^http_\d{3}$|^non_idempotent$/.test(one);
  const unknown = words.find((one) => !known(one));
  if (unknown) return `does not know ${unknown}`;
  Object.assign(retry(settings), { statuses, on });
  return undefined;
};

const statusCodes: Apply = (settings, value) => {
  const codes = items(value).map(Number);
  if (codes.length === 0 || codes.some((code) => !(code >= 200 && code <= 599))) return "must list statuses";
  retry(settings).statuses.push(...codes);
  return undefined;
};

/** `80% my-service.default.svc.cluster.local:8080 v1`, a line each. Names of Dubbo's services have colons in them. */
const destination: Apply = (settings, value) => {
  const lines = items(value, /\n/);
  const read = lines.map((line) => /^(?:(\d+)%\s+)?(\S+?)(?::(\d+))?(?:\s+(\S+))?$/.exec(line));
  if (read.length === 0 || read.includes(null))
    return "must have a host in each line, with a part before it: 80% host:80";
  settings.destination = read.map((parts): Destination => {
    const [, weight, host = "", port, version = null] = parts ?? [];
    return { host, port: port ? Number(port) : null, version, weight: weight ? Number(weight) : 100 };
  });
  return undefined;
};

function mirrorTo(settings: IngressSettings, target: Mirror["target"]): void {
  settings.mirror = { percent: settings.mirror?.percent ?? 100, target };
}

const protocols = { HTTP: "http1", HTTP2: "http2", GRPC: "http2", HTTPS: "https", GRPCS: "grpcs" } as const;

export const backendAnnotations: Annotations = {
  "load-balance": loadBalance,
  "upstream-hash-by": hashBy,
  affinity: choice(
    ["cookie"],
    (settings) => (settings.session = { by: "cookie", name: "INGRESSCOOKIE", path: "/", ttlMs: 0 }),
  ),
  "affinity-mode": choice(["balanced", "persistent"], () => undefined),
  "session-cookie-name": token((settings, name) => session(settings, { name })),
  "session-cookie-path": word((settings, path) => session(settings, { path })),
  "session-cookie-max-age": integer((settings, seconds) => session(settings, { ttlMs: seconds * 1000 })),
  "session-cookie-expires": integer((settings, seconds) => session(settings, { ttlMs: seconds * 1000 })),
  "proxy-next-upstream": nextUpstream,
  "proxy-next-upstream-tries": integer((settings, tries) => (retry(settings).retries = Math.max(0, tries - 1)), 1),
  "proxy-next-upstream-timeout": integer((settings, seconds) => (settings.attemptTimeoutMs = seconds * 1000)),
  "retriable-status-codes": statusCodes,
  destination,
  "default-backend": word((settings, name) => (settings.fallbackService = name)),
  "mirror-percentage": integer((settings, percent) => {
    settings.mirror = { target: null, ...settings.mirror, percent: Math.min(100, percent) };
  }),
  "mirror-target-service": word((settings, name) => mirrorTo(settings, { kind: "service", name })),
  "mirror-target-fqdn": word((settings, host) => mirrorTo(settings, { kind: "host", host, port: 80 })),
  "mirror-target-fqdn-port": integer((settings, port) => {
    if (settings.mirror?.target?.kind === "host") settings.mirror.target.port = port;
  }, 1),
  "backend-protocol": (settings, value) => {
    const found = Object.entries(protocols).find(([name]) => name === value.trim().toUpperCase());
    if (!found) return `must be one of ${Object.keys(protocols).join(", ")}`;
    settings.backend.protocol = found[1];
    return undefined;
  },
  "proxy-ssl-secret": word((settings, secret) => (settings.backend.secret = secret)),
  "proxy-ssl-verify": choice(["on", "off"], (settings, value) => (settings.backend.verify = value === "on")),
  "proxy-ssl-name": word((settings, name) => (settings.backend.serverName = name)),
  "proxy-ssl-server-name": choice(["on", "off"], (settings, value) => (settings.backend.sendsName = value === "on")),
};

// Annotations that say who may ask, how often, and from which pages.
import { isIP } from "node:net";
import type { Cors, TlsVersion, WebRateLimit } from "../../model/web.ts";
import { choice, flag, integer, items, word, type Annotations, type Apply } from "./annotation.ts";
import { isCipher } from "./ciphers.ts";
import type { IngressSettings } from "./settings.ts";

/** As Higress and ingress-nginx have them. */
const plainCors = (): Cors => ({
  origins: ["*"],
  methods: ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"],
  headers: items(
    "DNT,X-CustomHeader,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Authorization",
  ),
  exposed: [],
  credentials: true,
  maxAgeSeconds: 1_728_000,
});

/** `cors-…` come before `enable-cors` in the order of names. */
function cors(settings: IngressSettings, part: Partial<Cors>): void {
  settings.corsDraft = { ...(settings.corsDraft ?? plainCors()), ...part };
}

const networks: Apply = (settings, value) => {
  const all = items(value);
  if (all.length === 0 || !all.every(isNetwork)) {
    // Nobody gets in by a mistake.
    settings.refused = "whitelist-source-range cannot be read";
    return "must list addresses and networks: 10.0.0.0/8";
  }
  settings.allowedNetworks = all;
  return undefined;
};

function isNetwork(text: string): boolean {
  const [address = "", length, ...more] = text.split("/");
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return length === undefined || (/^\d+$/.test(length) && Number(length) <= (family === 6 ? 128 : 32));
}

/** As Higress has it. */
const burstMultiplier = 5;

function limit(perMs: number): (settings: IngressSettings, requests: number) => void {
  return (settings, requests) => {
    const { requests: before, perMs: unit } = settings.rateLimit ?? { requests: Infinity, perMs: 1 };
    const tighter: WebRateLimit = { requests, perMs, burst: requests * (settings.burstMultiplier ?? burstMultiplier) };
    if (requests / perMs < before / unit) settings.rateLimit = tighter;
  };
}

/** `route-limit-burst-multiplier` comes before the limits in the order of names. */
export const policyAnnotations: Annotations = {
  "enable-cors": flag((settings, isOn) => (settings.cors = isOn ? (settings.corsDraft ?? plainCors()) : null)),
  "cors-allow-origin": word((settings, value) => cors(settings, { origins: items(value) })),
  "cors-allow-methods": word((settings, value) => cors(settings, { methods: items(value) })),
  "cors-allow-headers": word((settings, value) => cors(settings, { headers: items(value) })),
  "cors-allow-credentials": flag((settings, credentials) => cors(settings, { credentials })),
  "cors-expose-headers": word((settings, value) => cors(settings, { exposed: items(value) })),
  "cors-max-age": integer((settings, maxAgeSeconds) => cors(settings, { maxAgeSeconds })),
  "whitelist-source-range": networks,
  "auth-type": (settings, value) => {
    settings.auth ??= { secret: "", form: "file" };
    if (value.trim() === "basic") return undefined;
    settings.refused = "auth-type is not basic";
    return "must be basic";
  },
  "auth-secret": word((settings, secret) => (settings.auth = { form: settings.auth?.form ?? "file", secret })),
  "auth-secret-type": choice(["auth-file", "auth-map"], (settings, value) => {
    settings.auth = { secret: settings.auth?.secret ?? "", form: value === "auth-map" ? "map" : "file" };
  }),
  "route-limit-burst-multiplier": integer((settings, value) => (settings.burstMultiplier = value), 1),
  "route-limit-rpm": integer(limit(60_000), 1),
  "route-limit-rps": integer(limit(1000), 1),
  "auth-tls-secret": word((settings, secret) => (settings.tls.clientSecret = secret)),
  "ssl-cipher": ciphers,
  "tls-min-protocol-version": tlsVersion("versionMin"),
  "tls-max-protocol-version": tlsVersion("versionMax"),
};

/** Those that are known count: what is left out makes a connection no weaker. */
function ciphers(settings: IngressSettings, value: string): string | undefined {
  const named = items(value, /[:,\s]+/);
  settings.tls.ciphers = named.filter(isCipher);
  const unknown = named.filter((name) => !isCipher(name));
  return unknown.length > 0 ? `has ciphers that Envoy does not know: ${unknown.join(", ")}` : undefined;
}

function tlsVersion(field: "versionMin" | "versionMax"): Apply {
  const known: Record<string, TlsVersion> = {
    "TLSv1.0": "TLSv1_0",
    "TLSv1.1": "TLSv1_1",
    "TLSv1.2": "TLSv1_2",
    "TLSv1.3": "TLSv1_3",
  };
  return (settings, value) => {
    const found = known[value.trim()];
    if (!found) return `must be one of ${Object.keys(known).join(", ")}`;
    settings.tls[field] = found;
    return undefined;
  };
}

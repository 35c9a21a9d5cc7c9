// The certificates of Ingresses, and the connections that each is shown on.
import type { Certificate, HttpChain, ServerTls, WebHost } from "../../model/web.ts";
import { areAuthorities, certificateFrom, textOf } from "../certificates.ts";
import { coveringNames } from "../gateway/hostnames.ts";
import type { Notice } from "../notice.ts";
import type { Ingress } from "../objects.ts";
import type { TranslateContext } from "../translate.ts";
import { plainSettings, type IngressSettings } from "./settings.ts";

export interface Read {
  ingress: Ingress;
  settings: IngressSettings;
}

/** Server names that share a certificate and what is asked of clients; they share a chain. */
export interface SecureGroup {
  certificate: Certificate;
  read: Read;
  /** `*` for connections that no other is for. */
  serverNames: string[];
}

/** Of two certificates for one name the older Ingress's counts. */
export function secureGroups(all: Read[], context: TranslateContext, notices: Notice[]): SecureGroup[] {
  const groups = new Map<string, SecureGroup>();
  const taken = new Set<string>();
  for (const read of all) {
    for (const { certificate, serverNames } of certificatesOf(read, context, notices)) {
      const key = `${certificate.name} ${JSON.stringify(read.settings.tls)}`;
      const group = groups.get(key) ?? { certificate, read, serverNames: [] };
      const free = serverNames.filter((name) => !taken.has(name));
      for (const name of free) taken.add(name);
      if (free.length > 0) groups.set(key, { ...group, serverNames: [...group.serverNames, ...free] });
    }
  }
  return [...groups.values(), ...leftOver(taken, groups.size > 0, context)];
}

function certificatesOf({ ingress }: Read, { objects, settings }: TranslateContext, notices: Notice[]) {
  const namespace = ingress.metadata.namespace ?? "";
  const { defaultCertificate } = settings;
  return (ingress.spec.tls ?? []).flatMap(({ hosts = [], secretName }) => {
    const serverNames = hosts.length > 0 ? hosts.map((host) => host.toLowerCase()) : ["*"];
    const place = secretName ? { namespace, name: secretName } : defaultCertificate;
    const certificate = place && certificateFrom(objects, place.namespace, place.name);
    if (certificate) return [{ certificate, serverNames }];
    const which = secretName
      ? `The Secret ${secretName} is not there, or holds no certificate with its key`
      : "There is no secretName";
    notices.push({
      kind: "Ingress",
      object: ingress,
      reason: "NoCertificate",
      message: `${which}, so ${serverNames.join(", ")} has no TLS`,
    });
    return [];
  });
}

/** For who asks for no name, or for one that nobody has. */
function leftOver(taken: Set<string>, isNeeded: boolean, { objects, settings }: TranslateContext): SecureGroup[] {
  const { defaultCertificate: place } = settings;
  const certificate = place && certificateFrom(objects, place.namespace, place.name);
  if (!certificate || !isNeeded || taken.has("*")) return [];
  return [
    {
      certificate,
      serverNames: ["*"],
      read: { ingress: { metadata: { name: "" }, spec: {} }, settings: plainSettings() },
    },
  ];
}

export function secureChains(groups: SecureGroup[], hosts: WebHost[], context: TranslateContext): HttpChain[] {
  const places = new Map(hosts.map(({ domain }, place) => [domain, place]));
  return groups.flatMap(({ certificate, read, serverNames }) => {
    const isLeft = serverNames.includes("*");
    const tls = serverTls(certificate, read, context);
    const own = isLeft ? hosts : hostsFor(serverNames, hosts, places);
    const names = isLeft ? [] : serverNames;
    const name = isLeft ? "https" : `https/${serverNames[0]}`;
    return tls ? [{ kind: "http" as const, name, serverNames: names, tls, hosts: own }] : [];
  });
}

/** Those whose requests connections for the names may carry. */
function hostsFor(serverNames: string[], hosts: WebHost[], places: ReadonlyMap<string, number>): WebHost[] {
  const isBroad = serverNames.some((name) => name.startsWith("*."));
  if (isBroad) return hosts.filter(({ domain }) => serverNames.some((name) => overlap(name, domain)));
  // Thousands of names look for none of thousands of hosts one by one.
  const found = new Set(serverNames.flatMap(coveringNames).flatMap((name) => places.get(name || "*") ?? []));
  return [...found].sort((a, b) => a - b).map((place) => hosts[place]!);
}

/** Whether a connection for `name` may carry requests for `domain`. */
function overlap(name: string, domain: string): boolean {
  if (domain === "*" || name === domain) return true;
  const covers = (pattern: string, one: string): boolean => pattern.startsWith("*.") && one.endsWith(pattern.slice(1));
  return covers(name, domain) || covers(domain, name);
}

/** Null where clients were to show certificates and nobody could tell right from wrong. */
function serverTls(
  certificate: Certificate,
  { ingress, settings }: Read,
  { objects }: TranslateContext,
): ServerTls | null {
  const { clientSecret, ...limits } = settings.tls;
  const plain = { certificates: [certificate], client: null, ...limits };
  if (!clientSecret) return plain;
  const [name = "", namespace = ingress.metadata.namespace ?? ""] = clientSecret.split("/").reverse();
  const object = objects.Secret.get(`${namespace}/${name}`);
  const authorities = object ? textOf(object, "ca.crt") : "";
  return areAuthorities(authorities) ? { ...plain, client: { authorities, isOptional: false } } : null;
}

// Ingresses as listeners: one for HTTP, and one for TLS where any of them has a certificate.
import type { HttpChain, WebHost, WebListener, WebRoute } from "../../model/web.ts";
import type { Notice } from "../notice.ts";
import type { Ingress } from "../objects.ts";
import { isRegex } from "../regex.ts";
import { asLoadBalancer, publishedAddresses } from "../published.ts";
import type { StatusWrite, TranslateContext } from "../translate.ts";
import { readAnnotations } from "./annotations.ts";
import { ownIngresses } from "./classes.ts";
import { byPrecedence, entriesOf, placeOf, type Entry } from "./entries.ts";
import { routesOf } from "./routes.ts";
import { secureChains, secureGroups } from "./tls.ts";

interface TranslatedIngresses {
  listeners: WebListener[];
  statuses: StatusWrite[];
  notices: Notice[];
}

export function translateIngresses(context: TranslateContext): TranslatedIngresses {
  const ingresses = ownIngresses(context.objects, context.settings);
  if (ingresses.length === 0) return { listeners: [], statuses: [], notices: [] };
  const notices: Notice[] = [];
  const read = ingresses.map((ingress) => {
    const { settings, notices: own } = readAnnotations(ingress);
    notices.push(...own);
    return { ingress, settings };
  });
  const all = read.flatMap(({ ingress, settings }) => entriesOf(ingress, settings));
  const entries = all.filter((entry) => isPath(entry, notices));
  const mains = withoutClashes(entries, notices);
  const canaries = entries.filter(({ settings }) => settings.canary !== null);
  const groups = secureGroups(read, context, notices);
  const secured = new Set(groups.flatMap(({ serverNames }) => serverNames));
  const hasTls = (host: string): boolean => secured.has(host);
  const hosts = (isSecure: boolean): WebHost[] => {
    return hostsOf(mains, (entry) => routesOf(entry, { canaries, context, isSecure, hasTls }));
  };
  const http: HttpChain = { kind: "http", name: "http", serverNames: null, tls: null, hosts: hosts(false) };
  const https = groups.length > 0 ? secureChains(groups, hosts(true), context) : [];
  const { address, httpPort, httpsPort } = context.settings;
  return {
    listeners: [
      { address, port: httpPort, chains: [http] },
      ...(https.length > 0 ? [{ address, port: httpsPort, chains: https }] : []),
    ],
    statuses: ingresses.map((ingress) => statusOf(ingress, context)),
    notices,
  };
}

/** An expression that Envoy does not take would cost everybody's routes. */
function isPath({ path: { type, value }, ingress }: Entry, notices: Notice[]): boolean {
  if (type !== "regex" || isRegex(value)) return true;
  const message = `The path ${value} is no regular expression of RE2, and not served`;
  notices.push({ kind: "Ingress", object: ingress, reason: "InvalidPath", message });
  return false;
}

/** Of entries that ask for the same requests the oldest Ingress's; the others are told. */
function withoutClashes(entries: Entry[], notices: Notice[]): Entry[] {
  const taken = new Map<string, Entry>();
  for (const entry of entries.filter(({ settings }) => settings.canary === null)) {
    const place = placeOf(entry);
    const owner = taken.get(place);
    if (!owner) taken.set(place, entry);
    // Every Ingress may have a default backend for any host.
    else if (!entry.isDefault) {
      const { namespace, name } = owner.ingress.metadata;
      const message = `${entry.host}${entry.path.value} is taken by the older Ingress ${namespace}/${name}`;
      notices.push({ kind: "Ingress", object: entry.ingress, reason: "Conflict", message });
    }
  }
  return [...taken.values()];
}

function hostsOf(entries: Entry[], routes: (entry: Entry) => WebRoute[]): WebHost[] {
  const byHost = Map.groupBy(entries, ({ host }) => host);
  // What nobody asks for is anybody's default backend.
  const left = (byHost.get("*") ?? []).filter(({ isDefault }) => isDefault);
  return [...byHost].map(([host, own]) => {
    const isThere = ({ ingress }: Entry): boolean => own.some((one) => one.isDefault && one.ingress === ingress);
    const all = [...own, ...left.filter((entry) => !isThere(entry))].sort(byPrecedence);
    return { domain: host, routes: all.flatMap((entry) => routes({ ...entry, host })) };
  });
}

function statusOf(ingress: Ingress, context: TranslateContext): StatusWrite {
  const ingresses = asLoadBalancer(publishedAddresses(context));
  return { kind: "Ingress", object: ingress, status: { loadBalancer: { ingress: ingresses } } };
}

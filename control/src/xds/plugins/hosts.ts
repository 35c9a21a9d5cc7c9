// Rules for hosts: Envoy tells hosts apart by its virtual hosts, so those that a rule tells apart and no route does get
// one of their own, with the routes that they had.
import type { ProtoJson } from "../resources.ts";

export interface VirtualHost extends ProtoJson {
  name: string;
  /** One. */
  domains: string[];
  routes: ProtoJson[];
}

export function withHosts(hosts: VirtualHost[], patterns: string[]): VirtualHost[] {
  const wanted = new Set(patterns.flatMap(domainsOf));
  for (const { domains } of hosts) wanted.delete(domains[0]!);
  const more = [...wanted].flatMap((domain) => {
    const owner = ownerOf(hosts, domain);
    return owner ? [{ ...owner, name: domain, domains: [domain] }] : [];
  });
  return [...hosts, ...more];
}

/** As `*example.com` is for `example.com` too, and Envoy's is not. */
function domainsOf(pattern: string): string[] {
  return pattern.startsWith("*") && !/^\*(\.|$)/.test(pattern) ? [pattern, pattern.slice(1)] : [pattern];
}

/** Envoy takes the longest that fits. */
function ownerOf(hosts: VirtualHost[], domain: string): VirtualHost | undefined {
  const fits = hosts.filter(({ domains: [own = ""] }) => coversHost(own, domain) && own !== domain);
  return fits.sort((a, b) => b.domains[0]!.length - a.domains[0]!.length)[0];
}

/** Whether every host that fits `domain` fits `pattern`. */
export function coversHost(pattern: string, domain: string): boolean {
  if (pattern === "*" || pattern === domain) return true;
  return pattern.startsWith("*") && domain.endsWith(pattern.slice(1));
}

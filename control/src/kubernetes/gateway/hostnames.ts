// Host names of listeners and routes, `*.` in front for everything below. Empty is any.

/** The host names that fit both, null for none. */
export function intersection(listener: string, route: string): string | null {
  if (listener === "" || route === listener) return route;
  if (route === "") return listener;
  if (covers(listener, route)) return route;
  return covers(route, listener) ? listener : null;
}

/** Whether all that fits `narrow` fits `wide`. */
export function covers(wide: string, narrow: string): boolean {
  if (wide === "" || wide === narrow) return true;
  return wide.startsWith("*.") && narrow.endsWith(wide.slice(1));
}

/** All that cover it, the most specific first. */
export function coveringNames(hostname: string): string[] {
  const dots = [...hostname.matchAll(/\./g)].map(({ index }) => index);
  return [...new Set([hostname, ...dots.map((dot) => `*${hostname.slice(dot)}`), ""])];
}

/** Higher is more specific: exact names, then the longer wildcards. */
export function specificity(hostname: string): number {
  if (hostname === "") return 0;
  return hostname.startsWith("*.") ? hostname.length : 1000 + hostname.length;
}

// Finds routes that no request can reach, because an earlier one takes all that they would.
import type { Route } from "../model/model.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";

/** Warns about each route that one earlier route covers whole. Several that cover it together are not seen. */
export function reportShadowed(routes: { route: Route; path: Path }[], report: Report): void {
  routes.forEach(({ route, path }, index) => {
    const earlier = routes.slice(0, index).find((other) => covers(other.route, route));
    if (!earlier) return;
    const message = `No request reaches this route: "${earlier.route.name}" at line ${report.lineOf(earlier.path)} takes them all`;
    report.warning(path, { message, fix: "Move it above that route, or narrow that route's match or models" });
  });
}

function covers(wide: Route, narrow: Route): boolean {
  return (
    wide.pathPrefix === narrow.pathPrefix &&
    coversHosts(wide.hosts, narrow.hosts) &&
    wide.headers.every((a) => narrow.headers.some((b) => a.name === b.name && a.value === b.value)) &&
    narrow.models.every((model) => wide.models.some((pattern) => coversPattern(pattern, model)))
  );
}

function coversHosts(wide: string[], narrow: string[]): boolean {
  if (wide.length === 0) return true;
  return narrow.length > 0 && narrow.every((host) => wide.some((pattern) => coversHost(pattern, host)));
}

function coversHost(pattern: string, host: string): boolean {
  return pattern === host || (pattern.startsWith("*.") && host.endsWith(pattern.slice(1)));
}

function coversPattern(wide: string, narrow: string): boolean {
  if (!wide.endsWith("*")) return wide === narrow;
  return narrow.startsWith(wide.slice(0, -1));
}

// Which of the model's routes Envoy's virtual hosts hold. Envoy picks one virtual host by name and never looks into
// another, so each has to hold every route that may serve one of its hosts, in the model's order.
import type { McpServer } from "../model/mcp.ts";
import type { Route } from "../model/model.ts";

/** Each host pattern in use, `*` last, with the routes and MCP servers that serve all hosts it stands for. */
export function routesByDomain(
  routes: Route[],
  servers: McpServer[] = [],
): { domain: string; routes: Route[]; servers: McpServer[] }[] {
  const domains = new Set([...routes, ...servers].flatMap(({ hosts }) => hosts.map((host) => host.toLowerCase())));
  domains.delete("*");
  return [...domains, "*"].map((domain) => ({
    domain,
    routes: routes.filter((route) => serves(route, domain)),
    servers: servers.filter((server) => serves(server, domain)),
  }));
}

function serves(route: { hosts: string[] }, domain: string): boolean {
  return route.hosts.length === 0 || route.hosts.some((host) => covers(host.toLowerCase(), domain));
}

/** Whether every host that fits `domain` fits `pattern`: `*.a.test` covers `x.a.test`, `*.x.a.test` and itself. */
export function covers(pattern: string, domain: string): boolean {
  if (pattern === "*" || pattern === domain) return true;
  return pattern.startsWith("*.") && domain.endsWith(pattern.slice(1));
}

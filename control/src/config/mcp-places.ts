// MCP servers beside each other: no two at one place, and where all of them lead.
import type { Mcp, McpServer } from "../model/mcp.ts";
import type { Path } from "./path.ts";
import { toSecret, type Reference } from "./reference.ts";
import type { Report } from "./report.ts";

/** A server, and where it is written. */
export interface PlacedServer {
  server: McpServer;
  path: Path;
}

/** Of two servers at one place the first keeps it. */
export function reportSamePaths(servers: PlacedServer[], report: Report): McpServer[] {
  return servers.flatMap(({ server, path }, index) => {
    const isTaken = servers.slice(0, index).some((other) => meet(other.server, server));
    if (!isTaken) return [server];
    report.leftOut(path, { message: "Another server has the same path", fix: "Give it a path or hosts of its own" });
    return [];
  });
}

function meet(a: McpServer, b: McpServer): boolean {
  const isEverywhere = a.hosts.length === 0 || b.hosts.length === 0;
  if (a.isDisabled || b.isDisabled) return false;
  return (
    a.path === b.path &&
    (isEverywhere ? a.hosts.length === b.hosts.length : a.hosts.some((host) => b.hosts.includes(host)))
  );
}

/** All servers, every address that they lead to once, and what their sessions are encrypted with. */
export function mcpOf(all: McpServer[], secrets: string[], references: Map<string, Reference>): { mcp?: Mcp } {
  if (all.length === 0) return {};
  const path = (index: number): Path => ["gateway", "mcpSessionSecrets", index];
  const sessionSecrets = secrets.map((secret, index) => toSecret(secret, path(index), references));
  const servers = all.filter(({ isDisabled }) => !isDisabled);
  const disabled = all.filter(({ isDisabled }) => isDisabled);
  const addresses = servers.flatMap(({ upstreams }) => upstreams);
  const upstreams = [...new Map(addresses.map((upstream) => [JSON.stringify(upstream), upstream])).values()];
  const others = { ...(disabled.length > 0 && { disabled }), ...(sessionSecrets.length > 0 && { sessionSecrets }) };
  return { mcp: { servers, upstreams, ...others } };
}

// Of an MCP server that stands in front of others: what its mode needs, and who they are.
import type { McpMember, McpMode, McpRemote, McpServer } from "../model/mcp.ts";
import type { Secret } from "../model/secret.ts";
import { didYouMean } from "./did-you-mean.ts";
import { withSecrets } from "./mcp-secrets.ts";
import type { PlacedServer } from "./mcp-places.ts";
import type { Report } from "./report.ts";
import type { McpContext } from "./resolve-mcp-server.ts";
import type { McpServerConfig } from "./schema/mcp-server.ts";
import { Mistake } from "./schema/scalar.ts";
import { readBaseUrl } from "./schema/url.ts";

/** The fields that a mode is made of, and that no other has. The first of each has to be there. */
const fieldsOf: Record<McpMode, (keyof McpServerConfig)[]> = {
  rest: ["tools", "baseUrl", "prompts", "resources"],
  proxy: ["upstream"],
  multiplex: ["members", "prefix", "notificationsFrom"],
  toolSet: ["serverTools"],
};

/** Reports what the mode needs and has not, and what belongs to another one. */
export function checkMode(config: McpServerConfig, { report, path }: McpContext): void {
  const [needed] = fieldsOf[config.mode];
  if (needed && config[needed] === undefined) {
    report.error([...path, needed], { message: `${needed} is missing`, fix: `Add it: mode ${config.mode} needs it` });
  }
  for (const [mode, fields] of Object.entries(fieldsOf)) {
    if (mode === config.mode) continue;
    for (const field of fields.filter((name) => config[name] !== undefined)) {
      report.error([...path, field], { message: `${field} belongs to mode ${mode}`, fix: "Remove it, or change mode" });
    }
  }
}

/** What the model has of a server of another mode than `rest`. */
export function relayOf(config: McpServerConfig, context: McpContext): Partial<McpServer> {
  const { mode, members = [], serverTools = [], prefix = "conditional", notificationsFrom = null } = config;
  const { allowTools = null } = config;
  switch (mode) {
    case "rest":
      return {};
    case "proxy":
      return { upstream: remoteOf(config, context), allowTools };
    case "multiplex":
      return {
        members: members.map(({ server, tools, aliases }) => ({ server, tools: tools ?? null, aliases })),
        prefix,
        notificationsFrom,
        allowTools,
      };
    case "toolSet":
      return {
        members: serverTools.map(({ serverName, tools }) => ({
          server: serverName,
          tools: tools ?? null,
          aliases: {},
        })),
        allowTools,
      };
  }
}

function remoteOf({ upstream }: McpServerConfig, { path, references }: McpContext): McpRemote {
  const url = readBaseUrl(upstream!.url);
  const headers = upstream!.headers.map(({ key, value }, index) => ({
    name: key,
    value: withSecrets(value, [...path, "upstream", "headers", index, "value"], references) as string | Secret,
  }));
  const { transport, protocol, listTimeout: listTimeoutMs } = upstream!;
  const upstreamPath = url instanceof Mistake || url.path === "" ? "/" : url.path;
  return { path: upstreamPath, transport, protocol, listTimeoutMs, headers };
}

/** Members have to be there, and of another kind. A server that lacks one serves nothing. */
export function reportMembers(servers: PlacedServer[], report: Report): PlacedServer[] {
  const isPossible = ({ members, isDisabled }: McpServer) => members === undefined && !isDisabled;
  const possible = servers.filter(({ server }) => isPossible(server)).map(({ server }) => server.name);
  return servers.map(({ server, path }) => {
    const field = server.mode === "toolSet" ? "serverTools" : "members";
    const name = server.mode === "toolSet" ? "serverName" : "server";
    const isWhole = (server.members ?? []).map((member, index) => {
      const problem = problemOf(member, server.members!.slice(0, index), possible);
      if (problem) report.error([...path, field, index, name], problem);
      return problem === null;
    });
    const from = server.notificationsFrom ?? null;
    if (from !== null && !server.members!.some((member) => member.server === from)) {
      const fix = `Use one of: ${server.members!.map((member) => member.server).join(", ")}`;
      report.error([...path, "notificationsFrom"], { message: "There is no member of this name", fix });
      isWhole.push(false);
    }
    return { path, server: isWhole.every(Boolean) ? server : { ...server, problem: "its configuration has errors" } };
  });
}

function problemOf({ server }: McpMember, before: McpMember[], possible: string[]) {
  if (before.some((member) => member.server === server)) {
    return { message: "The server is a member already", fix: "Name each server once" };
  }
  if (possible.includes(server)) return null;
  const meant = didYouMean(server, possible);
  const fix = meant ? `Did you mean "${meant}"?` : "Write the name of a server of mode rest or proxy";
  return { message: "There is no server of this name that could be a member", fix };
}

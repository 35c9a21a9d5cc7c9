// Who may use what of an MCP server, as the model has it.
import type { McpServer } from "../model/mcp.ts";
import type { McpServerConfig } from "./schema/mcp-server.ts";

export function accessOf({ access, oauth }: McpServerConfig): Pick<McpServer, "access" | "oauth"> {
  const rules = access?.map(({ claims, scopes, ...lists }) => ({
    consumers: lists.consumers ?? null,
    organizations: lists.organizations ?? null,
    teams: lists.teams ?? null,
    users: lists.users ?? null,
    claims,
    scopes,
    tools: lists.tools ?? null,
    prompts: lists.prompts ?? null,
    resources: lists.resources ?? null,
  }));
  return {
    access: rules ?? null,
    oauth: oauth
      ? {
          resource: oauth.resource ?? null,
          authorizationServers: oauth.authorizationServers ?? null,
          scopes: oauth.scopes ?? null,
        }
      : null,
  };
}

// Where tokens for an MCP server come from, as clients learn it (RFC 9728): from the plugin at a path of its own, and
// from each answer that refuses them.
import type { McpServer } from "../model/mcp.ts";
import type { Model } from "../model/model.ts";

const wellKnown = "/.well-known/oauth-protected-resource";

/** What clients are told; null where nobody gives tokens for it. */
export function oauthOf({ oauth, access, auth }: McpServer, { auth: callers }: Model) {
  const issuers = (callers?.jwt ?? []).map(({ issuer }) => issuer).filter((issuer) => /^https?:\/\//.test(issuer));
  const authorizationServers = oauth?.authorizationServers ?? issuers;
  if (auth === "none" || authorizationServers.length === 0) return null;
  const scopes = oauth?.scopes ?? [...new Set((access ?? []).flatMap((rule) => rule.scopes))];
  return {
    ...(oauth?.resource && { resource: oauth.resource }),
    authorizationServers,
    ...(scopes.length > 0 && { scopes }),
  };
}

/** The path where it is told: with the server's behind it. */
export function metadataPath({ path }: McpServer): string {
  return `${wellKnown}${path}`;
}

/** The one without, which clients ask that know nothing of paths. */
export const rootMetadataPath = wellKnown;

/**
 * What stands in `WWW-Authenticate` behind the gateway's origin, or with it where it is known: where the metadata is,
 * and which scopes to ask for.
 */
export function challengeOf(server: McpServer, model: Model): string | null {
  const oauth = oauthOf(server, model);
  if (!oauth) return null;
  const origin = oauth.resource ? new URL(oauth.resource).origin : "";
  const scope = oauth.scopes ? `, scope="${oauth.scopes.join(" ")}"` : "";
  return `${origin}${metadataPath(server)}"${scope}`;
}

// MCP servers: what clients of the Model Context Protocol reach, and what it is made of.
import type { RouteAuth } from "./auth.ts";
import type { ServiceUse } from "./discovery.ts";
import type { TargetTls } from "./model.ts";
import type { Secret } from "./secret.ts";

/** All servers, and where their tools lead. */
export interface Mcp {
  /** In the file's order. Names are unique, among routes too. */
  servers: McpServer[];
  /** Of all servers; each address once. */
  upstreams: McpUpstream[];
  /** Those that are switched off: they are nowhere but in the market. Absent where there is none. */
  disabled?: McpServer[];
  /** What sessions are encrypted with, the newest first. Where there is none the control plane has one of its own. */
  sessionSecrets?: Secret[];
}

/** Whether any server has sessions: those in front of others do. */
export function hasSessions({ mcp }: { mcp?: Mcp }): boolean {
  return (mcp?.servers ?? []).some(({ mode }) => mode !== "rest");
}

/**
 * Whether it is a member whose streams never end: then calls of the plugin's reach it by a listener inside of Envoy,
 * which its bootstrap has to allow.
 */
export function isInner({ name, upstream }: McpServer, mcp: Mcp | undefined): boolean {
  if (upstream?.transport !== "sse") return false;
  return (mcp?.servers ?? []).some(({ members = [] }) => members.some(({ server }) => server === name));
}

/** JSON in which a text may be secret. */
export type SecretJson = null | boolean | number | string | Secret | SecretJson[] | { [key: string]: SecretJson };

/** A server. */
export interface McpServer {
  name: string;
  mode: McpMode;
  /** Why it cannot serve, which its clients are told; null where it can. */
  problem: string | null;
  /** Set on one that is switched off. */
  isDisabled?: true;
  /** Host names, `*.example.com` allowed; empty for every host. */
  hosts: string[];
  /** The one path of its endpoint. */
  path: string;
  auth: RouteAuth;
  title: string | null;
  version: string;
  instructions: string | null;
  /** What `:authority` may say, without ports; empty for anything. */
  allowedHosts: string[];
  /** Pages of these origins may ask, besides its own. */
  allowedOrigins: string[];
  headerValidation: HeaderValidation;
  /** The header by which whoever is in front narrows the tools. */
  toolsHeader: string | null;
  /** Until an API's answer is there. */
  timeoutMs: number;
  requestBytesMax: number;
  responseBytesMax: number;
  /** Tools to a page of a list. */
  pageSize: number;
  listTtlMs: number;
  templates: TemplateMode;
  /** What templates see as `.config`. */
  config: { [key: string]: SecretJson };
  securitySchemes: SecretJson[];
  defaultDownstreamSecurity: SecretJson;
  defaultUpstreamSecurity: SecretJson;
  passthroughAuthHeader: boolean;
  /** Each: `definition`, which lists show, and what the plugin is to do. */
  tools: { [key: string]: SecretJson }[];
  /** Likewise. */
  prompts: { [key: string]: SecretJson }[];
  resources: { [key: string]: SecretJson }[];
  /** Null leaves everything open. */
  access: McpAccess[] | null;
  oauth: McpOauth | null;
  /** What seals the answers that clients carry between rounds of questions; null for a key of each Envoy's own. */
  stateKey: SecretJson;
  upstreams: McpUpstream[];
  /** Of mode `proxy`. */
  upstream?: McpRemote;
  /** Of the modes `multiplex` and `toolSet`. */
  members?: McpMember[];
  /** Of mode `multiplex`. */
  prefix?: McpPrefix;
  /** Of mode `multiplex`: the member whose notifications reach clients that listen. */
  notificationsFrom?: string | null;
  /** Of any mode but `rest`: the only tools that are there; null for all. */
  allowTools?: string[] | null;
}

/** Opens something of a server to somebody. Lists are of patterns; null is for all. */
export interface McpAccess {
  consumers: string[] | null;
  organizations: string[] | null;
  teams: string[] | null;
  users: string[] | null;
  /** Values of which one is needed. */
  claims: { [name: string]: string[] };
  /** All of them are needed. */
  scopes: string[];
  tools: string[] | null;
  prompts: string[] | null;
  resources: string[] | null;
}

/** What clients are told of who gives tokens. Null where it follows from other things. */
export interface McpOauth {
  resource: string | null;
  authorizationServers: string[] | null;
  scopes: string[] | null;
}

/** Another MCP server, in front of which a proxy stands. Its address is the one of `upstreams`. */
export interface McpRemote {
  path: string;
  transport: McpTransport;
  protocol: McpProtocol;
  /** Until it has greeted the gateway, and until a list is there. */
  listTimeoutMs: number;
  headers: { name: string; value: string | Secret }[];
}

/** A server of which another one is made. */
export interface McpMember {
  server: string;
  /** The only tools that are taken; null for all. */
  tools: string[] | null;
  /** Names for tools in place of their own. */
  aliases: { [tool: string]: string };
}

/** An address that tools lead to: one Envoy cluster. */
export interface McpUpstream {
  /** `https://api.example.com`, lower case, without a port that the scheme has anyway. */
  origin: string;
  host: string;
  port: number;
  /** Whose servers are connected to in place of `host`; absent where that is meant. */
  service?: ServiceUse;
  tls: TargetTls | null;
  authority: string;
}

export type McpMode = "rest" | "proxy" | "multiplex" | "toolSet";
export const mcpModes: readonly McpMode[] = ["rest", "proxy", "multiplex", "toolSet"];

/** `http`: streamable HTTP. `sse`: a stream of events, and a place to post to, as of 2024-11-05. */
export type McpTransport = "http" | "sse";
export const mcpTransports: readonly McpTransport[] = ["http", "sse"];

/** The era that a server speaks; `auto` where that is to be found out. */
export type McpProtocol = "auto" | "legacy" | "modern";
export const mcpProtocols: readonly McpProtocol[] = ["auto", "legacy", "modern"];

/** Which names of a member's get its own in front: those that two have, all, none. */
export type McpPrefix = "conditional" | "always" | "never";
export const mcpPrefixes: readonly McpPrefix[] = ["conditional", "always", "never"];

/** `lenient`: headers that repeat the body may be left out. One that differs never passes. */
export type HeaderValidation = "strict" | "lenient";
export const headerValidations: readonly HeaderValidation[] = ["strict", "lenient"];

/** `higress`: values are what Higress's template library makes of them, its quirks included. */
export type TemplateMode = "sane" | "higress";
export const templateModes: readonly TemplateMode[] = ["sane", "higress"];

// MCP servers: what clients of the Model Context Protocol reach, and what it is made of.
import type { RouteAuth } from "./auth.ts";
import type { TargetTls } from "./model.ts";
import type { Secret } from "./secret.ts";

/** All servers, and where their tools lead. */
export interface Mcp {
  /** In the file's order. Names are unique, among routes too. */
  servers: McpServer[];
  /** Of all servers; each address once. */
  upstreams: McpUpstream[];
}

/** JSON in which a text may be secret. */
export type SecretJson = null | boolean | number | string | Secret | SecretJson[] | { [key: string]: SecretJson };

/** A server whose tools are requests to HTTP APIs. */
export interface McpServer {
  name: string;
  mode: McpMode;
  /** Why it cannot serve, which its clients are told; null where it can. */
  problem: string | null;
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
  upstreams: McpUpstream[];
}

/** An address that tools lead to: one Envoy cluster. */
export interface McpUpstream {
  /** `https://api.example.com`, lower case, without a port that the scheme has anyway. */
  origin: string;
  host: string;
  port: number;
  tls: TargetTls | null;
  authority: string;
}

export type McpMode = "rest";
export const mcpModes: readonly McpMode[] = ["rest"];

/** `lenient`: headers that repeat the body may be left out. One that differs never passes. */
export type HeaderValidation = "strict" | "lenient";
export const headerValidations: readonly HeaderValidation[] = ["strict", "lenient"];

/** `higress`: values are what Higress's template library makes of them, its quirks included. */
export type TemplateMode = "sane" | "higress";
export const templateModes: readonly TemplateMode[] = ["sane", "higress"];

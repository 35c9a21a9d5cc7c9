// `market` of the configuration → the model's: this gateway's own servers, and those that are imported.
import { isIP } from "node:net";
import type { Auth } from "../model/auth.ts";
import type { Market, MarketEntry, MarketStatus, ServerJson } from "../model/market.ts";
import type { Mcp, McpServer } from "../model/mcp.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";
import type { MarketConfig, MarketEntryConfig } from "./schema/market.ts";

export interface MarketContext {
  report: Report;
  mcp: Mcp | undefined;
  gateway: { address: string; port: number };
  auth: Auth | null;
  readFile(path: string): string;
}

export function resolveMarket(config: MarketConfig, context: MarketContext): Market {
  const { address, port, namespace, servers, pins } = config;
  const { mcp, report } = context;
  const own = [
    ...(mcp?.servers ?? []).map((server) => ownEntry(server, "active", config, context)),
    ...(mcp?.disabled ?? []).map((server) => ownEntry(server, "deleted", config, context)),
  ];
  const imported = servers.flatMap((entry, index) => importedEntry(entry, ["market", "servers", index], context) ?? []);
  const all = new Map<string, MarketEntry>();
  for (const { entry, path } of [...own.map((each) => ({ entry: each, path: null })), ...imported]) {
    const key = `${entry.server.name} ${entry.server.version}`;
    if (!all.has(key)) all.set(key, entry);
    else
      report.leftOut(path ?? ["market"], {
        message: `${key} is in the market already`,
        fix: "Give it another version",
      });
  }
  const entries = [...all.values()];
  for (const [name, version] of Object.entries(pins)) pin(name, String(version), entries, report);
  if (isIP(address) !== 0 && !address.startsWith("127.") && address !== "::1") {
    const message = "The market can be read from other machines, without TLS";
    report.info(["market", "address"], { message, fix: "Put a proxy with TLS before it, if that is not meant" });
  }
  return { address, port, namespace, database: null, entries };
}

const schema = "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";
const descriptionLengthMax = 100;

function ownEntry(server: McpServer, status: MarketStatus, config: MarketConfig, context: MarketContext): MarketEntry {
  const { name, title, version, instructions, path } = server;
  const [first = ""] = (instructions ?? "").trim().split("\n");
  const described = first || title || `The MCP server ${name}`;
  const key = {
    name: "Authorization",
    description: "Bearer, and a key of this gateway",
    isRequired: true,
    isSecret: true,
  };
  const hasKey = context.auth !== null && server.auth === "key";
  const remote = {
    type: "streamable-http",
    url: gatewayUrl(server, config, context) + path,
    ...(hasKey && { headers: [key] }),
  };
  const json: ServerJson = {
    $schema: schema,
    name: `${config.namespace}/${name}`,
    ...(title && { title: title.slice(0, descriptionLengthMax) }),
    description: described.slice(0, descriptionLengthMax),
    version,
    remotes: [remote],
  };
  return { server: json, status, statusMessage: null, isPinned: false };
}

function gatewayUrl({ hosts }: McpServer, { url }: MarketConfig, { gateway }: MarketContext): string {
  if (url !== undefined) return url.replace(/\/+$/, "");
  const { address, port } = gateway;
  const own = ["0.0.0.0", "::"].includes(address) ? "127.0.0.1" : address;
  const host = hosts.find((each) => !each.startsWith("*")) ?? (own.includes(":") ? `[${own}]` : own);
  return `http://${host}:${port}`;
}

function importedEntry(
  { file, server, enabled, deprecated }: MarketEntryConfig,
  path: Path,
  { report, readFile }: MarketContext,
): { entry: MarketEntry; path: Path } | null {
  if ((file === undefined) === (server === undefined)) {
    report.leftOut(path, { message: "It needs either file or server", fix: "Give one of the two" });
    return null;
  }
  const read = file === undefined ? server : readJson(file, [...path, "file"], { report, readFile });
  if (read === null) return null;
  const problem = problemOf(read);
  if (problem !== null) {
    report.leftOut(path, { message: problem, fix: "Correct it: see the registry's schema of server.json" });
    return null;
  }
  const status = !enabled ? "deleted" : deprecated === undefined ? "active" : "deprecated";
  const entry = { server: read as ServerJson, status, statusMessage: deprecated ?? null, isPinned: false } as const;
  return { entry, path };
}

function readJson(file: string, path: Path, { report, readFile }: Pick<MarketContext, "report" | "readFile">): unknown {
  try {
    return JSON.parse(readFile(file)) as unknown;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "no JSON";
    report.leftOut(path, { message: `The file cannot be read (${code})`, fix: "Correct its path or its content" });
    return null;
  }
}

/** What the registry would not take, or null. */
function problemOf(server: unknown): string | null {
  if (typeof server !== "object" || server === null || Array.isArray(server)) return "server.json must be an object";
  const { name, description, version, remotes, packages } = server as Record<string, unknown>;
  if (typeof name !== "string" || name.length > 200 || !/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/.test(name)) {
    return "name must be a namespace and a name, as in com.example/search";
  }
  if (typeof description !== "string" || description === "" || description.length > descriptionLengthMax) {
    return `description must be a text of 1 to ${descriptionLengthMax} characters`;
  }
  const isVersion = typeof version === "string" && version.length <= 255 && /^[^\s^~<>=*|]+$/.test(version);
  if (!isVersion || version === "latest" || /(^|\.)x$/i.test(version))
    return "version must be one version, such as 1.0.0";
  const isList = (value: unknown) => value === undefined || Array.isArray(value);
  return isList(remotes) && isList(packages) ? null : "remotes and packages must be lists";
}

function pin(name: string, version: string, entries: MarketEntry[], report: Report): void {
  const pinned = entries.find(({ server }) => server.name === name && server.version === version);
  if (pinned && pinned.status !== "deleted") pinned.isPinned = true;
  else {
    const fix = "Name a version that is in the market";
    report.leftOut(["market", "pins", name], { message: `There is no ${name} ${version} to be had`, fix });
  }
}

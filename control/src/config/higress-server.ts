// A Higress MCP configuration → an entry of `mcpServers`. What Weir has no place for is named, not lost silently.
// https://higress.ai/en/docs/latest/user/mcp-server/
import { escapeReferences } from "./escape-references.ts";
import { proxyOf, toolSetOf } from "./higress-relay.ts";
import { namePattern } from "./schema/name.ts";
import { positions } from "./schema/mcp-tool.ts";

type Json = Record<string, unknown>;

export interface ImportedServer {
  /** As it belongs below `mcpServers:`; null where it is none that can be taken over. */
  entry: Json | null;
  /** What was left out or changed, and why. */
  notes: string[];
}

const serverFields = [
  "config",
  "securitySchemes",
  "defaultDownstreamSecurity",
  "defaultUpstreamSecurity",
  "passthroughAuthHeader",
] as const;

const proxyFields = ["transport", "mcpServerURL", "timeout", "securitySchemes", "defaultUpstreamSecurity"] as const;

/** Reads one document of Higress's form. */
export function importHigress(document: unknown): ImportedServer {
  const notes: string[] = [];
  const root = unwrap(document, notes);
  const toolSet = mapping(root["toolSet"]);
  const server = toolSet ?? mapping(root["server"]);
  if (server === null) return refused("There is no server in it");
  if (typeof server["name"] !== "string" || server["name"] === "") return refused("The server has no name");
  const name = nameOf(server["name"], notes);
  const rest = toolSet ? toolSetPart(toolSet, root, notes) : serverPart(server, root, notes);
  if (typeof rest === "string") return refused(rest);
  return { entry: escapeReferences({ name, ...rest }) as Json, notes };
}

function toolSetPart(toolSet: Json, root: Json, notes: string[]): Json {
  noteUnknown(toolSet, ["name", "serverTools"], "toolSet", notes);
  noteUnknown(root, ["toolSet"], "the file", notes);
  return toolSetOf(toolSet);
}

/** What an entry has beside its name; a text says why there is none. */
function serverPart(server: Json, root: Json, notes: string[]): Json | string {
  const { type = "rest" } = server;
  if (type !== "rest" && type !== "mcp-proxy") return `There are no servers of the type ${String(type)}`;
  noteUnknown(root, ["server", "tools", "allowTools"], "the file", notes);
  if (type === "mcp-proxy") {
    noteUnknown(server, ["name", "type", ...proxyFields], "server", notes);
    return proxyOf(server, root, notes);
  }
  noteUnknown(server, ["name", "type", ...serverFields], "server", notes);
  return restPart(server, root, notes);
}

function restPart(server: Json, root: Json, notes: string[]): Json | string {
  const { tools } = root;
  if (!Array.isArray(tools) || tools.length === 0) {
    return `${String(server["name"])} has no tools of its own: it is one of those that are built into Higress`;
  }
  if (tools.some((tool) => isPath(mapping(mapping(tool)?.["requestTemplate"])?.["url"]))) {
    notes.push("Some URLs are paths: add baseUrl, the server that they are below");
  }
  const taken = serverFields.map((field): [string, unknown] => [field, withoutEmpty(server[field])]);
  return {
    templates: "higress",
    ...Object.fromEntries(taken.filter(([, value]) => value !== undefined)),
    tools: tools.map((tool) => toolOf(mapping(tool) ?? {}, notes)),
    ...(Array.isArray(root["allowTools"]) && { allowTools: root["allowTools"] }),
  };
}

function isPath(url: unknown): boolean {
  return typeof url === "string" && url.startsWith("/");
}

function refused(why: string): ImportedServer {
  return { entry: null, notes: [why] };
}

/** Rules for routes wrap the configuration; the first of them is taken. */
function unwrap(document: unknown, notes: string[]): Json {
  const root = mapping(document) ?? {};
  const rules = root["_rules_"];
  if (!Array.isArray(rules) || rules.length === 0) return root;
  if (rules.length > 1) notes.push("Only the first of several _rules_ is taken over");
  const { _match_route_: _route, _match_domain_: _domain, ...rule } = mapping(rules[0]) ?? {};
  return rule;
}

function mapping(value: unknown): Json | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** Names of servers are names of routes too. */
function nameOf(name: string, notes: string[]): string {
  if (namePattern.test(name)) return name;
  const usable =
    name
      .replace(/[^A-Za-z0-9_-]+/g, "-")
      .replace(/^[-_]+|[-_]+$/g, "")
      .slice(0, 63) || "server";
  notes.push(`The name ${name} has become ${usable}`);
  return usable;
}

function noteUnknown(object: Json, known: readonly string[], where: string, notes: string[]): void {
  for (const field of Object.keys(object)) {
    if (!known.includes(field)) notes.push(`${field} of ${where} is left out: Weir has no such field`);
  }
}

const toolFields = ["name", "description", "outputSchema", "errorResponseTemplate"] as const;
const requestFields = ["url", "method", "body", "argsToJsonBody", "argsToUrlParam", "argsToFormBody"] as const;
const responseFields = ["body", "prependBody", "appendBody"] as const;

function toolOf(tool: Json, notes: string[]): Json {
  const where = `the tool ${String(tool["name"])}`;
  const request = mapping(tool["requestTemplate"]) ?? {};
  const response = mapping(tool["responseTemplate"]) ?? {};
  const own = [...toolFields, "args", "security", "requestTemplate", "responseTemplate"];
  noteUnknown(tool, own, where, notes);
  noteUnknown(request, [...requestFields, "headers", "security"], `${where}'s requestTemplate`, notes);
  noteUnknown(response, responseFields, `${where}'s responseTemplate`, notes);
  const args = Array.isArray(tool["args"]) ? tool["args"].map((arg) => argOf(mapping(arg) ?? {}, where, notes)) : [];
  const headers = Array.isArray(request["headers"]) ? request["headers"].map(headerOf) : [];
  return {
    ...picked(tool, toolFields),
    ...(args.length > 0 && { args }),
    ...optional("security", securityOf(tool["security"])),
    requestTemplate: {
      ...picked(request, requestFields),
      ...(headers.length > 0 && { headers }),
      ...optional("security", securityOf(request["security"])),
    },
    responseTemplate: picked(response, responseFields),
  };
}

function optional(name: string, value: unknown): Json {
  return value === undefined ? {} : { [name]: value };
}

/** Those that are there and say something. */
function picked(object: Json, fields: readonly string[]): Json {
  return Object.fromEntries(fields.flatMap((field) => (hasValue(object[field]) ? [[field, object[field]]] : [])));
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** A position that Higress does not know is none to it. */
function argOf({ position, ...written }: Json, where: string, notes: string[]): Json {
  const arg = withKnownType(written, where, notes);
  if (position === undefined || position === "") return arg;
  if (positions.includes(position as (typeof positions)[number])) return { ...arg, position };
  notes.push(`The position ${String(position)} of ${String(arg["name"])} of ${where} is left out, as Higress does`);
  return arg;
}

/** What people write who think of another language. */
const typeNames: Record<string, string> = {
  int: "integer",
  long: "integer",
  float: "number",
  double: "number",
  bool: "boolean",
  text: "string",
  list: "array",
  map: "object",
};

function withKnownType(arg: Json, where: string, notes: string[]): Json {
  const meant = typeof arg["type"] === "string" ? typeNames[arg["type"]] : undefined;
  if (meant === undefined) return arg;
  notes.push(`The type ${String(arg["type"])} of ${String(arg["name"])} of ${where} has become ${meant}`);
  return { ...arg, type: meant };
}

function headerOf(header: unknown): Json {
  const { key, value } = mapping(header) ?? {};
  return { key, value: typeof value === "string" ? value : String(value ?? "") };
}

function securityOf(security: unknown): unknown {
  const one = mapping(Array.isArray(security) ? security[0] : security);
  return one && hasValue(one["id"]) ? withoutEmpty(one) : undefined;
}

/** Without the empty texts that Higress takes for nothing. */
function withoutEmpty(value: unknown): unknown {
  if (value === "" || value === null) return undefined;
  if (Array.isArray(value)) return value.map(withoutEmpty).filter((item) => item !== undefined);
  const object = mapping(value);
  if (!object) return value;
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, item]) => {
      const kept = withoutEmpty(item);
      return kept === undefined ? [] : [[key, kept]];
    }),
  );
}

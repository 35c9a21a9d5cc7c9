// An MCP server of the configuration → one of the model. One that is wrong stays in it, and tells its clients why: its
// neighbours serve on, and nobody gets another server's tools.
import { isAbsolute, join } from "node:path";
import type { ServiceUse } from "../model/discovery.ts";
import type { McpServer, McpUpstream, SecretJson } from "../model/mcp.ts";
import { namePattern } from "./schema/name.ts";
import { originOf } from "./api-origins.ts";
import { checkTemplates } from "./check-mcp-templates.ts";
import { didYouMean } from "./did-you-mean.ts";
import { withSecrets } from "./mcp-secrets.ts";
import { formatPath, type Path } from "./path.ts";
import type { Reference } from "./reference.ts";
import type { Report } from "./report.ts";
import { checkMode, relayOf } from "./resolve-mcp-relay.ts";
import { reportTwoAuthorities } from "./resolve-provider.ts";
import { resolveService, type Registries } from "./resolve-registry.ts";
import { readPath } from "./schema/http.ts";
import type { McpServerConfig } from "./schema/mcp-server.ts";
import type { ToolConfig } from "./schema/mcp-tool.ts";
import { Mistake } from "./schema/scalar.ts";
import { readBaseUrl, type BaseUrl } from "./schema/url.ts";
import { accessOf } from "./mcp-access.ts";
import {
  checkInputs,
  checkNames,
  checkPrompt,
  checkResource,
  inputsOf,
  resolvePrompt,
  resolveResource,
} from "./resolve-mcp-content.ts";
import { toolArguments, toolDefinition } from "./tool-definition.ts";

export interface McpContext {
  report: Report;
  path: Path;
  references: Map<string, Reference>;
  baseDir: string;
  /** Where the gateway listens. */
  address: string;
  registries: Registries;
}

const loopbackNames = ["localhost", "127.0.0.1", "[::1]"];

/** Null when something is wrong with it, which the report then says. */
export function resolveMcpServer(config: McpServerConfig, context: McpContext): McpServer | null {
  const { report, path, references } = context;
  checkMode(config, context);
  const tools = allowedTools(config, context);
  tools.forEach(([tool, index]) => {
    checkTool(tool, config, [...path, "tools", index], report);
    checkInputs(tool.inputRequests, [...path, "tools", index], context);
  });
  checkSecurity(config, context);
  checkContent(config, context);
  checkTemplates(config, path, report);
  const upstreams = resolveUpstreams(config, tools, context);
  if (report.isBroken(path)) return null;
  const secret = (field: keyof McpServerConfig) => withSecrets(config[field] ?? null, [...path, field], references);
  const { name, mode, hosts, auth, version, allowedOrigins, headerValidation, templates } = config;
  const { requestBytesMax, responseBytesMax, pageSize, passthroughAuthHeader } = config;
  return {
    name,
    mode,
    problem: null,
    ...(!config.enabled && { isDisabled: true }),
    hosts,
    path: config.path ?? defaultPath(name),
    auth,
    title: config.title ?? null,
    version,
    instructions: config.instructions ?? null,
    allowedHosts: config.allowedHosts ?? (isLoopback(context.address) && hosts.length === 0 ? loopbackNames : []),
    allowedOrigins,
    headerValidation,
    toolsHeader: config.allowToolsHeader ?? null,
    timeoutMs: config.timeout,
    requestBytesMax,
    responseBytesMax,
    pageSize,
    listTtlMs: config.listTtl,
    templates,
    config: secret("config") as McpServer["config"],
    securitySchemes: secret("securitySchemes") as SecretJson[],
    defaultDownstreamSecurity: secret("defaultDownstreamSecurity"),
    defaultUpstreamSecurity: secret("defaultUpstreamSecurity"),
    passthroughAuthHeader,
    tools: tools.map(([tool, index]) => resolveTool(tool, config, [...path, "tools", index], references)),
    prompts: (config.prompts ?? []).map((prompt, index) => resolvePrompt(prompt, [...path, "prompts", index], context)),
    resources: (config.resources ?? []).map((resource, index) =>
      resolveResource(
        resource,
        wholeUrl(resource.requestTemplate?.url, config),
        [...path, "resources", index],
        context,
      ),
    ),
    ...accessOf(config),
    stateKey: secret("stateKey"),
    upstreams,
    ...relayOf(config, context),
  };
}

/** A server in place of one that cannot be read, when it is known what it is called; it serves nothing. */
export function brokenMcpServer(raw: unknown): McpServer | null {
  const { name, path, enabled } = (raw ?? {}) as Record<string, unknown>;
  if (typeof name !== "string" || !namePattern.test(name)) return null;
  const given = typeof path === "string" ? readPath(path) : "";
  return {
    name,
    mode: "rest",
    problem: "its configuration has errors",
    ...(enabled === false && { isDisabled: true }),
    hosts: [],
    path: given instanceof Mistake || given === "" ? defaultPath(name) : given,
    auth: "key",
    title: null,
    version: "1.0.0",
    instructions: null,
    allowedHosts: [],
    allowedOrigins: [],
    headerValidation: "strict",
    toolsHeader: null,
    timeoutMs: 30_000,
    requestBytesMax: 4 * 1024 * 1024,
    responseBytesMax: 1024 * 1024,
    pageSize: 100,
    listTtlMs: 60_000,
    templates: "sane",
    config: {},
    securitySchemes: [],
    defaultDownstreamSecurity: null,
    defaultUpstreamSecurity: null,
    passthroughAuthHeader: false,
    tools: [],
    prompts: [],
    resources: [],
    access: null,
    oauth: null,
    stateKey: null,
    upstreams: [],
  };
}

function defaultPath(name: string): string {
  return `/mcp/${name}`;
}

function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1";
}

/** With their places in the file. */
function allowedTools(config: McpServerConfig, { report, path }: McpContext): [ToolConfig, number][] {
  const { tools = [], allowTools, mode } = config;
  const all = tools.map((tool, index): [ToolConfig, number] => [tool, index]);
  const names = tools.map(({ name }) => name);
  names.forEach((name, index) => {
    if (names.indexOf(name) === index) return;
    const message = "The name is already taken";
    report.error([...path, "tools", index, "name"], { message, fix: "Give each tool a name of its own" });
  });
  // What other servers have is known when they are asked.
  if (mode !== "rest") return [];
  allowTools?.forEach((name, index) => {
    if (names.includes(name)) return;
    const meant = didYouMean(name, names);
    const fix = meant ? `Did you mean "${meant}"?` : "Write the name of one of its tools";
    report.leftOut([...path, "allowTools", index], { message: "There is no tool of this name", fix });
  });
  return allowTools ? all.filter(([{ name }]) => allowTools.includes(name)) : all;
}

/** A path is one below the base, whoever may be asked besides. */
function wholeUrl(written: string | undefined, { baseUrl }: McpServerConfig): string | undefined {
  const url = written?.trim();
  return url?.startsWith("/") ? baseUrl!.replace(/\/$/, "") + url : url;
}

/** Prompts and resources. */
function checkContent(config: McpServerConfig, context: McpContext): void {
  const { prompts = [], resources = [] } = config;
  checkNames(
    prompts.map(({ name }) => name),
    "prompts",
    context,
  );
  prompts.forEach((prompt, index) => {
    checkPrompt(prompt, [...context.path, "prompts", index], context);
    checkInputs(prompt.inputRequests, [...context.path, "prompts", index], context);
  });
  checkNames(
    resources.map(({ uri, uriTemplate }) => uri ?? uriTemplate ?? ""),
    "resources",
    context,
    "uri",
  );
  resources.forEach((resource, index) => {
    const path = [...context.path, "resources", index];
    checkResource(resource, path, context);
    checkInputs(resource.inputRequests, path, context);
    checkBase(resource.requestTemplate?.url, config, [...path, "requestTemplate", "url"], context.report);
  });
}

function checkBase(url: string | undefined, { baseUrl }: McpServerConfig, path: Path, report: Report): void {
  if (!url?.trim().startsWith("/") || baseUrl !== undefined) return;
  report.error(path, {
    message: "url is a path, and the server has no baseUrl",
    fix: "Write the whole URL, or add baseUrl",
  });
}

function checkTool(tool: ToolConfig, config: McpServerConfig, path: Path, report: Report): void {
  const { requestTemplate, responseTemplate } = tool;
  const gathered = (["argsToJsonBody", "argsToUrlParam", "argsToFormBody"] as const).filter(
    (way) => requestTemplate[way],
  );
  if (gathered.length > 1) {
    const message = `${gathered.join(" and ")} are both given`;
    report.error([...path, "requestTemplate"], { message, fix: "Keep one of them" });
  }
  const { body, content, prependBody, appendBody } = responseTemplate;
  if (content !== undefined && (body ?? prependBody ?? appendBody) !== undefined) {
    const message = "content has no room for body, prependBody and appendBody";
    report.error([...path, "responseTemplate"], { message, fix: "Write what they say into content" });
  }
  if (body !== undefined && (prependBody ?? appendBody) !== undefined) {
    const message = "body has no room for prependBody and appendBody";
    report.error([...path, "responseTemplate"], { message, fix: "Write what they say into body, or remove body" });
  }
  if (!requestTemplate.url && !body && !content) {
    const message = "The tool has neither a URL nor an answer of its own";
    report.error(path, { message, fix: "Add requestTemplate.url, or responseTemplate.body" });
  }
  checkBase(requestTemplate.url, config, [...path, "requestTemplate", "url"], report);
  if (!/^[A-Za-z0-9_./-]{1,128}$/.test(tool.name)) {
    const message = "Some clients do not understand this name";
    report.warning([...path, "name"], { message, fix: "Use letters, digits, _ - and . alone" });
  }
}

function checkSecurity(config: McpServerConfig, { report, path, references }: McpContext): void {
  const ids = config.securitySchemes.map(({ id }) => id);
  config.securitySchemes.forEach((scheme, index) => {
    const isWhole = scheme.type === "http" ? scheme.scheme : scheme.in && scheme.name;
    if (isWhole)
      return warnOfLiteral(scheme.defaultCredential, [...path, "securitySchemes", index, "defaultCredential"]);
    const message = scheme.type === "http" ? "scheme is missing" : "in and name are missing";
    report.error([...path, "securitySchemes", index], { message, fix: "Add what says how the credential travels" });
  });
  const uses: [McpServerConfig["defaultUpstreamSecurity"], Path][] = [
    [config.defaultDownstreamSecurity, [...path, "defaultDownstreamSecurity"]],
    [config.defaultUpstreamSecurity, [...path, "defaultUpstreamSecurity"]],
    ...(config.tools ?? []).flatMap(({ security, requestTemplate }, index): typeof uses => [
      [security, [...path, "tools", index, "security"]],
      [requestTemplate.security, [...path, "tools", index, "requestTemplate", "security"]],
    ]),
  ];
  for (const [use, usePath] of uses) {
    if (!use) continue;
    warnOfLiteral(use.credential, [...usePath, "credential"]);
    if (Array.isArray(report.writtenAt(usePath))) {
      report.warning(usePath, {
        message: "A list stands where one scheme belongs: its first is taken",
        fix: "Remove the hyphen",
      });
    }
    if (ids.includes(use.id)) continue;
    const fix = `Use one of: ${ids.join(", ") || "(there is none)"}`;
    report.error([...usePath, "id"], { message: "There is no security scheme of this id", fix });
  }

  function warnOfLiteral(credential: string | undefined, credentialPath: Path): void {
    if (credential === undefined || references.has(formatPath(credentialPath))) return;
    const message = `${credentialPath.at(-1)} is written into the file itself`;
    report.warning(credentialPath, { message, fix: "Put it in an environment variable and write ${API_KEY}" });
  }
}

/** Every address that a call may lead to, each once. */
function resolveUpstreams(config: McpServerConfig, tools: [ToolConfig, number][], context: McpContext): McpUpstream[] {
  const given = [config.baseUrl ?? [], config.apiUrls, config.upstream?.url ?? []].flat();
  const places = [
    ...tools.map(([{ requestTemplate }, index]): [string | undefined, Path] => [requestTemplate.url, ["tools", index]]),
    ...(config.resources ?? []).map(({ requestTemplate }, index): [string | undefined, Path] => [
      requestTemplate?.url,
      ["resources", index],
    ]),
  ];
  const origins = places.flatMap(([url, place]) => {
    if (!url) return [];
    const origin = originOf(url, config.config);
    if (!(origin instanceof Mistake)) return origin ?? [];
    // What it may be is said elsewhere.
    if (given.length > 0 && origin.message.includes("template")) return [];
    const path = [...context.path, ...place, "requestTemplate", "url"];
    context.report.error(path, { message: `url ${origin.message}`, fix: origin.fix });
    return [];
  });
  if (config.tls.ca && config.tls.caFile) reportTwoAuthorities([...context.path, "tls"], context.report);
  const urls = [...given, ...origins]
    .map((url) => readBaseUrl(url))
    .filter((url): url is BaseUrl => !(url instanceof Mistake));
  const servers = resolveServers(config, context);
  const upstreams = urls.map((url) => ({ ...upstreamOf(url, config, context.baseDir), ...servers(url) }));
  return [...new Map(upstreams.map((upstream) => [upstream.origin, upstream])).values()];
}

/** Whose servers an address stands for: that of `baseUrl`, or of the server behind. */
function resolveServers(config: McpServerConfig, context: McpContext): (url: BaseUrl) => { service?: ServiceUse } {
  const { service, baseUrl, upstream } = config;
  if (!service) return () => ({});
  const url = baseUrl ?? upstream?.url;
  if (url === undefined) {
    const message = "service has no effect without baseUrl or upstream.url";
    context.report.error([...context.path, "service"], { message, fix: "Add it, or remove service" });
  }
  const used = resolveService(service, context);
  const named = url === undefined ? null : readBaseUrl(url);
  return ({ authority, isTls }) => {
    const isMeant = named && !(named instanceof Mistake) && named.authority === authority && named.isTls === isTls;
    return used && isMeant ? { service: used } : {};
  };
}

function upstreamOf({ host, port, isTls, authority }: BaseUrl, { tls }: McpServerConfig, baseDir: string): McpUpstream {
  const caFile = tls.caFile === undefined ? null : isAbsolute(tls.caFile) ? tls.caFile : join(baseDir, tls.caFile);
  return {
    origin: `${isTls ? "https" : "http"}://${authority}`.toLowerCase(),
    host,
    port,
    tls: isTls ? { sni: host, caFile, ...(tls.ca !== undefined && { ca: tls.ca }) } : null,
    authority,
  };
}

function resolveTool(
  tool: ToolConfig,
  config: McpServerConfig,
  path: Path,
  references: Map<string, Reference>,
): McpServer["tools"][number] {
  const { security, requestTemplate, responseTemplate, errorResponseTemplate } = tool;
  const secret = (value: unknown, ...steps: string[]) => withSecrets(value, [...path, ...steps], references);
  const request = secret({ ...requestTemplate, url: wholeUrl(requestTemplate.url, config) }, "requestTemplate");
  return {
    definition: toolDefinition(tool) as SecretJson as { [key: string]: SecretJson },
    args: toolArguments(tool) as unknown as SecretJson,
    ...(security && { security: secret(security, "security") }),
    requestTemplate: request,
    responseTemplate: secret(responseTemplate, "responseTemplate"),
    ...(tool.askForMissing && { askForMissing: true }),
    ...(tool.logs.length > 0 && { logs: secret(tool.logs, "logs") }),
    ...inputsOf(tool.inputRequests, path, references),
    ...(errorResponseTemplate !== undefined && {
      errorResponseTemplate: secret(errorResponseTemplate, "errorResponseTemplate"),
    }),
  };
}

// What `weir run` says once it serves: where, what, and one line to paste.
import type { McpServer } from "../model/mcp.ts";
import type { Model, Route, Target } from "../model/model.ts";
import { isConditional } from "../model/serving.ts";
import { commandName } from "./command-name.ts";
import { xdsTokenVariable } from "../../../envoy/control-cluster.ts";
import { defaultControlUrl } from "./control-plane.ts";
import type { Weir } from "./weir.ts";
import type { XdsDoor } from "./xds-door.ts";

export interface WelcomeOptions {
  configFile: string;
  watching: boolean;
  /** Where other Envoys join, if anywhere. */
  xds: XdsDoor | null;
  paint: (style: "bold" | "dim" | "yellow", text: string) => string;
}

export function welcome(weir: Weir, { configFile, watching, xds, paint }: WelcomeOptions): string {
  const { model, gatewayUrl, controlUrl, envoyVersion } = weir;
  const market = weir.market.status();
  const lines = [
    `${paint("bold", "Weir is ready")}${envoyVersion ? ` on Envoy ${envoyVersion}` : ", waiting for Envoys to join"}`,
    "",
    `  gateway        ${paint("bold", gatewayUrl)}`,
    `  configuration  ${configFile}${watching ? " (changes are followed)" : ""}`,
    `  status         ${statusLine(controlUrl)}`,
    ...(market ? [`  market         ${market.url}`] : []),
    ...(xds ? joinLines(xds) : []),
    "",
    ...model.routes.map((route) => `  ${describeRoute(route, targetOf(model, route), paint)}`),
    ...(model.mcp?.servers ?? []).map((server) => `  ${describeServer(server, paint)}`),
  ];
  const curl = curlLine(model, gatewayUrl);
  if (curl) lines.push("", 'Try it (with "stream":true added it streams):', "", `  ${curl}`);
  return [...lines, "", "Ctrl-C stops it."].join("\n");
}

/** How another Envoy joins. The token is shown if nobody can know it yet, and never again. */
function joinLines({ host, port, tls, newToken }: XdsDoor): string[] {
  const at = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  const line = `  Envoys join    ${commandName()} bootstrap --xds ${at}${tls ? " --xds-tls-ca <file>" : ""}`;
  if (!newToken) return [line];
  return [
    line,
    `  their token    ${xdsTokenVariable}=${newToken} (for this run; set it here to choose one that stays)`,
  ];
}

/** With the address only where it is not the one that `weir status` asks by itself. */
function statusLine(controlUrl: string): string {
  const usual = controlUrl === defaultControlUrl;
  return `${commandName()} status${usual ? "" : ` --control ${controlUrl}`}`;
}

function describeRoute(route: Route, target: Target | undefined, paint: WelcomeOptions["paint"]): string {
  const models = route.models.includes("*") ? "every model" : route.models.join(", ");
  const note = target?.provider === "simulated" ? paint("yellow", " (no model is called; set a provider's key)") : "";
  const chosen = route.targets.map(({ target }) => target).join(" or ");
  const then = route.fallbacks.map(({ target }) => `, then ${target}`).join("");
  return `${route.pathPrefix || "/"}  ${models}  →  ${chosen}${then}${note}`;
}

function describeServer({ path, tools, problem }: McpServer, paint: WelcomeOptions["paint"]): string {
  const count = `${tools.length} ${tools.length === 1 ? "tool" : "tools"} for agents (MCP)`;
  return `${path}  ${problem === null ? count : paint("yellow", `serves nothing: ${problem}`)}`;
}

function targetOf(model: Model, route: Route): Target | undefined {
  return model.targets.find(({ name }) => name === route.targets[0]?.target);
}

/** One line that the gateway answers, on the first route that asks nothing special of a request; null for none. */
export function curlLine(model: Model, gatewayUrl: string): string | null {
  const route = model.routes.find(isForEverybody);
  if (!route) return null;
  const body = { model: modelName(route, targetOf(model, route)), messages: [{ role: "user", content: "Hello" }] };
  const url = `${gatewayUrl}${route.pathPrefix}/chat/completions`;
  const key = model.auth && route.auth === "key" ? `-H "authorization: Bearer $KEY" ` : "";
  return `curl ${url} ${key}-H 'content-type: application/json' -d ${quote(JSON.stringify(body))}`;
}

function isForEverybody(route: Route): boolean {
  const { hosts, headers, query, cookies } = route;
  return !isConditional(route) && [hosts, headers, query, cookies].every((conditions) => conditions.length === 0);
}

/** A name that this route serves and its provider knows, as far as the configuration tells. */
function modelName(route: Route, target: Target | undefined): string {
  const mapped = target?.modelMapping.find(({ match }) => match === "exact")?.pattern;
  const exact = route.models.find((name) => !name.includes("*"));
  const prefix = route.models.find((name) => name !== "*")?.replace("*", "");
  return route.listedModels[0] ?? exact ?? mapped ?? prefix ?? "gpt-4.1-mini";
}

/** For a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

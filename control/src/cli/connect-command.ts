// `weir mcp connect`: what to paste into a client so that it reaches a server.
import { Command, InvalidArgumentError, Option } from "commander";
import { didYouMean } from "../config/did-you-mean.ts";
import { loadConfig } from "../config/load-config.ts";
import { formatProblems } from "../config/problem.ts";
import type { McpServer } from "../model/mcp.ts";
import type { Model } from "../model/model.ts";
import { mcpClients, type ConnectedServer, type McpClient } from "./mcp-clients.ts";
import { configFileDefault } from "./options.ts";
import type { Terminal } from "./terminal.ts";
import { UserError } from "./user-error.ts";

interface Options {
  client?: string;
  url?: string;
  keyVariable: string;
  config: string;
}

export function connectCommand(terminal: Terminal): Command {
  const ids = mcpClients.map(({ id }) => id);
  return new Command("connect")
    .description("print what to paste into a client so that it reaches a server")
    .argument("<name>", "the server, as the configuration has it")
    .addOption(new Option("--client <client>", "for this client alone").choices(ids))
    .option("--url <url>", "where clients reach the gateway; made of its address when not given", readGatewayUrl)
    .option("--key-variable <name>", "the environment variable that holds the key", readVariable, "WEIR_API_KEY")
    .option("-c, --config <file>", "the configuration", configFileDefault)
    .action((name: string, options: Options) => connect(name, options, terminal));
}

async function connect(name: string, options: Options, terminal: Terminal): Promise<void> {
  const { model, problems } = await loadConfig(options.config, { env: process.env });
  const errors = problems.filter(({ severity }) => severity === "error");
  if (errors.length > 0) terminal.note(formatProblems(errors, { color: terminal.hasColor("stderr") }).trimEnd());
  const servers = model?.mcp?.servers ?? [];
  const server = servers.find((each) => each.name === name);
  if (!model || !server) throw new UserError(`${options.config} has no MCP server ${name}${hint(name, servers)}`);
  const connected: ConnectedServer = {
    name,
    url: (options.url ?? gatewayUrl(model, server)) + server.path,
    keyVariable: model.auth && server.auth === "key" ? options.keyVariable : null,
  };
  const chosen = mcpClients.filter(({ id }) => options.client === undefined || id === options.client);
  if (server.problem !== null) terminal.note(`The server does not serve: ${server.problem}`);
  for (const [index, client] of chosen.entries()) show(client, connected, { isFirst: index === 0, terminal });
  if (connected.keyVariable !== null && chosen.some(({ id }) => id !== "vscode")) {
    terminal.note(`\nThe key is read from ${connected.keyVariable}: set it where the client is started.`);
  }
}

function hint(name: string, servers: McpServer[]): string {
  const names = servers.map((each) => each.name);
  const meant = didYouMean(name, names);
  if (meant !== null) return `. Did you mean ${meant}?`;
  return names.length > 0 ? `; there are: ${names.join(", ")}` : "";
}

/** The snippet alone is on stdout, so that it can be written into a file. */
function show(
  client: McpClient,
  server: ConnectedServer,
  { isFirst, terminal }: { isFirst: boolean; terminal: Terminal },
): void {
  terminal.note(`${isFirst ? "" : "\n"}${terminal.paintError("bold", client.title)}: ${client.where}`);
  terminal.print(client.snippet(server));
  if (client.note !== undefined) terminal.note(client.note);
}

/** An address that stands for all of them is none that a client can go to. */
function gatewayUrl({ gateway }: Model, server: McpServer): string {
  const host = server.hosts.find((each) => !each.startsWith("*"));
  const address = ["0.0.0.0", "::"].includes(gateway.address) ? "127.0.0.1" : gateway.address;
  return `http://${host ?? (address.includes(":") ? `[${address}]` : address)}:${gateway.port}`;
}

function readGatewayUrl(text: string): string {
  const isUrl = /^https?:\/\/[^\s?#]+$/.test(text) && URL.canParse(text);
  if (!isUrl) throw new InvalidArgumentError("It is a URL such as https://gateway.example.com.");
  return text.replace(/\/+$/, "");
}

function readVariable(text: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) throw new InvalidArgumentError("It is the name of a variable.");
  return text;
}

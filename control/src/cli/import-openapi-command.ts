// `weir mcp import openapi`: tools of an OpenAPI document.
import { Command, Option } from "commander";
import { formatProblems, type Problem } from "../config/problem.ts";
import { namePattern } from "../config/schema/name.ts";
import { writeServers } from "../config/write-servers.ts";
import type { ImportedTool } from "../openapi/import-openapi.ts";
import { summarize } from "./check-command.ts";
import { readText } from "./read-text.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";
import { UserError } from "./user-error.ts";

interface Options {
  name?: string;
  server?: string;
  variable: string[];
  security?: string;
  tag: string[];
  operation: string[];
  exclude: string[];
  prefix: string;
  skipDeprecated?: boolean;
  outputSchema: boolean;
  dryRun?: boolean;
}

const several = (value: string, before: string[]): string[] => [...before, value];
const repeated = (flags: string, description: string): Option =>
  new Option(flags, description).argParser(several).default([], "");

export function importOpenApiCommand(terminal: Terminal): Command {
  return new Command("openapi")
    .description("make tools of an OpenAPI document: 3.0, 3.1 or Swagger 2.0, YAML or JSON")
    .argument("<file>", "the document")
    .option("--name <name>", "the server's name; made of the title when not given")
    .option("--server <url>", "which of the document's servers, by URL or description, or another address")
    .addOption(repeated("--variable <name=value>", "a variable of the server's URL"))
    .option("--security <scheme>", "which security scheme, where there are several")
    .addOption(repeated("--tag <tag>", "only operations of this tag"))
    .addOption(repeated("--operation <operation>", "only this one: its id, or as in 'GET /pets*'"))
    .addOption(repeated("--exclude <operation>", "all but this one"))
    .option("--prefix <text>", "what the tools' names begin with", "")
    .option("--skip-deprecated", "leave out what is deprecated")
    .option("--no-output-schema", "leave out what answers look like")
    .option("--dry-run", "show each tool in place of the configuration")
    .action((file: string, options: Options) => importFile(file, options, terminal));
}

async function importFile(file: string, options: Options, terminal: Terminal): Promise<void> {
  if (options.name !== undefined && !namePattern.test(options.name)) {
    throw new UserError("--name is 1 to 63 letters, digits, hyphens and underscores");
  }
  // Its parsers take some 60 ms to load, which no other command should wait for.
  const { importOpenApi } = await import("../openapi/import-openapi.ts");
  const { entry, tools, problems } = await importOpenApi(readText(file), file, {
    name: options.name ?? null,
    server: options.server ?? null,
    variables: Object.fromEntries(options.variable.map(pairOf)),
    security: options.security ?? null,
    tags: options.tag,
    operations: options.operation,
    excluded: options.exclude,
    prefix: options.prefix,
    skipsDeprecated: options.skipDeprecated ?? false,
    hasOutputSchemas: options.outputSchema,
  });
  showProblems(problems, terminal);
  if (!entry) throw new UserError(`${file} cannot be imported`);
  if (options.dryRun) showTools(tools, terminal);
  else terminal.print(writeServers([entry]).trimEnd());
}

function pairOf(text: string): [string, string] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new UserError(`--variable is written as in region=eu, not ${text}`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

function showProblems(problems: Problem[], terminal: Terminal): void {
  if (problems.length === 0) return;
  terminal.note(formatProblems(problems, { color: terminal.hasColor("stderr") }).trimEnd());
  const summary = summarize(problems);
  if (summary !== "ok") terminal.note(summary);
}

function showTools(tools: ImportedTool[], terminal: Terminal): void {
  const rows = tools.map(({ name, call, args }) => [name, call, args.join(", ") || "none"]);
  for (const line of table([["TOOL", "CALL", "ARGUMENTS"], ...rows], terminal)) terminal.print(line);
  terminal.print(`${tools.length} ${tools.length === 1 ? "tool" : "tools"}; a star marks what has to be given`);
}

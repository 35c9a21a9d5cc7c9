// `weir mcp`: takes over what makes tools elsewhere.
import { readFileSync } from "node:fs";
import { Command } from "commander";
import { parseAllDocuments, stringify } from "yaml";
import { importHigress } from "../config/higress-server.ts";
import type { Terminal } from "./terminal.ts";
import { UserError } from "./user-error.ts";

export function mcpCommand(terminal: Terminal): Command {
  return new Command("mcp")
    .description("MCP servers: take over what makes tools elsewhere")
    .addCommand(new Command("import").description("print servers for mcpServers").addCommand(higressCommand(terminal)));
}

function higressCommand(terminal: Terminal): Command {
  return new Command("higress")
    .description("take over Higress's REST-to-MCP configurations")
    .argument("<file...>", "YAML files")
    .action((files: string[]) => {
      const imported = files.flatMap((file) =>
        documentsIn(file).map((document) => ({ file, ...importHigress(document) })),
      );
      for (const { file, notes } of imported) for (const note of notes) terminal.note(`${file}: ${note}`);
      const mcpServers = imported.flatMap(({ entry }) => entry ?? []);
      if (mcpServers.length === 0) throw new UserError("There is no server that can be taken over");
      terminal.print(stringify({ mcpServers }, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd());
    });
}

function documentsIn(file: string): unknown[] {
  const documents = parseAllDocuments(readText(file));
  const [problem] = [...documents].flatMap(({ errors }) => errors);
  if (problem) throw new UserError(`${file} is no YAML: ${problem.message.split("\n")[0]}`);
  return [...documents].map((document) => document.toJS() as unknown);
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code})`, { cause: error });
  }
}

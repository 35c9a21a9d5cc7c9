// `weir mcp`: takes over what makes tools elsewhere, and tells clients of servers.
import { Command } from "commander";
import { parseAllDocuments } from "yaml";
import { importHigress } from "../config/higress-server.ts";
import { writeServers } from "../config/write-servers.ts";
import { connectCommand } from "./connect-command.ts";
import { importOpenApiCommand } from "./import-openapi-command.ts";
import { readText } from "./read-text.ts";
import type { Terminal } from "./terminal.ts";
import { UserError } from "./user-error.ts";

export function mcpCommand(terminal: Terminal): Command {
  return new Command("mcp")
    .description("MCP servers: take over what makes tools elsewhere, and tell clients of them")
    .addCommand(
      new Command("import")
        .description("print servers for mcpServers")
        .addCommand(importOpenApiCommand(terminal))
        .addCommand(higressCommand(terminal)),
    )
    .addCommand(connectCommand(terminal));
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
      terminal.print(writeServers(mcpServers).trimEnd());
    });
}

function documentsIn(file: string): unknown[] {
  const documents = parseAllDocuments(readText(file));
  const [problem] = [...documents].flatMap(({ errors }) => errors);
  if (problem) throw new UserError(`${file} is no YAML: ${problem.message.split("\n")[0]}`);
  return [...documents].map((document) => document.toJS() as unknown);
}

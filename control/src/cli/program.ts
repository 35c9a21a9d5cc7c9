// The `weir` command: its subcommands, and what becomes of errors and exit codes.
import { Command, CommanderError } from "commander";
import { bootstrapCommand } from "./bootstrap-command.ts";
import { buildCommand } from "./build-command.ts";
import { checkCommand } from "./check-command.ts";
import { explainCommand } from "./explain-command.ts";
import { keysCommand } from "./keys-command.ts";
import { ledgerCommand } from "./ledger-command.ts";
import { limitsCommand } from "./limits-command.ts";
import { mcpCommand } from "./mcp-command.ts";
import { runCommand } from "./run-command.ts";
import { statusCommand } from "./status-command.ts";
import type { Terminal } from "./terminal.ts";
import { exitCodes, UserError } from "./user-error.ts";
import { EnvoyUnusable } from "../../../envoy/envoy-version.ts";
import { EnvoyFailed } from "../../../envoy/envoy-exit.ts";
import { usageCommand } from "./usage-command.ts";
import { versionCommand, weirVersion } from "./version-command.ts";

/** Runs one command line, without `node` and the script's name, and gives its exit code. */
export async function runProgram(args: string[], terminal: Terminal): Promise<number> {
  const program = makeProgram(terminal);
  try {
    await program.parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? exitCodes.ok);
  } catch (error) {
    terminal.endSteps("failed");
    // Commander has printed the help or the complaint already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    if (!isForUser(error)) throw error;
    terminal.error(error.message);
    return exitCodes.failed;
  }
}

function makeProgram(terminal: Terminal): Command {
  const program = new Command("weir")
    .description("An AI gateway: stock Envoy, WebAssembly plugins in TypeScript, one configuration file.")
    .version(weirVersion(), "-V, --version", "print the version of Weir")
    .helpOption("-h, --help", "show help for a command")
    .showSuggestionAfterError()
    .showHelpAfterError("Run it with --help for its usage.")
    .addHelpText("after", examples);
  const commands = [runCommand, checkCommand, explainCommand, statusCommand, buildCommand, bootstrapCommand];
  for (const make of [...commands, keysCommand, limitsCommand, mcpCommand, usageCommand, ledgerCommand, versionCommand])
    program.addCommand(make(terminal));
  configure(program, terminal);
  return program;
}

const examples = `
Examples:
  weir run --quick-start       serve at once, without any key
  weir check weir.yaml         show everything that is wrong with a configuration
  weir run weir.yaml           serve it, and follow its changes
`;

/** Commander hands its settings down only to commands that it creates itself. */
function configure(command: Command, terminal: Terminal): void {
  command
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
      outputError: (text, write) => write(text.replace(/^error: /, `${terminal.paintError("red", "weir:")} `)),
      getOutHasColors: () => terminal.hasColor("stdout"),
      getErrHasColors: () => terminal.hasColor("stderr"),
    })
    .showHelpAfterError("Run it with --help for its usage.");
  for (const child of command.commands) configure(child, terminal);
}

function isForUser(error: unknown): error is Error {
  return error instanceof UserError || error instanceof EnvoyUnusable || error instanceof EnvoyFailed;
}

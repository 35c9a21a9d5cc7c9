// `weir check`: everything that is wrong with a configuration, at once.
import { Command } from "commander";
import { loadConfig } from "../config/load-config.ts";
import { formatProblems, hasErrors, type Problem } from "../config/problem.ts";
import { configFileDefault } from "./options.ts";
import type { Terminal } from "./terminal.ts";
import { exitCodes } from "./user-error.ts";

export function checkCommand(terminal: Terminal): Command {
  return new Command("check")
    .description("show every problem of a configuration with its line and its fix; exit 1 when there is an error")
    .argument("[file]", "the configuration", configFileDefault)
    .option("--json", "the problems as JSON, for editors and scripts")
    .action(async (file: string, { json }: { json?: boolean }) => {
      const { problems } = await loadConfig(file, { env: process.env });
      if (json) terminal.print(JSON.stringify({ problems }, null, 2));
      else showCheck(file, problems, terminal);
      if (hasErrors(problems)) process.exitCode = exitCodes.failed;
    });
}

function showCheck(file: string, problems: Problem[], terminal: Terminal): void {
  const text = formatProblems(problems, { color: terminal.hasColor("stdout") });
  if (text !== "") terminal.print(text.trimEnd());
  terminal.print(`${file}: ${summarize(problems)}`);
}

/** `1 error, 2 warnings`, or `ok`. */
export function summarize(problems: Problem[]): string {
  const count = (severity: Problem["severity"], name: string): string[] => {
    const number = problems.filter((problem) => problem.severity === severity).length;
    return number === 0 ? [] : [`${number} ${name}${number === 1 ? "" : "s"}`];
  };
  return [...count("error", "error"), ...count("warning", "warning")].join(", ") || "ok";
}

// `weir run`: the gateway, in the foreground, until Ctrl-C.
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { Command, Option } from "commander";
import { formatProblems, hasErrors, type Problem } from "../config/problem.ts";
import { describeExit } from "../../../envoy/envoy-exit.ts";
import { summarize } from "./check-command.ts";
import { configFileDefault, readLogLevel, readPort, readPositive } from "./options.ts";
import { untilStopped } from "./stop-signals.ts";
import { startWeir, type StartWeirOptions, type WeirEvents } from "./start-weir.ts";
import type { Terminal } from "./terminal.ts";
import { UserError } from "./user-error.ts";
import { welcome } from "./welcome.ts";

/** In a checkout, and in a package alike. */
const quickStartFile = join(import.meta.dirname, "..", "..", "..", "examples", "quick-start", "weir.yaml");

interface Options {
  quickStart?: boolean;
  address?: string;
  port?: number;
  controlAddress?: string;
  xdsPort?: number;
  controlPort?: number;
  adminPort?: number;
  concurrency?: number;
  envoyLogLevel?: string;
  watch: boolean;
  envoy: boolean;
}

export function runCommand(terminal: Terminal): Command {
  return new Command("run")
    .description("serve a configuration: start Envoy and the control plane, and follow the file's changes")
    .argument("[file]", `the configuration (default: ${configFileDefault})`)
    .option("--quick-start", "serve the bundled example, which answers without any key")
    .option("--address <address>", "the gateway's address, in place of gateway.address")
    .option("--port <port>", "the gateway's port, in place of gateway.port", readPort)
    .option("--concurrency <threads>", "Envoy's worker threads (default: one per core)", readPositive)
    .addOption(new Option("--envoy-log-level <level>", "Envoy's own log").argParser(readLogLevel).default("warning"))
    .option("--admin-port <port>", "open Envoy's admin interface on loopback; it shows credentials", readPort)
    .option("--control-address <address>", "where the control plane listens (default: 127.0.0.1)")
    .option("--xds-port <port>", "its gRPC port (default: 18000, or a free one)", readPort)
    .option("--control-port <port>", "its HTTP port (default: 18001, or a free one)", readPort)
    .option("--no-watch", "do not follow the file's changes; SIGHUP still reads it again")
    .option("--no-envoy", "start no Envoy; others join with weir bootstrap")
    .action((file: string | undefined, options: Options, command: Command) => {
      if (file !== undefined && options.quickStart) command.error("error: give a file or --quick-start, not both");
      return run(configFileOf(file, options), options, terminal);
    });
}

function configFileOf(file: string | undefined, { quickStart }: Options): string {
  if (quickStart) return relative(process.cwd(), quickStartFile) || quickStartFile;
  const chosen = file ?? configFileDefault;
  if (existsSync(chosen)) return chosen;
  throw new UserError(`There is no ${chosen}. Name a configuration, or try weir run --quick-start`);
}

async function run(configFile: string, options: Options, terminal: Terminal): Promise<void> {
  await untilStopped(terminal, (signal) =>
    startWeir({ ...startOptions(configFile, options), signal, events: eventsOf(configFile, terminal) }).then((weir) => {
      terminal.endSteps();
      terminal.print(
        welcome(weir, { configFile, watching: options.watch, paint: (style, t) => terminal.paint(style, t) }),
      );
      return weir;
    }),
  );
}

function startOptions(configFile: string, options: Options): StartWeirOptions {
  const { address, port, controlAddress, xdsPort, controlPort, adminPort, concurrency, envoyLogLevel } = options;
  return {
    configFile,
    gateway: { ...(address && { address }), ...(port && { port }) },
    control: {
      ...(controlAddress && { address: controlAddress }),
      ...(xdsPort && { xdsPort }),
      ...(controlPort && { httpPort: controlPort }),
    },
    ...(adminPort && { admin: { address: "127.0.0.1", port: adminPort } }),
    ...(concurrency && { concurrency }),
    ...(envoyLogLevel && { envoyLogLevel }),
    watch: options.watch,
    envoy: options.envoy,
  };
}

function eventsOf(configFile: string, terminal: Terminal): WeirEvents {
  let reads = 0;
  const dim = (text: string): string => terminal.paintError("dim", text);
  return {
    onStep: (text) => terminal.step(text),
    onConfiguration: (problems, applied) => {
      showProblems(problems, terminal);
      if (reads++ > 0) terminal.note(`${configFile} has changed: ${outcome(problems, applied)}`);
    },
    onEnvoyLog: (line) => terminal.note(`${dim("envoy")} ${line}`),
    onEnvoyRestart: (exit, pauseMs) =>
      terminal.note(`Envoy ${describeExit(exit)}\nEnvoy is started again in ${pauseMs / 1000} s`),
    onEnvoyReady: () => terminal.note("Envoy serves again"),
    onTrouble: (message) => terminal.error(message),
    onReject: (message) => terminal.error(`${message}. Its last good version stays; please report this as a bug`),
  };
}

function showProblems(problems: Problem[], terminal: Terminal): void {
  const worth = problems.filter(({ severity }) => severity !== "info");
  const text = formatProblems(worth, { color: terminal.hasColor("stderr") });
  if (text !== "") terminal.note(text.trimEnd());
}

function outcome(problems: Problem[], applied: boolean): string {
  if (!applied) return "it cannot be served, so the last good one stays";
  return hasErrors(problems) ? `applied without what is in error (${summarize(problems)})` : "applied";
}

// `weir run`: the gateway, in the foreground, until Ctrl-C.
import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { Command, Option } from "commander";
import { formatProblems, hasErrors, type Problem } from "../config/problem.ts";
import { hasAdvice } from "../serve/rejection-advice.ts";
import { describeExit } from "../../../envoy/envoy-exit.ts";
import { summarize } from "./check-command.ts";
import { configFileDefault, readHostPort, readLogLevel, readPort, readPositive, readSeconds } from "./options.ts";
import { defaultDrainTimes, untilStopped, type DrainTimes } from "./stop-signals.ts";
import { startWeir, type StartWeirOptions, type WeirEvents } from "./start-weir.ts";
import type { Terminal } from "./terminal.ts";
import { UserError } from "./user-error.ts";
import { welcome } from "./welcome.ts";
import { xdsDoor, xdsRefusal, type XdsDoor, type XdsFlags } from "./xds-door.ts";

/** In a checkout, and in a package alike. */
const quickStartFile = join(import.meta.dirname, "..", "..", "..", "examples", "quick-start", "weir.yaml");

interface Options extends XdsFlags {
  quickStart?: boolean;
  address?: string;
  port?: number;
  controlAddress?: string;
  controlPort?: number;
  adminPort?: number;
  concurrency?: number;
  envoyLogLevel?: string;
  /** Seconds. */
  drainTimeout?: number;
  watch: boolean;
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
    .option("--control-address <address>", "where status is served over HTTP (default: 127.0.0.1)")
    .option("--control-port <port>", "its port (default: 18001, or a free one)", readPort)
    .option("--xds-listen <host:port>", "let other Envoys join there; they need WEIR_XDS_TOKEN", readHostPort)
    .option("--xds-tls-cert <file>", "the certificate for --xds-listen, in PEM")
    .option("--xds-tls-key <file>", "its key")
    .option("--xds-without-tls", "let --xds-listen send providers' keys over a network in clear")
    .option(
      "--drain-timeout <s>",
      "how long open requests may finish (default: 30 at SIGTERM, 3 at Ctrl-C)",
      readSeconds,
    )
    .option("--no-watch", "do not follow the file's changes; SIGHUP still reads it again")
    .option("--no-envoy", "start no Envoy; others join at --xds-listen (default: 127.0.0.1:18000)")
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
  const xds = xdsDoor(options, process.env);
  const start = { ...startOptions(configFile, options, xds), events: eventsOf(configFile, terminal) };
  const shown = { configFile, watching: options.watch, xds };
  await untilStopped(terminal, drainTimes(options), async (signal) => {
    const weir = await startWeir({ ...start, signal });
    terminal.endSteps();
    terminal.print(welcome(weir, { ...shown, paint: (style, text) => terminal.paint(style, text) }));
    return weir;
  });
}

function drainTimes({ drainTimeout }: Options): DrainTimes {
  if (drainTimeout === undefined) return defaultDrainTimes;
  return { terminate: drainTimeout * 1000, interrupt: drainTimeout * 1000 };
}

function startOptions(configFile: string, options: Options, xds: XdsDoor | null): StartWeirOptions {
  const { address, port, controlAddress, controlPort, adminPort, concurrency, envoyLogLevel } = options;
  return {
    configFile,
    gateway: { ...(address && { address }), ...(port && { port }) },
    control: {
      ...(controlAddress && { address: controlAddress }),
      ...(controlPort && { httpPort: controlPort }),
      ...(xds && { xds }),
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
    onXdsRefuse: (peer, reason) => terminal.error(xdsRefusal(peer, reason)),
    onTrouble: (message) => terminal.error(message),
    onRecovery: (message) => terminal.note(message),
    onReject: (message) => {
      const isBug = !hasAdvice(message);
      terminal.error(isBug ? `${message}. Its last good version stays; please report this as a bug` : message);
    },
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

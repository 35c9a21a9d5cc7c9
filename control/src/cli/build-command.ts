// `weir build`: a folder that any Envoy runs without Weir: envoy.yaml, the plugins, their digests, a README.
import { existsSync, readdirSync } from "node:fs";
import { Command } from "commander";
import { loadConfig } from "../config/load-config.ts";
import { formatProblems, hasErrors } from "../config/problem.ts";
import type { Model } from "../model/model.ts";
import { wishesOf } from "../model/servers.ts";
import { summarize } from "./check-command.ts";
import { configFileDefault, readPort } from "./options.ts";
import { findPlugins } from "./plugin-files.ts";
import { fetchModules } from "./fetch-modules.ts";
import { stateDirectory } from "./state-directory.ts";
import { digestsFile, writeBuild } from "./write-build.ts";
import type { Terminal } from "./terminal.ts";
import { UserError } from "./user-error.ts";

interface Options {
  output: string;
  adminPort?: number;
}

export function buildCommand(terminal: Terminal): Command {
  return new Command("build")
    .description("write a folder that any Envoy runs without Weir; no secret is written into it")
    .argument("[file]", "the configuration", configFileDefault)
    .option("-o, --output <folder>", "where to write; an earlier build there is replaced", "weir-build")
    .option("--admin-port <port>", "open Envoy's admin interface on loopback", readPort)
    .action((file: string, options: Options) => build(file, options, terminal));
}

async function build(file: string, { output, adminPort }: Options, terminal: Terminal): Promise<void> {
  const { model, problems } = await loadConfig(file, { env: process.env });
  const text = formatProblems(problems, { color: terminal.hasColor("stderr") });
  if (text !== "") terminal.note(text.trimEnd());
  // What runs unattended must be what its author meant: nothing is left out here.
  if (!model || hasErrors(problems)) throw new UserError(`Nothing was built: ${file} has ${summarize(problems)}`);
  const simulated = model.targets.find(({ provider }) => provider === "simulated");
  if (simulated) {
    throw new UserError(
      `Nothing was built: ${file} uses the simulated provider (${simulated.name}), which only weir run has. ` +
        `Leave it out, or set the key of a provider that comes before it`,
    );
  }
  requireNoDiscovery(model);
  requireOwnFolder(output);
  const plugins = await findPlugins({ onCompile: (name) => terminal.step(`Compiling plugin ${name}`) });
  terminal.endSteps();
  const modules = await fetchModules(model, stateDirectory(process.env));
  const { environment } = await writeBuild({
    folder: output,
    model,
    plugins,
    modules,
    ...(adminPort && { adminPort }),
  });
  terminal.print(`${output} is built. Run it there:\n\n  cd ${output} && envoy -c envoy.yaml`);
  if (environment.length > 0) terminal.print(`\nEnvoy reads from its environment: ${environment.join(", ")}`);
}

/** Nobody would tell that Envoy where the servers are. */
function requireNoDiscovery(model: Model): void {
  const asked = wishesOf(model)[0]?.registry;
  if (asked === undefined) return;
  const fix = "Name servers by a registry of type static or dns, or run it with weir run";
  throw new UserError(`Nothing was built: only weir run can ask the registry ${asked} where its services are. ${fix}`);
}

/** A folder with anything in it that no build has written is not touched. */
function requireOwnFolder(folder: string): void {
  if (!existsSync(folder)) return;
  const files = readdirSync(folder);
  if (files.length === 0 || files.includes(digestsFile)) return;
  throw new UserError(`${folder} holds files that no build has written. Name another folder with --output`);
}

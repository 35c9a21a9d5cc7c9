// `npm run bench`: plain Envoy and Weir in turn, in front of the same simulated provider, under the same load.
// Writes bench/results/latest.{md,json} and prints the table. `npm run bench -- 1` runs one round, for a quick look.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findPlugins } from "../control/src/cli/plugin-files.ts";
import { findEnvoy } from "../envoy/find-envoy.ts";
import { buildContenders, type Contender } from "./contenders.ts";
import { startGateway } from "./gateway-process.ts";
import { chatPath, measure } from "./measure.ts";
import { residentMiB } from "./process-usage.ts";
import { formatReport, type BenchResult, type ContenderResult } from "./report.ts";
import { startUpstream } from "./upstream.ts";
import { workloads } from "./workloads.ts";

const resultsFolder = join(import.meta.dirname, "results");
const rounds = Number(process.argv[2] ?? 5);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error("Give the number of rounds, 1 or more");

/** One fresh process per round: its cold start, every workload, and what it holds in the end. */
async function runRound(envoy: string, contender: Contender, result: ContenderResult): Promise<void> {
  const probe = { path: chatPath, headers: {}, body: workloads[0]?.body ?? "" };
  const gateway = await startGateway(envoy, contender, probe);
  try {
    result.coldStartMs.push(gateway.coldStartMs);
    for (const workload of workloads) {
      (result.workloads[workload.name] ??= []).push(await measure(gateway, workload));
    }
    result.residentMiB.push(residentMiB(gateway.pid));
  } finally {
    await gateway.stop();
  }
}

const envoy = await findEnvoy({ onProgress: console.error });
const upstream = await startUpstream();
try {
  const contenders = buildContenders(upstream.url, await findPlugins());
  const results: ContenderResult[] = contenders.map(({ name }) => ({
    name,
    coldStartMs: [],
    residentMiB: [],
    workloads: {},
  }));
  for (let round = 1; round <= rounds; round++) {
    for (const [index, contender] of contenders.entries()) {
      console.error(`Round ${round} of ${rounds}: ${contender.name}`);
      await runRound(envoy.path, contender, results[index] as ContenderResult);
    }
  }
  const result: BenchResult = { envoy: envoy.version, rounds, contenders: results };
  const report = formatReport(result);
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(join(resultsFolder, "latest.md"), `${report}\n`);
  writeFileSync(join(resultsFolder, "latest.json"), `${JSON.stringify(result, null, 2)}\n`);
  console.log(report);
} finally {
  upstream.stop();
}

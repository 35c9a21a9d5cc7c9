// `npm run bench`: plain Envoy and Weir in turn, in front of the same simulated provider, under the same load.
// Writes bench/results/latest.{md,json} and prints the table. `npm run bench -- 1` runs one round, for a quick look;
// `npm run bench -- translation` measures the dialects alone, `-- mcp` calls of tools, `-- objects` those of a cluster.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findPlugins } from "../control/src/cli/plugin-files.ts";
import { findEnvoy } from "../envoy/find-envoy.ts";
import { buildContenders, type Contender } from "./contenders.ts";
import { compileModule } from "../tools/build-plugins.ts";
import { startGateway, type GatewayProcess } from "./gateway-process.ts";
import { chatPath, measure } from "./measure.ts";
import { residentMiB } from "./process-usage.ts";
import { startLimitService } from "./limit-service.ts";
import { benchMcp } from "./mcp.ts";
import { benchObjects } from "./objects.ts";
import { formatReport, type BenchResult, type ContenderResult } from "./report.ts";
import { benchTranslation } from "./translation.ts";
import { startUpstream } from "./upstream.ts";
import { workloads } from "./workloads.ts";

if (process.argv[2] === "translation") {
  console.log(await benchTranslation());
  process.exit(0);
}

if (process.argv[2] === "objects") {
  console.log(await benchObjects(Number(process.argv[3] ?? 10_000)));
  process.exit(0);
}

if (process.argv[2] === "mcp") {
  console.log(await benchMcp(Number(process.argv[3] ?? 5)));
  process.exit(0);
}

const resultsFolder = join(import.meta.dirname, "results");
const rounds = Number(process.argv[2] ?? 5);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error("Give the number of rounds, 1 or more");

/** Fresh processes, one per contender; each workload goes to all in turn, so that a ratio's halves are close. */
async function runRound(envoy: string, contenders: Contender[], results: ContenderResult[]): Promise<void> {
  const probe = { path: chatPath, headers: {}, body: workloads[0]?.body ?? "" };
  const gateways: GatewayProcess[] = [];
  try {
    for (const contender of contenders) gateways.push(await startGateway(envoy, contender, probe));
    for (const workload of workloads) {
      for (const [index, gateway] of gateways.entries()) {
        ((results[index] as ContenderResult).workloads[workload.name] ??= []).push(await measure(gateway, workload));
      }
    }
    for (const [index, gateway] of gateways.entries()) {
      results[index]?.coldStartMs.push(gateway.coldStartMs);
      results[index]?.residentMiB.push(residentMiB(gateway.pid));
    }
  } finally {
    for (const gateway of gateways) await gateway.stop();
  }
}

const envoy = await findEnvoy({ onProgress: console.error });
const upstream = await startUpstream();
const service = await startLimitService();
try {
  const plugins = await findPlugins();
  const { path: lookingPlugin } = await compileModule("bench/plugins/looking/assembly/index.ts");
  const limitService = service?.address ?? null;
  const contenders = buildContenders({ upstream: upstream.url, plugins, lookingPlugin, limitService });
  const results: ContenderResult[] = contenders.map(({ name }) => ({
    name,
    coldStartMs: [],
    residentMiB: [],
    workloads: {},
  }));
  for (let round = 1; round <= rounds; round++) {
    console.error(`Round ${round} of ${rounds}`);
    await runRound(envoy.path, contenders, results);
  }
  const result: BenchResult = { envoy: envoy.version, rounds, contenders: results };
  const report = formatReport(result);
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(join(resultsFolder, "latest.md"), `${report}\n`);
  writeFileSync(join(resultsFolder, "latest.json"), `${JSON.stringify(result, null, 2)}\n`);
  console.log(report);
} finally {
  await service?.stop();
  upstream.stop();
}

// `npm run bench -- mcp`: what a call of a tool costs that is routed to an API, beside plain Envoy in front of the same
// API with the same body and the same answer. Writes bench/results/mcp.md.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findPlugins } from "../control/src/cli/plugin-files.ts";
import { findEnvoy } from "../envoy/find-envoy.ts";
import { buildContenders, weirBootstrap, type Contender } from "./contenders.ts";
import { startGateway, type GatewayProcess } from "./gateway-process.ts";
import { median } from "./load.ts";
import { chatPath, measure, type Measurement } from "./measure.ts";
import { startUpstream } from "./upstream.ts";
import { workloads, type Workload } from "./workloads.ts";

const path = "/mcp";

const configuration = (port: number, upstream: string): string => `
gateway: { port: ${port} }
mcpServers:
  - name: bench
    path: ${path}
    baseUrl: ${upstream}/v1
    tools:
      - name: ask
        description: Asks
        args:
          - { name: model, required: true }
          - { name: messages, type: array, required: true, items: { type: object } }
          - { name: temperature, type: number }
        requestTemplate: { url: /chat/completions, method: POST, argsToJsonBody: true }
`;

/** The same request as a call. */
function callOf(workload: Workload): Workload {
  const params = { name: "ask", arguments: JSON.parse(workload.body) };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
  const accept = "application/json, text/event-stream";
  return { ...workload, path, headers: { accept, "mcp-protocol-version": "2025-11-25" }, body };
}

interface Side {
  gateway: GatewayProcess;
  workload(of: Workload): Workload;
}

/** Both sides in turn, so that a ratio's halves are close. */
async function measureRound(sides: Side[], results: Map<string, Measurement[][]>): Promise<void> {
  for (const workload of measured) {
    const pair: Measurement[] = [];
    for (const { gateway, workload: own } of sides) pair.push(await measure(gateway, own(workload)));
    results.set(workload.name, [...(results.get(workload.name) ?? []), pair]);
  }
}

const measured = workloads.filter(({ name }) => /^chat, \d+ KB$/.test(name));

/** Runs it and returns the table. */
export async function benchMcp(rounds: number): Promise<string> {
  const envoy = await findEnvoy({ onProgress: console.error });
  const plugins = await findPlugins();
  const upstream = await startUpstream();
  const results = new Map<string, Measurement[][]>();
  try {
    const [plain] = buildContenders({ upstream: upstream.url, plugins, limitService: null });
    const weir: Contender = {
      name: "a call of a tool",
      bootstrap: (port) => weirBootstrap(configuration(port, upstream.url), plugins),
    };
    for (let round = 1; round <= rounds; round++) {
      console.error(`Round ${round} of ${rounds}`);
      const first = measured[0]!;
      const sides: Side[] = [];
      try {
        sides.push({
          gateway: await startGateway(envoy.path, plain!, { ...first, path: chatPath }),
          workload: (of) => of,
        });
        sides.push({ gateway: await startGateway(envoy.path, weir, { path, ...callOf(first) }), workload: callOf });
        await measureRound(sides, results);
      } finally {
        for (const { gateway } of sides) await gateway.stop();
      }
    }
  } finally {
    upstream.stop();
  }
  const report = reportOf(envoy.version, rounds, results);
  const folder = join(import.meta.dirname, "results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "mcp.md"), `${report}\n`);
  return report;
}

function reportOf(version: string, rounds: number, results: Map<string, Measurement[][]>): string {
  const rows = [...results].map(([name, pairs]) => {
    const cpu = (side: number) => median(pairs.map((pair) => pair[side]!.cpuMicros)).toFixed(1);
    const ratio = median(pairs.map(([plain, call]) => call!.cpuMicros / plain!.cpuMicros)).toFixed(2);
    const added = median(pairs.map(([plain, call]) => call!.totalP50Ms - plain!.totalP50Ms)).toFixed(3);
    return `| ${name} | ${cpu(0)} µs | ${cpu(1)} µs | ${ratio} × | ${added} ms |`;
  });
  return [
    `Envoy ${version}, one worker, ${rounds} rounds in turn; medians. CPU time is the gateway's process alone.`,
    "",
    "| per request | plain Envoy CPU | a call of a tool, CPU | ratio | whole p50 added |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

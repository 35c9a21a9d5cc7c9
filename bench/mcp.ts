// `npm run bench -- mcp`: what a call of a tool costs, beside plain Envoy in front of the same API or MCP server, with
// the same body and the same answer. Writes bench/results/mcp.md.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findPlugins } from "../control/src/cli/plugin-files.ts";
import { findEnvoy } from "../envoy/find-envoy.ts";
import { plainEnvoy, weirBootstrap, type Contender } from "./contenders.ts";
import { startGateway, type GatewayProcess } from "./gateway-process.ts";
import { median } from "./load.ts";
import { startMcpUpstream } from "./mcp-upstream.ts";
import { chatPath, measure, type Measurement } from "./measure.ts";
import { startUpstream } from "./upstream.ts";
import { workloads, type Workload } from "./workloads.ts";

const configuration = (port: number, api: string, server: string): string => `
gateway: { port: ${port} }
mcpServers:
  - name: rest
    baseUrl: ${api}/v1
    tools:
      - name: ask
        description: Asks
        args:
          - { name: model, required: true }
          - { name: messages, type: array, required: true, items: { type: object } }
          - { name: temperature, type: number }
        requestTemplate: { url: /chat/completions, method: POST, argsToJsonBody: true }
  - { name: proxy, mode: proxy, upstream: { url: "${server}/v1/chat/completions" } }
  - { name: multiplex, mode: multiplex, members: [{ server: proxy }] }
`;

/** The same request as a call. */
function callOf(workload: Workload): Workload {
  const params = { name: "ask", arguments: JSON.parse(workload.body) };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
  const accept = "application/json, text/event-stream";
  return { ...workload, headers: { accept, "mcp-protocol-version": "2025-11-25" }, body };
}

const at = (name: string, workload: Workload): Workload => ({ ...workload, path: `/mcp/${name}` });

interface Side {
  name: string;
  gateway: GatewayProcess;
  /** What it is compared with: what plain Envoy makes of the same. */
  plain: number;
  workload(of: Workload): Workload;
}

/** By the workload's name: each side's measurement, in their order. */
type Results = Map<string, Measurement[][]>;

/** All in turn, so that a ratio's halves are close. */
async function measureRound(sides: Side[], results: Results): Promise<void> {
  // V8 compiles a second time what is called often, in the process that is measured.
  for (const { gateway, workload: own } of sides) await measure(gateway, own(first));
  for (const workload of measured) {
    const row: Measurement[] = [];
    for (const { gateway, workload: own } of sides) row.push(await measure(gateway, own(workload)));
    results.set(workload.name, [...(results.get(workload.name) ?? []), row]);
  }
}

const measured = workloads.filter(({ name }) => /^chat, \d+ KB$/.test(name));
const first = measured[0]!;

interface Gateways {
  plainApi: GatewayProcess;
  plainServer: GatewayProcess;
  weir: GatewayProcess;
}

function sidesOf({ plainApi, plainServer, weir }: Gateways, session: string): Side[] {
  const inSession = (workload: Workload): Workload => {
    const call = callOf(workload);
    return { ...call, headers: { ...call.headers, "mcp-session-id": session } };
  };
  return [
    { name: "plain Envoy before an API", gateway: plainApi, plain: 0, workload: (of) => of },
    { name: "plain Envoy before an MCP server", gateway: plainServer, plain: 1, workload: callOf },
    { name: "an API as a tool", gateway: weir, plain: 0, workload: (of) => at("rest", callOf(of)) },
    { name: "a proxy, without a session", gateway: weir, plain: 1, workload: (of) => at("proxy", callOf(of)) },
    { name: "a proxy, in a session", gateway: weir, plain: 1, workload: (of) => at("proxy", inSession(of)) },
    { name: "a multiplex, without a session", gateway: weir, plain: 1, workload: (of) => at("multiplex", callOf(of)) },
  ];
}

/** The name of a session at the proxy. */
async function openSession({ origin }: GatewayProcess): Promise<string> {
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bench", version: "1" } };
  const answer = await fetch(`${origin}/mcp/proxy`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 0, method: "initialize", params }),
  });
  await answer.text();
  return answer.headers.get("mcp-session-id") ?? "";
}

/** Runs it and returns the table. */
export async function benchMcp(rounds: number): Promise<string> {
  const envoy = await findEnvoy({ onProgress: console.error });
  const plugins = await findPlugins();
  const api = await startUpstream();
  const server = await startMcpUpstream();
  const results: Results = new Map();
  let sides: Side[] = [];
  const weir: Contender = {
    name: "calls of tools",
    bootstrap: (port) => weirBootstrap(configuration(port, api.url, server.url), plugins),
  };
  try {
    for (let round = 1; round <= rounds; round++) {
      console.error(`Round ${round} of ${rounds}`);
      const running: GatewayProcess[] = [];
      const start = async (contender: Contender, probe: Workload): Promise<GatewayProcess> => {
        const gateway = await startGateway(envoy.path, contender, { ...probe, path: probe.path ?? chatPath });
        running.push(gateway);
        return gateway;
      };
      try {
        const plainApi = await start(plainEnvoy(api.url, plugins), first);
        const plainServer = await start(plainEnvoy(server.url, plugins), callOf(first));
        const gateway = await start(weir, at("rest", callOf(first)));
        sides = sidesOf({ plainApi, plainServer, weir: gateway }, await openSession(gateway));
        await measureRound(sides, results);
      } finally {
        for (const gateway of running) await gateway.stop();
      }
    }
  } finally {
    api.stop();
    server.stop();
  }
  const report = reportOf({ version: envoy.version, rounds, sides, results });
  const folder = join(import.meta.dirname, "results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "mcp.md"), `${report}\n`);
  return report;
}

interface Measured {
  version: string;
  rounds: number;
  sides: Side[];
  results: Results;
}

function reportOf({ version, rounds, sides, results }: Measured): string {
  const rows = [...results].flatMap(([workload, rowsOfRounds]) =>
    sides.flatMap(({ name, plain }, side) => {
      if (plain === side) return [];
      const cpu = (of: number) => median(rowsOfRounds.map((row) => row[of]!.cpuMicros)).toFixed(1);
      const ratio = median(rowsOfRounds.map((row) => row[side]!.cpuMicros / row[plain]!.cpuMicros)).toFixed(2);
      const added = median(rowsOfRounds.map((row) => row[side]!.totalP50Ms - row[plain]!.totalP50Ms)).toFixed(3);
      return [`| ${workload} | ${name} | ${cpu(plain)} µs | ${cpu(side)} µs | ${ratio} × | ${added} ms |`];
    }),
  );
  return [
    `Envoy ${version}, one worker, ${rounds} rounds in turn; medians. CPU time is the gateway's process alone.`,
    "",
    "| per request | a call of | plain Envoy CPU | CPU | ratio | whole p50 added |",
    "| --- | --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

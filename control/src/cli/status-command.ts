// `weir status`: asks a running control plane which Envoys it has, what they run on, and how the targets are.
import { Command } from "commander";
import type { RegistryStatus } from "../model/discovery.ts";
import type { EnvoyStatus, ResourceStatus } from "../serve/envoy-status.ts";
import type { TargetStatus } from "../serve/target-status.ts";
import { controlOption } from "./control-client.ts";
import { fetchStatus } from "./fetch-status.ts";
import type { MarketStatus } from "./running-market.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

export function statusCommand(terminal: Terminal): Command {
  return new Command("status")
    .description(
      "show a running Weir's Envoys, what each has accepted or refused, its targets, services of registries, and where the market is; exit 1 when one has refused",
    )
    .addOption(controlOption())
    .option("--json", "as JSON, for scripts")
    .action(async ({ control, json }: { control: string; json?: boolean }) => {
      const { envoys, targets = [], market = null, registries = [] } = await fetchStatus(control);
      const known = [...formatTargets(targets, terminal), ...formatRegistries(registries, terminal)];
      const parts = [formatEnvoys(envoys, terminal), ...known, ...formatMarket(market)];
      terminal.print(json ? JSON.stringify({ envoys, targets, market, registries }, null, 2) : parts.join("\n"));
      if (envoys.some(isRefusing)) process.exitCode = 1;
    });
}

function isRefusing({ disconnectedAt, resources }: EnvoyStatus): boolean {
  return disconnectedAt === null && resources.some(({ state }) => state === "rejected");
}

function formatEnvoys(envoys: EnvoyStatus[], terminal: Terminal): string {
  if (envoys.length === 0) return "No Envoy is connected";
  const lines = table([["ENVOY", "VERSION", "STATE", "RESOURCES", "SINCE"], ...envoys.map(row)], terminal);
  return [...lines, ...envoys.flatMap((envoy) => refusals(envoy, terminal))].join("\n");
}

function formatTargets(targets: TargetStatus[], terminal: Terminal): string[] {
  if (targets.length === 0) return [];
  return ["", ...table([["TARGET", "STATE", "REQUESTS", "ADDRESSES"], ...targets.map(targetRow)], terminal)];
}

function formatRegistries(registries: RegistryStatus[], terminal: Terminal): string[] {
  const rows = registries.flatMap(({ registry, services }) =>
    services.map(({ service, state, servers, heardAt }) => {
      const since = state === "stale" ? `stale since ${heardAt?.slice(0, 19)}Z` : state;
      return [registry, service, since, String(servers)];
    }),
  );
  if (rows.length === 0) return [];
  const away = registries.flatMap(({ registry, problem }) =>
    problem === null ? [] : [`${terminal.paint("red", `${registry} cannot be asked`)}: ${problem}`],
  );
  return ["", ...table([["REGISTRY", "SERVICE", "STATE", "SERVERS"], ...rows], terminal), ...away];
}

function formatMarket(market: MarketStatus | null): string[] {
  if (!market) return [];
  const count = market.entries === 1 ? "1 entry" : `${market.entries} entries`;
  return ["", `The market is at ${market.url} (${count})`];
}

function targetRow(status: TargetStatus): string[] {
  const { target, requestsActive, maxConcurrentRequests, addresses, restingUntil } = status;
  const state = restingUntil ? `${status.state} until ${restingUntil.slice(11, 19)}Z` : status.state;
  const limit = maxConcurrentRequests > 0 ? ` of ${maxConcurrentRequests}` : "";
  const others = addresses.filter((address) => address.state !== "healthy");
  const healthy = `${addresses.length - others.length} healthy`;
  const shown = others.map(({ address, state }) => `${address} ${state}`);
  return [target, state, `${requestsActive}${limit}`, [healthy, ...shown].join(", ")];
}

function row(envoy: EnvoyStatus): string[] {
  const count = (state: ResourceStatus["state"]): number => envoy.resources.filter((r) => r.state === state).length;
  const counts = (["accepted", "pending", "rejected"] as const).filter((state) => count(state) > 0);
  return [
    envoy.id,
    envoy.role === "ratelimit" ? "ratelimit" : envoy.version,
    envoy.disconnectedAt === null ? "connected" : "gone",
    counts.map((state) => `${count(state)} ${state}`).join(", ") || "none",
    envoy.disconnectedAt ?? envoy.connectedAt,
  ];
}

function refusals(envoy: EnvoyStatus, terminal: Terminal): string[] {
  return envoy.resources
    .filter(({ state }) => state === "rejected")
    .map(({ kind, name, version, message }) => {
      const kept = version === null ? "it has none" : `it keeps version ${version}`;
      return `\n${terminal.paint("red", `${envoy.id} refuses ${kind} ${name}`)}: ${message ?? ""} (${kept})`;
    });
}

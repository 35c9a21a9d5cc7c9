// `weir limits show`: asks a running control plane how much of each limit is used.
import { Command } from "commander";
import type { CounterStatus, WindowStatus } from "../counters/counter-status.ts";
import { askControl, controlOption } from "./control-client.ts";
import { table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

interface Options {
  control: string;
  limit?: string;
  json?: boolean;
}

export function limitsShowCommand(terminal: Terminal): Command {
  return new Command("show")
    .description("show how much of each limit is used at each Envoy that counts by itself, as of a second ago")
    .addOption(controlOption())
    .option("--limit <name>", "of this limit alone")
    .option("--json", "as JSON, for scripts")
    .action(async ({ control, limit, json }: Options) => {
      const answer = await askControl<{ counters: CounterStatus[] }>(control, "/limits");
      const counters = answer.counters.filter((counter) => limit === undefined || counter.limit === limit);
      terminal.print(json ? JSON.stringify({ counters }, null, 2) : formatCounters(counters, terminal));
    });
}

function formatCounters(counters: CounterStatus[], terminal: Terminal): string {
  if (counters.length === 0) return "Nothing has been counted";
  const heading = ["LIMIT", "FOR", "WINDOW", "USED", "REMAINING", "UNDER WAY", "ENVOY"];
  return table([heading, ...counters.flatMap(rowsOf)], terminal).join("\n");
}

function rowsOf({ limit, values, envoy, underWay, windows }: CounterStatus): string[][] {
  const by = Object.entries(values).map(([name, value]) => `${name} ${value}`);
  const named = by.join(", ") || "all";
  return windows.map((window) => [
    limit,
    named,
    nameOf(window),
    `${window.used} of ${window.limit}`,
    String(window.remaining),
    String(underWay),
    envoy,
  ]);
}

function nameOf({ unit, period, algorithm }: WindowStatus): string {
  return period ? `${unit} per ${period}, ${algorithm}` : unit;
}

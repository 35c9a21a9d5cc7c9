// The figures as people read them: a Markdown table. Ratios are made round by round, so that a machine whose speed
// drifts does not bend them, and the median of the rounds is shown.
import { median } from "./load.ts";
import type { Measurement } from "./measure.ts";

/** All rounds of one gateway. */
export interface ContenderResult {
  name: string;
  coldStartMs: number[];
  /** After the load, in MiB. */
  residentMiB: number[];
  /** By workload, one entry a round. */
  workloads: Record<string, Measurement[]>;
}

export interface BenchResult {
  envoy: string;
  rounds: number;
  /** The first is the one that the others are compared with. */
  contenders: ContenderResult[];
}

export function formatReport({ envoy, rounds, contenders }: BenchResult): string {
  const [plain, ...others] = contenders;
  if (!plain) return "";
  return [
    `Envoy ${envoy}, one worker, ${rounds} rounds in turn; medians. CPU time is the gateway's process alone.`,
    ...others.map((other) => `${workloadTable(plain, other)}\n\n${processTable(plain, other)}`),
  ].join("\n\n");
}

function workloadTable(plain: ContenderResult, other: ContenderResult): string {
  const rows = Object.keys(plain.workloads).map((name) => {
    const a = plain.workloads[name] ?? [];
    const b = other.workloads[name] ?? [];
    const pick = (list: Measurement[], key: keyof Measurement): number[] => list.map((entry) => entry[key]);
    const added = (key: keyof Measurement): string =>
      `${pairs(pick(a, key), pick(b, key), (x, y) => y - x).toFixed(3)} ms`;
    const cpu = (list: Measurement[]): string => `${median(pick(list, "cpuMicros")).toFixed(1)} µs`;
    const ratio = pairs(pick(a, "cpuMicros"), pick(b, "cpuMicros"), (x, y) => y / x).toFixed(2);
    return [name, cpu(a), cpu(b), `${ratio} ×`, added("firstByteP50Ms"), added("totalP50Ms"), added("totalP99Ms")];
  });
  return table(
    [
      "per request",
      `${plain.name} CPU`,
      `${other.name} CPU`,
      "ratio",
      "first byte p50 added",
      "whole p50 added",
      "whole p99 added",
    ],
    rows,
  );
}

function processTable(plain: ContenderResult, other: ContenderResult): string {
  const row = (name: string, a: number[], b: number[], unit: string): string[] => [
    name,
    `${median(a).toFixed(0)} ${unit}`,
    `${median(b).toFixed(0)} ${unit}`,
    `${pairs(a, b, (x, y) => y - x).toFixed(0)} ${unit}`,
  ];
  return table(
    ["per process", plain.name, other.name, "added"],
    [
      row("cold start to the first answer", plain.coldStartMs, other.coldStartMs, "ms"),
      row("resident memory after the load", plain.residentMiB, other.residentMiB, "MiB"),
    ],
  );
}

/** The median of `combine` over the pairs that stand at the same place. */
function pairs(a: number[], b: number[], combine: (x: number, y: number) => number): number {
  return median(a.map((x, index) => combine(x, b[index] ?? Number.NaN)));
}

function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

// `weir usage`: what was used and what it cost, by any dimension and period.
import { Command, InvalidArgumentError, Option } from "commander";
import { buckets, queryUsage, usageProblem, type Bucket, type UsageQuery } from "../ledger/query.ts";
import { formatUsage, usageFormats, type UsageFormat } from "../ledger/format-usage.ts";
import { readTime } from "../ledger/read-time.ts";
import { usageDimensions, type UsageDimension } from "../store/schema.ts";
import { openLedger, loadLedgerModel } from "./open-ledger.ts";
import { configFileDefault } from "./options.ts";
import type { Terminal } from "./terminal.ts";
import { UserError } from "./user-error.ts";

interface Options {
  by: UsageDimension[];
  each?: Bucket;
  since: number;
  until?: number;
  where: Partial<Record<UsageDimension, string>>;
  format: UsageFormat;
}

const dayMs = 24 * 3_600_000;

export function usageCommand(terminal: Terminal): Command {
  return new Command("usage")
    .description("show tokens and cost from the ledger, by any dimension and period")
    .argument("[file]", "the configuration whose ledger is asked", configFileDefault)
    .option("-b, --by <dimensions>", `what to tell apart, of ${usageDimensions.join(", ")}`, readDimensions, ["model"])
    .addOption(new Option("-e, --each <period>", "one line for each hour, day or month (UTC)").choices(buckets))
    .option(
      "-s, --since <time>",
      "the beginning: 2026-11-01, 2026-11-01T12:00Z, or 7d, 36h ago",
      readTimeOption,
      daysAgo(30),
    )
    .option("-u, --until <time>", "the end, likewise (default: now)", readTimeOption)
    .option("-w, --where <dimension=value>", "only what has this value; may be given again", readCondition, {})
    .addOption(new Option("-f, --format <format>", "how it is printed").choices(usageFormats).default("table"))
    .action(async (file: string, options: Options) => {
      const problem = usageProblem([...options.by, ...Object.keys(options.where)]);
      if (problem !== null) throw new UserError(`${problem}: ask for one of them`);
      const store = await openLedger(await loadLedgerModel(file));
      try {
        const query = toQuery(options);
        terminal.print(formatUsage(await queryUsage(store, query), query, options.format).trimEnd());
      } finally {
        await store.close();
      }
    });
}

function toQuery({ by, each, since, until, where }: Options): UsageQuery {
  // The day that has begun counts as far as it has come.
  const to = until ?? Math.ceil((Date.now() + 1) / dayMs) * dayMs;
  return { by, bucket: each ?? null, from: since, to, where };
}

/** The beginning of that day, in UTC. */
function daysAgo(days: number): number {
  return Math.floor(Date.now() / dayMs) * dayMs - days * dayMs;
}

function readDimensions(text: string): UsageDimension[] {
  if (text === "") return [];
  return [...new Set(text.split(",").map((name) => readDimension(name.trim())))];
}

function readDimension(name: string): UsageDimension {
  const dimension = usageDimensions.find((known) => known === name);
  if (!dimension) throw new InvalidArgumentError(`"${name}" is none of ${usageDimensions.join(", ")}.`);
  return dimension;
}

function readCondition(text: string, before: Options["where"]): Options["where"] {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It is a dimension and its value, such as model=gpt-4.1.");
  return { ...before, [readDimension(text.slice(0, at))]: text.slice(at + 1) };
}

function readTimeOption(text: string): number {
  const time = readTime(text);
  if (time === null) throw new InvalidArgumentError("It is 2026-11-01, 2026-11-01T12:00Z, 7d or 36h.");
  return time;
}

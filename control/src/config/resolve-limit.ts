// A limit of the configuration → one of the model.
import type {
  Limit,
  LimitCondition,
  LimitDimension,
  LimitServiceType,
  LimitWindow,
  TokenWeights,
} from "../model/limits.ts";
import { bucketLimitMax, limitDimensions, limitMax } from "../model/limits.ts";
import { nanoUsd } from "../model/usd.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";
import { reportForEnvoyproxy } from "./ratelimit-abilities.ts";
import type { LimitConfig } from "./schema/limit.ts";
import type { Entry } from "./schema/map.ts";
import { parsePattern } from "./schema/pattern.ts";

/** The names of the whole file, by what limits call them. */
export interface LimitContext {
  report: Report;
  /** What counts them; null where each Envoy does. */
  service: LimitServiceType | null;
  names: { readonly [dimension in LimitDimension]?: readonly string[] | undefined };
}

type WindowConfig = LimitConfig["windows"][number];

/** Null when something in it cannot be, which the report then says. */
export function resolveLimit(config: LimitConfig, path: Path, context: LimitContext): Limit | null {
  const windows = config.windows.map((window, index) => resolveWindow(window, [...path, "windows", index], context));
  const known = windows.filter((window) => window !== null);
  if (known.length < windows.length || hasRepeated(known, path, context.report)) return null;
  reportUnknownNames(config, path, context);
  return {
    name: config.name,
    match: resolveMatch(config.match),
    windows: known,
    weights: resolveWeights(config.weights),
    outputTokensMax: config.outputTokensMax ?? null,
    shadow: config.shadow,
    onStoreFailure: config.onStoreFailure,
    onUnknownPrice: config.onUnknownPrice,
    cheaperModel: config.onExceeded?.model ?? null,
  };
}

function resolveMatch({ headers, query, cookies, network, ...names }: LimitConfig["match"]): LimitCondition[] {
  const named = (by: LimitCondition["by"], entries: Entry<string>[]) =>
    entries.map(({ key, value }) => conditionOf(by, value, key));
  return [
    ...limitDimensions.flatMap((by) => (names[by] === undefined ? [] : [conditionOf(by, names[by])])),
    ...named("header", headers),
    ...named("query", query),
    ...named("cookie", cookies),
    ...(network === undefined ? [] : [networkCondition(network)]),
  ];
}

function conditionOf(by: LimitCondition["by"], text: string, name = ""): LimitCondition {
  const { match, pattern } = parsePattern(text);
  return { by, name, match: match === "any" ? "each" : match, pattern };
}

function networkCondition(network: string): LimitCondition {
  const match = network === "*" ? "each" : "network";
  return { by: "network", name: "", match, pattern: network === "*" ? "" : network };
}

function resolveWindow(window: WindowConfig, path: Path, context: LimitContext): LimitWindow | null {
  const { report, service } = context;
  if (service === "envoyproxy" && !reportForEnvoyproxy(window, path, report)) return null;
  const { unit, per, algorithm, limit } = window;
  if (unit === "concurrentRequests") {
    const extra = per !== undefined ? "per" : algorithm !== undefined ? "algorithm" : null;
    if (extra)
      return reportNull(report, [...path, extra], `${extra} means nothing for requests under way`, "Remove it");
    return withAmount({ unit, limit: 0, period: null, algorithm: null }, limit, path, report);
  }
  if (per === undefined) {
    return reportNull(report, path, "per is missing", "Write in which time the limit holds, such as per: minute");
  }
  const isCalendar = per === "day" || per === "week" || per === "month" || service === "envoyproxy";
  const resolved = {
    unit,
    limit: 0,
    period: per,
    algorithm: algorithm ?? (isCalendar ? "calendar" : "slidingWindow"),
  } as const;
  return withAmount(resolved, limit, path, report);
}

function withAmount(window: LimitWindow, given: WindowConfig["limit"], path: Path, report: Report): LimitWindow | null {
  const isCost = window.unit === "cost";
  const limit = isCost ? nanoUsd(given) : given.includes(".") ? Number.NaN : Number(given);
  if (Number.isNaN(limit)) {
    const message = isCost ? "limit is not an amount of US dollars" : "limit is not a whole number";
    const fix = isCost ? "Write US dollars with at most nine decimals, such as 0.50" : "Write a number such as 100000";
    return reportNull(report, [...path, "limit"], message, fix);
  }
  const most = window.algorithm === "tokenBucket" ? bucketLimitMax : limitMax;
  if (limit <= most) return { ...window, limit };
  const message = `limit must be at most ${isCost ? most / 1e9 : most}`;
  return reportNull(report, [...path, "limit"], message, "Write a smaller one, or use calendar windows");
}

function hasRepeated(windows: LimitWindow[], path: Path, report: Report): boolean {
  const seen = new Set<string>();
  windows.forEach(({ unit, period, algorithm }, index) => {
    const kind = [unit, period, algorithm].join(" ");
    if (seen.has(kind)) {
      const message = "Another window of this limit counts the same in the same time";
      report.error([...path, "windows", index], { message, fix: "Keep one of the two" });
    }
    seen.add(kind);
  });
  return seen.size < windows.length;
}

function resolveWeights({ input, output, ...others }: LimitConfig["weights"]): TokenWeights {
  const { cacheRead = input, cacheWrite = input, audioInput = input, audioOutput = output } = others;
  return { input, output, cacheRead, cacheWrite, audioInput, audioOutput };
}

/** A rule for a name that nothing has would never be asked. */
function reportUnknownNames({ match }: LimitConfig, path: Path, { report, names }: LimitContext): void {
  for (const by of limitDimensions) {
    const known = names[by];
    const { match: kind, pattern = "" } = match[by] === undefined ? {} : parsePattern(match[by]);
    if (!known || kind !== "exact" || known.includes(pattern)) continue;
    const meant = didYouMean(pattern, known);
    const message = `There is no ${by} of this name, so this limit holds for nothing`;
    const fix = meant
      ? `Did you mean "${meant}"?`
      : `Use one of: ${known.slice(0, 20).join(", ") || "(there is none)"}`;
    report.warning([...path, "match", by], { message, fix });
  }
}

function reportNull(report: Report, path: Path, message: string, fix: string): null {
  report.error(path, { message, fix });
  return null;
}

// What envoyproxy/ratelimit can count, as of its version of January 2026: fixed windows that begin with each second,
// minute, hour and UTC day, up to 2³² − 1. https://github.com/envoyproxy/ratelimit#definitions
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";
import type { LimitConfig } from "./schema/limit.ts";

const countMax = 2 ** 32 - 1;

/** False where it cannot count this window, which the report then says. */
export function reportForEnvoyproxy(window: LimitConfig["windows"][number], path: Path, report: Report): boolean {
  const { unit, per, algorithm, limit } = window;
  if (unit === "concurrentRequests") {
    return fail([...path, "unit"], "cannot count requests under way", "Remove this window", report);
  }
  if (unit === "cost") {
    return fail([...path, "unit"], "cannot count money, which is in nano-dollars", "Count weightedTokens", report);
  }
  if (per === "week" || per === "month") {
    const own = per === "week" ? "Its weeks begin on Thursdays" : "Its months are 30 days that begin anywhere";
    return fail([...path, "per"], `cannot go by the ${per}: ${own}`, "Write per: day, with a part of it", report);
  }
  if (algorithm !== undefined && algorithm !== "calendar") {
    return fail([...path, "algorithm"], `knows no ${algorithm}`, "Write algorithm: calendar", report);
  }
  if (Number(limit) > countMax) {
    return fail([...path, "limit"], `cannot count beyond ${countMax}`, "Write a shorter time with less", report);
  }
  return true;
}

function fail(path: Path, what: string, fix: string, report: Report): false {
  const message = `envoyproxy/ratelimit ${what}`;
  report.error(path, { message, fix: `${fix}, or let weir limits count: gateway.limitService.type: weir` });
  return false;
}

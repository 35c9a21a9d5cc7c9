// Providers that are there only where their keys are.
import type { BrokenReference, Expanded } from "./reference.ts";
import type { Report } from "./report.ts";
import { isMapping } from "./written-names.ts";

/** An optional provider lacks nothing but what its references should have brought. */
export function isLeftOut({ value, broken }: Expanded): boolean {
  if (!isMapping(value) || broken.length === 0 || broken.some(({ kind }) => kind !== "unset")) return false;
  return value["optional"] === true || value["optional"] === "true";
}

export function reportLeftOut(report: Report, { path, message, fix }: BrokenReference): void {
  report.info(path.slice(0, 2), {
    message: `This optional provider is left out: ${message}`,
    fix: fix.split(",")[0]!,
  });
}

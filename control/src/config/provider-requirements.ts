// What a provider's type asks of its configuration. Checked on the values as written, so that it is reported together
// with whatever else is wrong.
import { findProvider } from "../catalog/providers.ts";
import type { ProviderRow } from "../catalog/row.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";

/** Says nothing when the type is not known: that is reported where the type is read. */
export function reportRequirements(provider: unknown, path: Path, report: Report): void {
  if (typeof provider !== "object" || provider === null) return;
  const { type, baseUrl, apiKey } = provider as Record<string, unknown>;
  const row = typeof type === "string" ? findProvider(type) : null;
  if (!row) return;
  if (!row.available) return reportUnavailable(row, path, report);
  if (row.baseUrl === null && baseUrl === undefined) reportBaseUrl(row, path, report);
  if (row.keyRequired && apiKey === undefined) reportKey(row, path, report);
}

function reportUnavailable(row: ProviderRow, path: Path, report: Report): void {
  const message = `${row.title} speaks a dialect of its own ("${row.dialect}") that is not available yet`;
  report.error([...path, "type"], { message, fix: row.instead || "Choose another provider" });
}

function reportBaseUrl(row: ProviderRow, path: Path, report: Report): void {
  const message = `baseUrl is missing: ${row.title} has no address that is the same for everybody`;
  report.error(path, { message, fix: `Add baseUrl, such as ${row.baseUrlExample}` });
}

function reportKey(row: ProviderRow, path: Path, report: Report): void {
  const message = `apiKey is missing: ${row.title} answers nobody without one`;
  report.error(path, { message, fix: `Add apiKey: \${${row.environment ?? "PROVIDER_API_KEY"}}` });
}

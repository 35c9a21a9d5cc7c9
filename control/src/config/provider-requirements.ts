// What a provider's type asks of its configuration. Checked on the values as written, so that it is reported together
// with whatever else is wrong.
import { chooseApi, partsOf, type ApiChoice } from "../catalog/choose-api.ts";
import { findProvider } from "../catalog/providers.ts";
import type { Account, ProviderApi, ProviderRow } from "../catalog/row.ts";
import { dialects } from "../model/dialect.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";

const accounts: readonly Account[] = ["aws", "azure", "google"];

/** Says nothing when the type is not known: that is reported where the type is read. */
export function reportRequirements(provider: unknown, path: Path, report: Report): void {
  if (!isMapping(provider)) return;
  const row = typeof provider["type"] === "string" ? findProvider(provider["type"]) : null;
  if (!row) return;
  if (!row.available) return reportUnavailable(row, path, report);
  reportAccounts(provider, row, path, report);
  const api = chooseApi(row, choiceOf(provider));
  if (!api) return reportDialect(row, path, report);
  reportAddress(provider, { row, api }, path, report);
  reportCredential(provider, { row, api }, path, report);
}

/** As far as it is written in the right form. */
function choiceOf(provider: Record<string, unknown>): ApiChoice {
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const dialect = dialects.find((dialect) => dialect === provider["dialect"]);
  return { dialect, baseUrl: text(provider["baseUrl"]), publisher: text(sectionOf(provider, "google")["publisher"]) };
}

function reportUnavailable(row: ProviderRow, path: Path, report: Report): void {
  const message = `${row.title} speaks a dialect of its own ("${row.apis[0].dialect}") that is not available yet`;
  report.error([...path, "type"], { message, fix: row.instead || "Choose another provider" });
}

function reportDialect(row: ProviderRow, path: Path, report: Report): void {
  const known = row.apis.map((api) => api.dialect).join(", ");
  const fix = `Write one of ${known}, or use type generic with the API's baseUrl`;
  report.error([...path, "dialect"], { message: `${row.title} has no API of this dialect`, fix });
}

function reportAccounts(provider: Record<string, unknown>, row: ProviderRow, path: Path, report: Report): void {
  for (const account of accounts) {
    if (provider[account] === undefined || row.accounts.includes(account)) continue;
    const message = `${account} has no effect: ${row.title} has nothing to do with it`;
    report.error([...path, account], { message, fix: "Remove it, or choose another type", isAboutKey: true });
  }
}

interface Chosen {
  row: ProviderRow;
  api: ProviderApi;
}

function reportAddress(provider: Record<string, unknown>, { row, api }: Chosen, path: Path, report: Report): void {
  if (provider["baseUrl"] !== undefined) return;
  if (api.baseUrl === null) {
    const message = `baseUrl is missing: ${row.title} has no address that is the same for everybody`;
    return report.error(path, { message, fix: `Add baseUrl, such as ${api.baseUrlExample}` });
  }
  const account = row.accounts[0];
  if (!account || isKeyAddress(provider, api)) return;
  const given = sectionOf(provider, account);
  const wanted = partsOf(api.baseUrl).map((name) => (name === "vertexHost" ? "location" : name));
  for (const name of new Set(wanted)) {
    if (given[name] !== undefined) continue;
    const message = `${account}.${name} is missing: it is part of the address of ${row.title}`;
    report.error(path, { message, fix: `Add ${account}: with ${name}: below it, or baseUrl` });
  }
}

/** Whether a key alone leads to the provider. */
export function isKeyAddress(provider: Record<string, unknown>, api: ProviderApi): boolean {
  const { project, location } = sectionOf(provider, "google");
  const isBare = project === undefined && location === undefined;
  return api.keyBaseUrl !== null && isBare && hasKey(provider);
}

/** The fields that a credential other than a key consists of. */
const credentialFields: Record<Account, string[][]> = {
  aws: [["accessKeyId", "secretAccessKey"]],
  azure: [],
  google: [["serviceAccount"], ["serviceAccountFile"]],
};

function reportCredential(provider: Record<string, unknown>, { row, api }: Chosen, path: Path, report: Report): void {
  const forms = row.accounts.flatMap((account) =>
    credentialFields[account].map((fields) => ({ account, fields, given: sectionOf(provider, account) })),
  );
  const begun = forms.filter(({ fields, given }) => fields.some((field) => given[field] !== undefined));
  for (const { account, fields, given } of begun) {
    const missing = fields.find((field) => given[field] === undefined);
    const message = `${account}.${missing} is missing: requests cannot be signed without it`;
    if (missing) report.error([...path, account], { message, fix: "Add it, best as a reference" });
  }
  const keys = keyFields.filter((field) => provider[field] !== undefined);
  const all = [...keys, ...begun.map(({ account }) => account)];
  if (all.length > 1) {
    const message = "There is more than one credential";
    report.error([...path, all.at(-1)!], { message, fix: "Keep one of them", isAboutKey: true });
  }
  if (row.keyRequired && all.length === 0) reportNoKey(row, api, path, report);
}

const keyFields = ["apiKey", "apiKeys"] as const;

function hasKey(provider: Record<string, unknown>): boolean {
  return keyFields.some((field) => provider[field] !== undefined);
}

function reportNoKey(row: ProviderRow, api: ProviderApi, path: Path, report: Report): void {
  const message = `apiKey is missing: ${row.title} answers nobody without one`;
  report.error(path, { message, fix: credentialHelp(row, api) });
}

/** How a credential is given, as a sentence without its end. */
function credentialHelp(row: ProviderRow, api: ProviderApi): string {
  if (row.accounts.includes("google")) {
    const key = api.keyBaseUrl === null ? "" : ", or apiKey for express mode";
    return `Add google: with serviceAccountFile: \${GOOGLE_APPLICATION_CREDENTIALS} below it${key}`;
  }
  const key = `Add apiKey: \${${row.environment ?? "PROVIDER_API_KEY"}}`;
  return row.accounts.includes("aws") ? `${key}, or aws: with accessKeyId and secretAccessKey below it` : key;
}

/** A section's fields; none where it is no mapping, which is reported elsewhere. */
function sectionOf(provider: Record<string, unknown>, account: Account): Record<string, unknown> {
  const section = provider[account];
  return isMapping(section) ? section : {};
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Which of a provider's APIs a configuration means, and at which address.
import type { ProviderApi, ProviderRow } from "./row.ts";

export interface ApiChoice {
  dialect?: string | undefined;
  baseUrl?: string | undefined;
  /** Vertex AI's: whose models. */
  publisher?: string | undefined;
}

/** Null when the provider has no API of the dialect that was asked for. */
export function chooseApi(row: ProviderRow, { dialect, baseUrl, publisher }: ApiChoice): ProviderApi | null {
  if (dialect !== undefined) return row.apis.find((api) => api.dialect === dialect) ?? null;
  if (publisher === "anthropic") return row.apis.find((api) => api.dialect === "anthropic") ?? row.apis[0];
  return (baseUrl !== undefined ? apiAt(row, baseUrl) : null) ?? row.apis[0];
}

/** A base URL that ends as one API's own does is meant for that one, on whatever host: the longest such end counts. */
function apiAt(row: ProviderRow, baseUrl: string): ProviderApi | null {
  const path = pathOf(baseUrl);
  const fitting = row.apis.filter((api) => api.baseUrl !== null && endsAlike(path, pathOf(api.baseUrl)));
  return fitting.sort((a, b) => pathOf(b.baseUrl!).length - pathOf(a.baseUrl!).length)[0] ?? null;
}

function endsAlike(path: string, own: string): boolean {
  return own !== "" && path.endsWith(own);
}

function pathOf(url: string): string {
  return url.replace(/^[a-z]+:\/\/[^/]*/i, "").replace(/\/+$/, "");
}

/** What an address is made of, by the names that stand in braces in it. */
export type AddressParts = Partial<Record<string, string>>;

/** The names that stand in braces in an address. */
export function partsOf(url: string): string[] {
  return [...url.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
}

export function fillIn(url: string, parts: AddressParts): string {
  return url.replace(/\{(\w+)\}/g, (whole, name: string) => parts[name] ?? whole);
}

/** https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations */
export function vertexHost(location: string): string {
  if (location === "global") return "aiplatform.googleapis.com";
  if (location === "us" || location === "eu") return `aiplatform.${location}.rep.googleapis.com`;
  return `${location}-aiplatform.googleapis.com`;
}

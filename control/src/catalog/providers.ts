// The providers that Weir knows by name. A provider of a known dialect is a row here and nothing else.
import { chineseProviders } from "./rows-hosted-china.ts";
import { hostedProviders } from "./rows-hosted.ts";
import { ownDialectProviders } from "./rows-own-dialect.ts";
import { selfHostedProviders } from "./rows-self-hosted.ts";
import { unavailableProviders } from "./rows-unavailable.ts";
import type { ProviderRow } from "./row.ts";

/** Sorted by type. */
export const providerRows: readonly ProviderRow[] = [
  ...hostedProviders,
  ...chineseProviders,
  ...ownDialectProviders,
  ...selfHostedProviders,
  ...unavailableProviders,
].sort((a, b) => (a.type < b.type ? -1 : 1));

export const providerTypes: readonly string[] = providerRows.map((row) => row.type);

const rowsByType = new Map(providerRows.map((row) => [row.type, row]));

export function findProvider(type: string): ProviderRow | null {
  return rowsByType.get(type) ?? null;
}

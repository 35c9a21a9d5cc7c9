// What the admin API shows of what is in force: of hashes only their beginnings, of secrets nothing.
import { messageData } from "../budget/alert.ts";
import { readSpending } from "../budget/spending.ts";
import type { Model } from "../model/model.ts";
import type { Store } from "../store/store.ts";
import { shortHash } from "./entry-store.ts";

/** Consumers and keys that the file does not have are the store's. */
export function showConsumers(model: Model, base: Model): object[] {
  return (model.auth?.consumers ?? []).map(({ name, organization, team, user, models, routes, networks }) => ({
    ...{ name, organization, team, user, models, routes, networks },
    source: base.auth?.consumers.some((one) => one.name === name) ? "file" : "store",
  }));
}

export function showKeys(model: Model, base: Model, consumer?: string): object[] {
  const own = new Set(base.auth?.consumers.flatMap(({ keys }) => keys.map(({ sha256 }) => sha256)));
  return (model.auth?.consumers ?? [])
    .filter(({ name }) => consumer === undefined || name === consumer)
    .flatMap(({ name, keys }) =>
      keys.map(({ hmac, expiresMs, sha256, ...key }) => ({
        consumer: name,
        ...key,
        kind: hmac ? "signer" : "key",
        sha256: shortHash(sha256),
        expires: expiresMs === null ? null : new Date(expiresMs).toISOString(),
        source: own.has(sha256) ? "file" : "store",
      })),
    );
}

export async function showSpending(store: Store, { budgets }: Model, now: number): Promise<object[]> {
  const rows: object[] = [];
  for (const budget of budgets) {
    for (const spending of await readSpending(store, budget, now)) {
      const percent = Number((spending.spent * 10_000n) / BigInt(budget.limit)) / 100;
      const { period, ...data } = messageData(spending, percent);
      rows.push({ ...data, ...period });
    }
  }
  return rows;
}

// Reads a golden case: a model in YAML with only what matters to it, completed with plain defaults. Secrets are written
// by their source, and their value is this marker, which no golden file may hold.
import { parse } from "yaml";
import type { Limit } from "../../model/limits.ts";
import type { Model, Route, Target } from "../../model/model.ts";
import {
  plainAuth,
  plainGateway,
  plainLimit,
  plainNames,
  plainPlugin,
  plainRoute,
  plainRule,
  plainTarget,
} from "../../model/test/plain.ts";
import type { ForeignPlugin } from "../../model/plugins.ts";
import { Secret, type SecretSource } from "../../model/secret.ts";

export const secretMarker = "the-secret-value";

/** A route in a case may name its only target as `target`. */
type WrittenRoute = Partial<Route> & { name: string; target?: string };

/** The whole model of a case. */
export function readCase(text: string): Model {
  const written = parse(text, reviveSecret, { merge: true }) as Partial<Model> & { routes: WrittenRoute[] };
  const routes = written.routes.map(completeRoute);
  return {
    gateway: { ...plainGateway, accessLog: { path: "/dev/stdout" }, ...written.gateway },
    auth: written.auth ? { ...plainAuth, ...written.auth } : null,
    names: { ...plainNames, ...written.names },
    targets: (written.targets ?? []).map(completeTarget),
    routes,
    limits: (written.limits ?? []).map(completeLimit),
    budgets: written.budgets ?? [],
    webhooks: written.webhooks ?? [],
    lastResorts: [...new Set(routes.flatMap(({ lastResort }) => lastResort ?? []))],
    ...(written.plugins && { plugins: written.plugins.map(completePlugin) }),
    ...(written.mcp && { mcp: written.mcp }),
    ...(written.web && { web: written.web }),
    models: written.models ?? [],
    ledger: written.ledger ?? null,
    admin: null,
    ...(written.spent && { spent: written.spent }),
  };
}

function completeLimit(written: Partial<Limit>): Limit {
  return { ...plainLimit, ...written };
}

function completePlugin(written: Partial<ForeignPlugin>): ForeignPlugin {
  const rules = (written.rules ?? []).map((rule) => ({ ...plainRule, ...rule }));
  return { ...plainPlugin, ...written, rules };
}

function completeTarget(written: Partial<Target>): Target {
  return {
    ...plainTarget,
    ...written,
    headers: (written.headers ?? []).map((header) => ({ ...header, ifAbsent: header.ifAbsent ?? false })),
    timeouts: { ...plainTarget.timeouts, ...written.timeouts },
    circuitBreaker: { ...plainTarget.circuitBreaker, ...written.circuitBreaker },
  };
}

function completeRoute({ target = "", ...written }: WrittenRoute): Route {
  const completed = { ...plainRoute(written.name, target), ...written };
  const targets = completed.targets.map((one) => ({ ...one, weight: one.weight ?? 1, model: one.model ?? null }));
  return { ...completed, targets, fallbacks: completed.fallbacks.map((one) => ({ ...one, model: one.model ?? null })) };
}

/** `{ env: NAME }`, `{ file: PATH }` and `{ literal: true }` stand for secrets, `{ json: … }` for a plugin's. */
function reviveSecret(_key: unknown, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 1) return value;
  const { env, file, literal, json } = value as { env?: string; file?: string; literal?: boolean; json?: object };
  if (json) return new Secret(JSON.stringify(json), { kind: "literal" });
  const source: SecretSource | null = env
    ? { kind: "env", name: env }
    : file
      ? { kind: "file", path: file }
      : literal
        ? { kind: "literal" }
        : null;
  return source ? new Secret(secretMarker, source) : value;
}

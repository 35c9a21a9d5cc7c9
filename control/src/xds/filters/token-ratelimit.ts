// The plugin that counts what callers use, and lets through what fits into the limits. Off unless there are any.
import type { Limit, LimitService } from "../../model/limits.ts";
import type { Model, Target } from "../../model/model.ts";
import { modelTable } from "../../model/model-table.ts";
import type { Secret } from "../../model/secret.ts";
import { clusterName, limitClusterName } from "../cluster-name.ts";
import { limitTokenEnvironment, limitTokenNames } from "../credential-environment.ts";
import type { TranslateOptions } from "../options.ts";
import { typed, type ProtoJson } from "../resources.ts";
import type { HttpFilter } from "./http-filter.ts";
import { movingBudgets } from "./budget.ts";
import { discovered, sourceOf, wasmExtension } from "./wasm-plugin.ts";

const name = "weir.token-ratelimit";

export const tokenRatelimit: HttpFilter = {
  name,
  chain: { ...discovered(name), disabled: true },
  extension: (model, options) =>
    wasmExtension({
      name,
      source: sourceOf(options.plugins, "token-ratelimit"),
      configuration: {
        bodyBytesMax: model.gateway.bodyBytesMax,
        ...(model.mcp && { mcp: true }),
        ...(movingBudgets(model).length > 0 && { budgetsMove: true }),
        providers: Object.fromEntries(model.targets.map((target) => [clusterName(target), providerOf(target.name)])),
        ...(model.gateway.limitService && { service: serviceConfiguration(model.gateway.limitService, options) }),
        ...priceConfiguration(model),
        ...(options.counterKeeper && { keeper: options.counterKeeper }),
        limits: model.limits.map(limitConfiguration),
      },
      ...(options.credentials === "environment" && { environment: limitTokenNames(model) }),
    }),
};

/** A key of a pool is named `<provider>/<key>`. */
function providerOf(target: string): string {
  return target.split("/")[0]!;
}

function serviceConfiguration(service: LimitService, options: TranslateOptions): ProtoJson {
  const { type, domain, timeoutMs, token } = service;
  const other = type === "weir" ? {} : { type };
  return { ...other, cluster: limitClusterName(service), domain, timeoutMs, ...(token && tokenOf(token, options)) };
}

function tokenOf(token: Secret, options: TranslateOptions): ProtoJson {
  if (options.credentials === "environment") return { tokenEnvironment: limitTokenEnvironment(token) };
  return { token: options.reveal(token) };
}

function limitConfiguration(limit: Limit): ProtoJson {
  const { name, match, windows, weights, outputTokensMax, shadow } = limit;
  const { onStoreFailure, onUnknownPrice, cheaperModel } = limit;
  return {
    name,
    match: match.map(({ by, name, match, pattern }) => ({
      by,
      ...(name && { name }),
      match,
      ...(pattern && { pattern }),
    })),
    windows: windows.map(({ unit, limit, period, algorithm }) => ({
      unit,
      limit,
      ...(period && { period }),
      ...(algorithm && { algorithm }),
    })),
    ...(windows.some(({ unit }) => unit === "weightedTokens") && { weights }),
    ...(outputTokensMax !== null && { outputTokensMax }),
    ...(shadow && { shadow }),
    ...(onStoreFailure !== "local" && { onStoreFailure }),
    ...(onUnknownPrice === "refuse" && { refuseUnpriced: true }),
    ...(cheaperModel !== null && { cheaperModel }),
  };
}

/** Where a limit counts money: the prices of each target's models, of those that have the same once. */
function priceConfiguration(model: Model): ProtoJson {
  if (!model.limits.some(({ windows }) => windows.some(({ unit }) => unit === "cost"))) return {};
  const tables = new Map<string, number>();
  const pricedTargets = model.targets.map((target) => {
    const table = JSON.stringify(priceRows(model, target));
    if (!tables.has(table)) tables.set(table, tables.size);
    const { modelMapping } = target;
    return [clusterName(target), { prices: tables.get(table)!, ...(modelMapping.length > 0 && { modelMapping }) }];
  });
  return {
    prices: [...tables.keys()].map((table) => JSON.parse(table) as ProtoJson),
    pricedTargets: Object.fromEntries(pricedTargets) as ProtoJson,
  };
}

function priceRows(model: Model, target: Target): ProtoJson[] {
  return modelTable(model.models, target).flatMap(({ name, isOwn, facts: { price } }) => {
    if (!price) return [];
    const tiers = price.tiers.map(({ aboveInputTokens, picoUsd }) => ({ aboveInputTokens, ...picoUsd }));
    return [{ name, ...(isOwn && { own: true }), ...price.picoUsd, ...(tiers.length > 0 && { tiers }) }];
  });
}

const enabled: ProtoJson = { [name]: typed("envoy.config.route.v3.FilterConfig", { config: {} }) };

/** An Envoy route that leads to models or to an MCP server: the plugin runs on it where there are limits. */
export function withLimits(envoyRoute: ProtoJson, model: Model): ProtoJson {
  if (model.limits.length === 0) return envoyRoute;
  const others = envoyRoute["typed_per_filter_config"] as ProtoJson | undefined;
  return { ...envoyRoute, typed_per_filter_config: { ...others, ...enabled } };
}

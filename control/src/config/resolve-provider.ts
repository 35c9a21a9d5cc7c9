// A provider of the configuration → a target of the model: the catalogue's row, overridden field by field.
import { join } from "node:path";
import { chooseApi } from "../catalog/choose-api.ts";
import { findProvider } from "../catalog/providers.ts";
import type { ProviderApi } from "../catalog/row.ts";
import type { Credential } from "../model/credential.ts";
import type { Dialect } from "../model/dialect.ts";
import type { Target, TargetHeader, TargetTls } from "../model/model.ts";
import type { PoolMember } from "./known-provider.ts";
import { resolveModelMapping } from "./model-mapping.ts";
import { formatPath, type Path } from "./path.ts";
import { toSecret, type Reference } from "./reference.ts";
import type { Report } from "./report.ts";
import { resolveAddress } from "./resolve-address.ts";
import { resolveCredential } from "./resolve-credential.ts";
import { resolvePool } from "./resolve-pool.ts";
import { resolveService, type Registries } from "./resolve-registry.ts";
import type { ProviderConfig } from "./schema/provider.ts";
import type { BaseUrl } from "./schema/url.ts";
import { looksSecret } from "./shown-value.ts";

export interface ProviderContext {
  report: Report;
  path: Path;
  references: Map<string, Reference>;
  /** The folder that relative paths in the file start from. */
  baseDir: string;
  readFile(path: string): string;
  registries: Registries;
}

/**
 * For a provider that meets its type's requirements: its targets, one for each key. None when something else is wrong,
 * which the report then says.
 */
export function resolveProvider(config: ProviderConfig, context: ProviderContext): PoolMember[] {
  const row = findProvider(config.type)!;
  const publisher = config.google?.publisher;
  const api = chooseApi(row, { dialect: config.dialect, baseUrl: config.baseUrl, publisher })!;
  const { url, surfaces, paths } = resolveAddress(config, api);
  const keys = config.apiKeys ? resolvePool(config.apiKeys, { config, row, api }, context) : null;
  const credential = keys?.[0]?.credential ?? resolveCredential(config, row, api, context);
  const headers = resolveHeaders(config, api, credential, context);
  const tls = resolveTls(config, url, context);
  const service = config.service && resolveService(config.service, context);
  if (context.report.isBroken(context.path)) return [];
  const target: Target = {
    name: config.name,
    provider: row.type,
    dialect: api.dialect as Dialect,
    host: url.host,
    port: url.port,
    ...(service && { service }),
    tls,
    authority: url.authority,
    basePath: url.path,
    surfaces,
    paths,
    credential,
    headers,
    modelMapping: resolveModelMapping(config.modelMapping),
    quirks: [...(config.quirks ?? api.quirks)],
    ...resolveLimits(config),
  };
  const { whenOpen } = config.circuitBreaker;
  if (!keys) return [{ target, weight: 1, whenOpen }];
  return keys.map(({ name, weight, credential }) => ({ target: { ...target, name, credential }, weight, whenOpen }));
}

function resolveLimits({ timeouts, circuitBreaker, healthCheck }: ProviderConfig) {
  const { maxConcurrentRequests, consecutiveErrors, statuses, ejectionTime, ejectionTimeMax } = circuitBreaker;
  return {
    timeouts: { connectMs: timeouts.connect, firstByteMs: timeouts.firstByte, idleMs: timeouts.idle },
    circuitBreaker: {
      maxConcurrentRequests,
      consecutiveErrors,
      statuses: [...new Set(statuses)],
      ejectionMs: ejectionTime,
      ejectionMsMax: Math.max(ejectionTime, ejectionTimeMax),
      whenOpen: "refuse" as const,
    },
    healthCheck: healthCheck
      ? {
          path: healthCheck.path,
          intervalMs: healthCheck.interval,
          timeoutMs: healthCheck.timeout,
          unhealthyAfter: healthCheck.unhealthyAfter,
          healthyAfter: healthCheck.healthyAfter,
        }
      : null,
  };
}

function resolveHeaders(
  config: ProviderConfig,
  api: ProviderApi,
  credential: Credential | null,
  { report, path, references }: ProviderContext,
): TargetHeader[] {
  const taken = credential && (credential.kind === "header" ? credential.header : "authorization");
  const given = config.headers.map(({ given, key: name, value }) => {
    const headerPath = [...path, "headers", given];
    if (name === taken) {
      const message = `The header ${name} already carries ${credential?.kind === "header" ? "apiKey" : "the credential"}`;
      report.error(headerPath, { message, fix: "Remove one of the two", isAboutKey: true });
    }
    const isSecret = references.has(formatPath(headerPath)) || looksSecret(value) || namesSecret(name);
    return { name, value: isSecret ? toSecret(value, headerPath, references) : value, ifAbsent: false };
  });
  const isGiven = (name: string) => given.some((header) => header.name === name);
  const usual = Object.entries(api.headers).map(([name, value]) => ({ name, value, ifAbsent: true }));
  return [...usual.filter(({ name }) => !isGiven(name)), ...given];
}

/** A value in such a header is a secret, whatever it looks like. */
function namesSecret(name: string): boolean {
  return /auth|key|token|secret|cookie|password|credential/.test(name);
}

function resolveTls(config: ProviderConfig, url: BaseUrl, context: ProviderContext): TargetTls | null {
  const path = [...context.path, "tls"];
  if (!url.isTls) {
    const message = "tls has no effect: baseUrl starts with http://";
    if (config.tls) context.report.warning(path, { message, fix: "Write https://, or remove tls" });
    return null;
  }
  const caFile = config.tls?.caFile ? join(context.baseDir, config.tls.caFile) : null;
  if (caFile) checkReadable(caFile, [...path, "caFile"], context);
  const { sni = url.host, ca } = config.tls ?? {};
  if (ca !== undefined && caFile) reportTwoAuthorities(path, context.report);
  return { sni, caFile, ...(ca !== undefined && { ca }) };
}

/** Of which one would be forgotten. */
export function reportTwoAuthorities(path: Path, report: Report): void {
  report.error([...path, "ca"], { message: "ca and caFile are both given", fix: "Keep one of them", isAboutKey: true });
}

function checkReadable(file: string, path: Path, { report, readFile }: ProviderContext): void {
  try {
    readFile(file);
  } catch (error) {
    const message = `caFile cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`;
    report.error(path, { message, fix: "Create it, or correct its path and permissions" });
  }
}

// A provider of the configuration → a target of the model: the catalogue's row, overridden field by field.
import { join } from "node:path";
import { findProvider } from "../catalog/providers.ts";
import type { ProviderRow } from "../catalog/row.ts";
import type { Credential, Surface, Target, TargetTls } from "../model/model.ts";
import { resolveModelMapping } from "./model-mapping.ts";
import { formatPath, type Path } from "./path.ts";
import { toSecret, type Reference } from "./reference.ts";
import type { Report } from "./report.ts";
import { readHeaderValue } from "./schema/http.ts";
import type { ProviderConfig } from "./schema/provider.ts";
import { Mistake } from "./schema/scalar.ts";
import { readBaseUrl, type BaseUrl } from "./schema/url.ts";
import { looksSecret } from "./shown-value.ts";

export interface ProviderContext {
  report: Report;
  path: Path;
  references: Map<string, Reference>;
  /** The folder that relative paths in the file start from. */
  baseDir: string;
  readFile(path: string): string;
}

/** For a provider that meets its type's requirements. Null when something else is wrong, which the report then says. */
export function resolveProvider(config: ProviderConfig, context: ProviderContext): Target | null {
  const row = findProvider(config.type)!;
  const url = readBaseUrl(config.baseUrl ?? row.baseUrl!) as BaseUrl;
  const credential = resolveCredential(config, row, context);
  const headers = resolveHeaders(config, credential, context);
  const tls = resolveTls(config, url, context);
  if (context.report.isBroken(context.path)) return null;
  return {
    name: config.name,
    provider: row.type,
    dialect: row.dialect,
    host: url.host,
    port: url.port,
    tls,
    authority: url.authority,
    basePath: url.path,
    surfaces: resolveSurfaces(config, row),
    paths: { ...rowPaths(row, url), ...(config.paths as Target["paths"]) },
    credential,
    headers,
    modelMapping: resolveModelMapping(config.modelMapping),
    quirks: [...(config.quirks ?? row.quirks)],
    timeouts: {
      connectMs: config.timeouts.connect,
      firstByteMs: config.timeouts.firstByte,
      idleMs: config.timeouts.idle,
    },
  };
}

function resolveCredential(config: ProviderConfig, row: ProviderRow, context: ProviderContext): Credential | null {
  if (config.apiKey === undefined) return null;
  const path = [...context.path, "apiKey"];
  reportKey(config.apiKey, row, path, context);
  return {
    header: config.auth?.header ?? row.auth.header,
    prefix: config.auth?.prefix ?? row.auth.prefix,
    secret: toSecret(config.apiKey, path, context.references),
  };
}

function reportKey(key: string, row: ProviderRow, path: Path, { report, references }: ProviderContext): void {
  if (readHeaderValue(key) instanceof Mistake) {
    const message = "apiKey has a character that a header cannot carry";
    report.error(path, { message, fix: "Look for spaces and line breaks in the key" });
  } else if (!references.has(formatPath(path))) {
    const fix = `Put it in an environment variable and write \${${row.environment ?? "PROVIDER_API_KEY"}}`;
    report.warning(path, { message: "apiKey is written into the file itself", fix });
  }
}

function resolveHeaders(
  config: ProviderConfig,
  credential: Credential | null,
  { report, path, references }: ProviderContext,
): Target["headers"] {
  return config.headers.map(({ given, key: name, value }) => {
    const headerPath = [...path, "headers", given];
    if (name === credential?.header) {
      const message = `The header ${name} already carries apiKey`;
      report.error(headerPath, { message, fix: "Remove one of the two", isAboutKey: true });
    }
    const isSecret = references.has(formatPath(headerPath)) || looksSecret(value) || namesSecret(name);
    return { name, value: isSecret ? toSecret(value, headerPath, references) : value };
  });
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
  return { sni: config.tls?.sni ?? url.host, caFile };
}

function checkReadable(file: string, path: Path, { report, readFile }: ProviderContext): void {
  try {
    readFile(file);
  } catch (error) {
    const message = `caFile cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`;
    report.error(path, { message, fix: "Create it, or correct its path and permissions" });
  }
}

/** Who gives a surface's path says that the provider has it. */
function resolveSurfaces(config: ProviderConfig, row: ProviderRow): Surface[] {
  return [...new Set([...(config.surfaces ?? row.surfaces), ...(Object.keys(config.paths) as Surface[])])];
}

/** The row's paths belong to its own base URL. Behind another one that ends alike (a proxy), they move with it. */
function rowPaths(row: ProviderRow, url: BaseUrl): Target["paths"] {
  const own = row.baseUrl ?? row.baseUrlExample;
  const ownPath = own ? (readBaseUrl(own) as BaseUrl).path : "";
  if (!url.path.endsWith(ownPath)) return {};
  const prefix = url.path.slice(0, url.path.length - ownPath.length);
  return Object.fromEntries(Object.entries(row.paths).map(([surface, path]) => [surface, prefix + path]));
}

// A provider of the configuration → a target of the model: the catalogue's row, overridden field by field.
import { join } from "node:path";
import { findProvider } from "../catalog/providers.ts";
import type { ProviderRow } from "../catalog/row.ts";
import type { Credential, Surface, Target, TargetTls } from "../model/model.ts";
import type { Path } from "./path.ts";
import { resolveModelMapping } from "./model-mapping.ts";
import { formatPath } from "./path.ts";
import { toSecret, type Reference } from "./reference.ts";
import type { Report } from "./report.ts";
import { readHeaderName, readHeaderValue } from "./schema/http.ts";
import type { ProviderConfig } from "./schema/provider.ts";
import { Mistake } from "./schema/scalar.ts";
import { readBaseUrl, type BaseUrl } from "./schema/url.ts";
import { shownValue } from "./shown-value.ts";

export interface ProviderContext {
  report: Report;
  path: Path;
  references: Map<string, Reference>;
  /** The folder that relative paths in the file start from. */
  baseDir: string;
  readFile(path: string): string;
}

/** Null when something in it is wrong, which the report then says. */
export function resolveProvider(config: ProviderConfig, context: ProviderContext): Target | null {
  const row = findProvider(config.type)!;
  if (!row.available) {
    reportUnavailable(row, context);
    return null;
  }
  const url = resolveBaseUrl(config, row, context);
  const credential = resolveCredential(config, row, context);
  const headers = resolveHeaders(config, credential, context);
  const modelMapping = resolveModelMapping(context.report, [...context.path, "modelMapping"], config.modelMapping);
  const tls = url && resolveTls(config, url, context);
  if (!url || context.report.isBroken(context.path)) return null;
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
    modelMapping,
    quirks: [...(config.quirks ?? row.quirks)],
    timeouts: {
      connectMs: config.timeouts.connect,
      firstByteMs: config.timeouts.firstByte,
      idleMs: config.timeouts.idle,
    },
  };
}

function reportUnavailable(row: ProviderRow, { report, path }: ProviderContext): void {
  const message = `${row.title} speaks a dialect of its own ("${row.dialect}") that is not available yet`;
  report.error([...path, "type"], { message, fix: row.instead || "Choose another provider", value: row.type });
}

function resolveBaseUrl(config: ProviderConfig, row: ProviderRow, { report, path }: ProviderContext): BaseUrl | null {
  const text = config.baseUrl ?? row.baseUrl;
  if (text !== null) return readBaseUrl(text) as BaseUrl;
  report.error(path, {
    message: `baseUrl is missing: where ${row.title} is reached is not the same for everybody`,
    fix: `Add baseUrl, such as ${row.baseUrlExample}`,
  });
  return null;
}

function resolveCredential(config: ProviderConfig, row: ProviderRow, context: ProviderContext): Credential | null {
  const path = [...context.path, "apiKey"];
  if (config.apiKey === undefined) {
    if (row.keyRequired) reportMissingKey(row, context);
    return null;
  }
  const secret = toSecret(config.apiKey, path, context.references);
  const mistake = readHeaderValue(config.apiKey);
  if (mistake instanceof Mistake) {
    context.report.error(path, {
      message: `apiKey ${mistake.message}`,
      fix: "Check the key for spaces and line breaks",
      value: "[redacted]",
    });
  } else if (!context.references.has(formatPath(path))) {
    const fix = `Put it in an environment variable and write \${${row.environment ?? "PROVIDER_API_KEY"}}`;
    context.report.warning(path, { message: "apiKey is written into the file itself", fix, value: "[redacted]" });
  }
  return { header: config.auth?.header ?? row.auth.header, prefix: config.auth?.prefix ?? row.auth.prefix, secret };
}

function reportMissingKey(row: ProviderRow, { report, path }: ProviderContext): void {
  const example = row.environment ? `\${${row.environment}}` : "${PROVIDER_API_KEY}";
  report.error(path, {
    message: `apiKey is missing: ${row.title} answers nobody without one`,
    fix: `Add apiKey: ${example}`,
  });
}

function resolveHeaders(
  config: ProviderConfig,
  credential: Credential | null,
  context: ProviderContext,
): Target["headers"] {
  const seen = new Set<string>();
  return Object.entries(config.headers).flatMap(([given, value]) => {
    const path = [...context.path, "headers", given];
    const name = readHeaderName(given);
    const finding = whyRefused(name, given, seen, credential);
    if (finding || name instanceof Mistake) {
      context.report.error(path, { ...finding!, isAboutKey: true });
      return [];
    }
    seen.add(name);
    const isSecret =
      context.references.has(formatPath(path)) ||
      shownValue(path.slice(-1), value) === "[redacted]" ||
      namesSecret(name);
    return [{ name, value: isSecret ? toSecret(value, path, context.references) : value }];
  });
}

function whyRefused(name: string | Mistake, given: string, seen: Set<string>, credential: Credential | null) {
  const shown = given.slice(0, 80);
  if (name instanceof Mistake) return { message: `The header ${shown} ${name.message}`, fix: name.fix };
  if (seen.has(name))
    return { message: `The header ${shown} is given twice, in another case`, fix: "Keep one of the two" };
  if (name !== credential?.header) return null;
  return { message: `The header ${shown} already carries apiKey`, fix: "Remove one of the two" };
}

/** A literal value in such a header is a secret, whatever it looks like. */
function namesSecret(name: string): boolean {
  return /auth|key|token|secret|cookie|password|credential/.test(name);
}

function resolveTls(config: ProviderConfig, url: BaseUrl, context: ProviderContext): TargetTls | null {
  const path = [...context.path, "tls"];
  if (!url.isTls) {
    if (config.tls)
      context.report.warning(path, {
        message: "tls has no effect: baseUrl starts with http://",
        fix: "Write https://, or remove tls",
      });
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
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    report.error(path, {
      message: `The file cannot be read (${code})`,
      fix: "Create it, or correct its path and permissions",
      value: file,
    });
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

// What a provider asks for before it answers: a key, a pair of keys to sign with, or a service account.
import { isAbsolute, join } from "node:path";
import type { ProviderApi, ProviderRow } from "../catalog/row.ts";
import type { AwsCredential, Credential, GoogleCredential, TokenEndpoint } from "../model/credential.ts";
import { Secret } from "../model/secret.ts";
import { formatPath, type Path } from "./path.ts";
import { toSecret } from "./reference.ts";
import type { ProviderContext } from "./resolve-provider.ts";
import type { AwsConfig, GoogleConfig } from "./schema/account.ts";
import { readHeaderValue } from "./schema/http.ts";
import type { ProviderConfig } from "./schema/provider.ts";
import { Mistake } from "./schema/scalar.ts";
import { readServiceAccount } from "./service-account.ts";

/** https://docs.cloud.google.com/docs/authentication: what Google's own client libraries ask for. */
const googleScope = "https://www.googleapis.com/auth/cloud-platform";

/** Null when there is none, or when something is wrong with it, which the report then says. */
export function resolveCredential(
  config: ProviderConfig,
  row: ProviderRow,
  api: ProviderApi,
  context: ProviderContext,
): Credential | null {
  const keyPath = [...context.path, "apiKey"];
  if (config.apiKey !== undefined) return resolveKey(config.apiKey, keyPath, { config, row, api }, context);
  const { accessKeyId, secretAccessKey } = config.aws ?? {};
  if (accessKeyId && secretAccessKey) return resolveAws(config.aws!, context);
  return config.google ? resolveGoogle(config.google, context) : null;
}

/** What a key is for. */
export interface KeyOwner {
  config: ProviderConfig;
  row: ProviderRow;
  api: ProviderApi;
}

/** A key that is sent in a header; `path` is where it is written. */
export function resolveKey(
  key: string,
  path: Path,
  { config, row, api }: KeyOwner,
  context: ProviderContext,
): Credential {
  const secret = secretAt(key, path, row.environment ?? "PROVIDER_API_KEY", context);
  const { header, prefix } = api.auth;
  return { kind: "header", header: config.auth?.header ?? header, prefix: config.auth?.prefix ?? prefix, secret };
}

function resolveAws(config: AwsConfig, context: ProviderContext): AwsCredential {
  const { accessKeyId, secretAccessKey, sessionToken } = config;
  const secret = (field: keyof AwsConfig, value: string, variable: string) =>
    secretAt(value, [...context.path, "aws", field], variable, context);
  return {
    kind: "aws",
    region: config.region ?? regionOfNothing(context),
    service: config.service,
    accessKeyId: secret("accessKeyId", accessKeyId!, "AWS_ACCESS_KEY_ID"),
    secretAccessKey: secret("secretAccessKey", secretAccessKey!, "AWS_SECRET_ACCESS_KEY"),
    sessionToken: sessionToken ? secret("sessionToken", sessionToken, "AWS_SESSION_TOKEN") : null,
  };
}

/** With a `baseUrl` the address does without, but a signature never does. */
function regionOfNothing({ report, path }: ProviderContext): string {
  const message = "aws.region is missing: it is part of every signature";
  report.error([...path, "aws"], { message, fix: "Add it, such as us-east-1" });
  return "";
}

function resolveGoogle(config: GoogleConfig, context: ProviderContext): GoogleCredential | null {
  const path = [...context.path, "google"];
  if (config.serviceAccount !== undefined) {
    const fieldPath = [...path, "serviceAccount"];
    reportLiteral(fieldPath, "GOOGLE_SERVICE_ACCOUNT", context);
    const secret = toSecret(config.serviceAccount, fieldPath, context.references);
    return toGoogle(secret, readServiceAccount(config.serviceAccount), fieldPath, context);
  }
  if (config.serviceAccountFile === undefined) return null;
  return readKeyFile(config.serviceAccountFile, [...path, "serviceAccountFile"], context);
}

function readKeyFile(given: string, path: Path, context: ProviderContext): GoogleCredential | null {
  const file = isAbsolute(given) ? given : join(context.baseDir, given);
  try {
    const text = context.readFile(file);
    return toGoogle(new Secret(text, { kind: "file", path: file }), readServiceAccount(text), path, context);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    const message = `serviceAccountFile cannot be read (${code})`;
    context.report.error(path, { message, fix: "Create it, or correct its path and permissions" });
    return null;
  }
}

function toGoogle(
  serviceAccount: Secret,
  token: TokenEndpoint | Mistake,
  path: Path,
  { report }: ProviderContext,
): GoogleCredential | null {
  if (!(token instanceof Mistake)) return { kind: "google", serviceAccount, scope: googleScope, token };
  report.error(path, { message: `${path.at(-1)} ${token.message}`, fix: token.fix });
  return null;
}

function secretAt(value: string, path: Path, variable: string, context: ProviderContext): Secret {
  if (readHeaderValue(value) instanceof Mistake) {
    const message = `${path.at(-1)} has a character that a header cannot carry`;
    context.report.error(path, { message, fix: "Look for spaces and line breaks in it" });
  } else reportLiteral(path, variable, context);
  return toSecret(value, path, context.references);
}

function reportLiteral(path: Path, variable: string, { report, references }: ProviderContext): void {
  if (references.has(formatPath(path))) return;
  const fix = `Put it in an environment variable and write \${${variable}}`;
  report.warning(path, { message: `${path.at(-1)} is written into the file itself`, fix });
}

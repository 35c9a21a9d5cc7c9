// Which environment variable of Envoy holds which secret, when no secret may be written into a file.
import { secretsOf } from "../model/credential.ts";
import { hasSessions, type McpServer, type SecretJson } from "../model/mcp.ts";
import type { Model, Target } from "../model/model.ts";
import { Secret } from "../model/secret.ts";

/**
 * The variable that holds a secret of `target`: the one it was configured with, or a name made of the target's and of
 * what it is (`WEIR_OPENAI_KEY`, `WEIR_OPENAI_X_TOKEN`).
 */
export function environmentOf(target: Target, value: string | Secret, what = "key"): string {
  if (value instanceof Secret && value.source.kind === "env") return value.source.name;
  // A provider's key must not be taken for a provider: `a/b` and `a-b` are two.
  const name = target.name.replace("/", "__");
  return `WEIR_${name}_${what}`.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}

/** The variable that holds a secret of an MCP server, which stands at `path` in it: `WEIR_MCP_WEATHER_CONFIG_KEY`. */
export function mcpEnvironmentOf({ name }: McpServer, secret: Secret, path: string[]): string {
  if (secret.source.kind === "env") return secret.source.name;
  return ["WEIR_MCP", name, ...path]
    .join("_")
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "_");
}

/** Those of all MCP servers. */
export function mcpEnvironmentNames(model: Model): string[] {
  const names = (model.mcp?.servers ?? []).flatMap((server) =>
    secretsIn(server as unknown as SecretJson, []).map(([path, secret]) => mcpEnvironmentOf(server, secret, path)),
  );
  const own = model.mcp?.sessionSecrets ?? [];
  const sessions = own.length > 0 ? own.map(sessionEnvironment) : [sessionEnvironment(null, 0)];
  return [...new Set([...names, ...(hasSessions(model) ? sessions : [])])].sort();
}

/** The variable with what sessions of MCP clients are encrypted with: the newest, or one before it. */
export function sessionEnvironment(secret: Secret | null, index: number): string {
  if (secret?.source.kind === "env") return secret.source.name;
  return index === 0 ? "WEIR_MCP_SESSION_SECRET" : `WEIR_MCP_SESSION_SECRET_${index + 1}`;
}

function secretsIn(value: SecretJson, path: string[]): [path: string[], secret: Secret][] {
  if (value instanceof Secret) return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => secretsIn(item as SecretJson, [...path, key]));
}

/** The variable that holds what a caller signs with: `WEIR_CONSUMER_SEARCH_CI_SECRET`. */
export function signerEnvironment(consumer: string, key: string, { source }: Secret): string {
  if (source.kind === "env") return source.name;
  return `WEIR_CONSUMER_${consumer}__${key}_SECRET`.toUpperCase().replace(/[^A-Z0-9]/g, "_");
}

/** Every variable that an Envoy without a control plane needs, sorted. */
export function environmentNames(model: Model): string[] {
  return [
    ...new Set([...targetEnvironmentNames(model), ...signerEnvironmentNames(model), ...limitTokenNames(model)]),
  ].sort();
}

/** The one with the token of the service that counts limits. */
export function limitTokenNames({ gateway: { limitService } }: Pick<Model, "gateway">): string[] {
  return limitService?.token ? [limitTokenEnvironment(limitService.token)] : [];
}

export function limitTokenEnvironment({ source }: Secret): string {
  return source.kind === "env" ? source.name : "WEIR_LIMITS_TOKEN";
}

/** Those with the secrets of callers. */
export function signerEnvironmentNames({ auth }: Pick<Model, "auth">): string[] {
  const names = (auth?.consumers ?? []).flatMap(({ name, keys }) =>
    keys.flatMap((key) => (key.hmac ? [signerEnvironment(name, key.name, key.hmac.secret)] : [])),
  );
  return [...new Set(names)].sort();
}

/** Those with the credentials of targets. */
export function targetEnvironmentNames(model: Model): string[] {
  const names = model.targets.flatMap((target) => [
    ...(target.credential ? secretsOf(target.credential) : []).map(([what, secret]) =>
      environmentOf(target, secret, what),
    ),
    ...target.headers
      .filter((header) => header.value instanceof Secret)
      .map((header) => environmentOf(target, header.value, header.name)),
  ]);
  return [...new Set([...names, ...mcpEnvironmentNames(model)])].sort();
}

// Texts that came from references stay secret wherever they stand: in credentials, in `config`, inside templates.
import type { SecretJson } from "../model/mcp.ts";
import { formatPath, type Path } from "./path.ts";
import { toSecret, type Reference } from "./reference.ts";

/** `value` as it was read at `path`, with what came from references as secrets. */
export function withSecrets(value: unknown, path: Path, references: Map<string, Reference>): SecretJson {
  if (typeof value === "string") return references.has(formatPath(path)) ? toSecret(value, path, references) : value;
  if (Array.isArray(value)) return value.map((item, index) => withSecrets(item, [...path, index], references));
  if (typeof value !== "object" || value === null) return jsonScalar(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, withSecrets(item, [...path, key], references)]));
}

/** YAML has numbers that JSON has not. */
function jsonScalar(value: unknown): SecretJson {
  if (typeof value === "boolean" || value === null) return value;
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

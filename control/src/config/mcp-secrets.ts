// Texts that came from references stay secret wherever they stand: in credentials, in `config`, inside templates. So do
// credentials that are written out.
import type { SecretJson } from "../model/mcp.ts";
import { formatPath, type Path } from "./path.ts";
import { looksSecret } from "./shown-value.ts";
import { toSecret, type Reference } from "./reference.ts";

const credentialFields = new Set<string | number | undefined>(["credential", "defaultCredential", "stateKey"]);

/** Whether what is written at `path` must not be seen, wherever it came from. */
function isSecret(text: string, path: Path, references: Map<string, Reference>): boolean {
  if (references.has(formatPath(path)) || credentialFields.has(path.at(-1))) return true;
  if (path.includes("consumerCredentials")) return true;
  return path.includes("config") && looksSecret(text);
}

/** `value` as it was read at `path`, with what came from references as secrets. */
export function withSecrets(value: unknown, path: Path, references: Map<string, Reference>): SecretJson {
  if (typeof value === "string") return isSecret(value, path, references) ? toSecret(value, path, references) : value;
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

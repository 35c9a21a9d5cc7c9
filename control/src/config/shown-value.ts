// What a problem may show of a value. Given the value as written, before references are followed, so that nothing
// from the environment or from a file can get out; what is written literally is hidden where a secret belongs.
import type { Path } from "./path.ts";

const redacted = "[redacted]";
const lengthMax = 80;

/** Fields whose literal value is or may be a secret. */
const secretFields = new Set([
  "apiKey",
  "key",
  "secret",
  "token",
  "headers",
  "prefix",
  "accessKeyId",
  "secretAccessKey",
  "sessionToken",
  "serviceAccount",
  "credential",
  "defaultCredential",
  "config",
  "password",
  "accessKeySecret",
]);

export function shownValue(path: Path, raw: unknown): string {
  if (raw === undefined || raw === null || typeof raw === "object") return "";
  const text = String(raw);
  if (isReference(text)) return text;
  if (path.some((step) => secretFields.has(String(step)))) return redacted;
  // A secret that somebody has written in place of the mapping or the list that holds it.
  if (path.at(-1) === "hmac" || path.at(-1) === "tokens" || looksSecret(text)) return redacted;
  // Who knows a webhook's address may send to it.
  if (path[0] === "webhooks" && path.at(-1) === "url") return redacted;
  return text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
}

function isReference(text: string): boolean {
  return /^\$\{(?:[A-Za-z_][A-Za-z0-9_]*|(?:file|secret):[^{}]{1,200})\}$/.test(text);
}

/** A key that slipped into another field, or a URL with a password. */
export function looksSecret(text: string): boolean {
  return (
    /:\/\/[^/]*@/.test(text) || /\b(?:sk|pk|gsk|xai|key|ghp|hf|AIza)[-_][\w-]{8,}|[A-Za-z0-9+/_=-]{32,}/.test(text)
  );
}

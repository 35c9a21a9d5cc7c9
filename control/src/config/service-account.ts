// The key of a Google service account: JSON as the console hands it out.
// https://cloud.google.com/iam/docs/keys-create-delete
import type { TokenEndpoint } from "../model/credential.ts";
import { Mistake } from "./schema/scalar.ts";
import { readBaseUrl } from "./schema/url.ts";

const defaultTokenUrl = "https://oauth2.googleapis.com/token";

/** Where the key is exchanged for tokens, or what is wrong with it; never a word of the key itself. */
export function readServiceAccount(text: string): TokenEndpoint | Mistake {
  const key = parseObject(text);
  if (!key)
    return new Mistake("is not a service account's key", "Give the whole JSON file that the console handed out");
  if (key["type"] !== "service_account") {
    return new Mistake("is a credential of another type", 'Create a key whose "type" is "service_account"');
  }
  const missing = ["client_email", "private_key"].find((field) => typeof key[field] !== "string" || key[field] === "");
  if (missing) return new Mistake(`has no ${missing}`, "Give the whole JSON file that the console handed out");
  const isPem = /^-----BEGIN (PRIVATE KEY)-----\s/.test(String(key["private_key"]));
  if (!isPem) return new Mistake("has a private_key that is no PEM text", "Keep its line breaks, \\n in JSON");
  return readTokenUrl(key["token_uri"] ?? defaultTokenUrl);
}

function readTokenUrl(value: unknown): TokenEndpoint | Mistake {
  const url = typeof value === "string" ? readBaseUrl(value) : null;
  if (!url || url instanceof Mistake) return new Mistake("has a token_uri that is no URL", `Write ${defaultTokenUrl}`);
  const { host, port, isTls, authority, path } = url;
  return { host, port, tls: isTls ? { sni: host, caFile: null } : null, authority, path: path || "/" };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

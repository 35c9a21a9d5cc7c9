// Issuers of tokens of the configuration → those of the model, with their keys or where these are.
import { createPublicKey, type JsonWebKey } from "node:crypto";
import { isAbsolute, join } from "node:path";
import type { JwtIssuer } from "../model/auth.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";
import { Mistake } from "./schema/scalar.ts";
import type { JwtConfig } from "./schema/jwt.ts";
import { readBaseUrl } from "./schema/url.ts";

export interface JwtContext {
  report: Report;
  baseDir: string;
  readFile(path: string): string;
}

/** Leaves out what cannot be used, which the report then says. */
export function resolveJwt(configs: readonly JwtConfig[], path: Path, context: JwtContext): JwtIssuer[] {
  const seen = new Set<string>();
  return configs.flatMap((config, index) => {
    const itemPath = [...path, index];
    if (seen.has(config.issuer)) {
      const message = "The issuer is already there";
      context.report.error([...itemPath, "issuer"], { message, fix: "Put all its audiences into one entry" });
      return [];
    }
    seen.add(config.issuer);
    if (config.audiences.length === 0) {
      const message = "Tokens of this issuer are taken that are meant for others";
      context.report.warning(itemPath, { message, fix: "Add audiences, with what aud of the gateway's tokens says" });
    }
    const jwks = resolveJwks(config, [...itemPath, "jwks"], context);
    return jwks ? [{ issuer: config.issuer, audiences: config.audiences, jwks, claims: claimsOf(config) }] : [];
  });
}

function claimsOf(config: JwtConfig): JwtIssuer["claims"] {
  const { consumerClaim: consumer, organizationClaim, teamClaim, userClaim } = config;
  return { consumer, organization: organizationClaim ?? null, team: teamClaim ?? null, user: userClaim ?? null };
}

function resolveJwks({ jwks }: JwtConfig, path: Path, context: JwtContext): JwtIssuer["jwks"] | null {
  const { url, file } = jwks;
  if ((url === undefined) === (file === undefined)) {
    const message = url === undefined ? "jwks has neither url nor file" : "jwks has both url and file";
    context.report.error(path, { message, fix: "Write one of the two" });
    return null;
  }
  if (file !== undefined) return readJwks(file, [...path, "file"], context);
  const read = readBaseUrl(url!);
  if (read instanceof Mistake) return null;
  const { host, port, isTls, authority, path: urlPath } = read;
  if (!isTls) {
    const message = "The keys are fetched without TLS: whoever is on the way can put in their own";
    context.report.warning([...path, "url"], { message, fix: "Write https://" });
  }
  const tls = isTls ? { sni: host, caFile: null } : null;
  return { kind: "remote", endpoint: { host, port, tls, authority, path: urlPath || "/" } };
}

function readJwks(given: string, path: Path, { report, baseDir, readFile }: JwtContext): JwtIssuer["jwks"] | null {
  try {
    const text = readFile(isAbsolute(given) ? given : join(baseDir, given));
    if (isJwks(text)) return { kind: "text", text };
    report.error(path, {
      message: "file is no set of public keys",
      fix: 'It holds public keys alone: {"keys":[{"kty":"RSA",…}]}',
    });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    report.error(path, { message: `file cannot be read (${code})`, fix: "Correct its path and permissions" });
  }
  return null;
}

/** https://www.rfc-editor.org/rfc/rfc7517#section-5. A private or symmetric key has no place in it. */
function isJwks(text: string): boolean {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) && keys.length > 0 && keys.every(isPublicKey);
  } catch {
    return false;
  }
}

function isPublicKey(jwk: unknown): boolean {
  if (typeof jwk !== "object" || jwk === null || "d" in jwk) return false;
  // Envoy refuses a set without any key that it can use.
  const key = createPublicKey({ key: jwk as JsonWebKey, format: "jwk" });
  return ["rsa", "ec", "ed25519"].includes(key.asymmetricKeyType ?? "");
}

// Google's OAuth token endpoint for service accounts: a JWT signed by the account's key against an access token.
// https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests
import { verify } from "node:crypto";
import { jsonAnswer, type Answer, type Json, type SimulatedRequest } from "../answer.ts";
import type { Access, Family } from "../family.ts";
import type { SimulatedGoogle } from "./google-tokens.ts";

const grantType = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const googleTokenUri = "https://oauth2.googleapis.com/token";
const lifetimeSecondsMax = 3600;
/** How far the clocks of the two may differ. */
const skewSeconds = 60;
const scopes = [
  "https://www.googleapis.com/auth/cloud-platform",
  "https://www.googleapis.com/auth/generative-language",
  "https://www.googleapis.com/auth/generative-language.retriever",
];

export class TokenFamily implements Family {
  readonly #google: SimulatedGoogle;

  constructor({ google }: Access) {
    this.#google = google;
  }

  answer({ method, contentType, body }: SimulatedRequest): Answer {
    if (method !== "POST") return oauthError("invalid_request", "Method must be POST");
    if (!contentType.startsWith("application/x-www-form-urlencoded")) {
      return oauthError("invalid_request", "Could not determine client ID from request.");
    }
    const form = new URLSearchParams(body.toString());
    const grant = form.get("grant_type");
    if (grant === null) return oauthError("invalid_request", "Required parameter is missing: grant_type");
    if (grant !== grantType) return oauthError("unsupported_grant_type", `Invalid grant_type: ${grant}`);
    const assertion = form.get("assertion");
    if (assertion === null) return oauthError("invalid_request", "Required parameter is missing: assertion");
    return refusalOf(assertion, this.#google) ?? this.#token();
  }

  modelOf(): null {
    return null;
  }

  refuse(status: number, message: string): Answer {
    return jsonAnswer(
      { error: status >= 500 ? "internal_failure" : "rate_limit_exceeded", error_description: message },
      status,
    );
  }

  errorEvent(_: number, message: string): Json {
    return { error: "internal_failure", error_description: message };
  }

  #token(): Answer {
    const expires = Math.floor(this.#google.tokenLifetimeSeconds);
    return jsonAnswer({ access_token: this.#google.issueToken(), expires_in: expires, token_type: "Bearer" });
  }
}

function oauthError(error: string, description: string): Answer {
  return jsonAnswer({ error, error_description: description }, 400);
}

function refusalOf(assertion: string, google: SimulatedGoogle): Answer | null {
  const [header = "", claims = "", signature = "", ...rest] = assertion.split(".");
  const { alg } = decode(header);
  if (alg !== "RS256" || rest.length > 0) return oauthError("invalid_grant", "Invalid JWT Signature.");
  const { iss, aud, scope, iat, exp } = decode(claims);
  if (iss !== google.serviceAccount.client_email) {
    return oauthError("invalid_grant", "Invalid grant: account not found");
  }
  const signed = Buffer.from(`${header}.${claims}`);
  if (!verify("RSA-SHA256", signed, google.publicKey, Buffer.from(signature, "base64url"))) {
    return oauthError("invalid_grant", "Invalid JWT Signature.");
  }
  if (aud !== google.tokenUri && aud !== googleTokenUri) {
    return oauthError("invalid_grant", `Invalid JWT: Failed audience check. The right audience is ${googleTokenUri}`);
  }
  if (!isTimely(Number(iat), Number(exp))) {
    return oauthError(
      "invalid_grant",
      "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and " +
        "exp values in the JWT claim.",
    );
  }
  const asked = String(scope ?? "").split(" ");
  if (asked.every((name) => scopes.includes(name))) return null;
  return oauthError("invalid_scope", "Invalid OAuth scope or ID token audience provided.");
}

function isTimely(issued: number, expires: number): boolean {
  const now = Date.now() / 1000;
  return issued <= now + skewSeconds && expires > now - skewSeconds && expires - issued <= lifetimeSecondsMax;
}

function decode(part: string): Json {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return value !== null && typeof value === "object" ? (value as Json) : {};
  } catch {
    return {};
  }
}

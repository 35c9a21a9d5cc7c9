// Who may call the gateway. Keys are known by their SHA-256 alone: the keys themselves are in no model. What callers
// sign with has to be.
import type { TokenEndpoint } from "./credential.ts";
import type { Secret } from "./secret.ts";

/** How callers prove who they are. A model without it is open to everybody. */
export interface Auth {
  /** Headers that may hold a key, besides those that the clients of the APIs use. Lower case. */
  keyHeaders: string[];
  /** The parameter of the query that may hold one. */
  keyQuery: string | null;
  /** Whose tokens are taken in place of a key. Every issuer is unique. */
  jwt: JwtIssuer[];
  hmac: SignatureRules;
  /** Every name is unique. */
  consumers: Consumer[];
}

/** Somebody with keys: organisation → team → user → key. */
export interface Consumer extends KeyLimits {
  name: string;
  organization: string | null;
  team: string | null;
  user: string | null;
  /** Names are unique in a consumer, hashes everywhere. */
  keys: ConsumerKey[];
}

/** What a caller may use. A list is never empty: null leaves everything open. */
export interface KeyLimits {
  /** Patterns as in a route's `models`. */
  models: string[] | null;
  /** Names. One that no route has allows nothing. */
  routes: string[] | null;
  /** `10.0.0.0/8` */
  networks: string[] | null;
}

/** Its limits are complete: those of its consumer are filled in. */
export interface ConsumerKey extends KeyLimits {
  name: string;
  /** In lower-case hex; of the key id of a caller that signs. */
  sha256: string;
  /** What the caller signs its requests with; null for one that sends its key. */
  hmac: { keyId: string; secret: Secret } | null;
  /** Unix time in milliseconds; null for never. */
  expiresMs: number | null;
  disabled: boolean;
}

export const signatureAlgorithms = ["hmac-sha1", "hmac-sha256", "hmac-sha512"] as const;

/** What the signatures of requests must be like. */
export interface SignatureRules {
  algorithms: (typeof signatureAlgorithms)[number][];
  clockSkewMs: number;
  /** Lower case; `@request-target` for method, path and query. */
  signedHeaders: string[];
  requireDigest: boolean;
  requireNonce: boolean;
  nonceHeader: string;
}

/** Who signs tokens (RFC 7519), and what they say of their bearers. */
export interface JwtIssuer {
  /** What `iss` says. */
  issuer: string;
  /** One of them must be in `aud`; empty for any. */
  audiences: string[];
  /** Its keys (RFC 7517): the text itself, or where it is fetched. */
  jwks: { kind: "text"; text: string } | { kind: "remote"; endpoint: TokenEndpoint };
  /** The claims that name the bearer. A consumer of that name lends its limits. */
  claims: { consumer: string; organization: string | null; team: string | null; user: string | null };
}

/** `none`: nobody is asked for a key. */
export type RouteAuth = "key" | "none";
export const routeAuths: readonly RouteAuth[] = ["key", "none"];

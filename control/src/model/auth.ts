// Who may call the gateway. Keys are known by their SHA-256 alone: the keys themselves are in no model.

/** How callers prove who they are. A model without it is open to everybody. */
export interface Auth {
  /** Headers that may hold a key, besides those that the clients of the APIs use. Lower case. */
  keyHeaders: string[];
  /** The parameter of the query that may hold one. */
  keyQuery: string | null;
  /** Every name is unique. */
  consumers: Consumer[];
}

/** Somebody with keys: organisation → team → user → key. */
export interface Consumer {
  name: string;
  organization: string | null;
  team: string | null;
  user: string | null;
  /** Names are unique in a consumer, hashes everywhere. */
  keys: ConsumerKey[];
}

export interface ConsumerKey {
  name: string;
  /** In lower-case hex. */
  sha256: string;
  /** Unix time in milliseconds; null for never. */
  expiresMs: number | null;
  disabled: boolean;
  /** Patterns as in a route's `models`; null for every model. Never empty. */
  models: string[] | null;
  /** Names; null for every route. Never empty. One that no route has allows nothing. */
  routes: string[] | null;
  /** `10.0.0.0/8`; null for every address. Never empty. */
  networks: string[] | null;
}

/** `none`: nobody is asked for a key. */
export type RouteAuth = "key" | "none";
export const routeAuths: readonly RouteAuth[] = ["key", "none"];

// A consumer's keys of the configuration → those of the model: hashed, with what their consumer gives them.
import { createHash } from "node:crypto";
import type { Consumer, ConsumerKey } from "../model/auth.ts";
import { didYouMean } from "./did-you-mean.ts";
import { formatPath, type Path } from "./path.ts";
import { toSecret, type Reference } from "./reference.ts";
import type { Report } from "./report.ts";
import type { ConsumerConfig, KeyConfig } from "./schema/consumer.ts";

/** Of a shorter key, whoever sees its hash may find it out by trying. */
const keyLengthMin = 20;

/** What is known of the whole file while consumers are resolved. */
export interface ConsumerContext {
  report: Report;
  /** The names of all routes, those that are left out among them. */
  routes: readonly string[];
  /** Where each hash was seen first. */
  hashes: Map<string, Path>;
  /** Where each key id was. */
  keyIds: Map<string, Path>;
}

export function resolveConsumer(config: ConsumerConfig, keys: ConsumerKey[]): Consumer {
  const { name, organization = null, team = null, user = null, models = null, routes = null, networks = null } = config;
  return { name, organization, team, user, models, routes, networks, keys };
}

/** Null when the key cannot be used, which the report then says. */
export function resolveKey(
  key: KeyConfig,
  consumer: ConsumerConfig,
  { path, references }: { path: Path; references: Map<string, Reference> },
  context: ConsumerContext,
): ConsumerKey | null {
  const sha256 = hashOf(key, path, references, context.report);
  if (sha256 === null || isRepeated(sha256, key, path, context)) return null;
  reportExpiry(key, path, context.report);
  const secretPath = [...path, "hmac", "secret"];
  return {
    name: key.name,
    sha256,
    hmac: key.hmac ? { keyId: key.hmac.keyId, secret: toSecret(key.hmac.secret, secretPath, references) } : null,
    expiresMs: key.expires ?? null,
    disabled: key.disabled,
    models: key.models ?? consumer.models ?? null,
    routes: key.routes ?? consumer.routes ?? null,
    networks: key.networks ?? consumer.networks ?? null,
  };
}

function hashOf(config: KeyConfig, path: Path, references: Map<string, Reference>, report: Report): string | null {
  const { key, sha256, hmac } = config;
  const given = Object.entries({ sha256, key, hmac }).filter(([, value]) => value !== undefined);
  if (given.length !== 1) {
    const names = given.map(([name]) => name).join(" and ");
    const message =
      given.length === 0 ? "A key needs its sha256" : `${names} are ${given.length > 2 ? "all" : "both"} given`;
    report.error(path, { message, fix: "Write the sha256 that weir keys new prints, and nothing else" });
    return null;
  }
  if (sha256 !== undefined) return sha256;
  if (hmac) reportOpenSecret(hmac.secret, { path: [...path, "hmac", "secret"], references, ...hmacAdvice }, report);
  else reportOpenSecret(key!, { path: [...path, "key"], references, ...keyAdvice }, report);
  return createHash("sha256")
    .update(hmac?.keyId ?? key!)
    .digest("hex");
}

const keyAdvice = {
  instead: "Write the sha256 that weir keys hash prints in its place, or a reference such as ${CI_KEY}",
  maker: "weir keys new",
};
const hmacAdvice = {
  instead: "Put it in an environment variable and write ${SEARCH_SECRET}",
  maker: "openssl rand -base64 32",
};

interface OpenSecret {
  path: Path;
  references: Map<string, Reference>;
  /** What to write in its place. */
  instead: string;
  /** What makes a good one. */
  maker: string;
}

function reportOpenSecret(value: string, { path, references, instead, maker }: OpenSecret, report: Report): void {
  const field = String(path.at(-1));
  if (!references.has(formatPath(path))) {
    report.warning(path, { message: `${field} is written into the file itself`, fix: instead });
  }
  if (value.length >= keyLengthMin) return;
  const message = `${field} has fewer than ${keyLengthMin} characters, so that it can be guessed`;
  report.warning(path, { message, fix: `Make one with ${maker}` });
}

function isRepeated(sha256: string, { hmac }: KeyConfig, path: Path, context: ConsumerContext): boolean {
  const { report, hashes, keyIds } = context;
  const seen = hmac ? keyIds : hashes;
  const first = seen.get(sha256);
  if (!first) {
    seen.set(sha256, path);
    return false;
  }
  const place = report.placeOf(first);
  if (hmac) {
    const message = `keyId is already taken by the key at ${place}`;
    report.error([...path, "hmac", "keyId"], { message, fix: "Give each one a key id of its own" });
  } else {
    const message = `This is the same key as the one at ${place}`;
    report.error(path, { message, fix: "Make a key of its own with weir keys new" });
  }
  return true;
}

function reportExpiry({ expires }: KeyConfig, path: Path, report: Report): void {
  if (expires === undefined || expires > Date.now()) return;
  const message = "The key has expired, and is refused";
  report.warning([...path, "expires"], { message, fix: "Remove the key, or give it more time" });
}

/** An unknown name allows nothing, so what holds it stays limited. */
export function reportUnknownRoutes(names: readonly string[] | undefined, path: Path, context: ConsumerContext): void {
  const { report, routes } = context;
  names?.forEach((name, index) => {
    if (routes.includes(name)) return;
    const meant = didYouMean(name, routes);
    const fix = meant
      ? `Did you mean "${meant}"?`
      : `Use one of: ${routes.slice(0, 20).join(", ") || "(there is none)"}`;
    report.leftOut([...path, "routes", index], { message: "There is no route of this name", fix });
  });
}

// A consumer's keys of the configuration → those of the model: hashed, with what their consumer gives them.
import { createHash } from "node:crypto";
import type { Consumer, ConsumerKey } from "../model/auth.ts";
import { didYouMean } from "./did-you-mean.ts";
import { formatPath, type Path } from "./path.ts";
import type { Reference } from "./reference.ts";
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
  if (sha256 === null || isRepeated(sha256, path, context)) return null;
  reportExpiry(key, path, context.report);
  return {
    name: key.name,
    sha256,
    expiresMs: key.expires ?? null,
    disabled: key.disabled,
    models: key.models ?? consumer.models ?? null,
    routes: key.routes ?? consumer.routes ?? null,
    networks: key.networks ?? consumer.networks ?? null,
  };
}

function hashOf(config: KeyConfig, path: Path, references: Map<string, Reference>, report: Report): string | null {
  const { key, sha256 } = config;
  if ((key === undefined) === (sha256 === undefined)) {
    const message = key === undefined ? "A key needs its sha256" : "sha256 and key are both given";
    report.error(path, { message, fix: "Write the sha256 that weir keys new prints, and nothing else" });
    return null;
  }
  if (key === undefined) return sha256!;
  const keyPath = [...path, "key"];
  const hash = createHash("sha256").update(key).digest("hex");
  if (!references.has(formatPath(keyPath))) {
    const fix = "Write the sha256 that weir keys hash prints in its place, or a reference such as ${CI_KEY}";
    report.warning(keyPath, { message: "key is written into the file itself", fix });
  }
  if (key.length < keyLengthMin) {
    const message = `key has fewer than ${keyLengthMin} characters, so that it can be guessed`;
    report.warning(keyPath, { message, fix: "Make one with weir keys new" });
  }
  return hash;
}

function isRepeated(sha256: string, path: Path, { report, hashes }: ConsumerContext): boolean {
  const first = hashes.get(sha256);
  if (!first) {
    hashes.set(sha256, path);
    return false;
  }
  const message = `This is the same key as the one at line ${report.lineOf(first)}`;
  report.error(path, { message, fix: "Make a key of its own with weir keys new" });
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

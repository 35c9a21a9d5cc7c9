// Asks a binary which Envoy it is. Anything that is not an Envoy of a supported release is an error that says so.
import { execFile } from "node:child_process";
import { envoyVersionMin } from "./pin.ts";

/** An Envoy that cannot be had or used; the message tells what to do about it. */
export class EnvoyUnusable extends Error {
  override name = "EnvoyUnusable";
}

const versionTimeoutMs = 20_000;

/**
 * Runs `path --version` and returns the release, such as `1.40.0`.
 * Throws `EnvoyUnusable` when it cannot be run, is not an Envoy, or is older than `envoyVersionMin`.
 */
export async function readEnvoyVersion(path: string): Promise<string> {
  const output = await versionOutput(path);
  const version = parseEnvoyVersion(output);
  if (!version) {
    const said = output.trim().split("\n")[0]?.slice(0, 120) ?? "";
    throw new EnvoyUnusable(`${path} is not an Envoy: --version printed ${said ? `"${said}"` : "nothing"}`);
  }
  if (compareVersions(version, envoyVersionMin) < 0) {
    throw new EnvoyUnusable(`${path} is Envoy ${version}; Weir needs ${envoyVersionMin} or newer`);
  }
  return version;
}

/** `envoy  version: <commit>/1.40.0/Clean/RELEASE/BoringSSL` → `1.40.0`; null for anything else. */
export function parseEnvoyVersion(output: string): string | null {
  return /version: [0-9a-f]{6,64}\/(\d+\.\d+\.\d+)(?:-[\w.]+)?\//.exec(output)?.[1] ?? null;
}

/** Negative when `a` is the older release. Both are `major.minor.patch`. */
export function compareVersions(a: string, b: string): number {
  const left = a.split(".").map(Number);
  const right = b.split(".").map(Number);
  const index = left.findIndex((part, i) => part !== right[i]);
  return index < 0 ? 0 : (left[index] ?? 0) - (right[index] ?? 0);
}

function versionOutput(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(path, ["--version"], { timeout: versionTimeoutMs, killSignal: "SIGKILL" }, (error, stdout, stderr) => {
      const output = stdout + stderr;
      if (error && !parseEnvoyVersion(output)) reject(cannotRun(path, error, output));
      else resolve(output);
    });
  });
}

function cannotRun(path: string, error: Error & { code?: unknown; killed?: boolean }, output: string): EnvoyUnusable {
  const reasons: Record<string, string> = {
    ENOENT: "there is no such file",
    EACCES: "it may not be executed (chmod +x, or the folder is mounted noexec)",
    ENOEXEC: "it is not a program for this machine",
  };
  const said = output.trim().split("\n")[0]?.slice(0, 200);
  const known = typeof error.code === "string" ? (reasons[error.code] ?? error.code) : null;
  const reason = error.killed ? `--version gave no answer in ${versionTimeoutMs / 1000} s` : (known ?? said);
  return new EnvoyUnusable(`Cannot run ${path}: ${reason || error.message}`, { cause: error });
}

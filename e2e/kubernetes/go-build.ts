// Programs for tests that are built from Go modules once, and kept in the cache folder by the digest of what they are
// built from.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Without inlining and debug information it compiles in half the time. */
export const lean = "-gcflags=all=-l -dwarf=false";

export interface GoBuild {
  name: string;
  /** The folder of the module. */
  source: string;
  /** What else decides on the result. */
  flags: string;
  /** Puts the programs in the folder. */
  compile(folder: string, go: (...args: string[]) => void): void;
}

/** Where the programs are, built or not. */
export function cacheFolder({ name, source, flags }: Omit<GoBuild, "compile">): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "weir", `${name}-${digest(source, flags)}`);
}

/** Throws where Go is missing or does not build it. */
export function buildOnce(build: GoBuild): string {
  const folder = cacheFolder(build);
  if (existsSync(folder)) return folder;
  mkdirSync(join(folder, ".."), { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  // Gigabytes that nobody needs again, unless somebody says that they do.
  const goCache = join(draft, "go-cache");
  const env = { GOCACHE: goCache, ...process.env, CGO_ENABLED: "0" };
  try {
    build.compile(draft, (...args) => runGo(args, { cwd: build.source, env }));
    rmSync(goCache, { recursive: true, force: true });
    // Whoever was faster has built the same.
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

function runGo(args: string[], options: { cwd: string; env: Record<string, string | undefined> }): void {
  const { status, error } = spawnSync("go", args, { ...options, stdio: "inherit" });
  if (status !== 0) throw error ?? new Error(`go ${args[0]} ended with ${status}`);
}

function digest(source: string, flags: string): string {
  const hash = createHash("sha256").update(flags);
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(go|mod|sum)$/.test(name),
  );
  for (const name of files.sort()) hash.update(name).update(readFileSync(join(source, name)));
  return hash.digest("hex").slice(0, 16);
}

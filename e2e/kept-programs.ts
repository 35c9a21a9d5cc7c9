// Programs for tests that are made once, and kept in the cache folder by the digest of what they are made from.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export interface KeptProgram {
  name: string;
  /** The folder of what it is made from. */
  source: string;
  /** Which of the files there decide on the result. */
  files: RegExp;
  /** What else does. */
  flags: string;
  /** Puts the programs in the folder. */
  make(folder: string): void;
}

/** Where the programs are, made or not. */
export function cacheFolder({ name, source, files, flags }: Omit<KeptProgram, "make">): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const hash = createHash("sha256").update(flags);
  const names = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => files.test(file));
  for (const file of names.sort()) hash.update(file).update(readFileSync(join(source, file)));
  return join(cache, "weir", `${name}-${hash.digest("hex").slice(0, 16)}`);
}

/** Throws where a tool is missing, or does not make it. */
export function makeOnce(program: KeptProgram): string {
  const folder = cacheFolder(program);
  if (existsSync(folder)) return folder;
  mkdirSync(join(folder, ".."), { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  try {
    program.make(draft);
    // Whoever was faster has made the same.
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Throws with the tool's own words where it fails. */
export function run(command: string, args: string[], cwd: string, env: Record<string, string | undefined> = {}): void {
  const { status, error } = spawnSync(command, args, { cwd, env: { ...process.env, ...env }, stdio: "inherit" });
  if (status !== 0) throw error ?? new Error(`${command} ${args[0]} ended with ${status}`);
}

/** Without inlining and debug information it compiles in half the time. */
export const lean = "-gcflags=all=-l -dwarf=false";

interface GoProgram extends Pick<KeptProgram, "name" | "source" | "flags"> {
  compile(folder: string, go: (...args: string[]) => void): void;
}

/** One that is built from a Go module. */
export function goProgram({ compile, ...own }: GoProgram): KeptProgram {
  const make = (folder: string): void => {
    // Gigabytes that nobody needs again, unless somebody says that they do.
    const goCache = join(folder, "go-cache");
    const env = { GOCACHE: process.env.GOCACHE ?? goCache, CGO_ENABLED: "0" };
    compile(folder, (...args) => run("go", args, own.source, env));
    rmSync(goCache, { recursive: true, force: true });
  };
  return { ...own, files: /\.(go|mod|sum)$/, make };
}

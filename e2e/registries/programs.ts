// The registries that tests start: Consul built from Go modules, ZooKeeper and Eureka from Maven's packages. Kept in
// the cache folder by the digest of what they are made from; `node e2e/registries/programs.ts` makes them all.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export type Program = "consul" | "eureka" | "zookeeper";

const programs: Record<Program, (source: string, folder: string) => void> = {
  consul: buildConsul,
  eureka: packageJars,
  zookeeper: packageJars,
};

/** The folder of a program that is there; null while it was not made. */
export function findProgram(program: Program): string | null {
  const folder = cacheFolder(program);
  return existsSync(folder) ? folder : null;
}

export function programMissing(program: Program): string {
  return `${program} is not there: node e2e/registries/programs.ts makes it in some minutes, with Go and Maven`;
}

function makeProgram(program: Program): string {
  const folder = cacheFolder(program);
  if (existsSync(folder)) return folder;
  mkdirSync(join(folder, ".."), { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  try {
    programs[program](sourceOf(program), draft);
    // Whoever was faster has made the same.
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Without inlining and debug information it compiles in half the time. */
function buildConsul(source: string, folder: string): void {
  const cache = join(folder, "go-cache");
  const args = ["build", "-trimpath", "-gcflags=all=-l -dwarf=false", "-ldflags", "-s -w"];
  run("go", [...args, "-o", join(folder, "consul"), "."], source, { GOCACHE: cache, CGO_ENABLED: "0" });
  rmSync(cache, { recursive: true, force: true });
}

/** Its own classes where it has any, and all jars that it needs. */
function packageJars(source: string, folder: string): void {
  const work = join(folder, "work");
  cpSync(source, work, { recursive: true });
  const copy = ["dependency:copy-dependencies", `-DoutputDirectory=${join(folder, "jars")}`, "-DincludeScope=runtime"];
  const hasClasses = existsSync(join(work, "src"));
  run("mvn", ["--batch-mode", "--quiet", ...(hasClasses ? ["compile"] : []), ...copy], work, {});
  if (hasClasses) renameSync(join(work, "target", "classes"), join(folder, "classes"));
  rmSync(work, { recursive: true, force: true });
}

function run(command: string, args: string[], cwd: string, env: Record<string, string>): void {
  const { status, error } = spawnSync(command, args, { cwd, env: { ...process.env, ...env }, stdio: "inherit" });
  if (status !== 0) throw error ?? new Error(`${command} ${args[0]} ended with ${status}`);
}

function sourceOf(program: Program): string {
  return join(import.meta.dirname, program);
}

function cacheFolder(program: Program): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const source = sourceOf(program);
  const hash = createHash("sha256");
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => /\.\w+$/.test(name));
  for (const name of files.sort()) hash.update(name).update(readFileSync(join(source, name)));
  return join(cache, "weir", `${program}-${hash.digest("hex").slice(0, 16)}`);
}

if (process.argv[1] === import.meta.filename) {
  for (const program of Object.keys(programs) as Program[]) console.log(`${program} is in ${makeProgram(program)}`);
}

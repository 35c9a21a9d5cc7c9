// The registries that tests start: Consul built from Go modules, ZooKeeper and Eureka from Maven's packages. Kept in
// the cache folder by the digest of what they are made from; `node e2e/registries/programs.ts` makes them all.
import { cpSync, existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, goProgram, lean, makeOnce, run, type KeptProgram } from "../kept-programs.ts";

export type Program = "consul" | "eureka" | "zookeeper";

const sourceOf = (program: Program): string => join(import.meta.dirname, program);

const programs: Record<Program, KeptProgram> = {
  consul: goProgram({ name: "consul", source: sourceOf("consul"), flags: "", compile: buildConsul }),
  eureka: jars("eureka"),
  zookeeper: jars("zookeeper"),
};

/** The folder of a program that is there; null while it was not made. */
export function findProgram(program: Program): string | null {
  const folder = cacheFolder(programs[program]);
  return existsSync(folder) ? folder : null;
}

export function programMissing(program: Program): string {
  return `${program} is not there: node e2e/registries/programs.ts makes it in some minutes, with Go and Maven`;
}

function buildConsul(folder: string, go: (...args: string[]) => void): void {
  go("build", "-trimpath", lean, "-ldflags", "-s -w", "-o", join(folder, "consul"), ".");
}

function jars(name: Program): KeptProgram {
  const source = sourceOf(name);
  return { name, source, files: /\.\w+$/, flags: "", make: (folder) => packageJars(source, folder) };
}

/** Its own classes where it has any, and all jars that it needs. */
function packageJars(source: string, folder: string): void {
  const work = join(folder, "work");
  cpSync(source, work, { recursive: true });
  const copy = ["dependency:copy-dependencies", `-DoutputDirectory=${join(folder, "jars")}`, "-DincludeScope=runtime"];
  const hasClasses = existsSync(join(work, "src"));
  run("mvn", ["--batch-mode", "--quiet", ...(hasClasses ? ["compile"] : []), ...copy], work);
  if (hasClasses) renameSync(join(work, "target", "classes"), join(folder, "classes"));
  rmSync(work, { recursive: true, force: true });
}

if (process.argv[1] === import.meta.filename) {
  for (const program of Object.keys(programs) as Program[])
    console.log(`${program} is in ${makeOnce(programs[program])}`);
}

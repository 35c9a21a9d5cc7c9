// The registry that tests pull from: the CNCF's own, built from Go modules. Tests only look for it;
// `node e2e/registry/program.ts` builds.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, goProgram, lean, makeOnce } from "../kept-programs.ts";

const program = goProgram({
  name: "registry",
  source: join(import.meta.dirname, "server"),
  flags: lean,
  compile: (folder, go) => go("build", "-trimpath", lean, "-ldflags", "-s -w", "-o", join(folder, "registry"), "."),
});

export const registryMissing = "the registry is not built: node e2e/registry/program.ts builds it in some minutes";

/** Null where it was not built yet. */
export function findRegistry(): string | null {
  const path = join(cacheFolder(program), "registry");
  return existsSync(path) ? path : null;
}

if (process.argv[1] === import.meta.filename) console.log(`The registry is in ${makeOnce(program)}`);

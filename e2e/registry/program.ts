// The registry that tests pull from: the CNCF's own, built from Go modules once, and kept in the cache folder by the
// digest of what it is built from. Tests only look for it; `node e2e/registry/program.ts` builds.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const source = join(import.meta.dirname, "server");

/** Without inlining and debug information it compiles in half the time. */
const lean = "-gcflags=all=-l -dwarf=false";

export const registryMissing = "the registry is not built: node e2e/registry/program.ts builds it in some minutes";

/** Null where it was not built yet. */
export function findRegistry(): string | null {
  const program = join(cacheFolder(), "registry");
  return existsSync(program) ? program : null;
}

/** Throws where Go is missing or does not build it. */
function buildRegistry(): string {
  const folder = cacheFolder();
  const program = join(folder, "registry");
  if (existsSync(program)) return program;
  mkdirSync(join(folder, ".."), { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  try {
    const args = ["build", "-trimpath", lean, "-ldflags", "-s -w", "-o", join(draft, "registry"), "."];
    const env = { GOCACHE: join(draft, "go-cache"), ...process.env, CGO_ENABLED: "0" };
    const { status, error } = spawnSync("go", args, { cwd: source, env, stdio: "inherit" });
    if (status !== 0) throw error ?? new Error(`go build ended with ${status}`);
    rmSync(join(draft, "go-cache"), { recursive: true, force: true });
    // Whoever was faster has built the same.
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return program;
}

function cacheFolder(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const hash = createHash("sha256").update(lean);
  for (const name of ["go.mod", "go.sum", "main.go"]) hash.update(readFileSync(join(source, name)));
  return join(cache, "weir", `registry-${hash.digest("hex").slice(0, 16)}`);
}

if (process.argv[1] === import.meta.filename) console.log(`The registry is ${buildRegistry()}`);

// Helm, with which the chart of deploy/helm is tried: built from its Go module like the test cluster.
// `node e2e/kubernetes/helm.ts` builds it.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, goProgram, lean, makeOnce } from "../kept-programs.ts";

const version = "v4.3.1";

const program = goProgram({
  name: "helm",
  source: join(import.meta.dirname, "helm"),
  flags: `${lean} ${version}`,
  compile: (folder, go) => {
    const flags = `-s -w -X helm.sh/helm/v4/internal/version.version=${version}`;
    go("build", "-trimpath", lean, "-ldflags", flags, "-o", join(folder, "helm"), "helm.sh/helm/v4/cmd/helm");
  },
});

export const helmMissing = "Helm is not built: node e2e/kubernetes/helm.ts builds it in some minutes";

/** Null where it was not built yet. */
export function findHelm(): string | null {
  const path = join(cacheFolder(program), "helm");
  return existsSync(path) ? path : null;
}

/** Gives what it prints; throws with its own words where it fails. */
export function helm(args: string[], env: Record<string, string> = {}): string {
  const path = findHelm();
  if (!path) throw new Error(helmMissing);
  return execFileSync(path, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
    maxBuffer: 1 << 26,
  });
}

if (process.argv[1] === import.meta.filename) console.log(`Helm is in ${makeOnce(program)}`);

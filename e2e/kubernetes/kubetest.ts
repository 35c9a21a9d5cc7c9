// The programs of the test cluster: built from Go modules once, and kept in the cache folder by the digest of what they
// are built from. Building takes minutes, so tests only look for them; `node e2e/kubernetes/kubetest.ts` builds.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const source = join(import.meta.dirname, "kubetest");

/** Without inlining and debug information it compiles in half the time. */
const lean = "-gcflags=all=-l -dwarf=false";
const versions = "k8s.io/component-base/version";
const version = `-X ${versions}.gitVersion=v1.37.2 -X ${versions}.gitMajor=1 -X ${versions}.gitMinor=37`;

export interface Kubetest {
  /** etcd, API server and controllers. */
  kubetest: string;
  /** What runs in the pods of the Gateway API's tests. */
  echo: string;
  /** The Gateway API's tests. */
  conformance: string;
  /** The Gateway API's definitions: a folder of YAML files for each channel. */
  definitions: string;
}

/** Null where they were not built yet. */
export function findKubetest(): Kubetest | null {
  const folder = cacheFolder();
  return existsSync(folder) ? at(folder) : null;
}

export const kubetestMissing =
  "the test cluster is not built: node e2e/kubernetes/kubetest.ts builds it in some minutes";

/** Throws where Go is missing or does not build it. */
export function buildKubetest(): Kubetest {
  const folder = cacheFolder();
  if (existsSync(folder)) return at(folder);
  mkdirSync(join(folder, ".."), { recursive: true });
  const draft = mkdtempSync(`${folder}-`);
  try {
    compile(draft);
    rmSync(goCache(draft), { recursive: true, force: true });
    // Whoever was faster has built the same.
    if (!existsSync(folder)) renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return at(folder);
}

/** Gigabytes that nobody needs again, unless somebody says that they do. */
function goCache(draft: string): string {
  return join(draft, "go-cache");
}

function compile(folder: string): void {
  const { kubetest, echo, conformance, definitions } = at(folder);
  const go = (...args: string[]): void => runGo(args, { GOCACHE: goCache(folder), ...process.env, CGO_ENABLED: "0" });
  go("build", "-trimpath", lean, "-ldflags", `-s -w ${version}`, "-o", kubetest, ".");
  go("build", "-trimpath", lean, "-ldflags", "-s -w", "-o", echo, "sigs.k8s.io/gateway-api/conformance/echo-basic");
  go("test", "-c", "-trimpath", lean, "-ldflags", "-s -w", "-o", conformance, "./conformance");
  const list = ["list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/gateway-api"];
  const module = execFileSync("go", list, { cwd: source, encoding: "utf8" }).trim();
  cpSync(join(module, "config", "crd"), definitions, { recursive: true });
}

function runGo(args: string[], env: Record<string, string | undefined>): void {
  const { status, error } = spawnSync("go", args, { cwd: source, env, stdio: "inherit" });
  if (status !== 0) throw error ?? new Error(`go ${args[0]} ended with ${status}`);
}

function at(folder: string): Kubetest {
  return {
    kubetest: join(folder, "kubetest"),
    echo: join(folder, "echo-basic"),
    conformance: join(folder, "gateway-conformance.test"),
    definitions: join(folder, "definitions"),
  };
}

function cacheFolder(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "weir", `kubetest-${digest()}`);
}

function digest(): string {
  const hash = createHash("sha256").update(`${lean} ${version}`);
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.(go|mod|sum)$/.test(name),
  );
  for (const name of files.sort()) hash.update(name).update(readFileSync(join(source, name)));
  return hash.digest("hex").slice(0, 16);
}

if (process.argv[1] === import.meta.filename)
  console.log(`The test cluster is in ${join(buildKubetest().kubetest, "..")}`);

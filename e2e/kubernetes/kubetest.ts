// The programs of the test cluster: built from Go modules once, and kept in the cache folder by the digest of what they
// are built from. Building takes minutes, so tests only look for them; `node e2e/kubernetes/kubetest.ts` builds.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, goProgram, lean, makeOnce } from "../kept-programs.ts";

const source = join(import.meta.dirname, "kubetest");

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

const program = goProgram({ name: "kubetest", source, flags: `${lean} ${version}`, compile });

/** Null where they were not built yet. */
export function findKubetest(): Kubetest | null {
  const folder = cacheFolder(program);
  return existsSync(folder) ? at(folder) : null;
}

export const kubetestMissing =
  "the test cluster is not built: node e2e/kubernetes/kubetest.ts builds it in some minutes";

/** Throws where Go is missing or does not build it. */
export function buildKubetest(): Kubetest {
  return at(makeOnce(program));
}

function compile(folder: string, go: (...args: string[]) => void): void {
  const { kubetest, echo, conformance, definitions } = at(folder);
  go("build", "-trimpath", lean, "-ldflags", `-s -w ${version}`, "-o", kubetest, ".");
  go("build", "-trimpath", lean, "-ldflags", "-s -w", "-o", echo, "sigs.k8s.io/gateway-api/conformance/echo-basic");
  go("test", "-c", "-trimpath", lean, "-ldflags", "-s -w", "-o", conformance, "./conformance");
  const list = ["list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/gateway-api"];
  const module = execFileSync("go", list, { cwd: source, encoding: "utf8" }).trim();
  cpSync(join(module, "config", "crd"), definitions, { recursive: true });
}

function at(folder: string): Kubetest {
  return {
    kubetest: join(folder, "kubetest"),
    echo: join(folder, "echo-basic"),
    conformance: join(folder, "gateway-conformance.test"),
    definitions: join(folder, "definitions"),
  };
}

if (process.argv[1] === import.meta.filename)
  console.log(`The test cluster is in ${join(buildKubetest().kubetest, "..")}`);

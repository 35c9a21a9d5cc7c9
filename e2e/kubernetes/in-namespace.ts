// Test files and suites that run in a network namespace of their own: they need the ports 80 and 443, and addresses as
// pods have them, since the API server refuses loopback ones. All of it is gone when the run is over.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { findKubetest, kubetestMissing } from "./kubetest.ts";

const folder = import.meta.dirname;
const root = join(folder, "..", "..");
/** What the network namespaces of pods are joined by. */
const bridge = "pods";

/** What became of one test of a run. */
export interface Result {
  name: string;
  /** Why it was not run. */
  skipped: string | null;
  failure: string | null;
}

/** Says of a test what became of it elsewhere. */
export function report({ skipped, failure }: Result, context: TestContext): void {
  if (skipped !== null) context.skip(skipped);
  if (failure !== null) throw new Error(failure);
}

/** Runs `cases/<name>.cases.ts`, and prints what they measure; `missing` says what else it needs that is not there. */
export async function runCases(name: string, missing: string | null = null): Promise<Result[]> {
  const skipped = whyNot() ?? missing;
  if (skipped) return [{ name: `${name} in a cluster`, skipped, failure: null }];
  const own = mkdtempSync(join(tmpdir(), "weir-cases-"));
  try {
    const file = join(own, "report.json");
    const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
    const config = join(folder, "cases", "vitest.config.ts");
    const output = ["--reporter=json", `--outputFile.json=${file}`, "--reporter=default"];
    const args = [process.execPath, vitest, "run", "--config", config, "--root", root, ...output, `/${name}.cases.ts`];
    // Every address of pods is this machine's own.
    const said = await inNamespace("ip route add local 10.244.0.0/16 dev lo", args);
    for (const [line] of said.matchAll(/measured: .*/g)) console.log(line);
    return readReport(file, said);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

interface Report {
  testResults: { assertionResults: Assertion[]; status: string; message: string }[];
}

interface Assertion {
  fullName: string;
  status: string;
  failureMessages: string[];
}

function readReport(file: string, said: string): Result[] {
  try {
    const { testResults } = JSON.parse(readFileSync(file, "utf8")) as Report;
    return testResults.flatMap(({ assertionResults, message }) =>
      assertionResults.length > 0
        ? assertionResults.map((one) => resultOf(one, message))
        : [{ name: "the cases start", skipped: null, failure: message }],
    );
  } catch {
    return [{ name: "the cases start", skipped: null, failure: said }];
  }
}

function resultOf({ fullName, status, failureMessages }: Assertion, message: string): Result {
  const failure = status === "passed" ? null : failureMessages.join("\n") || message || status;
  return { name: fullName, skipped: null, failure };
}

/** Runs the Gateway API's own tests. Their report is printed. */
export async function runConformance(): Promise<Result[]> {
  const skipped = whyNot();
  if (skipped) return [{ name: "conformance", skipped, failure: null }];
  const program = join(folder, "conformance.ts");
  // Pods have namespaces of their own, which this one's bridge joins.
  const joined = `ip link add ${bridge} type bridge && ip addr add 10.244.0.1/16 dev ${bridge} && ip link set ${bridge} up`;
  const said = await inNamespace(joined, [process.execPath, program]);
  console.log(said.slice(said.lastIndexOf(reportMark)));
  const results = [...said.matchAll(/^ {4}--- (PASS|FAIL): TestConformance\/(\S+)/gm)].map(([, state, name = ""]) => {
    return { name, skipped: null, failure: state === "PASS" ? null : failuresIn(said, name) };
  });
  return results.length > 0 ? results : [{ name: "the suite starts", skipped: null, failure: said.slice(-5000) }];
}

/** Before the suite's report, which is the last that `conformance.ts` says. */
const reportMark = "Conformance report:";

function failuresIn(said: string, name: string): string {
  const parts = said.split(/^=== /m).filter((part) => /^\w+\s+/.test(part) && part.includes(`TestConformance/${name}`));
  return parts.join("=== ").slice(-5000) || "It failed";
}

function whyNot(): string | null {
  return whyNoNamespace() ?? (findKubetest() ? null : kubetestMissing);
}

export function whyNoNamespace(): string | null {
  const isRoot = process.platform === "linux" && process.getuid?.() === 0;
  return isRoot ? null : "making a namespace needs root, and Linux";
}

function inNamespace(setUp: string, args: string[]): Promise<string> {
  return inNamespaces(["--net"], `ip link set lo up && ${setUp}`, args);
}

const flags = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

/** Gives all that it has said. Whatever it has started, or mounted, ends with it. */
export function inNamespaces(more: string[], setUp: string, args: string[]): Promise<string> {
  // Names of network namespaces are files below /run.
  const script = `mount -t tmpfs none /run && ${setUp} && exec "$@"`;
  const child = spawn("unshare", [...flags, ...more, "bash", "-c", script, "bash", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (said += String(data)));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(said));
  });
}

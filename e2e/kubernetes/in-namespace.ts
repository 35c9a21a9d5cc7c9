// Test files that run in a network namespace of their own: they need the ports 80 and 443, and addresses as pods have
// them, since the API server refuses loopback ones. The namespace is gone when the run is over.
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "vitest";
import { findKubetest, kubetestMissing } from "./kubetest.ts";

const folder = import.meta.dirname;
const root = join(folder, "..", "..");

/** Every address of pods is this machine's own. */
const setUp = "ip link set lo up && ip route add local 10.244.0.0/16 dev lo && exec";

interface Assertion {
  fullName: string;
  status: "passed" | "failed" | "pending" | "skipped" | "todo";
  failureMessages: string[];
}

interface Report {
  testResults: { assertionResults: Assertion[]; status: string; message: string }[];
}

/** Runs `cases/<name>.cases.ts`, and makes one test of each of its tests. */
export async function runInNamespace(name: string): Promise<void> {
  const reason = whyNot();
  if (reason) return test(`${name} in Kubernetes`, (context: TestContext) => context.skip(reason)) as unknown as void;
  const report = await run(name);
  for (const { assertionResults, message } of report.testResults) {
    if (assertionResults.length === 0) test(`${name} starts`, () => fail(message));
    for (const { fullName, status, failureMessages } of assertionResults) {
      test(fullName, () => (status === "passed" ? undefined : fail(failureMessages.join("\n") || message)));
    }
  }
}

function fail(message: string): never {
  throw new Error(message);
}

function whyNot(): string | null {
  if (process.getuid?.() !== 0) return "making a network namespace needs root";
  return findKubetest() ? null : kubetestMissing;
}

async function run(name: string): Promise<Report> {
  const file = join(root, "build", `kubernetes-${name}-${process.pid}.json`);
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const config = join(folder, "cases", "vitest.config.ts");
  const reporters = ["--reporter=json", `--outputFile=${file}`];
  const args = [process.execPath, vitest, "run", "--config", config, "--root", root, ...reporters, `/${name}.cases.ts`];
  const output = await finished("unshare", ["--net", "bash", "-c", `${setUp} "$@"`, "bash", ...args]);
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return { testResults: [{ assertionResults: [], status: "failed", message: output }] };
  } finally {
    rmSync(file, { force: true });
  }
}

function finished(command: string, args: string[]): Promise<string> {
  const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => (output += String(data)));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(output));
  });
}

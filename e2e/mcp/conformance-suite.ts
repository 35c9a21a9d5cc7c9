// The official conformance suite, run as its users run it.
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const manifest = createRequire(import.meta.url).resolve("@modelcontextprotocol/conformance/package.json");
const suite = join(dirname(manifest), "dist/index.js");

export interface Counts {
  passed: number;
  failed: number;
}

/** What the suite wants of every server, and what it only looks at. */
export interface SuiteRun {
  /** By scenario. */
  counts: Map<string, Counts>;
  /** Whether all required scenarios have passed. */
  isConformant: boolean;
  output: string;
}

/** Runs the scenarios of a version against the server at `url`; what it writes goes to `folder`. */
export function runSuite(url: string, version: string, folder: string): Promise<SuiteRun> {
  const args = ["server", "--url", url, "--requirements", version, "-o", folder];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [suite, ...args], { cwd: folder, maxBuffer: 1 << 26 }, (error, output) => {
      const lines = [...output.matchAll(/^[✓✗] (\S+): (\d+) passed, (\d+) failed$/gm)];
      const counts = lines.map(
        ([, name = "", passed, failed]) => [name, { passed: Number(passed), failed: Number(failed) }] as const,
      );
      // It ends with 1 where a required scenario fails.
      if (counts.length > 0) resolve({ counts: new Map(counts), isConformant: error === null, output });
      else reject(error ?? new Error(output));
    });
  });
}

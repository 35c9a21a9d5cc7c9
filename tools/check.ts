// `npm run check`: format, lint, types, the structure tests and the freshness of generated files. Every step runs
// and is reported whole, so one run shows all there is to mend.
import { spawn } from "node:child_process";
import { repositoryRoot } from "./build-plugins.ts";
import { staleFiles } from "./generated.ts";

interface Step {
  name: string;
  /** What to run to mend it. */
  fix: string;
  /** The complaint, or an empty text. */
  run(): Promise<string>;
}

/** Runs a command of a package in node_modules/.bin; its output counts only when it fails. */
function command(name: string, ...args: string[]): () => Promise<string> {
  return () =>
    new Promise((resolve, reject) => {
      const child = spawn(name, args, { cwd: repositoryRoot, stdio: ["ignore", "pipe", "pipe"] });
      let output = "";
      child.stdout.on("data", (chunk) => (output += chunk));
      child.stderr.on("data", (chunk) => (output += chunk));
      child.on("error", reject);
      child.on("close", (code) => resolve(code === 0 ? "" : output || `${name} ended with ${code}`));
    });
}

async function generatedFiles(): Promise<string> {
  const stale = await staleFiles();
  return stale.map((file) => `${file} differs from what its generator writes`).join("\n");
}

const steps: Step[] = [
  { name: "format", fix: "npm run format", run: command("oxfmt", "--check") },
  { name: "lint", fix: "npx oxlint --fix", run: command("oxlint") },
  { name: "types", fix: "npx tsc", run: command("tsc", "--pretty", "false") },
  { name: "structure", fix: "npx vitest run tools/tidy", run: command("vitest", "run", "tools/tidy") },
  { name: "generated files", fix: "npm run docs", run: generatedFiles },
];

let failed = 0;
for (const step of steps) {
  const started = performance.now();
  const complaint = await step.run().catch((error: Error) => error.stack ?? error.message);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${complaint ? "FAILED" : "ok    "} ${step.name} (${seconds} s)`);
  if (!complaint) continue;
  failed += 1;
  console.log(`${complaint.trimEnd()}\nTo mend: ${step.fix}\n`);
}
console.log(`${steps.length - failed} checks passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);

// `npm test`: everything that needs no further service, real Envoy included. Arguments go to vitest:
// `npm test -- sdk/host`. The last line is always `N passed, N failed`, and the exit code agrees with it. With
// WEIR_NO_SKIPS a test that is skipped for its own reason has failed.
import { join } from "node:path";
import { parseCLI, startVitest, type TestModule, type Vitest } from "vitest/node";
import { findEnvoy } from "../envoy/find-envoy.ts";
import { buildPlugin, pluginNames, repositoryRoot } from "./build-plugins.ts";

/** Compiled once here, so that no two test files do it at the same time. */
async function buildPlugins(): Promise<void> {
  const names = pluginNames();
  for (const [index, name] of names.entries()) {
    console.log(`Compiling plugin ${index + 1} of ${names.length}: ${name}`);
    await buildPlugin(name);
  }
}

/** An image, where one is named, stands in for the binary: see e2e/README.md. */
const imageRunner = join(repositoryRoot, "e2e", "envoy-image.sh");

async function exportEnvoy(): Promise<void> {
  if (process.env.WEIR_E2E_ENVOY_IMAGE) process.env.ENVOY = imageRunner;
  const envoy = await findEnvoy({ onProgress: (message) => console.log(message) });
  process.env.ENVOY = envoy.path;
  console.log(`Envoy ${envoy.version} at ${envoy.path}`);
}

interface Tally {
  passed: number;
  failed: number;
  /** `name: reason`, as given to vitest's `context.skip(reason)`. */
  skipped: string[];
}

/** A file that cannot be loaded, or a failing hook, counts as one failure; its tests never ran. */
function tally(modules: TestModule[], unhandledErrors: number): Tally {
  const total: Tally = { passed: 0, failed: unhandledErrors, skipped: [] };
  for (const module of modules) {
    let failedTests = 0;
    for (const test of module.children.allTests()) {
      const result = test.result();
      if (result.state === "passed") total.passed += 1;
      else if (result.state !== "skipped") failedTests += 1;
      // Without a note a test was left out by the caller's own filter, which needs no telling.
      else if (result.note) total.skipped.push(`${test.fullName}: ${result.note}`);
    }
    total.failed += module.ok() ? failedTests : Math.max(1, failedTests);
  }
  return total;
}

async function runVitest(args: string[]): Promise<Tally> {
  const { filter, options } = parseCLI(["vitest", "run", ...args]);
  const vitest: Vitest = await startVitest(filter, { ...options, watch: false });
  const result = tally(vitest.state.getTestModules(), vitest.state.getUnhandledErrors().length);
  await vitest.close();
  return result;
}

async function main(): Promise<void> {
  let result: Tally = { passed: 0, failed: 1, skipped: [] };
  try {
    await buildPlugins();
    await exportEnvoy();
    result = await runVitest(process.argv.slice(2));
  } catch (error) {
    console.error(error);
  }
  for (const skipped of result.skipped) console.log(`Skipped ${skipped}`);
  if (process.env.WEIR_NO_SKIPS) result.failed += result.skipped.length;
  console.log(`${result.passed} passed, ${result.failed} failed`);
  // A filter that matches nothing must not look like success.
  process.exit(result.failed > 0 || result.passed === 0 ? 1 : 0);
}

await main();

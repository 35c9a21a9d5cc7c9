// `npm run golden`: rewrites every golden file and deletes those without a case. A golden test is a file named
// `golden.test.ts` that does so when GOLDEN is `update`; review the difference as you would review code.
import { startVitest } from "vitest/node";

process.env.GOLDEN = "update";
const vitest = await startVitest(["golden.test.ts"], { run: true, watch: false });
const failed = vitest.state.getTestModules().some((module) => !module.ok());
await vitest.close();
process.exit(failed ? 1 : 0);

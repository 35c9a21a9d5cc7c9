// A ledger in a process of its own, for tests that kill it. Arguments: database, log.
import { Ledger } from "../ledger.ts";
import { models } from "./lines.ts";

const [database = "", log = ""] = process.argv.slice(2);
const ledger = new Ledger({
  database,
  log,
  models: () => models,
  retention: () => ({ requestsMs: 0, hoursMs: 0, daysMs: 0, bodiesMs: 0 }),
  // Whoever started this process writes the log, and looks for a new file by itself.
  reopen: () => Promise.resolve(process.stdout.write("reopen\n")).then(() => undefined),
  rotateBytes: 20_000,
  settleMs: 50,
  pollMs: 5,
  onTrouble: (message) => process.stdout.write(`trouble ${message}\n`),
  onRecovery: () => process.stdout.write("recovery\n"),
});
ledger.start();
process.on("SIGTERM", () => void ledger.stop().then(() => process.exit(0)));
// Nothing of a test outlives it for long.
process.stdout.on("error", () => process.exit(0));
setTimeout(() => process.exit(0), 60_000).unref();

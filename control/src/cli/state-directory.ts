// Where Weir keeps what must outlive it.
import { homedir } from "node:os";
import { join } from "node:path";

/** systemd's `StateDirectory=`, the XDG base directories, and Weir's own variable before both. */
export function stateDirectory(env: Record<string, string | undefined>): string {
  const { WEIR_STATE, STATE_DIRECTORY, XDG_STATE_HOME } = env;
  if (WEIR_STATE) return WEIR_STATE;
  // systemd may name several; the first is the unit's own.
  if (STATE_DIRECTORY) return STATE_DIRECTORY.split(":")[0]!;
  return join(XDG_STATE_HOME || join(env["HOME"] || homedir(), ".local", "state"), "weir");
}

/** Where counters of limits are kept. */
export function countersFile(env: Record<string, string | undefined>): string {
  return join(stateDirectory(env), "counters.db");
}

/** Where is kept what registries have said last. */
export function serversFile(env: Record<string, string | undefined>): string {
  return join(stateDirectory(env), "servers.json");
}

export interface LedgerFiles {
  database: string;
  log: string;
}

/** What the ledger has where its configuration names nothing else. */
export function ledgerFiles(env: Record<string, string | undefined>): LedgerFiles {
  const folder = stateDirectory(env);
  return { database: join(folder, "ledger.db"), log: join(folder, "requests.jsonl") };
}

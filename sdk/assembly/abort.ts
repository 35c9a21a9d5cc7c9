// What a failed assertion, a `throw`, a null assertion or an index out of range ends in: the cause goes to the host's
// log, then the VM traps. Compile with `--use abort=~lib/@weir/sdk/assembly/abort/abort` (asconfig.json does), or the
// compiler imports a function `env.abort` that no proxy has.
import { LogLevel } from "./abi";
import { Slice } from "./bytes/slice";
import { log } from "./log";

// Writing the message allocates, which may fail in its turn.
let isAborting: bool = false;

/** Logs the cause at level critical and traps. The host then applies its failure policy to the VM. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  if (!isAborting) {
    isAborting = true;
    const cause = message ? message : "aborted";
    const place = file ? file : "unknown";
    log(LogLevel.Critical, Slice.of(cause + " at " + place + ":" + line.toString() + ":" + column.toString()));
  }
  unreachable();
}

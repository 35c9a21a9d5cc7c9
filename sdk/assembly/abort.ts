// What a failed assertion, a `throw`, a null assertion or an index out of range ends in: the cause goes to the host's
// log, then the VM traps. Compile with `--use abort=~lib/@weir/sdk/assembly/abort/abort` (asconfig.json does), or the
// compiler imports a function `env.abort` that no proxy has.
import { LogLevel } from "./abi";
import { Slice } from "./bytes/slice";
import { log } from "./log";

// Writing the message allocates, which may fail in its turn: then this, set the first time, ends it. It is static
// memory and no variable, for the compiler may come to this file before any variable of it is declared.
function isAborting(): usize {
  return memory.data(1);
}

/** Logs the cause at level critical and traps. The host then applies its failure policy to the VM. */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  if (!load<u8>(isAborting())) {
    store<u8>(isAborting(), 1);
    const cause = message ? message : "aborted";
    const place = file ? file : "unknown";
    log(LogLevel.Critical, Slice.of(cause + " at " + place + ":" + line.toString() + ":" + column.toString()));
  }
  unreachable();
}

// How an Envoy ended, in words.

export interface EnvoyExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** It could not even be started. */
  error: Error | null;
  /** The end of what it wrote to stderr, oldest first. */
  lastLines: string[];
}

/** An Envoy that could not be brought to serve; the message has the cause. */
export class EnvoyFailed extends Error {
  override name = "EnvoyFailed";
  readonly exit: EnvoyExit;

  constructor(exit: EnvoyExit) {
    super(`Envoy ${describeExit(exit)}`);
    this.exit = exit;
  }
}

/** `was killed by SIGKILL` or `exited with code 1`, and on further lines what it said last. */
export function describeExit({ code, signal, error, lastLines }: EnvoyExit): string {
  const said = lastLines.map((line) => `\n  ${line}`).join("");
  if (error) return `could not be started: ${error.message}`;
  if (signal) return `was killed by ${signal}${signalHint(signal)}${said}`;
  return code === null ? said : `exited with code ${code}${said}`;
}

function signalHint(signal: NodeJS.Signals): string {
  if (signal === "SIGKILL") return " (by someone, or by the system for want of memory)";
  return ["SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL"].includes(signal) ? " (a crash)" : "";
}

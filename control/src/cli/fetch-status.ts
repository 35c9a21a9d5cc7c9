// Asks a running control plane how it is.
import type { EnvoyStatus } from "../serve/envoy-status.ts";
import type { TargetStatus } from "../serve/target-status.ts";
import { defaultControlUrl } from "./control-plane.ts";
import { messageOf, UserError } from "./user-error.ts";

const timeoutMs = 5_000;

export interface Status {
  envoys: EnvoyStatus[];
  /** Of the Envoy that runs with the control plane; an older one does not tell. */
  targets?: TargetStatus[];
}

export async function fetchStatus(control: string): Promise<Status> {
  const url = URL.parse("/status", control);
  if (!url) throw new UserError(`--control ${control} is no URL; it looks like ${defaultControlUrl}`);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return (await response.json()) as Status;
  } catch (error) {
    const cause = (error as Error).cause;
    throw new UserError(
      `No control plane at ${control} (${messageOf(cause ?? error)}). ` +
        `Start one with weir run, or name another with --control`,
      { cause: error },
    );
  }
}

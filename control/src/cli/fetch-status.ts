// Asks a running control plane how it is.
import type { RegistryStatus } from "../model/discovery.ts";
import type { EnvoyStatus } from "../serve/envoy-status.ts";
import type { TargetStatus } from "../serve/target-status.ts";
import type { MarketStatus } from "./running-market.ts";
import { askControl } from "./control-client.ts";

export interface Status {
  envoys: EnvoyStatus[];
  /** Of the Envoy that runs with the control plane; an older one does not tell. */
  targets?: TargetStatus[];
  /** Null while there is none. */
  market?: MarketStatus | null;
  /** Those of services; an older one does not tell. */
  registries?: RegistryStatus[];
}

export function fetchStatus(control: string): Promise<Status> {
  return askControl<Status>(control, "/status");
}

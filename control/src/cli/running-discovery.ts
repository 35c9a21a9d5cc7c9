// Registries of services beside a running control plane: what the file and what the cluster want of them, as one.
import { Discovery } from "../discovery/discovery.ts";
import type { Discovered, Registry, ServiceWish } from "../model/discovery.ts";
import type { WeirEvents } from "./weir.ts";

export interface RunningDiscoveryOptions {
  /** Something is known that was not. */
  onChange: () => void;
  events: WeirEvents;
}

type Asker = "file" | "cluster";

export class RunningDiscovery {
  readonly #discovery: Discovery;
  readonly #wanted = new Map<Asker, { registries: readonly Registry[]; wishes: readonly ServiceWish[] }>();

  constructor({ onChange, events }: RunningDiscoveryOptions) {
    this.#discovery = new Discovery({
      onChange,
      onTrouble: (message) => events.onTrouble?.(message),
      onRecovery: (message) => events.onRecovery?.(message),
    });
  }

  /** In place of what `asker` wanted before. Resolves when it is known, or not in time; false where all was known. */
  want(asker: Asker, registries: readonly Registry[], wishes: readonly ServiceWish[]): Promise<boolean> {
    this.#wanted.set(asker, { registries, wishes });
    const all = [...this.#wanted.values()];
    this.#discovery.follow(
      all.flatMap((one) => one.registries),
      all.flatMap((one) => one.wishes),
    );
    return this.#discovery.awaitFirst();
  }

  discovered(): Discovered {
    return this.#discovery.discovered();
  }

  close(): void {
    this.#discovery.close();
  }
}

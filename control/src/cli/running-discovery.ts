// Registries of services beside a running control plane: what the file and what the cluster want of them, as one.
import { Discovery } from "../discovery/discovery.ts";
import { KeptServers } from "../discovery/kept-servers.ts";
import type { Discovered, Registry, RegistryStatus, ServiceWish } from "../model/discovery.ts";
import type { Model } from "../model/model.ts";
import { wishesOf, withServers } from "../model/servers.ts";
import type { WeirEvents } from "./weir.ts";

export interface RunningDiscoveryOptions {
  model: () => Model;
  /** Something is known that was not: who has asked for services is told. */
  onChange: Record<Asker, () => void>;
  /** Where what was found is kept for the next one. */
  file: string;
  /** For how long. */
  keptMs?: number | undefined;
  events: WeirEvents;
}

type Asker = "file" | "cluster";

export class RunningDiscovery {
  readonly #discovery: Discovery;
  readonly #model: () => Model;
  readonly #wanted = new Map<Asker, { registries: readonly Registry[]; wishes: readonly ServiceWish[] }>();

  constructor({ model, onChange, file: path, keptMs, events }: RunningDiscoveryOptions) {
    this.#model = model;
    const onTrouble = (message: string): void => events.onTrouble?.(message);
    this.#discovery = new Discovery({
      onChange: () => {
        for (const [asker, { wishes }] of this.#wanted) if (wishes.length > 0) onChange[asker]();
      },
      onTrouble,
      onRecovery: (message) => events.onRecovery?.(message),
      kept: new KeptServers({ path, onTrouble, keptMs }),
    });
  }

  /** What targets and MCP servers want. Waits a while for the servers of services that are new. */
  async follow(): Promise<void> {
    const model = this.#model();
    await this.want("file", model.registries ?? [], wishesOf(model));
  }

  /** `model` with the servers that are known. */
  located(model: Model): Model {
    return withServers(model, this.discovered());
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

  status(): RegistryStatus[] {
    return this.#discovery.status();
  }

  close(): void {
    this.#discovery.close();
  }
}

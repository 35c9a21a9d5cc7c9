// The admin API beside a running control plane: started, stopped and moved as the configuration says.
import { AdminServer } from "../admin/admin-server.ts";
import { EntryWatch } from "../admin/entry-watch.ts";
import type { StoredEntry } from "../config/stored-entries.ts";
import type { Admin } from "../model/admin.ts";
import type { Model } from "../model/model.ts";
import { messageOf } from "./user-error.ts";
import type { WeirEvents } from "./weir.ts";

export interface RunningAdminOptions {
  /** Of the file alone. */
  base: () => Model;
  /** As it is in force. */
  model: () => Model;
  /** Puts what is stored in force, and resolves when Envoy has it. */
  apply: (entries: StoredEntry[]) => Promise<void>;
  events: WeirEvents;
}

export class RunningAdmin {
  readonly #options: RunningAdminOptions;
  #watch: EntryWatch | null = null;
  #server: AdminServer | null = null;
  /** What they were started with. */
  #database = "";
  #place = "";

  constructor(options: RunningAdminOptions) {
    this.#options = options;
  }

  /** 0 while there is none. */
  get port(): number {
    return this.#server?.port ?? 0;
  }

  /** Before the configuration is in force: gives what is stored, null where that has not changed. */
  async load(admin: Admin | null): Promise<StoredEntry[] | null> {
    const database = admin?.database?.reveal() ?? "";
    if (database === this.#database) return null;
    await this.close();
    this.#database = database;
    if (database === "") return [];
    const { apply, events } = this.#options;
    this.#watch = new EntryWatch({
      database,
      onChange: (entries) => void apply(entries),
      onTrouble: (message) => events.onTrouble?.(message),
      onRecovery: (message) => events.onRecovery?.(message),
    });
    return this.#watch.start();
  }

  /** Listens where the configuration in force says. Where that cannot be, it is told, and the gateway serves on. */
  async follow(): Promise<void> {
    const { admin } = this.#options.model();
    const place = admin && this.#watch ? `${admin.address} ${admin.port}` : "";
    if (place === this.#place) return;
    await this.#server?.close();
    this.#server = null;
    this.#place = place;
    if (!admin || !this.#watch) return;
    try {
      this.#server = await this.#start(admin, this.#watch);
    } catch (error) {
      this.#place = "";
      const fix = "Choose another with admin.port";
      this.#options.events.onTrouble?.(`The admin API cannot listen: ${messageOf(error)}. ${fix}`);
    }
  }

  async close(): Promise<void> {
    await this.#server?.close();
    await this.#watch?.stop();
    this.#server = null;
    this.#watch = null;
    this.#place = "";
    this.#database = "";
  }

  #start({ address, port }: Admin, watch: EntryWatch): Promise<AdminServer> {
    const { base, model, apply, events } = this.#options;
    return AdminServer.start({
      address,
      port,
      tokens: () => model().admin?.tokens ?? [],
      store: () => watch.store(),
      base,
      model,
      apply: (entries) => {
        watch.overtake(entries);
        return apply(entries);
      },
      onTrouble: (message) => events.onTrouble?.(message),
    });
  }
}

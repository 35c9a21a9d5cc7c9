// The market beside a running control plane: started, stopped and moved as the configuration says.
import { Catalogue } from "../market/catalogue.ts";
import { loadEntries, saveEntries } from "../market/kept-entries.ts";
import { MarketServer } from "../market/market-server.ts";
import type { Market } from "../model/market.ts";
import type { Model } from "../model/model.ts";
import { openStore } from "../store/store.ts";
import { messageOf } from "./user-error.ts";
import type { WeirEvents } from "./weir.ts";

export interface RunningMarketOptions {
  model: () => Model;
  events: WeirEvents;
}

/** What `weir status` tells of it. */
export interface MarketStatus {
  /** `http://127.0.0.1:18003/v0.1/servers` */
  url: string;
  /** How many entries are to be had. */
  entries: number;
}

export class RunningMarket {
  readonly #options: RunningMarketOptions;
  readonly #catalogue = new Catalogue();
  #server: MarketServer | null = null;
  /** Where it was started. */
  #place = "";
  #isForgetful = false;

  constructor(options: RunningMarketOptions) {
    this.#options = options;
  }

  /** Null while there is none. */
  status(): MarketStatus | null {
    const { market } = this.#options.model();
    if (!this.#server || !market) return null;
    const { address, entries } = market;
    const own = { "0.0.0.0": "127.0.0.1", "::": "::1" }[address] ?? address;
    const url = `http://${own.includes(":") ? `[${own}]` : own}:${this.#server.port}/v0.1/servers`;
    return { url, entries: entries.filter(({ status }) => status !== "deleted").length };
  }

  /** Shows what is in force where the configuration says. If that cannot be, it is told, and the gateway serves on. */
  async follow(): Promise<void> {
    const { market } = this.#options.model();
    await this.#update(market);
    const place = market ? `${market.address} ${market.port}` : "";
    if (place === this.#place) return;
    await this.close();
    if (!market) return;
    try {
      const { address, port } = market;
      this.#server = await MarketServer.start({ address, port, catalogue: this.#catalogue });
      this.#place = place;
    } catch (error) {
      const fix = "Choose another with market.port";
      this.#options.events.onTrouble?.(`The market cannot listen: ${messageOf(error)}. ${fix}`);
    }
  }

  async close(): Promise<void> {
    await this.#server?.close();
    this.#server = null;
    this.#place = "";
  }

  /** Without the database the times of this process are told. */
  async #update(market: Market | undefined): Promise<void> {
    if (!market?.database) return void this.#catalogue.update(market ?? { entries: [] }, new Date());
    try {
      await this.#updateKept(market, market.database.reveal());
      if (this.#isForgetful) this.#options.events.onRecovery?.("The market's times are kept again");
      this.#isForgetful = false;
    } catch (error) {
      this.#catalogue.update(market, new Date());
      const message = `The market's times are not kept: ${messageOf(error)}`;
      if (!this.#isForgetful) this.#options.events.onTrouble?.(message);
      this.#isForgetful = true;
    }
  }

  async #updateKept(market: Market, database: string): Promise<void> {
    const store = await openStore({ database });
    try {
      this.#catalogue.restore(await loadEntries(store.db, market.namespace));
      await saveEntries(store.db, market.namespace, this.#catalogue.update(market, new Date()));
      // Another control plane may have been a moment earlier.
      this.#catalogue.restore(await loadEntries(store.db, market.namespace));
    } finally {
      await store.close();
    }
  }
}

// The market beside a running control plane: started, stopped and moved as the configuration says.
import { Catalogue } from "../market/catalogue.ts";
import { MarketServer } from "../market/market-server.ts";
import type { Model } from "../model/model.ts";
import { messageOf } from "./user-error.ts";
import type { WeirEvents } from "./weir.ts";

export interface RunningMarketOptions {
  model: () => Model;
  events: WeirEvents;
}

export class RunningMarket {
  readonly #options: RunningMarketOptions;
  readonly #catalogue = new Catalogue();
  #server: MarketServer | null = null;
  /** Where it was started. */
  #place = "";

  constructor(options: RunningMarketOptions) {
    this.#options = options;
  }

  /** 0 while there is none. */
  get port(): number {
    return this.#server?.port ?? 0;
  }

  /** Shows what is in force where the configuration says. If that cannot be, it is told, and the gateway serves on. */
  async follow(): Promise<void> {
    const { market } = this.#options.model();
    this.#catalogue.update(market ?? { entries: [] }, new Date());
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
}

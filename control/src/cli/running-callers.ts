// What callers ask of the ledger, beside a running control plane: answered from the database that is in force.
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { CallerApi, type CallerAnswer } from "../admin/caller-api.ts";
import type { Model } from "../model/model.ts";
import { openStore, type Store } from "../store/store.ts";
import type { WeirEvents } from "./weir.ts";

export interface RunningCallersOptions {
  model: () => Model;
  events: WeirEvents;
}

export class RunningCallers {
  readonly #options: RunningCallersOptions;
  readonly #api: CallerApi;
  #opened: { database: string; store: Promise<Store> } | null = null;
  #isFailing = false;

  constructor(options: RunningCallersOptions) {
    this.#options = options;
    this.#api = new CallerApi({ store: () => this.#store() });
  }

  /** Envoy has sent it on: nobody else gets here. */
  readonly handle = (request: Http2ServerRequest, response: Http2ServerResponse): void =>
    void this.#respond(request, response);

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    const store = await opened?.store.catch(() => null);
    await store?.close().catch(() => undefined);
  }

  async #respond(request: Http2ServerRequest, response: Http2ServerResponse): Promise<void> {
    const { status, body } = await this.#answer(request);
    if (response.stream.destroyed) return;
    const retry = status === 503 ? { "retry-after": "1" } : {};
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...retry });
    response.end(body);
  }

  async #answer(request: Http2ServerRequest): Promise<CallerAnswer> {
    const consumer = request.headers["x-weir-consumer"];
    try {
      const name = typeof consumer === "string" ? Buffer.from(consumer, "latin1").toString("utf8") : "";
      const answer = await this.#api.answer(request.url, name);
      this.#isFailing = false;
      return answer;
    } catch (error) {
      // What the database says is the operator's to read.
      if (!this.#isFailing) this.#options.events.onTrouble?.(`Callers are not told of their usage: ${String(error)}`);
      this.#isFailing = true;
      await this.close();
      const message = "The ledger cannot be read at the moment: try again later";
      return {
        status: 503,
        body: JSON.stringify({ error: { message, type: "server_error", code: "ledger_failing" } }),
      };
    }
  }

  async #store(): Promise<Store> {
    const { ledger } = this.#options.model();
    const database = ledger?.database?.reveal();
    if (!database || !ledger?.callerApi) throw new Error("there is no ledger");
    if (this.#opened && this.#opened.database !== database) await this.close();
    this.#opened ??= { database, store: openStore({ database }) };
    const store = await this.#opened.store;
    if (store.isCurrent) return store;
    await this.close();
    return this.#store();
  }
}

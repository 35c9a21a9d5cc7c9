// Watches what is spent while Weir runs: looks at the ledger's sums when there is something new in it, says who has
// nothing left of a budget, and sees to it that webhooks learn of it.
//
//   ledger's sums ─┬► spent budgets ─► onSpent (configuration of the Envoys)
//                  └► alerts, written down ─► webhooks, until they take them
import { setTimeout as pause } from "node:timers/promises";
import { sql } from "kysely";
import type { Budget, SpentBudget, Webhook } from "../model/budgets.ts";
import { openStore, type Store } from "../store/store.ts";
import { noteAlerts } from "./alert.ts";
import { deliver } from "./deliver.ts";
import { periodAt } from "./period.ts";
import { findSpent, readSpending, type Spending } from "./spending.ts";

export interface BudgetKeeperOptions {
  /** `postgres://…` or a file's path. */
  database: string;
  /** The same list as long as nothing in it has changed. */
  budgets: () => readonly Budget[];
  webhooks: () => readonly Webhook[];
  /** At each change. */
  onSpent?: (spent: SpentBudget[]) => void;
  /** Said once for each trouble, and once when it is over. */
  onTrouble?: (message: string) => void;
  onRecovery?: (message: string) => void;
  now?: () => number;
  pollMs?: number;
}

const pollMsDefault = 500;
const pauseMsMax = 5_000;
/** Looking takes at most this part of the time. */
const share = 10;
/** What is on its way to a webhook at the end may arrive. */
const graceMs = 2_000;

type Work = "look" | "send";

export class BudgetKeeper {
  readonly #options: BudgetKeeperOptions;
  readonly #stopping = new AbortController();
  readonly #cutting = new AbortController();
  readonly #noted = new Set<string>();
  #store: Store | null = null;
  #running: Promise<unknown> | null = null;
  #spent: SpentBudget[] = [];
  #seen = "";
  #seenBudgets: readonly Budget[] | null = null;
  #seenWebhooks: readonly Webhook[] | null = null;
  readonly #troubles = new Map<string, string>();

  constructor(options: BudgetKeeperOptions) {
    this.#options = options;
  }

  /** What there was nothing left of at the last look. */
  get spent(): SpentBudget[] {
    return this.#spent;
  }

  /** Looks once before it gives control back, but waits for no database. */
  async start(): Promise<void> {
    if (this.#running) return;
    const first = this.#round("look");
    this.#running = first.then(() => Promise.all([this.#run("look"), this.#run("send")]));
    const timer = new AbortController();
    await Promise.race([first, pause(pauseMsMax, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const timer = setTimeout(() => this.#cutting.abort(), graceMs);
    await this.#running;
    clearTimeout(timer);
    await this.#close();
  }

  async #run(what: Work): Promise<void> {
    const { signal } = this.#stopping;
    const { pollMs = pollMsDefault } = this.#options;
    for (let wait = pollMs; !signal.aborted;) {
      await pause(wait, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      const began = performance.now();
      const isGood = await this.#round(what);
      // Sending is mostly waiting; looking is work for the database.
      const busyMs = what === "look" ? performance.now() - began : 0;
      wait = isGood ? Math.max(pollMs, busyMs * share) : Math.min(wait * 2, pauseMsMax);
    }
  }

  /** Whether all went well. */
  async #round(what: Work): Promise<boolean> {
    try {
      await (what === "look" ? this.#look() : this.#send());
      this.#say(what, null);
      return true;
    } catch (error) {
      await this.#close();
      const rest = "Who has spent a budget stays as it was last known";
      this.#say(what, `Budgets cannot be read from the ledger: ${(error as Error).message}. ${rest}`);
      return false;
    }
  }

  async #look(): Promise<void> {
    const { budgets: given, webhooks: told, now: clock = Date.now } = this.#options;
    const [budgets, webhooks, now] = [given(), told(), clock()];
    const store = await this.#open();
    const seen = JSON.stringify([await progress(store), budgets.map(({ period }) => periodAt(now, period).from)]);
    if (seen === this.#seen && budgets === this.#seenBudgets && webhooks === this.#seenWebhooks) return;
    const spendings: Spending[] = [];
    for (const budget of budgets) spendings.push(...(await readSpending(store, budget, now)));
    this.#tell(findSpent(budgets, spendings));
    await noteAlerts(store, spendings, { webhooks, now, noted: this.#noted });
    [this.#seen, this.#seenBudgets, this.#seenWebhooks] = [seen, budgets, webhooks];
  }

  #tell(spent: SpentBudget[]): void {
    if (JSON.stringify(spent) === JSON.stringify(this.#spent)) return;
    this.#spent = spent;
    this.#options.onSpent?.(spent);
  }

  async #send(): Promise<void> {
    const { webhooks, now = Date.now } = this.#options;
    const store = await this.#open();
    const sent = await deliver(store, { webhooks: webhooks(), now, signal: this.#cutting.signal });
    for (const { webhook, failure, isGivenUp } of sent) {
      const rest = isGivenUp ? "This alert is given up" : "It is sent again later";
      this.#say(`webhook ${webhook}`, failure && `Webhook ${webhook} did not take an alert: ${failure}. ${rest}`);
    }
  }

  /** Two rounds may want it at once. */
  async #open(): Promise<Store> {
    if (this.#store && !this.#store.isCurrent) await this.#close();
    if (this.#store) return this.#store;
    const store = await openStore({ database: this.#options.database });
    if (this.#store) await store.close();
    this.#store ??= store;
    return this.#store;
  }

  async #close(): Promise<void> {
    const store = this.#store;
    this.#store = null;
    this.#seen = "";
    await store?.close().catch(() => undefined);
  }

  #say(what: string, trouble: string | null): void {
    const before = this.#troubles.get(what);
    if (trouble === null) {
      if (before === undefined) return;
      this.#troubles.delete(what);
      const subject = what.startsWith("webhook") ? `W${what.slice(1)} takes alerts again` : "Budgets are kept again";
      return this.#options.onRecovery?.(subject);
    }
    this.#troubles.set(what, trouble);
    if (trouble !== before) this.#options.onTrouble?.(trouble);
  }
}

/** Changes whenever somebody has recorded something. */
async function progress({ db }: Store): Promise<unknown> {
  const { rows } =
    await sql`select count(*) as files, sum(lines) as lines, sum(position) as bytes from ledger_files`.execute(db);
  return JSON.parse(JSON.stringify(rows, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)));
}

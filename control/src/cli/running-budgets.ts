// Budgets beside a running control plane: watched where, and as long as, the configuration has any.
import { BudgetKeeper } from "../budget/keeper.ts";
import type { SpentBudget } from "../model/budgets.ts";
import type { Model } from "../model/model.ts";
import type { WeirEvents } from "./weir.ts";

export interface RunningBudgetsOptions {
  model: () => Model;
  /** Others have nothing left, or something again. */
  onChange: () => void;
  events: WeirEvents;
  tuning?: BudgetTuning;
}

/** For tests: another clock, shorter times. */
export interface BudgetTuning {
  now?: () => number;
  pollMs?: number;
}

export class RunningBudgets {
  readonly #options: RunningBudgetsOptions;
  #keeper: BudgetKeeper | null = null;
  /** The database that the keeper was started with. */
  #database = "";

  constructor(options: RunningBudgetsOptions) {
    this.#options = options;
  }

  get spent(): SpentBudget[] {
    return this.#keeper?.spent ?? [];
  }

  /** Does what the configuration in force says. Who has spent what is known when it is done. */
  async follow(): Promise<void> {
    const { budgets, ledger } = this.#options.model();
    const database = (budgets.length > 0 && ledger?.database?.reveal()) || "";
    if (database === this.#database) return;
    await this.close();
    this.#database = database;
    if (database === "") return;
    this.#keeper = this.#make(database);
    await this.#keeper.start();
  }

  async close(): Promise<void> {
    const keeper = this.#keeper;
    this.#keeper = null;
    this.#database = "";
    await keeper?.stop();
  }

  #make(database: string): BudgetKeeper {
    const { model, onChange, events, tuning } = this.#options;
    return new BudgetKeeper({
      ...tuning,
      database,
      budgets: () => model().budgets,
      webhooks: () => model().webhooks,
      onSpent: onChange,
      onTrouble: (message) => events.onTrouble?.(message),
      onRecovery: (message) => events.onRecovery?.(message),
    });
  }
}

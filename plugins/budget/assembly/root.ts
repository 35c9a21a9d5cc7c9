// The plugin: which budgets are spent, shared by its streams.
import { HttpContext, logCritical, RootContext, Slice } from "@weir/sdk/assembly";
import { readConfiguration } from "./read-configuration";
import { SpentBudget } from "./spent-budget";
import { BudgetStream } from "./stream";

/** The root context. */
@final
export class BudgetGuard extends RootContext {
  budgets: SpentBudget[] = [];

  onConfigure(configuration: Slice): bool {
    const read: SpentBudget[] = [];
    const problem = readConfiguration(configuration, read);
    if (problem.length) logCritical("budget: " + problem);
    else this.budgets = read;
    return !problem.length;
  }

  createHttpContext(id: u32): HttpContext {
    return new BudgetStream(id, this);
  }
}

// The plugin: which budgets are spent and what is a tag, shared by its streams.
import { HttpContext, logCritical, RootContext, Slice } from "@weir/sdk/assembly";
import { Configuration } from "./configuration";
import { readConfiguration } from "./read-configuration";
import { BudgetStream } from "./stream";

/** The root context. */
@final
export class BudgetGuard extends RootContext {
  configuration: Configuration = new Configuration();

  onConfigure(configuration: Slice): bool {
    const read = new Configuration();
    const problem = readConfiguration(configuration, read);
    if (problem.length) logCritical("budget: " + problem);
    else this.configuration = read;
    return !problem.length;
  }

  createHttpContext(id: u32): HttpContext {
    return new BudgetStream(id, this);
  }
}

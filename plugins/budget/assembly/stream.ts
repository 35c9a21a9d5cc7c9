// One request: let through, or refused because its caller has nothing left. Where that is so for some models alone,
// the targets' plugin is told which: it knows what the provider calls the model that is asked for.
import {
  HeadersStatus,
  HttpContext,
  requestHeaders,
  sendLocalResponse,
  setProperty,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
import { lineAt } from "@weir/dialects/surfaces/assembly/allow-list";
import { bodyFor, statusFor } from "@weir/dialects/surfaces/assembly/envelope";
import { budgetSpent, budgetSpentHeaders, SPENT_MODELS, writeSpentModel } from "@weir/dialects/surfaces/assembly/spent";
import { findSurface } from "@weir/dialects/surfaces/assembly/surface-path";
import { Caller } from "./caller";
import { BudgetGuard } from "./root";
import { SpentBudget } from "./spent-budget";

const PATH = Slice.of(":path");
const METHOD = Slice.of(":method");
const POST = Slice.of("POST");

/** The context of one request. */
@final
export class BudgetStream extends HttpContext {
  constructor(
    id: u32,
    private readonly root: BudgetGuard,
  ) {
    super(id);
  }

  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const budgets = this.root.budgets;
    if (!budgets.length) return HeadersStatus.Continue;
    const method = requestHeaders.get(METHOD);
    const path = requestHeaders.get(PATH);
    // What is no request to a model costs nothing.
    if (!method || !path || !method.equals(POST) || !findSurface(path)) return HeadersStatus.Continue;
    return this.admit(budgets, path) ? HeadersStatus.Continue : HeadersStatus.StopIteration;
  }

  private admit(budgets: SpentBudget[], path: Slice): bool {
    const caller = new Caller();
    const models = new Writer();
    for (let i = 0; i < budgets.length; ++i) {
      const spent = budgets[i].spentBy(caller);
      if (!spent) continue;
      if (!spent.length) {
        refuse(budgets[i], path);
        return false;
      }
      tell(budgets[i], spent, models);
    }
    const told = models.take();
    if (told.length) setProperty(SPENT_MODELS, told);
    return true;
  }
}

function tell(budget: SpentBudget, models: Slice, output: Writer): void {
  for (let from = 0; from < models.length;) {
    const model = lineAt(models, from);
    writeSpentModel(output, budget.name, budget.untilMs, model);
    from += model.length + 1;
  }
}

function refuse(budget: SpentBudget, path: Slice): void {
  const surface = findSurface(path);
  if (!surface) return;
  const family = surface.surface.family;
  const refusal = budgetSpent(budget.name, family);
  const headers = budgetSpentHeaders(budget.untilMs);
  sendLocalResponse(statusFor(family, refusal), headers, bodyFor(family, refusal), "weir_" + refusal.code);
}

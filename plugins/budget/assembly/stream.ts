// One request: let through, or refused because its caller has nothing left. Where that is so for some models alone,
// the targets' plugin is told which: it knows what the provider calls the model that is asked for. Where a budget names
// a cheaper model, the plugin that plans requests is told of it.
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
import {
  budgetSpent,
  budgetSpentHeaders,
  SPENT_CHEAPER,
  SPENT_MODELS,
  writeSpentModel,
} from "@weir/dialects/surfaces/assembly/spent";
import { Family, Purpose, Surface } from "@weir/dialects/surfaces/assembly/surface";
import { findSurface } from "@weir/dialects/surfaces/assembly/surface-path";
import { Caller } from "./caller";
import { BudgetGuard } from "./root";
import { SpentBudget } from "./spent-budget";

const PATH = Slice.of(":path");
const METHOD = Slice.of(":method");
const POST = Slice.of("POST");
const SPACE: u8 = 0x20;

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
    const wanted = method && path && method.equals(POST) ? findSurface(path) : null;
    if (!wanted) return HeadersStatus.Continue;
    return this.admit(budgets, wanted.surface) ? HeadersStatus.Continue : HeadersStatus.StopIteration;
  }

  private admit(budgets: SpentBudget[], surface: Surface): bool {
    const caller = new Caller();
    const models = new Writer();
    const cheaper = new Writer();
    for (let i = 0; i < budgets.length; ++i) {
      const budget = budgets[i];
      const spent = budget.spentBy(caller);
      if (!spent) continue;
      // The answers of two models that are no chat are not in one another's place.
      const isMoved = budget.cheaper.length > 0 && surface.purpose == Purpose.Chat;
      if (!spent.length && !isMoved) {
        refuse(budget, surface.family);
        return false;
      }
      if (isMoved) tellCheaper(budget, spent, cheaper);
      tell(budget, spent, models);
    }
    if (models.length) setProperty(SPENT_MODELS, models.take());
    if (cheaper.length) setProperty(SPENT_CHEAPER, cheaper.take());
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

/** Where all models are spent there is one line. */
function tellCheaper(budget: SpentBudget, models: Slice, output: Writer): void {
  let from = 0;
  do {
    const model = lineAt(models, from);
    writeSpentModel(output, budget.name, budget.untilMs, budget.cheaper);
    if (model.length) output.byte(SPACE).bytes(model);
    from += model.length + 1;
  } while (from < models.length);
}

function refuse(budget: SpentBudget, family: Family): void {
  const refusal = budgetSpent(budget.name, family);
  const headers = budgetSpentHeaders(budget.untilMs);
  sendLocalResponse(statusFor(family, refusal), headers, bodyFor(family, refusal), "weir_" + refusal.code);
}

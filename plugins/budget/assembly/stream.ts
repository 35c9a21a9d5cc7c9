// One request: let through, or refused because its caller has nothing left. Where that is so for some models alone,
// the targets' plugin is told which: it knows what the provider calls the model that is asked for. Where a budget names
// a cheaper model, the plugin that plans requests is told of it. Tags are what budgets go by, so those that a body has
// are read here, and put to the others.
import {
  DataStatus,
  HeadersStatus,
  HttpContext,
  requestBody,
  requestHeaders,
  sendLocalResponse,
  setProperty,
  Slice,
  TrailersStatus,
  Writer,
} from "@weir/sdk/assembly";
import { lineAt } from "@weir/dialects/surfaces/assembly/allow-list";
import { bodyFormat, BodyFormat } from "@weir/dialects/surfaces/assembly/content-type";
import { bodyFor, statusFor } from "@weir/dialects/surfaces/assembly/envelope";
import { checkBody } from "@weir/dialects/surfaces/assembly/request-check";
import {
  budgetSpent,
  budgetSpentHeaders,
  SPENT_CHEAPER,
  SPENT_MODELS,
  writeSpentModel,
} from "@weir/dialects/surfaces/assembly/spent";
import { Family, Purpose, Surface } from "@weir/dialects/surfaces/assembly/surface";
import { findSurface, SurfacePath } from "@weir/dialects/surfaces/assembly/surface-path";
import { Caller, TAGS } from "./caller";
import { tagsIn } from "./metadata";
import { BudgetGuard } from "./root";
import { SpentBudget } from "./spent-budget";

const PATH = Slice.of(":path");
const METHOD = Slice.of(":method");
const POST = Slice.of("POST");
const CONTENT_TYPE = Slice.of("content-type");
const SPACE: u8 = 0x20;

/** The context of one request. */
@final
export class BudgetStream extends HttpContext {
  /** What is asked for, while the request waits for its body. */
  private held: SurfacePath | null = null;

  constructor(
    id: u32,
    private readonly root: BudgetGuard,
  ) {
    super(id);
  }

  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    const configuration = this.root.configuration;
    const hasTags = configuration.metadataTags.length > 0;
    if (!configuration.budgets.length && !hasTags) return HeadersStatus.Continue;
    const method = requestHeaders.get(METHOD);
    const path = requestHeaders.get(PATH);
    // What is no request to a model costs nothing.
    const wanted = method && path && method.equals(POST) ? findSurface(path) : null;
    if (!wanted) return HeadersStatus.Continue;
    if (hasTags && !endOfStream && this.mayHaveTags(wanted)) {
      this.held = wanted;
      return HeadersStatus.StopIteration;
    }
    return this.admit(wanted.surface) ? HeadersStatus.Continue : HeadersStatus.StopIteration;
  }

  /** What cannot be read is refused by somebody else. */
  private mayHaveTags(wanted: SurfacePath): bool {
    const headers = requestHeaders.all();
    if (bodyFormat(headers.get(CONTENT_TYPE)) != BodyFormat.Json) return false;
    return !checkBody(headers, wanted, this.root.configuration.bodyBytesMax);
  }

  onRequestBody(size: u32, endOfStream: bool): DataStatus {
    const held = this.held;
    if (!held) return DataStatus.Continue;
    const isTooLong = size > <u32>this.root.configuration.bodyBytesMax;
    if (!endOfStream && !isTooLong) return DataStatus.StopIterationAndBuffer;
    return this.end(held, isTooLong ? 0 : size) ? DataStatus.Continue : DataStatus.StopIterationNoBuffer;
  }

  onRequestTrailers(count: u32): TrailersStatus {
    const held = this.held;
    const goesOn = !held || this.end(held, requestBody.length);
    return goesOn ? TrailersStatus.Continue : TrailersStatus.StopIteration;
  }

  /** The body is there, of so many bytes, or is not read. Whether the request is let through. */
  private end(wanted: SurfacePath, size: u32): bool {
    this.held = null;
    const names = this.root.configuration.metadataTags;
    const tags = size ? tagsIn(requestBody.get(0, size), names, requestHeaders.get(TAGS)) : Slice.empty();
    if (tags.length) requestHeaders.set(TAGS, tags);
    return this.admit(wanted.surface);
  }

  private admit(surface: Surface): bool {
    const budgets = this.root.configuration.budgets;
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

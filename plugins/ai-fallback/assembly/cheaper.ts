// Cheaper models that a request goes to in place of the one it asks for: at once where a budget is spent, and later
// where it does not fit into a limit. The plugin token-ratelimit finds that out, and chooses among the plans made here.
import { getProperty, JsonWriter, parseInteger, responseHeaders, setProperty, Slice, Writer } from "@weir/sdk/assembly";
import { lineAt } from "@weir/dialects/surfaces/assembly/allow-list";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { budgetSpent, budgetSpentHeaders, SPENT_CHEAPER } from "@weir/dialects/surfaces/assembly/spent";
import { Purpose, Surface } from "@weir/dialects/surfaces/assembly/surface";
import { Names } from "./names";
import { narrowed } from "./narrow";
import { Plan } from "./plan";
import { Route } from "./route";
import { RouteQuery } from "./route-query";
import { wantedBy } from "./wanted";
import { Wishes } from "./wishes";

const CHEAPER_STATE = Slice.of("weir.cheaper");
const CHEAPER_AT_STATE = Slice.of("weir.cheaper_at");
/** The model that a request goes to since a budget is spent: limits go by it. */
const CHEAPER_MODEL_STATE = Slice.of("weir.cheaper_model");
/** What has moved the request: names of limits and budgets, with commas between them. */
const EXCEEDED_STATE = Slice.of("weir.exceeded");
const EXCEEDED_HEADER = Slice.of("x-weir-exceeded");
const MODEL = Slice.of("model");
const ROUTE = Slice.of("route");
const PLANNED = Slice.of("planned");
const RETRIES = Slice.of("retries");
const PLAN = Slice.of("plan");
const ONE = Slice.of("1");
const SPACE: u8 = 0x20;
const COMMA: u8 = 0x2c;

/** Where a request goes. */
@final
export class Way {
  constructor(
    readonly route: Route,
    /** The model's name, as clients have it. */
    readonly model: Slice,
    /** Null where the route's first target is all there is to say. */
    readonly plan: Plan | null,
    /** The value of `x-weir-planned`. */
    readonly planned: Slice,
  ) {}

  /** What the provider that is asked first calls the model. */
  get providerModel(): Slice {
    const plan = this.plan;
    return plan ? plan.firstModel(this.model) : this.route.ranked[0].providerModel(this.model);
  }
}

/** The cheaper models of one request. */
@final
export class CheaperModels {
  private readonly ways: Way[] = [];
  /** Why the request cannot go on; null where it can. */
  refusal: Refusal | null = null;

  constructor(
    private readonly names: Names,
    private readonly request: RouteQuery,
    private readonly wishes: Wishes,
    private readonly surface: Surface,
  ) {}

  /** Where the request goes by what is left of budgets: `own`, or to a cheaper model. */
  chosen(own: Way): Way {
    const isAsked = this.names.hasBudgets && this.surface.purpose == Purpose.Chat;
    const spent = isAsked ? getProperty(SPENT_CHEAPER) : null;
    return spent ? this.leave(own, spent) : own;
  }

  /** Each budget moves the request once, so that there is an end, whatever they name. */
  private leave(own: Way, spent: Slice): Way {
    const left: Slice[] = [];
    let way = own;
    for (let from = 0; from < spent.length;) {
      const line = lineAt(spent, from);
      from += line.length + 1;
      const budget = new SpentCheaper(line);
      if (way.model.equals(budget.cheaper) || !budget.isFor(way) || isAmong(left, budget.name)) continue;
      const other = this.wayTo(budget.cheaper);
      if (!other) return this.refuse(budget, own);
      left.push(budget.name);
      way = other;
      // One that stands before may be for this model.
      from = 0;
    }
    if (left.length) tellMoved(way, left);
    return way;
  }

  private refuse(budget: SpentCheaper, own: Way): Way {
    const refusal = budgetSpent(budget.name, this.surface.family);
    refusal.headers = budgetSpentHeaders(budget.untilMs);
    this.refusal = refusal;
    return own;
  }

  /** By a plan of its own; null where the caller, its wishes or the surface leave none. */
  private wayTo(model: Slice): Way | null {
    const choice = this.names.choose(model, this.request);
    if (!choice || !choice.isAllowed) return null;
    const wishes = this.wishes;
    const isWhole = !choice.provider.length && !wishes.hasTargets;
    const route = isWhole ? choice.route : narrowed(choice, wishes, this.names.prices);
    if (!route || !route.serves(this.surface)) return null;
    const wanted = wantedBy(route, this.surface, this.request.headers, this.request.body);
    wanted.model = choice.model;
    wanted.isSpare = true;
    const plan = new Plan(route, wanted);
    plan.ask(choice.model);
    if (!wishes.allowsFallbacks && !wishes.order.length) plan.keepFirst();
    return new Way(choice.route, model, plan, plannedBy(choice.model));
  }

  /** Makes plans for where limits may send the request that goes `own` way; `holder` counts it there. */
  offer(own: Way, holder: u64): void {
    const models = this.names.cheaper;
    if (!own.model.length || this.surface.purpose != Purpose.Chat) return;
    for (let i = 0; i < models.length; ++i) {
      if (own.model.equals(models[i])) continue;
      const way = this.wayTo(models[i]);
      if (!way) continue;
      const plan = way.plan;
      if (plan) plan.offer(holder);
      this.ways.push(way);
    }
    if (this.ways.length) setProperty(CHEAPER_STATE, this.toJson());
  }

  private toJson(): Slice {
    const json = new JsonWriter(new Writer(1024)).beginArray();
    for (let i = 0; i < this.ways.length; ++i) {
      const way = this.ways[i];
      const plan = way.plan;
      if (!plan) continue;
      json.beginObject().key(MODEL).text(way.model).key(ROUTE).text(way.route.name).key(PLANNED).text(way.planned);
      json
        .key(RETRIES)
        .integer(max(1, plan.length - 1))
        .key(PLAN)
        .raw(plan.toJson())
        .endObject();
    }
    return json.endArray().output.take();
  }

  /** Whether the request counts at targets in one of the plans, if that is put in force. */
  get isCounted(): bool {
    for (let i = 0; i < this.ways.length; ++i) {
      const plan = this.ways[i].plan;
      if (plan && plan.isCounted) return true;
    }
    return false;
  }

  /** Tells the client what has moved its request. Whether that goes by one of the plans. */
  tell(): bool {
    const exceeded = getProperty(EXCEEDED_STATE);
    if (exceeded) responseHeaders.set(EXCEEDED_HEADER, exceeded);
    return this.inForce != null;
  }

  /** The plan that was put in force; null where that is the request's own. */
  get inForce(): Plan | null {
    const at = this.ways.length ? getProperty(CHEAPER_AT_STATE) : null;
    const index = at ? <i32>parseInteger(at, -1) : -1;
    return index >= 0 && index < this.ways.length ? this.ways[index].plan : null;
  }
}

/** A line of what budgets say: when it begins anew, its name, the cheaper model, and the spent one, if there is one. */
@final
class SpentCheaper {
  readonly untilMs: i64;
  readonly name: Slice;
  readonly cheaper: Slice;
  private readonly spent: Slice;

  constructor(line: Slice) {
    const name = line.indexOf(SPACE) + 1;
    const model = line.indexOf(SPACE, name) + 1;
    const end = line.indexOf(SPACE, model);
    this.untilMs = parseInteger(line.slice(0, name - 1), -1);
    this.name = line.slice(name, model - 1);
    this.cheaper = end < 0 ? line.slice(model) : line.slice(model, end);
    this.spent = end < 0 ? Slice.empty() : line.slice(end + 1);
  }

  /** Whether it is for what the provider is asked for first. */
  isFor(way: Way): bool {
    return !this.spent.length || way.providerModel.equals(this.spent);
  }
}

function tellMoved(way: Way, budgets: Slice[]): void {
  const names = new Writer();
  for (let i = 0; i < budgets.length; ++i) {
    if (i) names.byte(COMMA);
    names.bytes(budgets[i]);
  }
  setProperty(EXCEEDED_STATE, names.take());
  setProperty(CHEAPER_MODEL_STATE, way.model);
}

function isAmong(names: Slice[], name: Slice): bool {
  for (let i = 0; i < names.length; ++i) if (names[i].equals(name)) return true;
  return false;
}

/** `model` as a header's value. A client may put into a model's name what no header can hold. */
export function plannedBy(model: Slice): Slice {
  if (!model.length) return ONE;
  for (let i = 0; i < model.length; ++i) if (model.at(i) <= 0x20 || model.at(i) > 0x7e) return ONE;
  return model;
}

// What becomes of a request whose model may be named otherwise, or that has wishes: its plan, made of the routes of all
// the models that it names.
import { HeaderList, Slice } from "@weir/sdk/assembly";
import { modelNotFound, Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { Surface } from "@weir/dialects/surfaces/assembly/surface";
import { Choice, Names } from "./names";
import { narrowed } from "./narrow";
import { Plan } from "./plan";
import { Route } from "./route";
import { RouteQuery } from "./route-query";
import { wantedBy } from "./wanted";
import { noProviderLeft, unknownModel, unknownProvider } from "./wish-refusals";
import { Wishes } from "./wishes";

/** One request, as its client has named what it wants. */
@final
export class Requested {
  private readonly choices: Choice[] = [];
  /** Null where the route's own plan will do. */
  plan: Plan | null = null;

  constructor(
    private readonly names: Names,
    private readonly request: RouteQuery,
    private readonly wishes: Wishes,
  ) {}

  /** The route of the model that is asked for first. There is one if `choose` has given null. */
  get route(): Route {
    return this.choices[0].route;
  }

  /** What the model that is asked for first is called, where it is not what the client says; else empty. */
  get renamed(): Slice {
    return this.choices[0].isRenamed ? this.choices[0].model : Slice.empty();
  }

  /** Finds the routes. What the caller may not use is not there. */
  choose(model: Slice): Refusal | null {
    const first = this.names.choose(model, this.request);
    if (!first || !this.isAllowed(first)) return modelNotFound(model);
    this.choices.push(first);
    const further = this.wishes.models;
    for (let i = 0; i < further.length; ++i) {
      const choice = this.names.choose(further[i], this.request);
      if (!choice || !choice.isAllowed) return unknownModel(further[i]);
      this.choices.push(choice);
    }
    return this.checkNames();
  }

  /** A name that stands for itself is left to the targets' plugin. */
  private isAllowed(choice: Choice): bool {
    return (!choice.isRenamed && !this.wishes.isGiven) || choice.isAllowed;
  }

  /** Makes the plan, if there has to be another one than the route's own. */
  makePlan(surface: Surface, headers: HeaderList): Refusal | null {
    const wishes = this.wishes;
    if (this.choices.length == 1 && !this.choices[0].isRenamed && !wishes.hasTargets) return null;
    for (let i = 0; i < this.choices.length; ++i) this.add(this.choices[i], surface, headers);
    const plan = this.plan;
    if (!plan) return noProviderLeft();
    if (!wishes.allowsFallbacks && !wishes.order.length) plan.keepFirst();
    return null;
  }

  private add(choice: Choice, surface: Surface, headers: HeaderList): void {
    const isWhole = !choice.provider.length && !this.wishes.hasTargets;
    const route = isWhole ? choice.route : narrowed(choice, this.wishes, this.names.prices);
    if (!route) return;
    const wanted = wantedBy(route, surface, headers, this.request.body);
    wanted.model = choice.model;
    const next = new Plan(route, wanted);
    if (choice.isRenamed || this.choices.length > 1) next.ask(choice.model);
    const plan = this.plan;
    if (plan) plan.append(next);
    else this.plan = next;
  }

  private checkNames(): Refusal | null {
    const wishes = this.wishes;
    let error = this.checkList(wishes.order);
    if (!error) error = this.checkList(wishes.only);
    return error ? error : this.checkList(wishes.ignore);
  }

  private checkList(names: Slice[]): Refusal | null {
    for (let i = 0; i < names.length; ++i) if (!this.isTarget(names[i])) return unknownProvider(names[i]);
    return null;
  }

  private isTarget(name: Slice): bool {
    for (let i = 0; i < this.choices.length; ++i) if (this.choices[i].route.hasTarget(name)) return true;
    return false;
  }
}

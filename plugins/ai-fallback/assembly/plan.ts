// A request's plan: the targets in the order in which they are tried. Those that are better left alone for a while come
// behind the others, the soonest ready first.
import { JsonWriter, nowNanos, parseInteger, sharedData, Slice, Writer } from "@weir/sdk/assembly";
import { Surface } from "@weir/dialects/surfaces/assembly/surface";
import { Balance, chooseByKey, chooseWeighted } from "./balance";
import { PlannedTarget } from "./planned-target";
import { Route } from "./route";

const TARGETS = Slice.of("targets");
const CLUSTER = Slice.of("cluster");
const MODEL = Slice.of("model");
const ASKED = Slice.of("asked");
const IS_COOLING = Slice.of("isCooling");
const STATUSES = Slice.of("statuses");
const EMPTY_ANSWER = Slice.of("emptyAnswer");
const CONTENT_FILTER = Slice.of("contentFilter");
const DEADLINE = Slice.of("deadlineNanos");
const NANOS_PER_MS: u64 = 1_000_000;
const SPACE: u8 = 0x20;

/** A target, and until when it is better left alone; 0 if it is not. */
@final
class Step {
  /** What it is asked for in place of the model that the body names; empty for that one. */
  asked: Slice = Slice.empty();

  constructor(
    readonly target: PlannedTarget,
    readonly coolUntil: u64,
  ) {}

  /** Whether the one would be the same attempt as the other. A target with a model of its own is asked for that one. */
  isLike(other: Step): bool {
    return this.target.isLike(other.target) && (this.target.model.length > 0 || this.asked.equals(other.asked));
  }
}

/** The plan of one request. */
@final
export class Plan {
  private readonly steps: Step[] = [];
  private readonly now: u64 = nowNanos();
  /** Whether some target serves what is asked for, so that those which do not are left out. */
  private readonly isServed: bool;

  /** Makes the plan for what is asked for; `key` is the affinity's, 0 for none. */
  constructor(
    private readonly route: Route,
    private readonly surface: Surface,
    key: u64,
  ) {
    this.isServed = route.serves(surface);
    const chosen = this.choose(key);
    if (chosen) this.add(chosen);
    for (let i = 0; i < route.ranked.length; ++i) this.add(route.ranked[i]);
    for (let i = 0; i < route.fallbacks.length; ++i) this.add(route.fallbacks[i]);
    const lastResort = route.lastResort;
    if (lastResort) this.steps.push(new Step(lastResort, 0));
  }

  /** How many attempts there may be. */
  get length(): i32 {
    return this.steps.length;
  }

  /** The cluster that the first attempt goes to. */
  get cluster(): Slice {
    return this.steps[0].target.cluster;
  }

  /** Has all of its providers asked for `model`, whatever the body names. */
  ask(model: Slice): void {
    const lastResort = this.takeLastResort();
    for (let i = 0; i < this.steps.length; ++i) this.steps[i].asked = model;
    if (lastResort) this.steps.push(lastResort);
  }

  /** Adds what another plan would try. The last resort is this one's, and stays the last. */
  append(other: Plan): void {
    const own = this.takeLastResort();
    other.takeLastResort();
    for (let i = 0; i < other.steps.length; ++i) this.insert(other.steps[i]);
    if (own) this.steps.push(own);
  }

  /** Leaves only what is tried first, and the last resort. */
  keepFirst(): void {
    const lastResort = this.takeLastResort();
    const steps = this.steps;
    while (steps.length > 1) steps.pop();
    if (lastResort) steps.push(lastResort);
  }

  private takeLastResort(): Step | null {
    const steps = this.steps;
    const last = this.route.lastResort;
    return last && steps.length && steps[steps.length - 1].target === last ? steps.pop() : null;
  }

  /** For the targets' plugin. */
  toJson(): Slice {
    const route = this.route;
    const json = new JsonWriter(new Writer());
    json.beginObject().key(TARGETS).beginArray();
    for (let i = 0; i < this.steps.length; ++i) writeStep(json, this.steps[i]);
    json.endArray().key(STATUSES).beginArray();
    for (let i = 0; i < route.statuses.length; ++i) json.text(route.statuses[i]);
    json.endArray();
    json.key(EMPTY_ANSWER).flag(route.onEmptyAnswer).key(CONTENT_FILTER).flag(route.onContentFilter);
    if (route.totalTimeoutMs) json.key(DEADLINE).integer(this.now + <u64>route.totalTimeoutMs * NANOS_PER_MS);
    return json.endObject().output.take();
  }

  /** The weights are those of the targets that are ready: what one cannot take is shared out among the others. */
  private choose(key: u64): PlannedTarget | null {
    const ready: PlannedTarget[] = [];
    const weighted = this.route.weighted;
    const able: PlannedTarget[] = [];
    for (let i = 0; i < weighted.length; ++i) if (this.isAble(weighted[i])) able.push(weighted[i]);
    for (let i = 0; i < able.length; ++i) if (!this.coolUntil(able[i])) ready.push(able[i]);
    const candidates = ready.length ? ready : able;
    if (candidates.length < 2) return candidates.length ? candidates[0] : null;
    if (key) return chooseByKey(candidates, key);
    return this.route.balance == Balance.RoundRobin ? this.route.turns.choose(candidates) : chooseWeighted(candidates);
  }

  private isAble(target: PlannedTarget): bool {
    return !this.isServed || target.serves(this.surface);
  }

  /** Puts a target in its place, unless it is there or cannot serve what is asked for. */
  private add(target: PlannedTarget): void {
    if (this.isAble(target)) this.insert(new Step(target, this.coolUntil(target)));
  }

  private insert(step: Step): void {
    const steps = this.steps;
    for (let i = 0; i < steps.length; ++i) if (steps[i].isLike(step)) return;
    let at = steps.length;
    steps.push(step);
    for (; at > 0 && steps[at - 1].coolUntil > step.coolUntil; --at) steps[at] = steps[at - 1];
    steps[at] = step;
  }

  /** `<nanoseconds>`, and maybe more behind a space. */
  private coolUntil(target: PlannedTarget): u64 {
    if (!this.route.hasChoice) return 0;
    const found = sharedData.get(target.cooldownKey);
    if (!found) return 0;
    const space = found.value.indexOf(SPACE);
    const until = <u64>parseInteger(space < 0 ? found.value : found.value.slice(0, space));
    return until > this.now ? until : 0;
  }
}

function writeStep(json: JsonWriter, step: Step): void {
  json.beginObject().key(CLUSTER).text(step.target.cluster);
  if (step.target.model.length) json.key(MODEL).text(step.target.model);
  if (step.asked.length) json.key(ASKED).text(step.asked);
  if (step.coolUntil) json.key(IS_COOLING).flag(true);
  json.endObject();
}

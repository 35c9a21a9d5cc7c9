// A request's plan: the targets in the order in which they are tried. Those that are better left alone for a while come
// behind the others, the soonest ready first, and before them those that have enough to do.
import { JsonWriter, nowNanos, parseInteger, sharedData, Slice, Writer } from "@weir/sdk/assembly";
import { Prompt } from "@weir/dialects/surfaces/assembly/context-window";
import { Balance, chooseByKey, chooseWeighted, isMeasured } from "./balance";
import { PlannedTarget } from "./planned-target";
import { Ranking } from "./ranking";
import { Route } from "./route";
import { Wanted } from "./wanted";

const TARGETS = Slice.of("targets");
const CLUSTER = Slice.of("cluster");
const MODEL = Slice.of("model");
const ASKED = Slice.of("asked");
const IS_COOLING = Slice.of("isCooling");
const STATUSES = Slice.of("statuses");
const EMPTY_ANSWER = Slice.of("emptyAnswer");
const CONTENT_FILTER = Slice.of("contentFilter");
const DEADLINE = Slice.of("deadlineNanos");
const HOLDER = Slice.of("holder");
const MAX_CONCURRENT_REQUESTS = Slice.of("maxConcurrentRequests");
const MEASURES = Slice.of("measures");
const FIRST_TOKEN = Slice.of("firstToken");
const THROUGHPUT = Slice.of("throughput");
const NANOS_PER_MS: u64 = 1_000_000;
const SPACE: u8 = 0x20;

/** Where a full target stands: behind all that are ready, before all that rest. */
const WHEN_FULL: u64 = 1;

/** A target, and what is known of it now. */
@final
class Step {
  /** What it is asked for in place of the model that the body names; empty for that one. */
  asked: Slice = Slice.empty();
  /** How many requests it has under way, where they are counted. */
  count: i64 = 0;
  /** Until when it is better left alone; 0 if it is not. */
  readonly coolUntil: u64;

  constructor(
    readonly target: PlannedTarget,
    /** Until when it was to be left alone, be that over or not; 0 when it has answered since. */
    readonly restUntil: u64,
    now: u64,
  ) {
    this.coolUntil = restUntil > now ? restUntil : 0;
  }

  /** Whether the one would be the same attempt as the other. A target with a model of its own is asked for that one. */
  isLike(other: Step): bool {
    return this.target.isLike(other.target) && (this.target.model.length > 0 || this.asked.equals(other.asked));
  }

  get isFull(): bool {
    const load = this.target.load;
    return load ? load.limit > 0 && this.count >= load.limit : false;
  }

  /** The lower, the sooner it is tried. */
  get rank(): u64 {
    return this.coolUntil ? this.coolUntil : this.isFull ? WHEN_FULL : 0;
  }
}

/** The plan of one request. */
@final
export class Plan {
  private readonly steps: Step[] = [];
  private readonly now: u64 = nowNanos();
  /** Whether some target serves what is asked for, so that those which do not are left out. */
  private readonly isServed: bool;
  /** The prompt, where some target's model may hold it, so that those which cannot are left out. */
  private readonly prompt: Prompt | null;
  /** The step whose target this request counts at; -1 for none. */
  private heldAt: i32 = -1;
  private holder: u64 = 0;

  constructor(
    private readonly route: Route,
    private readonly wanted: Wanted,
  ) {
    this.isServed = route.serves(wanted.surface);
    const prompt = wanted.prompt;
    this.prompt = prompt && route.holds(prompt, wanted.model) ? prompt : null;
    const all: Step[] = [];
    this.look(route.ranked, all);
    if (route.isRanked) this.rank(all);
    const chosen = this.choose(all);
    if (chosen) this.place(chosen);
    this.look(route.fallbacks, all);
    for (let i = 0; i < all.length; ++i) if (all[i] != chosen) this.place(all[i]);
    const lastResort = route.lastResort;
    if (lastResort) this.steps.push(new Step(lastResort, 0, 0));
  }

  /** How many attempts there may be. */
  get length(): i32 {
    return this.steps.length;
  }

  /** The cluster that the first attempt goes to. */
  get cluster(): Slice {
    return this.steps[0].target.cluster;
  }

  /** What the provider of its first target calls the client's `model`. */
  firstModel(model: Slice): Slice {
    const step = this.steps[0];
    return step.target.providerModel(step.asked.length ? step.asked : model);
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
    for (let i = 0; i < other.steps.length; ++i) this.place(other.steps[i]);
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

  /** Whether requests are counted at some of its targets. */
  get hasLoads(): bool {
    for (let i = 0; i < this.steps.length; ++i) if (this.steps[i].target.load) return true;
    return false;
  }

  /** Whether it is to be found out how fast its targets answer. */
  get measures(): bool {
    return isMeasured(this.route.balance);
  }

  /** Whether the request counts at its targets. */
  get isCounted(): bool {
    return this.holder != 0;
  }

  /**
   * Lets the request count at its first target, for `holder`. One that another thread has just filled goes behind
   * it. False if there is room nowhere.
   */
  claim(holder: u64): bool {
    this.holder = holder;
    const steps = this.steps;
    for (let i = 0; i < steps.length; ++i) {
      if (!this.take(steps[i].target)) continue;
      const step = steps[i];
      for (let j = i; j > 0; --j) steps[j] = steps[j - 1];
      steps[0] = step;
      this.heldAt = 0;
      return true;
    }
    return false;
  }

  /** As `claim`, where somebody else finds the place, if the plan is ever put in force. */
  offer(holder: u64): void {
    if (!this.hasLoads) return;
    this.holder = holder;
    this.heldAt = 0;
  }

  private take(target: PlannedTarget): bool {
    const load = target.load;
    return load ? load.count.take(this.holder, load.limit, this.now) : true;
  }

  /** The request has ended, at the step `at`: it counts nowhere any more. */
  release(at: i32): void {
    if (this.heldAt < 0 || at < 0 || at >= this.steps.length) return;
    this.heldAt = -1;
    const load = this.steps[at].target.load;
    if (load) load.count.give(this.holder, nowNanos());
  }

  /** For the targets' plugin. */
  toJson(): Slice {
    const route = this.route;
    const json = new JsonWriter(new Writer());
    json.beginObject().key(TARGETS).beginArray();
    for (let i = 0; i < this.steps.length; ++i) this.writeStep(json, this.steps[i]);
    json.endArray().key(STATUSES).beginArray();
    for (let i = 0; i < route.statuses.length; ++i) json.text(route.statuses[i]);
    json.endArray();
    json.key(EMPTY_ANSWER).flag(route.onEmptyAnswer).key(CONTENT_FILTER).flag(route.onContentFilter);
    if (route.totalTimeoutMs) json.key(DEADLINE).integer(this.now + <u64>route.totalTimeoutMs * NANOS_PER_MS);
    if (this.holder) json.key(HOLDER).integer(this.holder);
    if (this.measures) json.key(MEASURES).text(route.balance == Balance.Throughput ? THROUGHPUT : FIRST_TOKEN);
    return json.endObject().output.take();
  }

  private writeStep(json: JsonWriter, step: Step): void {
    const load = step.target.load;
    json.beginObject().key(CLUSTER).text(step.target.cluster);
    if (step.target.model.length) json.key(MODEL).text(step.target.model);
    if (step.asked.length) json.key(ASKED).text(step.asked);
    if (step.restUntil) json.key(IS_COOLING).flag(true);
    if (load && this.holder) json.key(MAX_CONCURRENT_REQUESTS).integer(load.limit);
    json.endObject();
  }

  /** The weights are those of the targets that are ready: what one cannot take is shared out among the others. */
  private choose(all: Step[]): Step | null {
    const candidates = readiest(all);
    if (candidates.length < 2) return candidates.length ? candidates[0] : null;
    const targets: PlannedTarget[] = [];
    for (let i = 0; i < candidates.length; ++i) targets.push(candidates[i].target);
    return candidates[targets.indexOf(this.chooseTarget(targets))];
  }

  private chooseTarget(candidates: PlannedTarget[]): PlannedTarget {
    const route = this.route;
    const key = this.wanted.key;
    if (key) return chooseByKey(candidates, key);
    // A plan that may never be followed takes nobody's turn.
    if (route.balance == Balance.RoundRobin && !this.wanted.isSpare) return route.turns.choose(candidates);
    return route.isRanked && !this.wanted.explores ? candidates[0] : chooseWeighted(candidates);
  }

  /** Sorts by what the route goes by; what takes no traffic stays behind. */
  private rank(all: Step[]): void {
    const ranking = new Ranking(this.route.balance, this.wanted);
    const scores = new StaticArray<f64>(all.length);
    for (let i = 0; i < all.length; ++i) scores[i] = ranking.score(all[i].target, all[i].count);
    for (let i = 1; i < all.length; ++i) {
      const step = all[i];
      const score = scores[i];
      let at = i;
      for (; at > 0 && scores[at - 1] > score; --at) {
        all[at] = all[at - 1];
        scores[at] = scores[at - 1];
      }
      all[at] = step;
      scores[at] = score;
    }
  }

  /** Adds what is to be known of `targets`, each once, without those that cannot serve what is asked for. */
  private look(targets: PlannedTarget[], all: Step[]): void {
    for (let i = 0; i < targets.length; ++i) {
      const target = targets[i];
      if (!this.takes(target) || isAmong(all, target)) continue;
      const step = new Step(target, this.restUntil(target), this.now);
      const load = target.load;
      if (load) step.count = load.count.total(this.now);
      all.push(step);
    }
  }

  private takes(target: PlannedTarget): bool {
    if (this.isServed && !target.serves(this.wanted.surface)) return false;
    const prompt = this.prompt;
    return prompt ? target.holds(prompt, this.wanted.model) : true;
  }

  /** Puts a step behind all that are to be tried before it, unless it is there. */
  private place(step: Step): void {
    const steps = this.steps;
    for (let i = 0; i < steps.length; ++i) if (steps[i].isLike(step)) return;
    let at = steps.length;
    steps.push(step);
    for (; at > 0 && steps[at - 1].rank > step.rank; --at) steps[at] = steps[at - 1];
    steps[at] = step;
  }

  /** `<nanoseconds>`, and maybe more behind a space. */
  private restUntil(target: PlannedTarget): u64 {
    if (!this.route.hasChoice) return 0;
    const found = sharedData.get(target.cooldownKey);
    if (!found) return 0;
    const space = found.value.indexOf(SPACE);
    return <u64>parseInteger(space < 0 ? found.value : found.value.slice(0, space));
  }
}

function isAmong(steps: Step[], target: PlannedTarget): bool {
  for (let i = 0; i < steps.length; ++i) if (steps[i].target.isLike(target)) return true;
  return false;
}

/** Those that take traffic and are ready; if there are none, those that are full, and at last those that rest. */
function readiest(all: Step[]): Step[] {
  const ready: Step[] = [];
  const full: Step[] = [];
  const resting: Step[] = [];
  for (let i = 0; i < all.length; ++i) {
    const step = all[i];
    if (!step.target.weight) continue;
    if (!step.rank) ready.push(step);
    else if (step.coolUntil) resting.push(step);
    else full.push(step);
  }
  return ready.length ? ready : full.length ? full : resting;
}

// A request's plan, made by the plugin ai-fallback: which targets are tried in which order, and when the next one is.
import { getProperty, JsonTape, parseInteger, Slice } from "@weir/sdk/assembly";

const PLAN = Slice.of("weir.plan");
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
const LETTER_X: u8 = 0x78;

/** How fast a target answers. */
export const enum Measure {
  None = 0,
  /** How long it takes to the first token, or to a whole answer. */
  FirstToken = 1,
  /** How long a token takes, of the whole answer. */
  Throughput = 2,
}

function measureOf(tape: JsonTape, node: i32): Measure {
  if (tape.equals(node, THROUGHPUT)) return Measure.Throughput;
  return tape.equals(node, FIRST_TOKEN) ? Measure.FirstToken : Measure.None;
}

/** One of the plan's targets. */
@final
export class PlannedTarget {
  constructor(
    readonly cluster: Slice,
    /** The provider's name of the model; empty leaves it to the target. */
    readonly model: Slice,
    /** Whether it was to be left alone, and has not answered since. */
    readonly isCooling: bool,
    /** What it is asked for in place of the model that the client names; empty for that one. */
    readonly asked: Slice,
    /** How many requests it may have under way, 0 for any number; -1 where they are not counted. */
    readonly maxConcurrentRequests: i32,
  ) {}
}

/** The plan. */
@final
export class Plan {
  /** At least one. */
  readonly targets: PlannedTarget[] = [];
  /** Three characters each: `429`, `5xx`. */
  private readonly statuses: Slice[] = [];
  readonly emptyAnswer: bool;
  readonly contentFilter: bool;
  /** When the time for all attempts is over; 0 for never. */
  readonly deadlineNanos: u64;
  /** For whom the request counts at its targets; 0 where it does at none. */
  readonly holder: u64;
  /** What is to be found out of targets. */
  readonly measures: Measure;

  constructor(tape: JsonTape) {
    const root = tape.root;
    const targets = tape.find(root, TARGETS);
    for (let node = tape.first(targets); node >= 0; node = tape.next(node)) {
      const cluster = tape.text(tape.find(node, CLUSTER));
      const isCooling = tape.isTrue(tape.find(node, IS_COOLING));
      const model = tape.text(tape.find(node, MODEL));
      const asked = tape.text(tape.find(node, ASKED));
      const limit = <i32>parseInteger(tape.raw(tape.find(node, MAX_CONCURRENT_REQUESTS)), -1);
      this.targets.push(new PlannedTarget(cluster, model, isCooling, asked, limit));
    }
    const statuses = tape.find(root, STATUSES);
    for (let node = tape.first(statuses); node >= 0; node = tape.next(node)) this.statuses.push(tape.text(node));
    this.emptyAnswer = tape.isTrue(tape.find(root, EMPTY_ANSWER));
    this.contentFilter = tape.isTrue(tape.find(root, CONTENT_FILTER));
    this.deadlineNanos = <u64>parseInteger(tape.raw(tape.find(root, DEADLINE)));
    this.holder = <u64>parseInteger(tape.raw(tape.find(root, HOLDER)));
    this.measures = measureOf(tape, tape.find(root, MEASURES));
  }

  /** The plan of the request at hand; null where there is none. */
  static read(tape: JsonTape): Plan | null {
    const json = getProperty(PLAN);
    if (!json || tape.scan(json)) return null;
    const plan = new Plan(tape);
    return plan.targets.length ? plan : null;
  }

  /** The one that is tried last. */
  get last(): PlannedTarget {
    return this.targets[this.targets.length - 1];
  }

  /** Whether the next target is tried at this status: always where the gateway's own key is refused. */
  fallsBackOn(status: u32): bool {
    if (isKeyFault(status)) return true;
    for (let i = 0; i < this.statuses.length; ++i) if (fits(this.statuses[i], status)) return true;
    return false;
  }
}

/** Whether the status says that the provider does not accept the target's credential, or wants money. */
export function isKeyFault(status: u32): bool {
  return status >= 401 && status <= 403;
}

function fits(pattern: Slice, status: u32): bool {
  if (pattern.at(1) == LETTER_X) return <u32>pattern.at(0) - 0x30 == status / 100;
  return parseInteger(pattern) == status;
}

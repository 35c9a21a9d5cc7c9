// Where a planned request counts, if it counts: at one of its plan's targets, from the plugin ai-fallback on, which
// gives the place back when the request has ended. From one attempt to the next the place is moved here: a target that
// is full is passed over.
import { getProperty, LeasedCount, nowNanos, parseInteger, setProperty, Slice, Writer } from "@weir/sdk/assembly";
import { Plan, PlannedTarget } from "./plan";

const KEY = Slice.of("weir.requests.");
const STEP = Slice.of("weir.step");
const ENDED = Slice.of("-");

/** The step at which the request at hand counts; -1 where it does not, or has ended. */
export function stepOf(plan: Plan): i32 {
  const step = plan.holder ? getProperty(STEP) : null;
  return step ? <i32>parseInteger(step, -1) : -1;
}

/** Whether the client's request is over, and not only the attempt at hand. */
export function hasEnded(): bool {
  const step = getProperty(STEP);
  return step ? step.equals(ENDED) : false;
}

/** Moves the request from the step `from` to the first one behind it that has room, and says which; -1 for none. */
export function moveOn(plan: Plan, from: i32): i32 {
  for (let to = from + 1; to < plan.targets.length; ++to) if (moveTo(plan, from, to)) return to;
  return -1;
}

/** Moves it to the step `to`. False if there is no room. */
export function moveTo(plan: Plan, from: i32, to: i32): bool {
  const now = nowNanos();
  const next = plan.targets[to];
  const limit = next.maxConcurrentRequests;
  if (limit >= 0 && !countOf(next).take(plan.holder, limit, now)) return false;
  setProperty(STEP, new Writer().integer(to).take());
  if (plan.targets[from].maxConcurrentRequests >= 0) countOf(plan.targets[from]).give(plan.holder, now);
  return true;
}

function countOf(target: PlannedTarget): LeasedCount {
  return new LeasedCount(new Writer().bytes(KEY).bytes(target.cluster).take());
}

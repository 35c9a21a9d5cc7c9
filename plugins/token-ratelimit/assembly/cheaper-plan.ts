// The plans for cheaper models that the plugin ai-fallback has made beside a request's own: how one is put in force.
import {
  clearRouteCache,
  getProperty,
  JsonTape,
  LeasedCount,
  nowNanos,
  parseInteger,
  requestHeaders,
  setProperty,
  Slice,
  Writer,
} from "@weir/sdk/assembly";

/** `[{"model", "route", "planned", "retries", "plan"}…]` */
const CHEAPER = Slice.of("weir.cheaper");
/** Tells that plugin which of them it is. */
const CHEAPER_AT = Slice.of("weir.cheaper_at");
const ROUTE_STATE = Slice.of("weir.route");
const TARGET_STATE = Slice.of("weir.target");
const PLAN_STATE = Slice.of("weir.plan");
const STEP_STATE = Slice.of("weir.step");
const PLANNED_HEADER = Slice.of("x-weir-planned");
const MAX_RETRIES = Slice.of("x-envoy-max-retries");
const MODEL = Slice.of("model");
const ROUTE = Slice.of("route");
const PLANNED = Slice.of("planned");
const RETRIES = Slice.of("retries");
const PLAN = Slice.of("plan");
const TARGETS = Slice.of("targets");
const CLUSTER = Slice.of("cluster");
const HOLDER = Slice.of("holder");
const MAX_CONCURRENT_REQUESTS = Slice.of("maxConcurrentRequests");
const REQUESTS = Slice.of("weir.requests.");

/** Puts the plan for `model` in force. False where there is none, or nowhere any room: the request is to be refused. */
export function moveTo(tape: JsonTape, model: Slice): bool {
  const plans = getProperty(CHEAPER);
  if (!plans) return false;
  leavePlace(tape);
  if (tape.scan(plans)) return false;
  let index = 0;
  for (let node = tape.first(tape.root); node >= 0; node = tape.next(node), ++index) {
    if (tape.equals(tape.find(node, MODEL), model)) return follow(tape, node, index);
  }
  return false;
}

function follow(tape: JsonTape, node: i32, index: i32): bool {
  const plan = tape.find(node, PLAN);
  const target = takePlace(tape, plan);
  if (target < 0) return false;
  setProperty(CHEAPER_AT, new Writer().integer(index).take());
  setProperty(ROUTE_STATE, tape.text(tape.find(node, ROUTE)));
  setProperty(TARGET_STATE, tape.text(tape.find(target, CLUSTER)));
  setProperty(PLAN_STATE, tape.raw(plan));
  requestHeaders.set(PLANNED_HEADER, tape.text(tape.find(node, PLANNED)));
  requestHeaders.set(MAX_RETRIES, tape.raw(tape.find(node, RETRIES)));
  clearRouteCache();
  return true;
}

/** Where the request counts at its targets: gives the place back that it has. */
function leavePlace(tape: JsonTape): void {
  const step = getProperty(STEP_STATE);
  const plan = step ? getProperty(PLAN_STATE) : null;
  if (!step || !plan || tape.scan(plan)) return;
  let target = tape.first(tape.find(tape.root, TARGETS));
  for (let at = parseInteger(step, -1); at > 0 && target >= 0; --at) target = tape.next(target);
  if (limitOf(tape, target) >= 0) countOf(tape, target).give(holderOf(tape, tape.root), nowNanos());
  setProperty(STEP_STATE, Slice.empty());
}

/** The first target of `plan` that has room; −1 for none. */
function takePlace(tape: JsonTape, plan: i32): i32 {
  const holder = holderOf(tape, plan);
  let target = tape.first(tape.find(plan, TARGETS));
  if (!holder) return target;
  for (let step = 0; target >= 0; target = tape.next(target), ++step) {
    const limit = limitOf(tape, target);
    if (limit >= 0 && !countOf(tape, target).take(holder, limit, nowNanos())) continue;
    setProperty(STEP_STATE, new Writer().integer(step).take());
    break;
  }
  return target;
}

/** 0 where the request counts nowhere. */
function holderOf(tape: JsonTape, plan: i32): u64 {
  return <u64>parseInteger(tape.raw(tape.find(plan, HOLDER)));
}

/** How many it may have, 0 for any number; −1 where they are not counted. */
function limitOf(tape: JsonTape, target: i32): i64 {
  return parseInteger(tape.raw(tape.find(target, MAX_CONCURRENT_REQUESTS)), -1);
}

function countOf(tape: JsonTape, target: i32): LeasedCount {
  return new LeasedCount(
    new Writer()
      .bytes(REQUESTS)
      .bytes(tape.text(tape.find(target, CLUSTER)))
      .take(),
  );
}

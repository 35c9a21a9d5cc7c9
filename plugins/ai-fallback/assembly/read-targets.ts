// Reads which targets a route has, how they are chosen, and when the next one is tried.
import { isDigit, JsonFields, Slice } from "@weir/sdk/assembly";
import { Affinity, AffinityKind } from "./affinity";
import { Balance } from "./balance";
import { PlannedTarget } from "./planned-target";
import { Route } from "./route";

const weightDefault: i32 = 1;
const DEFAULT_STATUSES: StaticArray<Slice> = [
  Slice.of("408"),
  Slice.of("409"),
  Slice.of("429"),
  Slice.of("5xx"),
  Slice.of("529"),
];
const LETTER_X: u8 = 0x78;

/** Reads `targets`, `fallbacks`, `lastResort`, `balance` and `affinity`. */
export function readTargets(fields: JsonFields, node: i32, route: Route, path: string): void {
  const tape = fields.tape;
  const targets = fields.array(node, "targets", path + ".targets");
  for (let item = tape.first(targets); item >= 0; item = tape.next(item)) {
    route.addTarget(readTarget(fields, item, path + ".targets[" + route.ranked.length.toString() + "]"));
  }
  if (!route.ranked.length) fields.fail(path + ".targets", "a list of at least one target");
  const fallbacks = fields.array(node, "fallbacks", path + ".fallbacks");
  for (let item = tape.first(fallbacks); item >= 0; item = tape.next(item)) {
    route.fallbacks.push(readTarget(fields, item, path + ".fallbacks[" + route.fallbacks.length.toString() + "]"));
  }
  const lastResort = fields.object(node, "lastResort", path + ".lastResort");
  if (lastResort >= 0) route.lastResort = readTarget(fields, lastResort, path + ".lastResort");
  route.balance = readBalance(fields, node, path + ".balance");
  route.affinity = readAffinity(fields, fields.object(node, "affinity", path + ".affinity"), path + ".affinity");
}

function readTarget(fields: JsonFields, node: i32, path: string): PlannedTarget {
  const isObject = fields.objectOf(node, path) >= 0;
  const cluster = isObject ? fields.requiredText(node, "cluster", path + ".cluster") : Slice.empty();
  const weight = fields.integer(node, "weight", 0, weightDefault, path + ".weight");
  const target = new PlannedTarget(cluster, fields.text(node, "model", path + ".model"), weight);
  target.price = fields.integer(node, "price", 0, -1, path + ".price");
  const prices = fields.object(node, "prices", path + ".prices");
  if (prices >= 0) target.prices = readPrices(fields, prices, path + ".prices.");
  return target;
}

function readPrices(fields: JsonFields, node: i32, path: string): Map<string, i32> {
  const tape = fields.tape;
  const prices = new Map<string, i32>();
  for (let member = tape.first(node); member >= 0; member = tape.next(member)) {
    const name = tape.keyText(member).toText();
    prices.set(name, fields.integer(node, name, 0, 0, path + name));
  }
  return prices;
}

function readBalance(fields: JsonFields, node: i32, path: string): Balance {
  const balance = fields.text(node, "balance", path).toText();
  if (balance == "roundRobin") return Balance.RoundRobin;
  if (balance == "leastBusy") return Balance.LeastBusy;
  if (balance == "fastest") return Balance.Fastest;
  if (balance == "cheapest") return Balance.Cheapest;
  if (balance.length && balance != "weighted") {
    fields.fail(path, "one of weighted, roundRobin, leastBusy, fastest, cheapest");
  }
  return Balance.Weighted;
}

function readAffinity(fields: JsonFields, node: i32, path: string): Affinity {
  if (node < 0) return new Affinity();
  const by = fields.requiredText(node, "by", path + ".by").toText();
  if (by == "promptCacheKey") return new Affinity(AffinityKind.PromptCacheKey);
  if (by == "conversation") return new Affinity(AffinityKind.Conversation);
  if (by != "header" && by != "cookie")
    fields.fail(path + ".by", "one of header, cookie, promptCacheKey, conversation");
  const kind = by == "header" ? AffinityKind.Header : AffinityKind.Cookie;
  return new Affinity(kind, fields.requiredText(node, "name", path + ".name"));
}

/** Reads `totalTimeoutMs` and `fallbackOn`. */
export function readFallback(fields: JsonFields, node: i32, route: Route, path: string): void {
  route.totalTimeoutMs = fields.integer(node, "totalTimeoutMs", 0, 0, path + ".totalTimeoutMs");
  const onPath = path + ".fallbackOn";
  const on = fields.object(node, "fallbackOn", onPath);
  if (fields.member(on, "emptyAnswer") >= 0) {
    route.onEmptyAnswer = fields.flag(on, "emptyAnswer", onPath + ".emptyAnswer");
  }
  route.onContentFilter = fields.flag(on, "contentFilter", onPath + ".contentFilter");
  const list = fields.array(on, "statuses", onPath + ".statuses");
  if (list < 0) {
    for (let i = 0; i < DEFAULT_STATUSES.length; ++i) route.statuses.push(DEFAULT_STATUSES[i]);
    return;
  }
  const tape = fields.tape;
  for (let item = tape.first(list); item >= 0; item = tape.next(item)) {
    const itemPath = onPath + ".statuses[" + route.statuses.length.toString() + "]";
    const status = fields.textOf(item, itemPath);
    if (!isStatus(status)) fields.fail(itemPath, "a status as 429, or a class of them as 5xx");
    route.statuses.push(status);
  }
}

/** Three digits from 400 on, or a class of statuses. */
function isStatus(text: Slice): bool {
  if (text.length != 3 || text.at(0) < 0x34 || text.at(0) > 0x39) return false;
  if (text.at(1) == LETTER_X) return text.at(2) == LETTER_X;
  return isDigit(text.at(1)) && isDigit(text.at(2));
}

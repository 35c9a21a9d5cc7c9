// Reads the plugin's configuration. It is checked here as a whole, so that nothing in it can be wrong later.
import { environment, JsonFields, JsonKind, JsonTape, logWarn, parseInteger, Regex, Slice } from "@weir/sdk/assembly";
import { Network } from "@weir/sdk/assembly/bytes/network";
import { ALGORITHM_NAMES } from "./algorithm-name";
import { Condition, Match } from "./condition";
import { Configuration } from "./configuration";
import { Algorithm } from "./counter-window";
import { GlobalService } from "./global-service";
import { LimitWindow } from "./limit";
import { Period, periodNamed } from "./period";
import { PriceBook } from "./price-book";
import { readPrices } from "./read-prices";
import { Fact, factNamed } from "./request-facts";
import { Rule } from "./rule";
import { TokenWeights } from "./token-weights";
import { Unit, unitNamed } from "./unit";

/** Every sum of two stays below 2⁶³. */
const LIMIT_MAX: i64 = 9_000_000_000_000_000;
const TIMEOUT_MS: i32 = 100;
const WEIGHT_MAX: i64 = 1_000_000;
/** The control plane writes them; which there are, docs/limits.md says. */
const KNOWN_WORD = "a known word";

const MATCHES: StaticArray<Slice> = [
  Slice.of("exact"),
  Slice.of("prefix"),
  Slice.of("regex"),
  Slice.of("each"),
  Slice.of("network"),
];
// In the order of StoreFailure.
const STORE_FAILURES: StaticArray<Slice> = [Slice.of("local"), Slice.of("open"), Slice.of("closed")];
const SERVICE_TYPES: StaticArray<Slice> = [Slice.of("weir"), Slice.of("envoyproxy")];

/** Reads `json` into `configuration`. Returns what is wrong, or nothing. */
export function readConfiguration(json: Slice, configuration: Configuration): string {
  const tape = new JsonTape();
  const fault = tape.scan(json);
  if (fault) return "the configuration is not valid JSON at byte " + fault.at.toString();
  if (tape.kind(tape.root) != JsonKind.Object) return "the configuration must be an object";
  const fields = new JsonFields(tape);
  configuration.bodyBytesMax = fields.integer(tape.root, "bodyBytesMax", 1, configuration.bodyBytesMax);
  configuration.hasCalls = fields.flag(tape.root, "mcp", "mcp");
  configuration.budgetsMove = fields.flag(tape.root, "budgetsMove", "budgetsMove");
  readProviders(fields, configuration);
  configuration.service = readService(fields);
  configuration.keeper = fields.text(tape.root, "keeper", "keeper").toText();
  const limits = fields.array(tape.root, "limits", "limits");
  if (limits < 0) fields.fail("limits", "a list");
  for (let node = tape.first(limits); node >= 0; node = tape.next(node)) {
    const path = "limits[" + configuration.rules.length.toString() + "]";
    const rule = readRule(fields, node, path);
    configuration.rules.push(rule);
    if (rule.windows.counts(Unit.Requests) || rule.windows.counts(Unit.Concurrent)) configuration.callRules.push(rule);
    if (needsBody(rule)) configuration.needsBody = true;
    if (rule.goesBy(Fact.Tool)) configuration.needsCallBody = true;
    if (rule.countsCost && !configuration.prices) configuration.prices = new PriceBook();
  }
  const prices = configuration.prices;
  if (prices) readPrices(fields, prices);
  return fields.problem;
}

/** Requests are counted by their headers, unless it matters which model is asked for. */
function needsBody(rule: Rule): bool {
  return rule.goesBy(Fact.Model) || rule.cheaper.length > 0 || rule.windows.countsTokens || rule.outputTokensMax >= 0;
}

function readProviders(fields: JsonFields, configuration: Configuration): void {
  const tape = fields.tape;
  const providers = fields.object(tape.root, "providers", "providers");
  for (let member = tape.first(providers); member >= 0; member = tape.next(member)) {
    const cluster = tape.keyText(member).toText();
    configuration.providers.set(cluster, fields.textOf(member, "providers." + cluster));
  }
}

function readService(fields: JsonFields): GlobalService | null {
  const node = fields.object(fields.tape.root, "service", "service");
  if (node < 0) return null;
  const cluster = fields.requiredText(node, "cluster", "service.cluster").toText();
  const domain = fields.requiredText(node, "domain", "service.domain");
  const timeoutMs = fields.integer(node, "timeoutMs", 1, TIMEOUT_MS, "service.timeoutMs");
  const type = indexOf(SERVICE_TYPES, fields.text(node, "type", "service.type", SERVICE_TYPES[0]));
  if (type < 0) fields.fail("service.type", KNOWN_WORD);
  return new GlobalService(cluster, timeoutMs, domain, readToken(fields, node), type == 1);
}

/** Empty for none. */
function readToken(fields: JsonFields, node: i32): Slice {
  const variable = fields.text(node, "tokenEnvironment", "service.tokenEnvironment");
  if (!variable.length) return fields.text(node, "token", "service.token");
  const value = environment(variable.toText());
  if (value && value.length) return Slice.of(value);
  logWarn("token-ratelimit: service.tokenEnvironment: the variable " + variable.toText() + " is not set");
  return Slice.empty();
}

function readRule(fields: JsonFields, node: i32, path: string): Rule {
  const tape = fields.tape;
  const rule = new Rule(fields.requiredText(node, "name", path + ".name"));
  rule.isShadow = fields.flag(node, "shadow", path + ".shadow");
  const onStoreFailure = fields.text(node, "onStoreFailure", path + ".onStoreFailure", STORE_FAILURES[0]);
  const failure = indexOf(STORE_FAILURES, onStoreFailure);
  if (failure < 0) fields.fail(path + ".onStoreFailure", KNOWN_WORD);
  rule.onStoreFailure = max(failure, 0);
  rule.refusesUnpriced = fields.flag(node, "refuseUnpriced", path + ".refuseUnpriced");
  rule.cheaper = fields.text(node, "cheaperModel", path + ".cheaperModel");
  rule.outputTokensMax = fields.integer(node, "outputTokensMax", 1, -1, path + ".outputTokensMax");
  const conditions = fields.array(node, "match", path + ".match");
  for (let item = tape.first(conditions); item >= 0; item = tape.next(item)) {
    rule.conditions.push(readCondition(fields, item, path + ".match[" + rule.conditions.length.toString() + "]"));
  }
  const windows = fields.array(node, "windows", path + ".windows");
  for (let item = tape.first(windows); item >= 0; item = tape.next(item)) {
    const list = rule.windows.list;
    list.push(readWindow(fields, item, path + ".windows[" + list.length.toString() + "]"));
  }
  if (!rule.windows.list.length) fields.fail(path + ".windows", "a list of at least one window");
  readWeights(fields, fields.object(node, "weights", path + ".weights"), rule.weights, path + ".weights");
  return rule;
}

function readCondition(fields: JsonFields, node: i32, path: string): Condition {
  const fact = factNamed(fields.requiredText(node, "by", path + ".by"));
  if (fact < 0) fields.fail(path + ".by", KNOWN_WORD);
  const match = indexOf(MATCHES, fields.requiredText(node, "match", path + ".match"));
  if (match < 0) fields.fail(path + ".match", KNOWN_WORD);
  const name = fields.text(node, "name", path + ".name");
  const pattern = fields.text(node, "pattern", path + ".pattern");
  const regex = match == Match.Regex ? Regex.compile(pattern) : null;
  if (match == Match.Regex && !regex) fields.fail(path + ".pattern", "a regular expression");
  const network = match == Match.Network ? Network.parse(pattern) : null;
  if (match == Match.Network && !network) fields.fail(path + ".pattern", "a network");
  return new Condition(max(fact, 0), name, max(match, 0), pattern, regex, network);
}

function readWindow(fields: JsonFields, node: i32, path: string): LimitWindow {
  const unit = unitNamed(fields.requiredText(node, "unit", path + ".unit"));
  if (unit < 0) fields.fail(path + ".unit", KNOWN_WORD);
  const limit = parseInteger(fields.tape.raw(fields.tape.find(node, LIMIT)), -1);
  if (limit < 0 || limit > LIMIT_MAX) fields.fail(path + ".limit", "a whole number");
  if (unit == Unit.Concurrent) return new LimitWindow(unit, limit, Algorithm.SlidingWindow, Period.Second);
  const algorithm = indexOf(ALGORITHM_NAMES, fields.requiredText(node, "algorithm", path + ".algorithm"));
  if (algorithm < 0) fields.fail(path + ".algorithm", KNOWN_WORD);
  const period = periodNamed(fields.requiredText(node, "period", path + ".period"));
  if (period < 0) fields.fail(path + ".period", KNOWN_WORD);
  return new LimitWindow(max(unit, 0), limit, max(algorithm, 0), max(period, 0));
}

const LIMIT = Slice.of("limit");

function readWeights(fields: JsonFields, node: i32, weights: TokenWeights, path: string): void {
  weights.input = readWeight(fields, node, "input", path);
  weights.output = readWeight(fields, node, "output", path);
  weights.cacheRead = readWeight(fields, node, "cacheRead", path);
  weights.cacheWrite = readWeight(fields, node, "cacheWrite", path);
  weights.audioInput = readWeight(fields, node, "audioInput", path);
  weights.audioOutput = readWeight(fields, node, "audioOutput", path);
}

function readWeight(fields: JsonFields, node: i32, key: string, path: string): i64 {
  const weight = fields.integer(node, key, 0, 1000, path + "." + key);
  if (<i64>weight > WEIGHT_MAX) fields.fail(path + "." + key, "a whole number");
  return weight;
}

function indexOf(names: StaticArray<Slice>, name: Slice): i32 {
  for (let i = 0; i < names.length; ++i) if (names[i].equals(name)) return i;
  return -1;
}

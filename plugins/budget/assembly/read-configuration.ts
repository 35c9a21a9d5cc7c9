// Reads the plugin's configuration. It is checked here as a whole, so that nothing in it can be wrong later.
import { JsonFields, JsonKind, JsonTape, parseInteger, Slice } from "@weir/sdk/assembly";
import { CallerField, fieldNamed } from "./caller";
import { Configuration } from "./configuration";
import { SpentBudget } from "./spent-budget";

/** Reads `json` into `configuration`. Returns what is wrong, or nothing. */
export function readConfiguration(json: Slice, configuration: Configuration): string {
  const tape = new JsonTape();
  const fault = tape.scan(json);
  if (fault) return "the configuration is not valid JSON at byte " + fault.at.toString();
  if (tape.kind(tape.root) != JsonKind.Object) return "the configuration must be an object";
  const fields = new JsonFields(tape);
  configuration.bodyBytesMax = fields.integer(tape.root, "bodyBytesMax", 1, configuration.bodyBytesMax);
  const names = fields.array(tape.root, "metadataTags", "metadataTags");
  for (let node = tape.first(names); node >= 0; node = tape.next(node)) {
    configuration.metadataTags.push(fields.textOf(node, "metadataTags").copy());
  }
  const budgets = configuration.budgets;
  const list = fields.array(tape.root, "budgets", "budgets");
  if (list < 0) fields.fail("budgets", "a list");
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    const path = "budgets[" + budgets.length.toString() + "]";
    if (fields.objectOf(node, path) < 0) break;
    budgets.push(readBudget(fields, node, path));
  }
  return fields.problem;
}

function readBudget(fields: JsonFields, node: i32, path: string): SpentBudget {
  const tape = fields.tape;
  const name = fields.requiredText(node, "name", path + ".name").copy();
  const by: CallerField[] = [];
  const names = fields.array(node, "by", path + ".by");
  for (let item = tape.first(names); item >= 0; item = tape.next(item)) {
    const field = fieldNamed(fields.textOf(item, path + ".by"));
    if (field < 0) fields.fail(path + ".by", "a list of what is known of callers");
    else by.push(<CallerField>field);
  }
  const until = fields.member(node, "untilMs");
  const untilMs = until < 0 ? -1 : parseInteger(tape.raw(until), -1);
  const cheaper = fields.text(node, "cheaperModel", path + ".cheaperModel").copy();
  if (until >= 0 && untilMs < 0) fields.fail(path + ".untilMs", "a whole number");
  const budget = new SpentBudget(name, by, untilMs, cheaper);
  readSpent(fields, node, path, budget);
  return budget;
}

/** There may be thousands, so no path is made for each. */
function readSpent(fields: JsonFields, node: i32, path: string, budget: SpentBudget): void {
  const tape = fields.tape;
  const spent = fields.array(node, "spent", path + ".spent");
  for (let item = tape.first(spent); item >= 0; item = tape.next(item)) {
    const values: string[] = [];
    const list = fields.array(item, "values", path + ".spent.values");
    for (let value = tape.first(list); value >= 0; value = tape.next(value)) {
      values.push(fields.textOf(value, path + ".spent.values").toText());
    }
    if (values.length != budget.by.length) fields.fail(path + ".spent.values", "a value for each of by");
    budget.add(values, fields.text(item, "models", path + ".spent.models").copy());
  }
}

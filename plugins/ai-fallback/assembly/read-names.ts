// Reads the names that stand for models: `aliases`, `providerNames`, `requestOptions` and `auto`.
import { JsonFields, JsonKind, Regex } from "@weir/sdk/assembly";
import { Auto, AutoRule, Wanted } from "./auto";
import { Alias, Names } from "./names";
import { Price, Prices } from "./prices";
import { readTexts } from "./read-texts";

/** Reads them from the configuration's root. */
export function readNames(fields: JsonFields, names: Names): void {
  const tape = fields.tape;
  names.hasProviders = fields.flag(tape.root, "providerNames", "providerNames");
  names.hasOptions = fields.flag(tape.root, "requestOptions", "requestOptions");
  names.hasBudgets = fields.flag(tape.root, "spentBudgets", "spentBudgets");
  readTexts(fields, fields.array(tape.root, "cheaperModels", "cheaperModels"), names.cheaper, "cheaperModels");
  const aliases = fields.array(tape.root, "aliases", "aliases");
  for (let item = tape.first(aliases); item >= 0; item = tape.next(item)) {
    const path = "aliases[" + names.aliases.length.toString() + "]";
    if (fields.objectOf(item, path) < 0) continue;
    const name = fields.requiredText(item, "name", path + ".name");
    names.aliases.push(new Alias(name, fields.requiredText(item, "model", path + ".model")));
  }
  const auto = fields.object(tape.root, "auto", "auto");
  if (auto >= 0) names.auto = readAuto(fields, auto);
  readPrices(fields, names.prices);
}

/** By cluster, and there by model: pico-dollars a token of input and of output. */
function readPrices(fields: JsonFields, prices: Prices): void {
  const tape = fields.tape;
  const clusters = fields.object(tape.root, "prices", "prices");
  for (let cluster = tape.first(clusters); cluster >= 0; cluster = tape.next(cluster)) {
    const name = tape.keyText(cluster).toText();
    if (fields.objectOf(cluster, "prices." + name) < 0) continue;
    for (let model = tape.first(cluster); model >= 0; model = tape.next(model)) {
      const path = "prices." + name + "." + tape.keyText(model).toText();
      const isList = tape.kind(model) == JsonKind.Array;
      const input = isList ? tape.first(model) : -1;
      const output = input < 0 ? -1 : tape.next(input);
      if (tape.kind(input) != JsonKind.Number || tape.kind(output) != JsonKind.Number) {
        fields.fail(path, "a list of two numbers");
        continue;
      }
      prices.add(name, tape.keyText(model).toText(), new Price(tape.number(input), tape.number(output)));
    }
  }
}

function readAuto(fields: JsonFields, node: i32): Auto {
  const tape = fields.tape;
  const auto = new Auto();
  auto.model = fields.requiredText(node, "model", "auto.model");
  const rules = fields.array(node, "rules", "auto.rules");
  for (let item = tape.first(rules); item >= 0; item = tape.next(item)) {
    const path = "auto.rules[" + auto.rules.length.toString() + "]";
    if (fields.objectOf(item, path) >= 0) auto.rules.push(readRule(fields, item, path));
  }
  return auto;
}

function readRule(fields: JsonFields, node: i32, path: string): AutoRule {
  const rule = new AutoRule();
  rule.model = fields.requiredText(node, "model", path + ".model");
  rule.tools = readWanted(fields, node, "tools", path);
  rule.images = readWanted(fields, node, "images", path);
  rule.tokensMin = fields.integer(node, "tokensMin", 0, 0, path + ".tokensMin");
  rule.tokensMax = fields.integer(node, "tokensMax", 0, i32.MAX_VALUE, path + ".tokensMax");
  const matches = fields.text(node, "matches", path + ".matches");
  if (!matches.length) return rule;
  rule.pattern = Regex.compile(matches);
  if (!rule.pattern) fields.fail(path + ".matches", "a regular expression");
  return rule;
}

function readWanted(fields: JsonFields, node: i32, name: string, path: string): Wanted {
  if (fields.member(node, name) < 0) return Wanted.Any;
  return fields.flag(node, name, path + "." + name) ? Wanted.Yes : Wanted.No;
}

// Reads the names that stand for models: `aliases`, `providerNames`, `requestOptions` and `auto`.
import { JsonFields, Regex } from "@weir/sdk/assembly";
import { Auto, AutoRule, Wanted } from "./auto";
import { Alias, Names } from "./names";

/** Reads them from the configuration's root. */
export function readNames(fields: JsonFields, names: Names): void {
  const tape = fields.tape;
  names.hasProviders = fields.flag(tape.root, "providerNames", "providerNames");
  names.hasOptions = fields.flag(tape.root, "requestOptions", "requestOptions");
  const aliases = fields.array(tape.root, "aliases", "aliases");
  for (let item = tape.first(aliases); item >= 0; item = tape.next(item)) {
    const path = "aliases[" + names.aliases.length.toString() + "]";
    if (fields.objectOf(item, path) < 0) continue;
    const name = fields.requiredText(item, "name", path + ".name");
    names.aliases.push(new Alias(name, fields.requiredText(item, "model", path + ".model")));
  }
  const auto = fields.object(tape.root, "auto", "auto");
  if (auto >= 0) names.auto = readAuto(fields, auto);
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

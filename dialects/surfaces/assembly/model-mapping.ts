// The provider's name for a client's model. Exact names come before prefixes, of which the longest fits first, before
// regular expressions in the order in which they were declared, before a rule for any name.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonFields } from "@weir/sdk/assembly/json/fields";
import { Regex } from "@weir/sdk/assembly/regex/regex";

/** How a rule's pattern is meant. */
export const enum MatchKind {
  Exact = 0,
  Prefix = 1,
  Regex = 2,
  Any = 3,
}

/** One rule. */
@final
class Rule {
  constructor(
    readonly kind: MatchKind,
    readonly pattern: Slice,
    /** The provider's name; `$1` and so on stand for a regular expression's groups. Empty keeps the client's. */
    readonly model: Slice,
    readonly regex: Regex | null,
  ) {}

  /** Whether it is tried before `other`, which was declared before it. */
  precedes(other: Rule): bool {
    if (this.kind != other.kind) return this.kind < other.kind;
    return this.kind == MatchKind.Prefix && this.pattern.length > other.pattern.length;
  }
}

/** The rules of one target. */
@final
export class ModelMapping {
  private rules: Rule[] = [];

  /** Adds a rule in its place. False if `pattern` is a regular expression that cannot be compiled. */
  add(kind: MatchKind, pattern: Slice, model: Slice): bool {
    const regex = kind == MatchKind.Regex ? Regex.compile(pattern) : null;
    if (kind == MatchKind.Regex && !regex) return false;
    const rule = new Rule(kind, pattern, model, regex);
    const rules = this.rules;
    let at = rules.length;
    rules.push(rule);
    for (; at > 0 && rule.precedes(rules[at - 1]); --at) rules[at] = rules[at - 1];
    rules[at] = rule;
    return true;
  }

  /** The provider's name for `model`; `model` itself where no rule fits. */
  map(model: Slice): Slice {
    const rules = this.rules;
    for (let i = 0, count = rules.length; i < count; ++i) {
      const mapped = apply(rules[i], model);
      if (mapped) return mapped.length ? mapped : model;
    }
    return model;
  }
}

/** What a rule makes of `model`; null where it does not fit. */
function apply(rule: Rule, model: Slice): Slice | null {
  switch (rule.kind) {
    case MatchKind.Exact:
      return model.equals(rule.pattern) ? rule.model : null;
    case MatchKind.Prefix:
      return model.startsWith(rule.pattern) ? rule.model : null;
    case MatchKind.Any:
      return rule.model;
    default:
      return applyRegex(rule, model);
  }
}

function applyRegex(rule: Rule, model: Slice): Slice | null {
  const regex = rule.regex;
  if (!regex) return null;
  const match = regex.match(model);
  if (!match) return null;
  return rule.model.length ? match.expand(rule.model) : model;
}

/** Reads the rules of a configuration's list. */
export function readMapping(fields: JsonFields, list: i32, mapping: ModelMapping, path: string): void {
  const tape = fields.tape;
  let index = 0;
  for (let item = tape.first(list); item >= 0; item = tape.next(item), ++index) {
    const itemPath = path + "[" + index.toString() + "]";
    if (fields.objectOf(item, itemPath) < 0) continue;
    const kind = readMatch(fields, item, itemPath + ".match");
    const pattern = fields.text(item, "pattern", itemPath + ".pattern");
    const model = fields.text(item, "model", itemPath + ".model");
    if (!mapping.add(kind, pattern, model)) {
      fields.fail(itemPath + ".pattern", "a regular expression of the supported syntax");
    }
  }
}

function readMatch(fields: JsonFields, node: i32, path: string): MatchKind {
  const match = fields.requiredText(node, "match", path).toText();
  if (match == "exact") return MatchKind.Exact;
  if (match == "prefix") return MatchKind.Prefix;
  if (match == "regex") return MatchKind.Regex;
  if (match != "any") fields.fail(path, "one of exact, prefix, regex, any");
  return MatchKind.Any;
}

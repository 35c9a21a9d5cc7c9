// The provider's name for a client's model. Exact names come before prefixes, of which the longest fits first, before
// regular expressions in the order in which they were declared, before a rule for any name.
import { Regex, Slice } from "@weir/sdk/assembly";

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

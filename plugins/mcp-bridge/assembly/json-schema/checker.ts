// Checks a JSON value against a JSON Schema: the keywords that say what a tool's arguments must be. Others, formats
// among them, are not looked at. Nothing is ever fetched: a $ref leads into the schema itself or nowhere.
// https://json-schema.org/draft/2020-12/json-schema-validation
import { JsonKind, JsonTape, Regex, Slice } from "@weir/sdk/assembly";
import * as keywords from "./keywords";
import { charactersOf, nodeAtPointer, sameJson } from "./values";

const DEPTH_MAX: i32 = 48;
/** A schema may refer to itself, and its alternatives multiply. */
const STEPS_MAX: i32 = 20_000;

/** Checks values against the schemas of one text. */
@final
export class SchemaChecker {
  private readonly patterns: Map<string, Regex | null> = new Map();
  private value: JsonTape = new JsonTape(0);
  private root: i32 = 0;
  private steps: i32 = 0;

  constructor(
    /** The text that holds the schemas; it must stay as it is. */
    private readonly schema: JsonTape,
  ) {}

  /** What is wrong with the root of `value`, such as `days[0] must be at most 7`; empty where nothing is. */
  check(schema: i32, value: JsonTape): string {
    this.value = value;
    this.root = schema;
    this.steps = 0;
    return this.problemOf(schema, value.root, "", 0);
  }

  private problemOf(schema: i32, node: i32, path: string, depth: i32): string {
    if (depth > DEPTH_MAX || ++this.steps > STEPS_MAX) return named(path) + " is too complex to be checked";
    const tape = this.schema;
    if (tape.kind(schema) == JsonKind.False) return named(path) + " is not allowed";
    if (tape.kind(schema) != JsonKind.Object) return "";
    let problem = this.referenceProblem(schema, node, path, depth);
    if (!problem.length) problem = this.typeProblem(schema, node, path);
    if (!problem.length) problem = this.choiceProblem(schema, node, path);
    if (!problem.length) problem = this.kindProblem(schema, node, path, depth);
    return problem.length ? problem : this.combinedProblem(schema, node, path, depth);
  }

  private keyword(schema: i32, name: Slice): i32 {
    return this.schema.find(schema, name);
  }

  private referenceProblem(schema: i32, node: i32, path: string, depth: i32): string {
    const reference = this.keyword(schema, keywords.REF);
    if (reference < 0) return "";
    const target = nodeAtPointer(this.schema, this.root, this.schema.text(reference));
    return target < 0 ? "" : this.problemOf(target, node, path, depth + 1);
  }

  private typeProblem(schema: i32, node: i32, path: string): string {
    const type = this.keyword(schema, keywords.TYPE);
    if (type < 0) return "";
    const tape = this.schema;
    if (tape.kind(type) == JsonKind.String) {
      const name = tape.text(type);
      return this.isOfType(node, name) ? "" : named(path) + " must be " + keywords.nameOfType(name);
    }
    let names = "";
    for (let each = tape.first(type); each >= 0; each = tape.next(each)) {
      if (this.isOfType(node, tape.text(each))) return "";
      names += (names.length ? " or " : "") + keywords.nameOfType(tape.text(each));
    }
    return names.length ? named(path) + " must be " + names : "";
  }

  private isOfType(node: i32, name: Slice): bool {
    const value = this.value;
    switch (value.kind(node)) {
      case JsonKind.String:
        return name.equals(keywords.STRING);
      case JsonKind.Number:
        if (name.equals(keywords.NUMBER)) return true;
        // 1.0 and 1e3 are whole numbers too.
        return name.equals(keywords.INTEGER) && floor(value.number(node)) == value.number(node);
      case JsonKind.Array:
        return name.equals(keywords.ARRAY);
      case JsonKind.Object:
        return name.equals(keywords.OBJECT);
      case JsonKind.Null:
        return name.equals(keywords.NULL);
      default:
        return name.equals(keywords.BOOLEAN);
    }
  }

  /** `enum` and `const`. */
  private choiceProblem(schema: i32, node: i32, path: string): string {
    const tape = this.schema;
    const constant = this.keyword(schema, keywords.CONST);
    if (constant >= 0 && !sameJson(tape, constant, this.value, node)) {
      return named(path) + " must be " + tape.raw(constant).toText();
    }
    const choices = this.keyword(schema, keywords.ENUM);
    if (choices < 0) return "";
    let all = "";
    for (let each = tape.first(choices); each >= 0; each = tape.next(each)) {
      if (sameJson(tape, each, this.value, node)) return "";
      if (all.length < 400) all += (all.length ? ", " : "") + tape.raw(each).toText();
    }
    return named(path) + " must be one of " + all;
  }

  private kindProblem(schema: i32, node: i32, path: string, depth: i32): string {
    switch (this.value.kind(node)) {
      case JsonKind.String:
        return this.textProblem(schema, node, path);
      case JsonKind.Number:
        return this.numberProblem(schema, node, path);
      case JsonKind.Array:
        return this.arrayProblem(schema, node, path, depth);
      case JsonKind.Object:
        return this.objectProblem(schema, node, path, depth);
      default:
        return "";
    }
  }

  private textProblem(schema: i32, node: i32, path: string): string {
    const text = this.value.text(node);
    const length = <f64>charactersOf(text);
    if (length < this.limit(schema, keywords.MIN_LENGTH, 0)) return named(path) + " is too short";
    if (length > this.limit(schema, keywords.MAX_LENGTH, Infinity)) return named(path) + " is too long";
    const pattern = this.keyword(schema, keywords.PATTERN);
    if (pattern < 0) return "";
    const regex = this.patternOf(this.schema.text(pattern));
    if (!regex || regex.match(text)) return "";
    return named(path) + " must match " + this.schema.text(pattern).toText();
  }

  /** Null for one that our expressions do not know, which is then not checked. */
  private patternOf(text: Slice): Regex | null {
    const key = text.toText();
    if (this.patterns.has(key)) return this.patterns.get(key);
    const regex = Regex.compile(text);
    this.patterns.set(key, regex);
    return regex;
  }

  private limit(schema: i32, name: Slice, otherwise: f64): f64 {
    const node = this.keyword(schema, name);
    return this.schema.kind(node) == JsonKind.Number ? this.schema.number(node) : otherwise;
  }

  private numberProblem(schema: i32, node: i32, path: string): string {
    const number = this.value.number(node);
    if (number < this.limit(schema, keywords.MINIMUM, -Infinity)) return this.bound(schema, path, keywords.MINIMUM);
    if (number > this.limit(schema, keywords.MAXIMUM, Infinity)) return this.bound(schema, path, keywords.MAXIMUM);
    if (number <= this.limit(schema, keywords.EXCLUSIVE_MINIMUM, -Infinity)) {
      return this.bound(schema, path, keywords.EXCLUSIVE_MINIMUM);
    }
    if (number >= this.limit(schema, keywords.EXCLUSIVE_MAXIMUM, Infinity)) {
      return this.bound(schema, path, keywords.EXCLUSIVE_MAXIMUM);
    }
    const unit = this.limit(schema, keywords.MULTIPLE_OF, 0);
    const quotient = unit > 0 ? number / unit : 0;
    return abs(quotient - nearest(quotient)) < 1e-9 ? "" : this.bound(schema, path, keywords.MULTIPLE_OF);
  }

  private bound(schema: i32, path: string, name: Slice): string {
    return (
      named(path) +
      " must be " +
      keywords.nameOfBound(name) +
      " " +
      this.schema.raw(this.keyword(schema, name)).toText()
    );
  }

  private arrayProblem(schema: i32, node: i32, path: string, depth: i32): string {
    const value = this.value;
    const prefix = this.keyword(schema, keywords.PREFIX_ITEMS);
    const items = this.keyword(schema, keywords.ITEMS);
    let special = this.schema.first(prefix);
    let count = 0;
    for (let item = value.first(node); item >= 0; item = value.next(item), ++count) {
      const itemSchema = special >= 0 ? special : items;
      const problem = this.problemOf(itemSchema, item, path + "[" + count.toString() + "]", depth + 1);
      if (problem.length) return problem;
      if (special >= 0) special = this.schema.next(special);
    }
    if (<f64>count < this.limit(schema, keywords.MIN_ITEMS, 0)) return named(path) + " has too few items";
    if (<f64>count > this.limit(schema, keywords.MAX_ITEMS, Infinity)) return named(path) + " has too many items";
    const isUnique = this.schema.isTrue(this.keyword(schema, keywords.UNIQUE_ITEMS));
    return isUnique && this.hasTwins(node) ? named(path) + " must not have the same item twice" : "";
  }

  private hasTwins(node: i32): bool {
    const value = this.value;
    for (let a = value.first(node); a >= 0; a = value.next(a)) {
      for (let b = value.next(a); b >= 0; b = value.next(b)) {
        if (++this.steps > STEPS_MAX || sameJson(value, a, value, b)) return true;
      }
    }
    return false;
  }

  private objectProblem(schema: i32, node: i32, path: string, depth: i32): string {
    const required = this.keyword(schema, keywords.REQUIRED);
    const tape = this.schema;
    for (let each = tape.first(required); each >= 0; each = tape.next(each)) {
      const name = tape.text(each);
      if (this.value.find(node, name) < 0) return below(path, name) + " is required";
    }
    return this.memberProblem(schema, node, path, depth);
  }

  private memberProblem(schema: i32, node: i32, path: string, depth: i32): string {
    const properties = this.keyword(schema, keywords.PROPERTIES);
    const others = this.keyword(schema, keywords.ADDITIONAL_PROPERTIES);
    const value = this.value;
    for (let member = value.first(node); member >= 0; member = value.next(member)) {
      const name = value.keyText(member);
      const own = this.schema.find(properties, name);
      const problem = this.problemOf(own >= 0 ? own : others, member, below(path, name), depth + 1);
      if (problem.length) return problem;
    }
    return "";
  }

  /** `allOf`, `anyOf`, `oneOf`, `not`. */
  private combinedProblem(schema: i32, node: i32, path: string, depth: i32): string {
    const tape = this.schema;
    const all = this.keyword(schema, keywords.ALL_OF);
    for (let each = tape.first(all); each >= 0; each = tape.next(each)) {
      const problem = this.problemOf(each, node, path, depth + 1);
      if (problem.length) return problem;
    }
    const any = this.keyword(schema, keywords.ANY_OF);
    if (any >= 0 && !this.countFitting(any, node, depth)) return named(path) + " fits none of what it may be";
    const one = this.keyword(schema, keywords.ONE_OF);
    if (one >= 0 && this.countFitting(one, node, depth) != 1) return named(path) + " must fit exactly one of its forms";
    const not = this.keyword(schema, keywords.NOT);
    const isBanned = not >= 0 && !this.problemOf(not, node, path, depth + 1).length;
    return isBanned ? named(path) + " is what it must not be" : "";
  }

  private countFitting(list: i32, node: i32, depth: i32): i32 {
    let count = 0;
    for (let each = this.schema.first(list); each >= 0; each = this.schema.next(each)) {
      if (!this.problemOf(each, node, "", depth + 1).length) ++count;
    }
    return count;
  }
}

/** Of the root too. */
function named(path: string): string {
  return path.length ? path : "the whole";
}

function below(path: string, name: Slice): string {
  return path.length ? path + "." + name.toText() : name.toText();
}

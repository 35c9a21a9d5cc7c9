// The condition in #(…): a path, an operator and a value.
import { JsonKind, JsonTape, parseNumber, Slice } from "@weir/sdk/assembly";
import { closingOf, fits, quoteEnd } from "./path";

/** How values are compared. */
const enum Operator {
  /** Nothing is: the path leads somewhere. */
  Exists = 0,
  Equal,
  NotEqual,
  Less,
  LessOrEqual,
  Greater,
  GreaterOrEqual,
  Fits,
  FitsNot,
}

/** A condition. */
@final
export class Condition {
  private constructor(
    /** What is compared, below an element. */
    readonly path: Slice,
    private readonly operator: Operator,
    /** A text without its quotes, or any other value as it is written. */
    private readonly value: Slice,
    private readonly isText: bool,
  ) {}

  static parse(text: Slice): Condition {
    const at = operatorAt(text);
    if (at >= text.length) return new Condition(text.trim(), Operator.Exists, Slice.empty(), false);
    const operator = operatorOf(text, at);
    const value = text.slice(at + sizeOf(text, at)).trim();
    const isText = value.at(0) == 0x22;
    const content = isText ? value.slice(1, quoteEnd(value, 0)) : value;
    return new Condition(text.slice(0, at).trim(), operator, content, isText);
  }

  /** Whether it holds for an element in which its path leads to `found`. */
  holds(tape: JsonTape, element: i32, found: Slice): bool {
    if (!found.length) return false;
    if (this.operator == Operator.Exists) return true;
    const other = new JsonTape();
    if (other.scan(found)) return false;
    const kind = other.kind(other.root);
    if (kind == JsonKind.String) return this.holdsForText(other.text(other.root));
    if (kind == JsonKind.Number) return this.holdsForNumber(other.number(other.root));
    const isEqual = !this.isText && found.equals(this.value);
    return this.operator == Operator.Equal ? isEqual : this.operator == Operator.NotEqual && !isEqual;
  }

  private holdsForText(text: Slice): bool {
    if (this.operator == Operator.Fits) return fits(text, this.value);
    if (this.operator == Operator.FitsNot) return !fits(text, this.value);
    if (!this.isText) return this.operator == Operator.NotEqual;
    return this.fits(compareTexts(text, this.value));
  }

  private holdsForNumber(number: f64): bool {
    const wanted = this.isText ? NaN : parseNumber(this.value);
    if (isNaN(wanted)) return this.operator == Operator.NotEqual;
    return this.fits(number < wanted ? -1 : number > wanted ? 1 : 0);
  }

  private fits(order: i32): bool {
    switch (this.operator) {
      case Operator.Equal:
        return order == 0;
      case Operator.NotEqual:
        return order != 0;
      case Operator.Less:
        return order < 0;
      case Operator.LessOrEqual:
        return order <= 0;
      case Operator.Greater:
        return order > 0;
      default:
        return order >= 0;
    }
  }
}

function operatorAt(text: Slice): i32 {
  for (let i = 0; i < text.length; ++i) {
    const byte = text.at(i);
    if (byte == 0x22) i = quoteEnd(text, i);
    else if (byte == 0x28) i = closingOf(text, i);
    else if (byte == 0x3d || byte == 0x21 || byte == 0x3c || byte == 0x3e || byte == 0x25) return i;
  }
  return text.length;
}

function operatorOf(text: Slice, at: i32): Operator {
  const second = text.at(at + 1);
  switch (text.at(at)) {
    case 0x21: // !
      return second == 0x25 ? Operator.FitsNot : Operator.NotEqual;
    case 0x3c: // <
      return second == 0x3d ? Operator.LessOrEqual : Operator.Less;
    case 0x3e: // >
      return second == 0x3d ? Operator.GreaterOrEqual : Operator.Greater;
    case 0x25: // %
      return Operator.Fits;
    default:
      return Operator.Equal;
  }
}

function sizeOf(text: Slice, at: i32): i32 {
  const second = text.at(at + 1);
  return second == 0x3d || (second == 0x25 && text.at(at) == 0x21) ? 2 : 1;
}

function compareTexts(a: Slice, b: Slice): i32 {
  const common = min(a.length, b.length);
  for (let i = 0; i < common; ++i) {
    const difference = <i32>a.at(i) - <i32>b.at(i);
    if (difference) return difference;
  }
  return a.length - b.length;
}

// A value that a template works with: a scalar of its own, or a node of some JSON text. Lists and maps are always JSON,
// so that there is one kind of each, wherever it comes from.
import { JsonKind, JsonTape, Slice, Writer } from "@weir/sdk/assembly";

/** What a value is. */
export const enum ValueKind {
  Missing = 0,
  Null,
  Bool,
  Integer,
  Float,
  /** A number of a JSON text, kept as it is written. */
  Number,
  Text,
  Array,
  Object,
  Time,
}

const NO_TAPE = new JsonTape();
const TRUE = Slice.of("true");
const FALSE = Slice.of("false");
const NULL = Slice.of("null");

/** One value; it never changes. */
@final
export class Value {
  private content: Slice = Slice.empty();
  private whole: i64 = 0;
  private real: f64 = 0;
  private tape: JsonTape = NO_TAPE;
  private node: i32 = -1;

  private constructor(
    /** What it is. */
    readonly kind: ValueKind,
  ) {}

  /** What is not there. */
  static missing(): Value {
    return new Value(ValueKind.Missing);
  }

  static ofBool(value: bool): Value {
    const made = new Value(ValueKind.Bool);
    made.whole = value ? 1 : 0;
    return made;
  }

  static ofInteger(value: i64): Value {
    const made = new Value(ValueKind.Integer);
    made.whole = value;
    return made;
  }

  static ofFloat(value: f64): Value {
    const made = new Value(ValueKind.Float);
    made.real = value;
    return made;
  }

  static ofText(value: Slice): Value {
    const made = new Value(ValueKind.Text);
    made.content = value;
    return made;
  }

  /** A time in Unix milliseconds. */
  static ofTime(ms: i64): Value {
    const made = new Value(ValueKind.Time);
    made.whole = ms;
    return made;
  }

  /** A value of a scanned text; the tape must not scan another one. */
  static ofNode(tape: JsonTape, node: i32): Value {
    const kind = tape.kind(node);
    if (kind == JsonKind.String) return Value.ofText(tape.text(node));
    if (kind == JsonKind.True || kind == JsonKind.False) return Value.ofBool(kind == JsonKind.True);
    const made = new Value(kindOf(kind));
    made.tape = tape;
    made.node = node;
    if (kind == JsonKind.Number) made.content = tape.raw(node);
    return made;
  }

  /** The value of a JSON text; missing where it is none. */
  static ofJson(text: Slice): Value {
    if (!text.length) return Value.missing();
    const tape = new JsonTape();
    return tape.scan(text) ? Value.missing() : Value.ofNode(tape, tape.root);
  }

  get isMissing(): bool {
    return this.kind == ValueKind.Missing;
  }

  get isText(): bool {
    return this.kind == ValueKind.Text;
  }

  /** Whether it is a list or a map. */
  get isContainer(): bool {
    return this.kind == ValueKind.Array || this.kind == ValueKind.Object;
  }

  /** Whether it is a number, whatever it is written as. */
  get isNumber(): bool {
    return this.kind == ValueKind.Integer || this.kind == ValueKind.Float || this.kind == ValueKind.Number;
  }

  /** A text's content, or a JSON number as it is written. */
  get text(): Slice {
    return this.content;
  }

  /** Of a bool 0 or 1, of a time its milliseconds. */
  get integer(): i64 {
    return this.kind == ValueKind.Number ? this.tape.integer(this.node) : this.whole;
  }

  get float(): f64 {
    return this.kind == ValueKind.Number ? this.tape.number(this.node) : this.real;
  }

  /** The member `name` of a map. */
  field(name: Slice): Value {
    if (this.kind != ValueKind.Object) return Value.missing();
    return Value.ofNode(this.tape, this.tape.find(this.node, name));
  }

  /** A container's first element; see `next`. */
  first(): i32 {
    return this.isContainer ? this.tape.first(this.node) : -1;
  }

  /** The element behind `node`; −1 where there is none. */
  next(node: i32): i32 {
    return this.tape.next(node);
  }

  /** The element at `node`. */
  element(node: i32): Value {
    return Value.ofNode(this.tape, node);
  }

  /** The key of the element at `node`. */
  keyOf(node: i32): Slice {
    return this.tape.keyText(node);
  }

  /** The element number `index` of a list; missing where there is none. */
  at(index: i64): Value {
    if (this.kind != ValueKind.Array || index < 0) return Value.missing();
    let node = this.tape.first(this.node);
    for (let i: i64 = 0; node >= 0 && i < index; ++i) node = this.tape.next(node);
    return Value.ofNode(this.tape, node);
  }

  /** How many elements a container has. */
  get size(): i32 {
    let count = 0;
    for (let node = this.first(); node >= 0; node = this.next(node)) ++count;
    return count;
  }

  /** A container's or a number's JSON as it is written. */
  get raw(): Slice {
    return this.tape.raw(this.node);
  }

  /** Where gjson's paths begin: the text and the node of a container. */
  get source(): JsonTape {
    return this.tape;
  }

  get sourceNode(): i32 {
    return this.node;
  }

  /** Whether conditions take it for true: nothing empty is. */
  get isTrue(): bool {
    switch (this.kind) {
      case ValueKind.Missing:
      case ValueKind.Null:
        return false;
      case ValueKind.Float:
      case ValueKind.Number:
        return this.float != 0;
      case ValueKind.Text:
        return this.content.length > 0;
      case ValueKind.Array:
      case ValueKind.Object:
        return this.first() >= 0;
      case ValueKind.Time:
        return true;
      default:
        return this.whole != 0;
    }
  }

  /** Appends it as templates print it. A float has six decimals where `isFixed`, as Higress has it. */
  print(output: Writer, isFixed: bool): void {
    switch (this.kind) {
      case ValueKind.Missing:
        return;
      case ValueKind.Null:
        output.bytes(NULL);
        return;
      case ValueKind.Bool:
        output.bytes(this.whole ? TRUE : FALSE);
        return;
      case ValueKind.Integer:
      case ValueKind.Time:
        output.integer(this.whole);
        return;
      case ValueKind.Float:
        if (isFixed) printFixed(output, this.real, 6);
        else output.number(this.real);
        return;
      case ValueKind.Number:
      case ValueKind.Text:
        output.bytes(this.content);
        return;
      default:
        output.bytes(this.raw);
    }
  }

  /** As `print`, by itself. */
  toSlice(isFixed: bool = false): Slice {
    if (this.isText) return this.content;
    const output = new Writer();
    this.print(output, isFixed);
    return output.take();
  }
}

function kindOf(kind: JsonKind): ValueKind {
  switch (kind) {
    case JsonKind.Null:
      return ValueKind.Null;
    case JsonKind.Number:
      return ValueKind.Number;
    case JsonKind.Array:
      return ValueKind.Array;
    case JsonKind.Object:
      return ValueKind.Object;
    default:
      return ValueKind.Missing;
  }
}

/** Below this a product with 10⁹ is still exact as an integer. */
const SCALED_MAX: f64 = 9e9;
const DECIMALS_MAX: i32 = 9;

/** Appends `value` with that many decimals. */
export function printFixed(output: Writer, value: f64, decimals: i32): void {
  if (isNaN(value) || abs(value) > SCALED_MAX) {
    output.number(value);
    return;
  }
  const digits = min(max(decimals, 0), DECIMALS_MAX);
  let scale: i64 = 1;
  for (let i = 0; i < digits; ++i) scale *= 10;
  const scaled = <i64>nearest(abs(value) * <f64>scale);
  if (value < 0 && scaled) output.byte(0x2d);
  output.integer(scaled / scale);
  if (!digits) return;
  output.byte(0x2e);
  for (let unit = scale / 10; unit > 0; unit /= 10) output.byte(<u8>(0x30 + ((scaled / unit) % 10)));
}

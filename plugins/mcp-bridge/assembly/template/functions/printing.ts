// print and printf.
// https://pkg.go.dev/fmt
import { JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { ANY, FunctionEntry } from "../function-entry";
import { Run } from "../run";
import { printFixed, Value } from "../value";
import { floatOf, integerOf, textOf } from "./arguments";
import { writeQuoted } from "./texts";

const PERCENT: u8 = 0x25;
const ZERO: u8 = 0x30;
const WIDTH_MAX: i32 = 1000;

/** The functions of this file. */
export function printFunctions(): FunctionEntry[] {
  return [
    new FunctionEntry("print", print, 0, ANY).builtIn(),
    new FunctionEntry("println", println, 0, ANY).builtIn(),
    new FunctionEntry("printf", printf, 1, ANY).builtIn(),
  ];
}

function print(run: Run, values: Value[]): Value {
  const output = new Writer();
  for (let i = 0; i < values.length; ++i) {
    if (i) output.byte(0x20);
    values[i].print(output, false);
  }
  return Value.ofText(output.take());
}

function println(run: Run, values: Value[]): Value {
  return Value.ofText(new Writer().bytes(print(run, values).text).byte(0x0a).take());
}

function printf(run: Run, values: Value[]): Value {
  const format = textOf(values[0]);
  const output = new Writer(format.length);
  let used = 1;
  for (let i = 0; i < format.length; ++i) {
    if (format.at(i) != PERCENT) output.byte(format.at(i));
    else {
      const verb = new Verb(format, i + 1);
      i = verb.end;
      if (verb.letter == PERCENT) output.byte(PERCENT);
      else if (used < values.length) verb.write(output, values[used++]);
      else output.text("%!").byte(verb.letter).text("(MISSING)");
    }
  }
  return Value.ofText(output.take());
}

/** One of a format's verbs: flags, width, decimals, letter. */
@final
class Verb {
  letter: u8 = 0;
  /** The place of its letter. */
  end: i32;
  private isLeft: bool = false;
  private isPadded: bool = false;
  private hasPlus: bool = false;
  private width: i32 = 0;
  private decimals: i32 = -1;

  constructor(
    private readonly format: Slice,
    from: i32,
  ) {
    this.end = from;
    this.readFlags();
    this.width = this.readNumber();
    if (format.at(this.end) == 0x2e) {
      ++this.end;
      this.decimals = this.readNumber();
    }
    this.letter = format.at(this.end);
  }

  private readFlags(): void {
    for (; ; ++this.end) {
      const byte = this.format.at(this.end);
      if (byte == 0x2d) this.isLeft = true;
      else if (byte == ZERO) this.isPadded = true;
      else if (byte == 0x2b) this.hasPlus = true;
      else if (byte != 0x20 && byte != 0x23) return;
    }
  }

  private readNumber(): i32 {
    let number = 0;
    for (; <u32>this.format.at(this.end) - ZERO < 10; ++this.end) {
      number = min(number * 10 + (this.format.at(this.end) - ZERO), WIDTH_MAX);
    }
    return number;
  }

  write(output: Writer, value: Value): void {
    const text = new Writer();
    this.writeValue(text, value);
    const missing = this.width - text.length;
    const fill: u8 = this.isPadded && !this.isLeft ? ZERO : 0x20;
    if (!this.isLeft) for (let i = 0; i < missing; ++i) output.byte(fill);
    output.bytes(text.toSlice());
    if (this.isLeft) for (let i = 0; i < missing; ++i) output.byte(0x20);
  }

  private writeValue(text: Writer, value: Value): void {
    switch (this.letter) {
      case 0x64: // d
        if (this.hasPlus && integerOf(value) >= 0) text.byte(0x2b);
        text.integer(integerOf(value));
        return;
      case 0x66: // f
        printFixed(text, floatOf(value), this.decimals < 0 ? 6 : this.decimals);
        return;
      case 0x71: // q
        writeQuoted(text, textOf(value));
        return;
      case 0x78: // x
        text.text((<u64>integerOf(value)).toString(16));
        return;
      case 0x74: // t
        new JsonWriter(text).flag(value.isTrue);
        return;
      default:
        this.writeText(text, textOf(value));
    }
  }

  /** `%.3s` is the first three bytes. */
  private writeText(text: Writer, content: Slice): void {
    const isCut = this.letter == 0x73 && this.decimals >= 0;
    text.bytes(isCut ? content.slice(0, this.decimals) : content);
  }
}

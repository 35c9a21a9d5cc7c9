// The parameters of a query and of a form, in the order in which they are signed.
import { decodePercent, Slice, Writer } from "@weir/sdk/assembly";
import { compareBytes } from "./signed-headers";

/** More are nobody's. */
const PARAMETERS_MAX: i32 = 1024;
const QUESTION_MARK: u8 = 0x3f;
const AMPERSAND: u8 = 0x26;
const EQUALS: u8 = 0x3d;

@final
class Parameter {
  constructor(
    readonly name: Slice,
    readonly value: Slice,
    /** Of several of one name the first is signed. */
    readonly place: i32,
  ) {}
}

/** A path with all parameters. Of two with the same name the first counts, and those of the query come first. */
@final
export class FormParameters {
  private readonly path: Slice;
  private readonly parameters: Parameter[] = [];

  constructor(path: Slice, form: Slice) {
    const mark = path.indexOf(QUESTION_MARK);
    this.path = mark < 0 ? path : path.slice(0, mark);
    if (mark >= 0) this.read(path.slice(mark + 1));
    this.read(form);
    this.parameters.sort(compareParameters);
  }

  /** Appends the path, a question mark and `name=value` joined by ampersands. */
  write(text: Writer, writesEquals: bool): void {
    text.bytes(this.path);
    let separator = QUESTION_MARK;
    for (let i = 0; i < this.parameters.length; ++i) {
      const parameter = this.parameters[i];
      if (i && parameter.name.equals(this.parameters[i - 1].name)) continue;
      text.byte(separator).bytes(parameter.name);
      if (writesEquals || parameter.value.length) text.byte(EQUALS).bytes(parameter.value);
      separator = AMPERSAND;
    }
  }

  private read(text: Slice): void {
    for (let from = 0; from < text.length && this.parameters.length < PARAMETERS_MAX;) {
      const ampersand = text.indexOf(AMPERSAND, from);
      const part = text.slice(from, ampersand < 0 ? text.length : ampersand);
      from += part.length + 1;
      if (part.length) this.parameters.push(parameterOf(part, this.parameters.length));
    }
  }
}

function parameterOf(part: Slice, place: i32): Parameter {
  const equals = part.indexOf(EQUALS);
  if (equals < 0) return new Parameter(decodePercent(part), Slice.empty(), place);
  return new Parameter(decodePercent(part.slice(0, equals)), decodePercent(part.slice(equals + 1)), place);
}

function compareParameters(a: Parameter, b: Parameter): i32 {
  const order = compareBytes(a.name, b.name);
  return order ? order : a.place - b.place;
}

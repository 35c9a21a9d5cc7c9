// Templates of URIs, as resources have them: which values a URI gives to the variables. Of RFC 6570 there is what
// servers use: {name}, one segment; {+name}, any number; {?a,b}, parameters at the end.
// https://www.rfc-editor.org/rfc/rfc6570, https://modelcontextprotocol.io/specification/2025-11-25/server/resources
import { decodePercent, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { Query } from "./query";

const OPEN: u8 = 0x7b;
const CLOSE: u8 = 0x7d;
const PLUS: u8 = 0x2b;
const QUESTION_MARK: u8 = 0x3f;
const SLASH: u8 = 0x2f;
const HASH: u8 = 0x23;
const COMMA: u8 = 0x2c;

/** A literal, with the variable behind it. */
@final
class Part {
  constructor(
    readonly literal: Slice,
    /** Empty for none, which only the last part has. */
    readonly variable: Slice,
    /** Whether its value may have slashes. */
    readonly isReserved: bool,
  ) {}
}

/** A template of URIs. */
@final
export class UriTemplate {
  private readonly parts: Part[] = [];
  /** Names of parameters. */
  private readonly parameters: Slice[] = [];
  private rest: Slice = Slice.empty();

  /** Reads what the control plane has found right. */
  constructor(text: Slice) {
    this.read(text);
  }

  private read(text: Slice): void {
    let from = 0;
    for (let open = text.indexOf(OPEN); open >= 0; open = text.indexOf(OPEN, from)) {
      const close = text.indexOf(CLOSE, open);
      if (close < 0) break;
      const inside = text.slice(open + 1, close);
      if (inside.at(0) == QUESTION_MARK) this.readParameters(inside.slice(1));
      const literal = text.slice(from, open);
      from = close + 1;
      if (this.parameters.length) {
        this.rest = literal;
        return;
      }
      const isReserved = inside.at(0) == PLUS;
      this.parts.push(new Part(literal, inside.slice(isReserved ? 1 : 0), isReserved));
    }
    this.rest = text.slice(from);
  }

  private readParameters(names: Slice): void {
    for (let from = 0; from <= names.length;) {
      const comma = names.indexOf(COMMA, from);
      const end = comma < 0 ? names.length : comma;
      this.parameters.push(names.slice(from, end));
      from = end + 1;
    }
  }

  /** The variables' values, a JSON object of texts; null where the URI is none of the template's. */
  match(uri: Slice): Slice | null {
    const mark = this.parameters.length ? uri.indexOf(QUESTION_MARK) : -1;
    const path = mark < 0 ? uri : uri.slice(0, mark);
    const json = new JsonWriter(new Writer()).beginObject();
    let at = 0;
    for (let i = 0; i < this.parts.length; ++i) {
      const part = this.parts[i];
      if (!path.slice(at).startsWith(part.literal)) return null;
      at += part.literal.length;
      const end = this.valueEnd(path, at, i);
      if (end <= at || !holds(part, path.slice(at, end))) return null;
      json.key(part.variable).text(decodePercent(path.slice(at, end)));
      at = end;
    }
    if (!path.slice(at).equals(this.rest)) return null;
    if (mark >= 0) this.writeParameters(json, new Query(uri.slice(mark + 1)));
    return json.endObject().output.take();
  }

  /** A value goes on to where what follows it begins; the last one to where the end must be. */
  private valueEnd(path: Slice, at: i32, part: i32): i32 {
    if (part == this.parts.length - 1) return path.length - this.rest.length;
    const next = this.parts[part + 1].literal;
    const found = next.length ? path.slice(at).find(next) : -1;
    return found < 0 ? -1 : at + found;
  }

  private writeParameters(json: JsonWriter, query: Query): void {
    for (let i = 0; i < this.parameters.length; ++i) {
      const value = query.get(this.parameters[i]);
      if (value) json.key(this.parameters[i]).text(decodePercent(value));
    }
  }
}

function holds(part: Part, value: Slice): bool {
  if (part.isReserved) return true;
  return value.indexOf(SLASH) < 0 && value.indexOf(QUESTION_MARK) < 0 && value.indexOf(HASH) < 0;
}

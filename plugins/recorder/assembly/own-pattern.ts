// A text or pattern of the operator's that is redacted.
import { Regex, Slice, Writer } from "@weir/sdk/assembly";
import { Span } from "./span";

/** With the classes they have a bit each in 32. */
export const OWN_PATTERNS_MAX: i32 = 24;

/** One of them. */
@final
export class OwnPattern {
  /** What stands in its place. */
  readonly mark: Slice;

  constructor(
    readonly name: Slice,
    /** Empty where there is a pattern. */
    private readonly literal: Slice,
    private readonly regex: Regex | null,
  ) {
    this.mark = new Writer().text("[").bytes(name).text("]").take();
  }

  /** Adds what it finds in `text`. Gives where something begins that might go on behind the end; the end for none. */
  find(text: Slice, kind: i32, spans: Span[]): i32 {
    const regex = this.regex;
    if (regex) return findAll(regex, text, kind, spans);
    const literal = this.literal;
    for (let at = text.find(literal); at >= 0; at = text.find(literal, at + literal.length)) {
      spans.push(new Span(at, at + literal.length, kind));
    }
    return beginningOf(literal, text);
  }
}

function findAll(regex: Regex, text: Slice, kind: i32, spans: Span[]): i32 {
  for (let from = 0; from <= text.length;) {
    const match = regex.match(text, from);
    if (!match) return regex.openFrom < 0 ? text.length : regex.openFrom;
    const start = match.start();
    const end = match.end();
    if (end > start) spans.push(new Span(start, end, kind));
    from = end > start ? end : end + 1;
  }
  return text.length;
}

/** Where the text ends with the beginning of `literal`. */
function beginningOf(literal: Slice, text: Slice): i32 {
  for (let size = min(literal.length - 1, text.length); size > 0; --size) {
    if (text.endsWith(literal.slice(0, size))) return text.length - size;
  }
  return text.length;
}

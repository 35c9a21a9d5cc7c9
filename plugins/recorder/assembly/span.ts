// What is redacted in a text: from where to where, and as what.

/** The bytes [from, to) of a text. */
@final
export class Span {
  constructor(
    readonly from: i32,
    readonly to: i32,
    /** A class, or `CLASS_COUNT` more than the index of a pattern of the operator's. */
    readonly kind: i32,
  ) {}
}

/** The first one first, of two that begin together the longer one. */
export function bySpan(one: Span, other: Span): i32 {
  return one.from != other.from ? one.from - other.from : other.to - one.to;
}

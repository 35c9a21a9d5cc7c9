// What has been found out about a record while it was made.

/** Of one request. */
@final
export class Found {
  /** A bit for each kind of what was redacted. */
  private kinds: u32 = 0;
  isPromptCut: bool = false;
  isAnswerCut: bool = false;

  /** A piece of this kind was redacted. */
  note(kind: i32): void {
    this.kinds |= 1 << kind;
  }

  /** Whether any was. */
  get hasAny(): bool {
    return this.kinds != 0;
  }

  /** Whether one of this kind was. */
  has(kind: i32): bool {
    return (this.kinds & (1 << kind)) != 0;
  }
}

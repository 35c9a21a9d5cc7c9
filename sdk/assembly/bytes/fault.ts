// What a failed operation hands back in place of an exception: a code, where, and a short reason.
// A trap would end the whole virtual machine, so nothing in this SDK throws on bad input.

/** Why an operation failed. Codes from 1000 on are free for plugins. */
export const enum FaultCode {
  /** The input ended in the middle of something. */
  UnexpectedEnd = 1,
  /** A byte that the grammar does not allow at this place. */
  UnexpectedByte = 2,
  /** Bytes that are not well-formed UTF-8. */
  InvalidUtf8 = 3,
  /** An escape sequence that the grammar does not know. */
  InvalidEscape = 4,
  /** A number that breaks the grammar or does not fit. */
  InvalidNumber = 5,
  /** Nesting past the limit. */
  TooDeep = 6,
  /** A size or a count past its limit. */
  TooLarge = 7,
  /** Something follows what should have been the whole input. */
  TrailingBytes = 8,
  /** A regular expression that cannot be compiled. */
  InvalidPattern = 9,
  /** Text in an encoding (base64, hex, percent) that cannot be decoded. */
  InvalidEncoding = 10,
  /** A multipart body, a header value or a message of an event stream that breaks its format. */
  InvalidFormat = 11,
  /** A value that is required and absent. */
  Missing = 12,
  /** Something well-formed that is not supported. */
  Unsupported = 13,
  /** The first code that a plugin may define for itself. */
  Plugin = 1000,
}

/** One failure. `Fault | null` is the result of everything that can fail; `null` is success. */
@final
export class Fault {
  constructor(
    /** Why it failed. */
    readonly code: FaultCode,
    /** Offset in bytes from the start of the input, or −1 where there is none. */
    readonly at: i32 = -1,
    /** A few words for a log. Never holds a body, a token or a key. */
    readonly detail: string = "",
  ) {}
}

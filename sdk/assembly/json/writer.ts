// JsonWriter: writes JSON piece by piece and puts the commas. Strings are string.ts's.
import { copyBytes } from "../bytes/memory";
import { Slice } from "../bytes/slice";
import { Writer } from "../bytes/writer";
import { jsonString } from "./string";

const TRUE = Slice.of("true");
const FALSE = Slice.of("false");
const NULL = Slice.of("null");

/**
 * Appends JSON to a `Writer`, which may be sent and cleared between any two calls. It puts commas and colons; that
 * containers are closed and members have keys is the caller's to see to. Every call returns the writer, to chain them.
 */
@final
export class JsonWriter {
  /** Whether a value came before in the same container. */
  private needsComma: bool = false;

  constructor(
    /** Where the text goes. */
    readonly output: Writer,
  ) {}

  /** Begins an object. */
  beginObject(): JsonWriter {
    return this.begin(0x7b);
  }

  /** Ends the object that was begun last. */
  endObject(): JsonWriter {
    return this.end(0x7d);
  }

  /** Begins an array. */
  beginArray(): JsonWriter {
    return this.begin(0x5b);
  }

  /** Ends the array that was begun last. */
  endArray(): JsonWriter {
    return this.end(0x5d);
  }

  /** The key (UTF-8, not escaped) of the member whose value comes next. */
  key(name: Slice): JsonWriter {
    this.text(name).output.byte(0x3a);
    this.needsComma = false;
    return this;
  }

  /** A string value whose content is escaped already. */
  content(escaped: Slice): JsonWriter {
    const output = this.separate();
    const size = escaped.length;
    const target = output.reserve(size + 2);
    store<u8>(target, 0x22);
    copyBytes(target + 1, escaped.pointer, size);
    store<u8>(target + size, 0x22, 1);
    return this;
  }

  /** A string value: UTF-8, not escaped. */
  text(content: Slice): JsonWriter {
    jsonString(this.separate(), content);
    return this;
  }

  /** A value that is JSON already. */
  raw(value: Slice): JsonWriter {
    this.separate().bytes(value);
    return this;
  }

  /** A whole number. */
  integer(value: i64): JsonWriter {
    this.separate().integer(value);
    return this;
  }

  /** A number; `null` for NaN and the infinities. */
  number(value: f64): JsonWriter {
    this.separate().number(value);
    return this;
  }

  /** `true` or `false`. */
  flag(value: bool): JsonWriter {
    this.separate().bytes(value ? TRUE : FALSE);
    return this;
  }

  /** `null`. */
  nothing(): JsonWriter {
    this.separate().bytes(NULL);
    return this;
  }

  private begin(bracket: u8): JsonWriter {
    this.separate().byte(bracket);
    this.needsComma = false;
    return this;
  }

  private end(bracket: u8): JsonWriter {
    this.output.byte(bracket);
    this.needsComma = true;
    return this;
  }

  /** Sets a value apart from the one before it. */
  private separate(): Writer {
    if (this.needsComma) this.output.byte(0x2c);
    this.needsComma = true;
    return this.output;
  }
}

// The query of a URL, part by part. What is not changed stays as it is written.
import { Slice, Writer } from "@weir/sdk/assembly";
import { writeFormEncoded } from "../template/functions/encodings";

const AMPERSAND: u8 = 0x26;
const EQUALS: u8 = 0x3d;

/** A query that can be added to. */
@final
export class Query {
  /** `name=value`, encoded. */
  private parts: Slice[] = [];

  constructor(text: Slice) {
    for (let from = 0; from < text.length;) {
      const mark = text.indexOf(AMPERSAND, from);
      const end = mark < 0 ? text.length : mark;
      if (end > from) this.parts.push(text.slice(from, end));
      from = end + 1;
    }
  }

  /** The encoded value of an encoded name, or null. */
  get(name: Slice): Slice | null {
    for (let i = 0; i < this.parts.length; ++i) {
      if (nameOf(this.parts[i]).equals(name)) return this.parts[i].slice(name.length + 1);
    }
    return null;
  }

  /** Gives a parameter this value alone. */
  set(name: Slice, value: Slice): void {
    this.remove(name);
    this.add(name, value);
  }

  remove(name: Slice): void {
    const encoded = encode(name);
    const kept: Slice[] = [];
    for (let i = 0; i < this.parts.length; ++i) {
      if (!nameOf(this.parts[i]).equals(encoded)) kept.push(this.parts[i]);
    }
    this.parts = kept;
  }

  add(name: Slice, value: Slice): void {
    const part = new Writer();
    writeFormEncoded(part, name);
    part.byte(EQUALS);
    writeFormEncoded(part, value);
    this.parts.push(part.take());
  }

  write(output: Writer): void {
    for (let i = 0; i < this.parts.length; ++i) {
      if (i) output.byte(AMPERSAND);
      output.bytes(this.parts[i]);
    }
  }

  get isEmpty(): bool {
    return !this.parts.length;
  }
}

function nameOf(part: Slice): Slice {
  const equals = part.indexOf(EQUALS);
  return part.slice(0, equals < 0 ? part.length : equals);
}

function encode(name: Slice): Slice {
  const output = new Writer();
  writeFormEncoded(output, name);
  return output.take();
}

// The little protobuf that host functions take and give: length-delimited fields.
// https://protobuf.dev/programming-guides/encoding/
import { Slice } from "./slice";
import { Writer } from "./writer";

const LENGTH_DELIMITED: u32 = 2;

/** Writes field `number` with the bytes of a text, of bytes or of a message. */
export function writeField(writer: Writer, number: u32, content: Slice): void {
  writeVarint(writer, (number << 3) | LENGTH_DELIMITED);
  writeVarint(writer, content.length);
  writer.bytes(content);
}

function writeVarint(writer: Writer, value: u32): void {
  for (; value > 127; value >>>= 7) writer.byte(<u8>(value | 128));
  writer.byte(<u8>value);
}

/** The length-delimited field `number` of a message, the last of several; null where it is absent or malformed. */
export function findField(message: Slice, number: u32): Slice | null {
  const reader = new FieldReader(message);
  let found: Slice | null = null;
  while (reader.next()) if (reader.isDelimited && reader.number == number) found = reader.content;
  return found;
}

/** Walks over a message's fields; ends at what it does not know how to skip. */
@final
export class FieldReader {
  number: u32 = 0;
  /** Whether `content` is the field's value, and not `value`. */
  isDelimited: bool = false;
  value: u64 = 0;
  content: Slice = Slice.empty();
  private at: i32 = 0;

  constructor(private readonly message: Slice) {}

  /** Goes on to the next field; false at the end. */
  next(): bool {
    if (this.at >= this.message.length) return false;
    const tag = <u32>this.varint();
    const value = this.varint();
    this.number = tag >>> 3;
    this.isDelimited = (tag & 7) == LENGTH_DELIMITED;
    this.value = value;
    this.content = Slice.empty();
    if ((tag & 7) == 0) return this.at <= this.message.length;
    if (!this.isDelimited || value > <u64>(this.message.length - this.at)) return false;
    this.content = this.message.slice(this.at, this.at + <i32>value);
    this.at += <i32>value;
    return true;
  }

  /** A varint that is cut off leads behind the message's end. */
  private varint(): u64 {
    let value: u64 = 0;
    for (let shift: u64 = 0; shift < 64; shift += 7) {
      const byte = this.message.at(this.at++);
      value |= (<u64>(byte & 127)) << shift;
      if (byte < 128) break;
    }
    return value;
  }
}

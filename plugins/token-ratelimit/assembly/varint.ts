// Whole numbers from 0 on, seven bits to a byte, the lowest first.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";

export function writeVarint(writer: Writer, value: u64): void {
  for (; value > 127; value >>= 7) writer.byte(<u8>(value | 128));
  writer.byte(<u8>value);
}

/** How many bytes `writeVarint` writes. */
export function varintSize(value: u64): i32 {
  let size = 1;
  for (; value > 127; value >>= 7) ++size;
  return size;
}

/** Reads from bytes, one number behind the other; past their end there are zeros. */
@final
export class VarintReader {
  at: i32 = 0;

  constructor(private readonly bytes: Slice) {}

  get isOver(): bool {
    return this.at >= this.bytes.length;
  }

  next(): i64 {
    let value: u64 = 0;
    for (let shift: u64 = 0; shift < 64; shift += 7) {
      const byte = this.bytes.at(this.at++);
      value |= (<u64>(byte & 127)) << shift;
      if (byte < 128) break;
    }
    return <i64>value;
  }

  /** The next `length` bytes. */
  take(length: i32): Slice {
    const from = this.at;
    this.at += max(length, 0);
    return this.bytes.slice(from, this.at);
  }
}

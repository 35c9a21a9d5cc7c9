// What a translation could not carry, for the header `x-weir-dropped`. Names may come from a client's own JSON, so only
// what is harmless in a header is taken, and not without end.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { Part, PartKind } from "./part";

const NAMES_MAX: i32 = 32;
const NAME_BYTES_MAX: i32 = 64;
const OTHER = Slice.of("other");
const MEDIA = Slice.of("media");
const COMMA: u8 = 0x2c;

/** A list of names, each once. */
@final
export class Dropped {
  readonly names: Slice[] = [];

  /** Notes that `name` (a field's or a feature's) was left out. */
  add(name: Slice): void {
    const safe = isSafe(name) ? name : OTHER;
    if (this.names.length >= NAMES_MAX) return;
    for (let i = 0; i < this.names.length; ++i) if (this.names[i].equals(safe)) return;
    // The bytes it stands in are let go: a large body, or a stream's event.
    this.names.push(safe.copy());
  }

  /** Notes that a whole part was left out: a medium, or what only another dialect knows. */
  addPart(part: Part): void {
    this.add(part.kind == PartKind.Opaque ? part.text : MEDIA);
  }

  /** Notes all names of a header's value. */
  addList(header: Slice): void {
    let from = 0;
    for (let i = 0; i <= header.length; ++i) {
      if (i < header.length && header.at(i) != COMMA) continue;
      if (i > from) this.add(header.slice(from, i));
      from = i + 1;
    }
  }

  /** Notes `name` where `value` is there. */
  addIf(name: Slice, value: Slice): void {
    if (value.length) this.add(name);
  }

  /** The header's value: `top_k,seed`; empty for nothing. */
  toHeader(): Slice {
    const writer = new Writer();
    for (let i = 0; i < this.names.length; ++i) {
      if (i) writer.byte(COMMA);
      writer.bytes(this.names[i]);
    }
    return writer.take();
  }
}

function isSafe(name: Slice): bool {
  if (!name.length || name.length > NAME_BYTES_MAX) return false;
  for (let i = 0; i < name.length; ++i) {
    const byte = name.at(i);
    const isLetter = <u32>(byte | 0x20) - 0x61 < 26;
    const isDigit = <u32>byte - 0x30 < 10;
    if (!isLetter && !isDigit && byte != 0x5f && byte != 0x2d && byte != 0x2e) return false;
  }
  return true;
}

// A list of header fields in the plugin's own memory: read from the host in one call, or built to be sent.
// Wire form: count, then (name size, value size) pairs, all u32 little-endian, then names and values, each with a
// NUL after it. https://github.com/proxy-wasm/spec/blob/main/abi-versions/v0.2.1/README.md#serialization
import { Slice } from "./bytes/slice";

/** As many fields as Envoy reads in one list. */
export const HEADER_FIELDS_MAX: i32 = 1024;
/** As many bytes as Envoy reads in one list, in wire form. */
export const HEADER_BYTES_MAX: i32 = 1 << 20;

/**
 * Header fields in order, names in lower case, duplicates allowed. Pseudo headers (`:path`, `:status`, …) come first.
 * Envoy takes a list beyond `HEADER_FIELDS_MAX` or `HEADER_BYTES_MAX` for an empty one.
 */
@final
export class HeaderList {
  // Names at even, values at odd places.
  private fields: Slice[] = [];

  /** Number of fields. */
  get length(): i32 {
    return this.fields.length >>> 1;
  }

  /** Name of field `i`; empty when there is no such field. */
  name(i: i32): Slice {
    return <u32>i < <u32>this.length ? this.fields[i << 1] : Slice.empty();
  }

  /** Value of field `i`; empty when there is no such field. */
  value(i: i32): Slice {
    return <u32>i < <u32>this.length ? this.fields[(i << 1) + 1] : Slice.empty();
  }

  /** Index of the first field named `name` at or after `from`, or -1. Names are compared exactly: give lower case. */
  indexOf(name: Slice, from: i32 = 0): i32 {
    for (let i = max(from, 0), count = this.length; i < count; i++) {
      if (this.fields[i << 1].equals(name)) return i;
    }
    return -1;
  }

  /** Value of the first field named `name`, or null. */
  get(name: Slice): Slice | null {
    const i = this.indexOf(name);
    return i < 0 ? null : this.fields[(i << 1) + 1];
  }

  /** Value of the first field named `name` as text, or null. */
  getText(name: string): string | null {
    const value = this.get(Slice.of(name));
    return value ? value.toText() : null;
  }

  /** Appends a field. Returns the list, so calls can be chained. */
  add(name: Slice, value: Slice): HeaderList {
    this.fields.push(name);
    this.fields.push(value);
    return this;
  }

  /** Appends a field given as text. Returns the list, so calls can be chained. */
  addText(name: string, value: string): HeaderList {
    return this.add(Slice.of(name), Slice.of(value));
  }

  /** Gives the first field named `name` this value and removes the others of that name; appends it if there is none. */
  set(name: Slice, value: Slice): HeaderList {
    const i = this.indexOf(name);
    if (i < 0) return this.add(name, value);
    this.fields[(i << 1) + 1] = value;
    this.removeFrom(name, i + 1);
    return this;
  }

  /** Removes all fields named `name`. */
  remove(name: Slice): HeaderList {
    this.removeFrom(name, 0);
    return this;
  }

  private removeFrom(name: Slice, from: i32): void {
    const fields = this.fields;
    let kept = from << 1;
    for (let i = kept, end = fields.length; i < end; i += 2) {
      if (fields[i].equals(name)) continue;
      fields[kept] = fields[i];
      fields[kept + 1] = fields[i + 1];
      kept += 2;
    }
    fields.length = kept;
  }

  /** Reads a list from its wire form. Bytes that are none give an empty or a shorter list, never a trap. */
  static fromWire(wire: Slice): HeaderList {
    const list = new HeaderList();
    if (wire.length < 4) return list;
    const base = changetype<usize>(wire.buffer) + wire.start;
    const count = load<u32>(base);
    if (<u64>count * 8 + 4 > <u64>wire.length) return list;
    const fields = new Array<Slice>((<i32>count) << 1);
    let position: u64 = <u64>count * 8 + 4;
    for (let i = 0, end = fields.length; i < end; i++) {
      const size = load<u32>(base + 4 + ((<usize>i) << 2));
      const next = position + <u64>size + 1;
      if (next > <u64>wire.length) return list;
      const start = wire.start + <i32>position;
      fields[i] = new Slice(wire.buffer, start, start + <i32>size);
      position = next;
    }
    list.fields = fields;
    return list;
  }

  /** Writes the list in its wire form. */
  toWire(): Slice {
    const fields = this.fields;
    const count = fields.length;
    let size = 4 + count * 5;
    for (let i = 0; i < count; i++) size += fields[i].length;
    const buffer = new ArrayBuffer(size);
    const base = changetype<usize>(buffer);
    store<u32>(base, <u32>count >> 1);
    let position = base + 4 + ((<usize>count) << 2);
    for (let i = 0; i < count; i++) {
      const field = fields[i];
      store<u32>(base + 4 + ((<usize>i) << 2), field.length);
      memory.copy(position, changetype<usize>(field.buffer) + field.start, field.length);
      // The buffer is zeroed, so the NUL is there already.
      position += field.length + 1;
    }
    return Slice.wrap(buffer);
  }
}

// A list of header fields in the plugin's own memory: read from the host in one call, or built to be sent.
// Wire form: count, then (name size, value size) pairs, all u32 little-endian, then names and values, each with a
// NUL after it. https://github.com/proxy-wasm/spec/blob/main/abi-versions/v0.2.1/README.md#serialization
import { sameBytes } from "./bytes/memory";
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
  // A list as it was received stays in its wire form, with a table of where its names and values begin: most of them
  // are never looked at, and so never become objects. The first change unpacks it.
  private wire: Slice = Slice.empty();
  private starts: StaticArray<u32> | null = null;
  // Names at even, values at odd places, once the list is unpacked.
  private fields: Slice[] | null = null;
  private count: i32 = 0;

  /** Number of fields. */
  get length(): i32 {
    return this.count >>> 1;
  }

  /** Name of field `i`; empty when there is no such field. */
  name(i: i32): Slice {
    return <u32>i < <u32>this.length ? this.text(i << 1) : Slice.empty();
  }

  /** Value of field `i`; empty when there is no such field. */
  value(i: i32): Slice {
    return <u32>i < <u32>this.length ? this.text((i << 1) + 1) : Slice.empty();
  }

  /** Whether the name of field `i` begins with `prefix`. */
  nameStartsWith(i: i32, prefix: Slice): bool {
    if (<u32>i >= <u32>this.length) return false;
    const size = prefix.length;
    return this.textSize(i << 1) >= size && sameBytes(this.textPointer(i << 1), prefix.pointer, size);
  }

  /** Index of the first field named `name` at or after `from`, or -1. Names are compared exactly: give lower case. */
  indexOf(name: Slice, from: i32 = 0): i32 {
    const size = name.length;
    for (let i = max(from, 0) << 1, count = this.count; i < count; i += 2) {
      if (this.textSize(i) == size && sameBytes(this.textPointer(i), name.pointer, size)) return i >>> 1;
    }
    return -1;
  }

  /** Value of the first field named `name`, or null. */
  get(name: Slice): Slice | null {
    const i = this.indexOf(name);
    return i < 0 ? null : this.text((i << 1) + 1);
  }

  /** Value of the first field named `name` as text, or null. */
  getText(name: string): string | null {
    const value = this.get(Slice.of(name));
    return value ? value.toText() : null;
  }

  /** Appends a field. Returns the list, so calls can be chained. */
  add(name: Slice, value: Slice): HeaderList {
    const fields = this.unpack();
    fields.push(name);
    fields.push(value);
    this.count = fields.length;
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
    this.unpack()[(i << 1) + 1] = value;
    this.removeFrom(name, i + 1);
    return this;
  }

  /** Removes all fields named `name`. */
  remove(name: Slice): HeaderList {
    this.removeFrom(name, 0);
    return this;
  }

  private removeFrom(name: Slice, from: i32): void {
    const fields = this.unpack();
    let kept = from << 1;
    for (let i = kept, end = fields.length; i < end; i += 2) {
      if (fields[i].equals(name)) continue;
      fields[kept] = fields[i];
      fields[kept + 1] = fields[i + 1];
      kept += 2;
    }
    fields.length = kept;
    this.count = kept;
  }

  /** Name or value number `index`, which is there. */
  private text(index: i32): Slice {
    const fields = this.fields;
    if (fields) return fields[index];
    const start = <i32>(this.textPointer(index) - changetype<usize>(this.wire.buffer));
    return new Slice(this.wire.buffer, start, start + this.textSize(index));
  }

  private textPointer(index: i32): usize {
    const fields = this.fields;
    if (fields) return fields[index].pointer;
    const starts = this.starts;
    return starts ? this.wire.pointer + starts[index] : 0;
  }

  private textSize(index: i32): i32 {
    const fields = this.fields;
    return fields ? fields[index].length : load<u32>(this.wire.pointer + 4 + ((<usize>index) << 2));
  }

  private unpack(): Slice[] {
    const known = this.fields;
    if (known) return known;
    const fields = new Array<Slice>();
    for (let i = 0; i < this.count; i++) fields.push(this.text(i));
    this.fields = fields;
    this.starts = null;
    this.wire = Slice.empty();
    return fields;
  }

  /** Reads a list from its wire form. Bytes that are none give an empty or a shorter list, never a trap. */
  static fromWire(wire: Slice): HeaderList {
    const list = new HeaderList();
    if (wire.length < 4) return list;
    const base = changetype<usize>(wire.buffer) + wire.start;
    const count = load<u32>(base);
    if (<u64>count * 8 + 4 > <u64>wire.length) return list;
    const starts = new StaticArray<u32>((<i32>count) << 1);
    let position: u64 = <u64>count * 8 + 4;
    for (let i = 0, end = starts.length; i < end; i++) {
      starts[i] = <u32>position;
      position += <u64>load<u32>(base + 4 + ((<usize>i) << 2)) + 1;
      if (position > <u64>wire.length) return list;
    }
    list.wire = wire;
    list.starts = starts;
    list.count = starts.length;
    return list;
  }

  /** Writes the list in its wire form. */
  toWire(): Slice {
    const count = this.count;
    let size = 4 + count * 5;
    for (let i = 0; i < count; i++) size += this.textSize(i);
    const buffer = new ArrayBuffer(size);
    const base = changetype<usize>(buffer);
    store<u32>(base, <u32>count >> 1);
    let position = base + 4 + ((<usize>count) << 2);
    for (let i = 0; i < count; i++) {
      const length = this.textSize(i);
      store<u32>(base + 4 + ((<usize>i) << 2), length);
      memory.copy(position, this.textPointer(i), length);
      // The buffer is zeroed, so the NUL is there already.
      position += length + 1;
    }
    return Slice.wrap(buffer);
  }
}

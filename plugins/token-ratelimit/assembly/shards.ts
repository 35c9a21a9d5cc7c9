// The shared values that hold a limit's counters: one, or for a limit with a counter for each of many values a fixed
// number of them, for nothing can be removed from Envoy's shared data.
import { Slice, Writer } from "@weir/sdk/assembly";

const PREFIX = Slice.of("weir.limit.");
/** With 64 counters in each, a limit has at most 65,536. */
export const SHARDS: i32 = 1024;
const FNV_OFFSET: u32 = 2166136261;
const FNV_PRIME: u32 = 16777619;

/** A limit's shared values. */
@final
export class Shards {
  private readonly keys: Array<Slice | null>;
  /** Which have been written since they were last saved. */
  private readonly dirty: StaticArray<bool>;

  constructor(
    private readonly name: Slice,
    readonly count: i32,
  ) {
    this.keys = new Array<Slice | null>(count);
    this.dirty = new StaticArray<bool>(count);
  }

  /** Which of them has the counter called `name`. */
  indexOf(name: Slice): i32 {
    if (this.count == 1) return 0;
    let hash = FNV_OFFSET;
    for (let i = 0; i < name.length; ++i) hash = (hash ^ name.at(i)) * FNV_PRIME;
    // FNV's low bits are its weak ones.
    return <i32>((hash ^ (hash >> 15)) % <u32>this.count);
  }

  /** Its key in the shared data. It stays the same as long as the limit's name does. */
  key(index: i32): Slice {
    const known = this.keys[index];
    if (known) return known;
    const writer = new Writer(64).bytes(PREFIX).bytes(this.name);
    if (this.count > 1) writer.byte(0x2f).integer(index);
    const key = writer.take();
    this.keys[index] = key;
    return key;
  }

  mark(index: i32): void {
    this.dirty[index] = true;
  }

  markAll(): void {
    for (let i = 0; i < this.count; ++i) this.dirty[i] = true;
  }

  /** Whether this one is to be saved; asked once. */
  takeDirty(index: i32): bool {
    const isDirty = this.dirty[index];
    this.dirty[index] = false;
    return isDirty;
  }
}

// The shared values that hold a limit's counters: one, or for a limit with a counter for each of many values a fixed
// number of them, for nothing can be removed from Envoy's shared data.
import { Slice, Writer } from "@weir/sdk/assembly";

export const SHARD_PREFIX = Slice.of("weir.limit.");
/** With 64 counters in each, a limit has at most 65,536. */
export const SHARDS: i32 = 1024;
const FNV_OFFSET: u32 = 2166136261;
const FNV_PRIME: u32 = 16777619;

/** A limit's shared values. */
@final
export class Shards {
  // Of many they are written each time: garbage is not to be looked for in all of them.
  private onlyKey: Slice = Slice.empty();
  /** Whether each has been written by this VM since it was last saved, and which those are. */
  private readonly dirty: StaticArray<bool>;
  private readonly changed: i32[] = [];
  /** The version of each that was last saved from here. */
  private readonly versions: StaticArray<u32>;

  constructor(
    private readonly name: Slice,
    readonly count: i32,
  ) {
    this.dirty = new StaticArray<bool>(count);
    this.versions = new StaticArray<u32>(count);
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
    if (this.onlyKey.length) return this.onlyKey;
    const key = new Writer(64).bytes(SHARD_PREFIX).bytes(this.name);
    if (this.count > 1) return key.byte(0x2f).integer(index).take();
    this.onlyKey = key.take();
    return this.onlyKey;
  }

  /** It is to be saved. */
  mark(index: i32): void {
    if (this.dirty[index]) return;
    this.dirty[index] = true;
    this.changed.push(index);
  }

  /** Saved or not, it is to be saved again. */
  forget(index: i32): void {
    this.versions[index] = 0;
    this.mark(index);
  }

  forgetAll(): void {
    for (let i = 0; i < this.count; ++i) this.forget(i);
  }

  /** One that is to be saved, asked once; −1 for none. */
  takeMarked(): i32 {
    if (!this.changed.length) return -1;
    const index = this.changed.pop();
    this.dirty[index] = false;
    return index;
  }

  /** Whether this version has not been saved from here; then it counts as saved. */
  takeVersion(index: i32, version: u32): bool {
    const isNew = this.versions[index] != version;
    this.versions[index] = version;
    return isNew;
  }
}

/**
 * Those of this VM. Requests that began under a former configuration mark what they change where the present one looks.
 */
const known = new Map<string, Shards>();

/** The shared values of the limit called `name`. */
export function shardsOf(name: Slice, count: i32): Shards {
  const id = count.toString() + " " + name.toText();
  if (known.has(id)) return known.get(id);
  const shards = new Shards(name, count);
  known.set(id, shards);
  return shards;
}

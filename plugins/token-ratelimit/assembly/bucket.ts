// The counters that share one of Envoy's shared values: those of a limit's values which a hash puts together. Nothing
// can be removed from shared data, so what would say nothing any more is left out when it is written.
//
//   each: when it ends, the length of its name, the name, the length of its bytes, the bytes
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { VarintReader, writeVarint } from "./varint";

/** How many counters a bucket has at most. */
export const ENTRIES_MAX: i32 = 64;

/** One counter of a bucket. */
@final
export class BucketEntry {
  constructor(
    readonly name: Slice,
    readonly endsAt: i64,
    readonly counter: Slice,
  ) {}
}

/** The counters of one shared value. */
@final
export class Bucket {
  readonly entries: BucketEntry[] = [];

  /** Reads all but what has ended before `now`. */
  static decode(bytes: Slice, now: i64): Bucket {
    const bucket = new Bucket();
    const reader = new VarintReader(bytes);
    while (!reader.isOver) {
      const endsAt = reader.next();
      const name = reader.take(<i32>reader.next());
      const counter = reader.take(<i32>reader.next());
      if (endsAt > now) bucket.entries.push(new BucketEntry(name, endsAt, counter));
    }
    return bucket;
  }

  /** The bytes of the counter with this name, or null. */
  find(name: Slice): Slice | null {
    for (let i = 0; i < this.entries.length; ++i) if (this.entries[i].name.equals(name)) return this.entries[i].counter;
    return null;
  }

  /** Puts `entry` in the place of the one of its name. */
  set(entry: BucketEntry): void {
    const entries = this.entries;
    for (let i = 0; i < entries.length; ++i) {
      if (!entries[i].name.equals(entry.name)) continue;
      entries[i] = entry;
      return;
    }
    if (entries.length < ENTRIES_MAX) entries.push(entry);
    else entries[this.firstToEnd()] = entry;
  }

  private firstToEnd(): i32 {
    const entries = this.entries;
    let first = 0;
    for (let i = 1; i < entries.length; ++i) if (entries[i].endsAt < entries[first].endsAt) first = i;
    return first;
  }

  encode(writer: Writer): void {
    for (let i = 0; i < this.entries.length; ++i) {
      const entry = this.entries[i];
      writeVarint(writer, entry.endsAt);
      writeVarint(writer, entry.name.length);
      writer.bytes(entry.name);
      writeVarint(writer, entry.counter.length);
      writer.bytes(entry.counter);
    }
  }
}

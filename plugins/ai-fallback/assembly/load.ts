// How many requests a target has under way, over all worker threads, and how many it may have. Counted for those
// targets alone for which it makes a difference.
import { LeasedCount, Slice, Writer } from "@weir/sdk/assembly";

const KEY = Slice.of("weir.requests.");

/** What one target has to do. */
@final
export class Load {
  readonly count: LeasedCount;

  constructor(
    cluster: Slice,
    /** So many at most; 0 for any number. */
    readonly limit: i32,
  ) {
    this.count = new LeasedCount(new Writer().bytes(KEY).bytes(cluster).take());
  }
}

// The table that finds a target by its cluster.
import { Slice } from "@weir/sdk/assembly";
import { forgetOtherFingerprint } from "./cooldown";
import { Target } from "./target";

// A gateway has dozens of targets, seldom hundreds.
const bucketCount: u32 = 128;

/** Finds targets by cluster name, without making a string of it. */
@final
export class TargetTable {
  /** Whether each target sets an authority, so that the client's never has to come back. */
  setsAuthority: bool = true;
  private buckets: StaticArray<Target | null> = new StaticArray<Target | null>(bucketCount);

  /** Adds a target. Of two for one cluster the later counts. */
  add(target: Target): void {
    const bucket = bucketOf(target.cluster);
    target.next = this.buckets[bucket];
    if (!target.authority.length) this.setsAuthority = false;
    this.buckets[bucket] = target;
  }

  /** The configuration is in use: what other ones of the same targets have met with is forgotten. */
  forgetOtherFingerprints(): void {
    for (let i = 0; i < this.buckets.length; ++i) {
      let target = this.buckets[i];
      while (target) {
        forgetOtherFingerprint(target);
        target = target.next;
      }
    }
  }

  /** The target of the cluster, or null. */
  find(cluster: Slice): Target | null {
    let target = this.buckets[bucketOf(cluster)];
    while (target && !target.cluster.equals(cluster)) target = target.next;
    return target;
  }
}

/** FNV-1a. */
function bucketOf(name: Slice): u32 {
  let hash: u32 = 0x811c9dc5;
  for (let i = 0, length = name.length; i < length; ++i) hash = (hash ^ name.at(i)) * 0x01000193;
  return hash % bucketCount;
}

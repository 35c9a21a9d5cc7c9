// Which server has what, under the names that clients see: as the last lists have said.
import { Slice } from "@weir/sdk/assembly";

/** Names that nobody has must not make every server list all it has again and again. */
const FRESH_MS: i64 = 1000;

/** A thing of one server's. */
@final
export class Owned {
  constructor(
    /** The server's place among the members. */
    readonly member: i32,
    /** Its name there. */
    readonly name: Slice,
  ) {}
}

/** Names, and whose they are. */
@final
export class OwnerMap {
  private readonly owned: Map<string, Owned> = new Map<string, Owned>();
  /** Names that two servers have, where they must not. */
  private readonly disputed: Slice[] = [];
  private readonly disputes: string[] = [];
  /** When it was filled. */
  private filledAt: i64 = 0;
  /** Whether all servers have told what they have. */
  isWhole: bool = false;

  /** Forgets all names: others follow. */
  clear(now: i64): void {
    this.owned.clear();
    this.disputed.length = 0;
    this.disputes.length = 0;
    this.filledAt = now;
  }

  /** Whether it was filled at all. */
  get isKnown(): bool {
    return this.filledAt > 0;
  }

  /** Whether it was filled that short a time ago that there is nothing new. */
  isFresh(now: i64): bool {
    return now - this.filledAt < FRESH_MS;
  }

  /** Notes who has `name`. */
  add(name: Slice, member: i32, own: Slice): void {
    const key = name.toText();
    if (!this.owned.has(key)) this.owned.set(key, new Owned(member, own.copy()));
  }

  /** Notes that nobody can have `name`, and why. */
  dispute(name: Slice, why: string): void {
    this.disputed.push(name.copy());
    this.disputes.push(why);
  }

  find(name: Slice): Owned | null {
    const key = name.toText();
    return this.owned.has(key) ? this.owned.get(key) : null;
  }

  /** Why nobody has it; empty where that is not so. */
  disputeOf(name: Slice): string {
    for (let i = 0; i < this.disputed.length; ++i) if (this.disputed[i].equals(name)) return this.disputes[i];
    return "";
  }

  /** Of all templates the one of which the text before its first `{` is the longest that `uri` begins with. */
  findTemplate(uri: Slice): Owned | null {
    const text = uri.toText();
    const names = this.owned.keys();
    let best = "";
    let length = 0;
    for (let i = 0; i < names.length; ++i) {
      const brace = names[i].indexOf("{");
      const head = brace < 0 ? names[i] : names[i].substring(0, brace);
      if (head.length <= length || !text.startsWith(head)) continue;
      best = names[i];
      length = head.length;
    }
    if (!length) return null;
    const owned = this.owned.get(best);
    // What stands in front of a template, to tell it from another's, stands in front of what is made of it.
    return new Owned(owned.member, uri.slice(best.length - owned.name.toText().length));
  }
}

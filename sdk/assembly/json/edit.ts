// JsonEdit: changes to a scanned JSON text, spliced into a copy in one go. What no change touches is copied byte for
// byte.
import { allocate } from "../bytes/memory";
import { Slice } from "../bytes/slice";
import { Writer } from "../bytes/writer";
import { jsonString } from "./string";
import { JsonKind, JsonTape } from "./tape";

/** What one object's member is to become. */
@final
class MemberChange {
  constructor(
    readonly object: i32,
    readonly key: Slice,
    /** The node that has this key, or −1. */
    readonly node: i32,
    /** `null` removes. */
    public value: Slice | null,
  ) {}
}

/** Bytes [start, end) of the source give way to `bytes`. */
@final
class Splice {
  constructor(
    readonly start: i32,
    readonly end: i32,
    readonly bytes: Slice,
    /** Of two splices at one place the later wins. */
    readonly order: i32,
  ) {}
}

/**
 * Collects changes to the text of a tape and applies them at once. Values are raw JSON, taken as they are. A change
 * inside a value that is itself replaced or removed is dropped. The tape must not scan another text before `apply`.
 */
@final
export class JsonEdit {
  private changes: Array<MemberChange> = [];
  private splices: Array<Splice> = [];

  constructor(private tape: JsonTape) {}

  /** Whether nothing was changed yet. */
  get isEmpty(): bool {
    return !this.changes.length && !this.splices.length;
  }

  /**
   * Gives the member `key` (unescaped) of an object this value: replaced where it stands, else appended. Of duplicate
   * keys only the last stays, so that every reader sees the same value. Stronger than `replace` of the same value. No
   * effect on a node that is not an object or whose members are not recorded.
   */
  set(object: i32, key: Slice, rawValue: Slice): void {
    this.change(object, key, rawValue);
  }

  /** Removes the member `key` (unescaped) of an object, all duplicates of it. */
  remove(object: i32, key: Slice): void {
    this.change(object, key, null);
  }

  /** Replaces the value `node`, in an object, in an array or at the root. */
  replace(node: i32, rawValue: Slice): void {
    if (this.tape.kind(node) == JsonKind.Missing) return;
    this.splice(this.tape.start(node), this.tape.end(node), rawValue);
  }

  private change(object: i32, key: Slice, value: Slice | null): void {
    if (this.tape.kind(object) != JsonKind.Object || this.tape.isSkipped(object)) return;
    const known = this.changeOf(object, key);
    if (known) known.value = value;
    else this.changes.push(new MemberChange(object, key, this.tape.find(object, key), value));
  }

  private changeOf(object: i32, key: Slice): MemberChange | null {
    for (let i = 0; i < this.changes.length; ++i) {
      const change = this.changes[i];
      if (change.object == object && change.key.equals(key)) return change;
    }
    return null;
  }

  private splice(start: i32, end: i32, bytes: Slice): void {
    this.splices.push(new Splice(start, end, bytes, this.splices.length));
  }

  /** The text with all changes made; the source itself where there are none. The edit is then empty again. */
  apply(): Slice {
    for (let i = 0; i < this.changes.length; ++i) {
      if (this.isFirstOfObject(i)) this.spliceObject(this.changes[i].object);
    }
    sortSplices(this.splices);
    const result = joinSplices(this.tape.bytes, this.splices);
    this.changes = [];
    this.splices = [];
    return result;
  }

  private isFirstOfObject(index: i32): bool {
    for (let i = 0; i < index; ++i) if (this.changes[i].object == this.changes[index].object) return false;
    return true;
  }

  /**
   * Walks an object's members and turns its changes into splices. A run of removed members goes with the comma behind
   * it, or, where it ends the object, with the comma before it.
   */
  private spliceObject(object: i32): void {
    const tape = this.tape;
    let kept = -1;
    let runStart = -1;
    let tail = tape.start(object) + 1;
    for (let node = tape.first(object); node >= 0; node = tape.next(node)) {
      tail = tape.end(node);
      if (this.isRemoved(object, node)) {
        if (runStart < 0) runStart = tape.memberStart(node);
        continue;
      }
      if (runStart >= 0) this.splice(runStart, tape.memberStart(node), Slice.empty());
      runStart = -1;
      kept = node;
    }
    if (runStart >= 0 && kept >= 0) runStart = tape.end(kept);
    const appended = this.appendedMembers(object, kept >= 0);
    if (runStart >= 0 || appended.length) this.splice(runStart >= 0 ? runStart : tail, tail, appended);
  }

  /** Whether a member goes; where it is the one to be set, its value is replaced as well. */
  private isRemoved(object: i32, node: i32): bool {
    for (let i = 0; i < this.changes.length; ++i) {
      const change = this.changes[i];
      if (change.object != object || !this.tape.keyEquals(node, change.key)) continue;
      const value = change.value;
      if (!value || node != change.node) return true;
      this.replace(node, value);
    }
    return false;
  }

  private appendedMembers(object: i32, hasMembers: bool): Slice {
    const writer = new Writer();
    for (let i = 0; i < this.changes.length; ++i) {
      const change = this.changes[i];
      const value = change.value;
      if (change.object != object || !value || change.node >= 0) continue;
      if (hasMembers || writer.length) writer.byte(0x2c);
      jsonString(writer, change.key);
      writer.byte(0x3a).bytes(value);
    }
    return writer.take();
  }
}

/** Heapsort: a client may send a hundred thousand duplicate keys. (Array's own sort would add more than a kilobyte.) */
function sortSplices(splices: Array<Splice>): void {
  for (let root = (splices.length >> 1) - 1; root >= 0; --root) siftDown(splices, root, splices.length);
  for (let end = splices.length - 1; end > 0; --end) {
    const largest = splices[0];
    splices[0] = splices[end];
    splices[end] = largest;
    siftDown(splices, 0, end);
  }
}

/** Moves the splice at `root` down until both below it come before it. */
function siftDown(splices: Array<Splice>, root: i32, end: i32): void {
  const splice = splices[root];
  let at = root;
  for (let child = at * 2 + 1; child < end; child = at * 2 + 1) {
    if (child + 1 < end && isBefore(splices[child], splices[child + 1])) ++child;
    if (!isBefore(splice, splices[child])) break;
    splices[at] = splices[child];
    at = child;
  }
  splices[at] = splice;
}

function isBefore(a: Splice, b: Splice): bool {
  return a.start != b.start ? a.start < b.start : a.order > b.order;
}

/** `source` with the sorted `splices` made; one that begins inside the one before it is dropped. */
function joinSplices(source: Slice, splices: Array<Splice>): Slice {
  if (!splices.length) return source;
  const result = allocate(joinedLength(source, splices));
  let target = changetype<usize>(result);
  let from = 0;
  for (let i = 0; i < splices.length; ++i) {
    const splice = splices[i];
    if (splice.start < from) continue;
    target = append(target, source.slice(from, splice.start));
    target = append(target, splice.bytes);
    from = splice.end;
  }
  append(target, source.slice(from));
  return Slice.wrap(result);
}

function joinedLength(source: Slice, splices: Array<Splice>): i32 {
  let length = source.length;
  let from = 0;
  for (let i = 0; i < splices.length; ++i) {
    const splice = splices[i];
    if (splice.start < from) continue;
    length += splice.bytes.length - (splice.end - splice.start);
    from = splice.end;
  }
  return length;
}

function append(target: usize, bytes: Slice): usize {
  memory.copy(target, bytes.pointer, bytes.length);
  return target + bytes.length;
}

// Counters in Envoy's shared data: read, changed, and written if nobody has written meanwhile.
import { sharedData, Slice, Status, Writer } from "@weir/sdk/assembly";
import { Bucket, BucketEntry } from "./bucket";
import { Counter } from "./counter";
import { decodeCounter, encodeCounter, endsAt } from "./counter-code";
import { Shards } from "./shards";

/** Far more losses in a row than there are threads. */
const ATTEMPTS_MAX: i32 = 256;

/** One change of one counter: `load`, change `counter`, `commit`, and all of it again where that fails. */
@final
export class Transaction {
  counter: Counter = new Counter();
  private bucket: Bucket = new Bucket();
  private cas: u32 = 0;
  private isNew: bool = false;
  private attempts: i32 = 0;

  private readonly index: i32;

  constructor(
    private readonly shards: Shards,
    /** Of the counter among its limit's. */
    private readonly name: Slice,
    private readonly now: i64,
  ) {
    this.index = shards.indexOf(name);
  }

  load(): void {
    const found = sharedData.get(this.shards.key(this.index));
    this.isNew = !found;
    this.cas = found ? found.cas : 0;
    this.bucket = found ? Bucket.decode(found.value, this.now) : new Bucket();
    const bytes = this.bucket.find(this.name);
    this.counter = bytes ? decodeCounter(bytes) : new Counter();
  }

  /** Whether the change is written. After many losses it is given up: `isGivenUp`. */
  commit(): bool {
    const body = new Writer(128);
    encodeCounter(this.counter, body);
    this.bucket.set(new BucketEntry(this.name, endsAt(this.counter), body.take()));
    const value = new Writer(256);
    this.bucket.encode(value);
    const bytes = value.take();
    const key = this.shards.key(this.index);
    const status = this.isNew ? sharedData.create(key, bytes) : sharedData.set(key, bytes, this.cas);
    if (status == Status.Ok) this.shards.mark(this.index);
    return status == Status.Ok || ++this.attempts >= ATTEMPTS_MAX;
  }

  get isGivenUp(): bool {
    return this.attempts >= ATTEMPTS_MAX;
  }
}

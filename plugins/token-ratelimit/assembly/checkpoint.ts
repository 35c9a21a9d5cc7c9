// The control plane keeps what is counted here, so that it outlives this process: what has changed is sent to it each
// second, and asked for at the start. docs/decisions/kept-counters.md.
//
//   began ─► [some worker has taken the counters up? else: one does] ─► restored ─► each second: what has changed
//            requests wait for it, a second at most; without a control plane they go on
import { getProperty, GrpcCall, GrpcMethod, logWarn, nowMs, propertyPath, setTickPeriodMs } from "@weir/sdk/assembly";
import { sharedData, Slice, Status } from "@weir/sdk/assembly";
import { restoreRequest, RestoreResponse, SaveRequest, wantsAll } from "./checkpoint-message";
import { beginLife, claimLife, giveUpLife, lifeOf } from "./life";
import { restoreShard } from "./restore";
import { Rule } from "./rule";
import { Shards } from "./shards";

const SERVICE = "weir.counters.v1.Counters";
/** What an Envoy that begins anew is known by; where it is not named, its id does. */
const NAME = propertyPath("xds", "node", "metadata", "weir.counters");
const ID = propertyPath("xds", "node", "id");

const SAVE_PERIOD_MS: u32 = 1000;
const RESTORE_PERIOD_MS: u32 = 20;
const WAIT_MS: i64 = 1000;
const TIMEOUT_MS: u32 = 5000;
/** More than that waits for the next time. */
const MESSAGE_BYTES_MAX: i32 = 512 * 1024;
/** So many are looked at each time, in turn: others may have changed them and not have told. */
const SWEPT: i32 = 64;
/** As long as not every one has been looked at once. */
const SWEPT_FIRST: i32 = 4096;

/** Who waits for the counters. */
export abstract class CounterWaiter {
  abstract onCounters(): void;
}

/** Keeps the counters of one plugin instance. */
@final
export class Checkpoint {
  private restoring: GrpcMethod | null = null;
  private saving: GrpcMethod | null = null;
  private rules: Rule[] = [];
  private envoy: Slice = Slice.empty();
  private life: Slice = Slice.empty();
  private isRestored: bool = false;
  private began: i64 = 0;
  private waiting: CounterWaiter[] = [];
  private isAsking: bool = false;
  private isSaving: bool = false;
  private isFailing: bool = false;
  private sweptRule: i32 = 0;
  private sweptShard: i32 = 0;
  /** How many have not been looked at since the configuration came. */
  private unseen: i32 = 0;

  constructor(private readonly rootId: u32) {}

  /** Begins to keep what `rules` count, by what is at `cluster`; empty: nobody keeps anything. */
  begin(cluster: string, rules: Rule[]): void {
    this.rules = rules;
    if (!cluster.length || !rules.length) return;
    this.restoring = new GrpcMethod(cluster, SERVICE, "Restore");
    this.saving = new GrpcMethod(cluster, SERVICE, "Save");
    this.began = <i64>nowMs();
    for (let i = 0; i < rules.length; ++i) this.unseen += rules[i].shards.count;
    this.lookForLife();
    setTickPeriodMs(this.isRestored ? SAVE_PERIOD_MS : RESTORE_PERIOD_MS);
  }

  /** Whether there is anybody who keeps them. */
  get isKeeping(): bool {
    return this.restoring != null;
  }

  /** Whether it is worth waiting for the counters. */
  get isExpected(): bool {
    return this.restoring != null && !this.isRestored && this.isEarly;
  }

  private get isEarly(): bool {
    return abs(<i64>nowMs() - this.began) < WAIT_MS;
  }

  wait(waiter: CounterWaiter): void {
    this.waiting.push(waiter);
  }

  onTick(): void {
    if (!this.isRestored) this.lookForLife();
    if (this.isRestored) this.saveChanged();
    else this.takeUp();
    if (this.isExpected) return;
    setTickPeriodMs(SAVE_PERIOD_MS);
    const waiting = this.waiting;
    this.waiting = [];
    for (let i = 0; i < waiting.length; ++i) waiting[i].onCounters();
  }

  private lookForLife(): void {
    this.life = lifeOf();
    this.isRestored = this.life.length > 0;
  }

  private get name(): Slice {
    if (this.envoy.length) return this.envoy;
    const name = getProperty(NAME);
    const found = name && name.length ? name : getProperty(ID);
    if (found) this.envoy = found;
    return this.envoy;
  }

  private takeUp(): void {
    if (this.isAsking || !claimLife(<i64>nowMs())) return;
    this.ask(Slice.empty(), Slice.empty());
  }

  private ask(life: Slice, after: Slice): void {
    const method = this.restoring;
    if (!method) return;
    const call = new RestoreCall(this, this.rootId);
    this.isAsking = call.send(method, restoreRequest(this.name, life, after), TIMEOUT_MS) == Status.Ok;
    if (!this.isAsking) giveUpLife();
  }

  /** A page of what was kept; empty: the control plane has not answered. */
  onRestored(message: Slice): void {
    this.isAsking = false;
    const page = new RestoreResponse(message);
    if (!page.life.length) return giveUpLife();
    const now = <i64>nowMs();
    for (let i = 0; i < page.shards.length; ++i) restoreShard(page.shards[i].key, page.shards[i].value, now);
    if (page.next.length) this.ask(page.life, page.next);
    else beginLife(page.life);
  }

  private saveChanged(): void {
    const method = this.saving;
    if (!method || this.isSaving) return;
    const request = new SaveRequest(this.name, this.life);
    const call = new SaveCall(this, this.rootId);
    for (let i = 0; i < this.rules.length; ++i) addMarked(call, request, this.rules[i].shards);
    const swept = this.unseen > 0 ? min(this.unseen, SWEPT_FIRST) : SWEPT;
    for (let i = 0; i < swept && request.length < MESSAGE_BYTES_MAX; ++i) this.addNext(call, request);
    if (call.isNothing) return;
    this.isSaving = call.send(method, request.take(), TIMEOUT_MS) == Status.Ok;
    if (!this.isSaving) call.forget();
  }

  /** The one whose turn it is. */
  private addNext(call: SaveCall, request: SaveRequest): void {
    const shards = this.rules[this.sweptRule].shards;
    add(call, request, shards, this.sweptShard);
    if (this.unseen > 0) --this.unseen;
    if (++this.sweptShard < shards.count) return;
    this.sweptShard = 0;
    this.sweptRule = (this.sweptRule + 1) % this.rules.length;
  }

  /** The control plane has kept what `call` told; or not, and why. */
  onSaved(call: SaveCall, failure: string, wantsAll: bool): void {
    // Told once: an outage may be long.
    if (failure.length && !this.isFailing) logWarn("token-ratelimit: counters cannot be kept: " + failure);
    this.isSaving = false;
    this.isFailing = failure.length > 0;
    if (this.isFailing) call.forget();
    if (wantsAll) for (let i = 0; i < this.rules.length; ++i) this.rules[i].shards.forgetAll();
  }
}

function addMarked(call: SaveCall, request: SaveRequest, shards: Shards): void {
  while (request.length < MESSAGE_BYTES_MAX) {
    const index = shards.takeMarked();
    if (index < 0) return;
    add(call, request, shards, index);
  }
}

function add(call: SaveCall, request: SaveRequest, shards: Shards, index: i32): void {
  const key = shards.key(index);
  const found = sharedData.get(key);
  if (!found || !shards.takeVersion(index, found.cas)) return;
  request.add(key, found.value, found.cas);
  call.note(shards, index);
}

@final
class RestoreCall extends GrpcCall {
  constructor(
    private readonly checkpoint: Checkpoint,
    rootId: u32,
  ) {
    super();
    this.ownerId = rootId;
  }

  onReply(code: u32, message: Slice): void {
    if (code) logWarn("token-ratelimit: counters that were kept cannot be had: " + failureOf(code, message));
    this.checkpoint.onRestored(code ? Slice.empty() : message);
  }
}

/** What is under way to the control plane. What does not arrive is sent again. */
@final
class SaveCall extends GrpcCall {
  private readonly shards: Shards[] = [];
  private readonly indices: i32[] = [];

  constructor(
    private readonly checkpoint: Checkpoint,
    rootId: u32,
  ) {
    super();
    this.ownerId = rootId;
  }

  note(shards: Shards, index: i32): void {
    this.shards.push(shards);
    this.indices.push(index);
  }

  get isNothing(): bool {
    return !this.indices.length;
  }

  forget(): void {
    for (let i = 0; i < this.indices.length; ++i) this.shards[i].forget(this.indices[i]);
  }

  onReply(code: u32, message: Slice): void {
    const failure = code ? failureOf(code, message) : "";
    this.checkpoint.onSaved(this, failure, !code && wantsAll(message));
  }
}

function failureOf(code: u32, message: Slice): string {
  return "gRPC status " + code.toString() + " " + message.toText();
}

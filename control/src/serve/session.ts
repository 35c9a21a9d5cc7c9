// One stream to one Envoy: which of its resource types may be told what, and when. New clusters are warm before any
// route leads to them, and a cluster goes only after no route leads to it.
import { typeUrls } from "../xds/resources.ts";
import { Channel, type Change } from "./channel.ts";
import { placeOf, type EnvoyNode, type Protocol, type XdsRequest } from "./protocol.ts";
import { withAdvice } from "./rejection-advice.ts";
import type { Snapshot, VersionedResource } from "./snapshot.ts";

/** Make before break. Envoy acknowledges a cluster when it is warm, so each type waits for those before it. */
const order = [
  typeUrls.cluster,
  typeUrls.endpoints,
  typeUrls.secret,
  typeUrls.extension,
  typeUrls.listener,
  typeUrls.route,
  typeUrls.ratelimit,
];

/** What a session shares with the others of its server. */
export interface Fleet {
  snapshot: Snapshot;
  /** What to pass through on the way to `snapshot`, which is the last of them. */
  stages: Snapshot[];
  /** The newest version of each resource that some Envoy has accepted. */
  lastGood: Snapshot;
  /** Envoy's words without the secrets that it may quote. */
  redact(text: string): string;
  onReject(session: { node: EnvoyNode | null }, typeUrl: string, change: Change, message: string): void;
}

export class Session<Request extends XdsRequest> {
  readonly channels = new Map<string, Channel>();
  readonly connectedAt = new Date();
  node: EnvoyNode | null = null;
  readonly protocol: Protocol<Request>;
  readonly #fleet: Fleet;
  readonly #send: (response: object) => void;
  readonly #settleMs: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #nonces = 0;
  #place = placeOf(null);
  #stage: Snapshot;
  #stagesAhead: Snapshot[] = [];

  /** `settleMs`: how long an unanswered response may hold up the types after it. */
  constructor(protocol: Protocol<Request>, fleet: Fleet, send: (response: object) => void, settleMs = 15_000) {
    this.protocol = protocol;
    this.#fleet = fleet;
    // An Envoy that has nothing breaks nothing on the way.
    this.#stage = fleet.snapshot;
    this.#send = send;
    this.#settleMs = settleMs;
  }

  receive(request: Request): void {
    if (request.node?.id) {
      this.node = request.node;
      this.#place = placeOf(request.node);
    }
    const channel = this.#channel(request.typeUrl);
    const answers = request.responseNonce !== "" && request.responseNonce === channel.proposal?.nonce;
    // A state-of-the-world request with an old nonce was written before our last response; its successor is coming.
    const isStale = this.protocol.name === "sotw" && channel.proposal !== null && !answers;
    if (isStale) return;
    if (answers) this.#settle(channel, request.errorDetail ? this.#fleet.redact(request.errorDetail.message) : null);
    this.protocol.subscribe(channel, request, this.#wanted(channel));
    this.pump();
  }

  /** There is a new snapshot. */
  publish(): void {
    const none = new Map<string, VersionedResource>();
    for (const channel of this.channels.values()) {
      channel.startAnew(this.#fleet.snapshot.get(channel.typeUrl) ?? none);
    }
    [this.#stage = this.#fleet.snapshot, ...this.#stagesAhead] = this.#fleet.stages;
    this.pump();
  }

  /** Whether Envoy has taken or refused all that is published for it. */
  isSettled(): boolean {
    return [...this.#fleet.snapshot].every(([typeUrl, byName]) => {
      // It is not for Envoys.
      if (typeUrl === typeUrls.ratelimit) return true;
      const channel = this.channels.get(typeUrl);
      return [...byName.values()].every((resource) => channel?.hasAnswered(this.#here(resource)));
    });
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Sends whatever may be sent now. */
  pump(): void {
    while (!this.#pumpStage()) {
      const next = this.#stagesAhead.shift();
      if (!next) return;
      this.#stage = next;
    }
  }

  /** Whether this stage is still on: something was sent, or is waited for. */
  #pumpStage(): boolean {
    let isHeldUp = false;
    for (const channel of this.#inOrder()) {
      if (!channel.proposal) this.#propose(channel, this.#additions(channel, isHeldUp));
      isHeldUp ||= this.#isUnsettled(channel);
    }
    return isHeldUp || this.#pumpRemovals();
  }

  #pumpRemovals(): boolean {
    const free = this.#inOrder().filter((channel) => !channel.proposal);
    return free.reverse().some((channel) => this.#propose(channel, channel.changes(this.#wanted(channel))));
  }

  #inOrder(): Channel[] {
    return order.flatMap((typeUrl) => this.channels.get(typeUrl) ?? []);
  }

  #channel(typeUrl: string): Channel {
    const channel = this.channels.get(typeUrl) ?? new Channel(typeUrl);
    this.channels.set(typeUrl, channel);
    return channel;
  }

  /** What may be proposed now without taking anything away: only what Envoy waits for while others hold it up. */
  #additions(channel: Channel, isHeldUp: boolean): Change[] {
    const half = channel.takeHalf();
    if (half) return half;
    const changes = channel.changes(this.#wanted(channel)).filter((change) => !channel.isRemoval(change));
    return isHeldUp ? changes.filter((change) => channel.isAwaited(change)) : changes;
  }

  #propose(channel: Channel, changes: Change[]): boolean {
    const isFirst = !channel.answered && channel.names.has("*");
    if (changes.length === 0 && !isFirst) return false;
    const nonce = String(++this.#nonces);
    if (channel.typeUrl === typeUrls.cluster) this.#forgetEndpoints(channel, changes);
    channel.propose(nonce, changes);
    this.#send(this.protocol.response(channel, changes, nonce));
    this.#pumpLater();
    return true;
  }

  /** A cluster that changes is made anew, and waits for its endpoints, for which Envoy does not ask again. */
  #forgetEndpoints({ accepted }: Channel, changes: Change[]): void {
    const changed = changes.filter(({ name, resource }) => resource !== null && accepted.has(name));
    for (const { name } of changed) this.channels.get(typeUrls.endpoints)?.forget(name);
  }

  #isUnsettled({ proposal }: Channel): boolean {
    return proposal !== null && Date.now() - proposal.sentAt < this.#settleMs;
  }

  #pumpLater(): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.pump();
    }, this.#settleMs + 10);
    this.#timers.add(timer.unref());
  }

  #settle(channel: Channel, error: string | null): void {
    if (error === null) {
      for (const change of channel.accept()) this.#noteAccepted(channel, change);
      return;
    }
    const told = withAdvice(error);
    const blamed = channel.reject(told);
    if (blamed) this.#fleet.onReject(this, channel.typeUrl, blamed, told);
  }

  #noteAccepted({ typeUrl, rejected }: Channel, { name, resource }: Change): void {
    const published = this.#fleet.snapshot.get(typeUrl)?.get(name);
    // An older version in place of a refused one does not make that one good.
    if ((published && this.#here(published).version) === resource?.version) rejected.delete(name);
    if (!resource) return;
    const byName = this.#fleet.lastGood.get(typeUrl) ?? new Map<string, VersionedResource>();
    this.#fleet.lastGood.set(typeUrl, byName.set(name, resource));
  }

  #here(resource: VersionedResource): VersionedResource {
    return resource.placed?.at(this.#place) ?? resource;
  }

  /** The snapshot for this Envoy: in place of what it has refused, what it has, or what others were content with. */
  #wanted({ typeUrl, rejected, accepted }: Channel): Map<string, VersionedResource> {
    const wanted = new Map(this.#stage.get(typeUrl));
    for (const [name, resource] of wanted) if (resource.placed) wanted.set(name, this.#here(resource));
    for (const [name, { version }] of rejected) {
      if (wanted.get(name)?.version !== version) continue;
      const good = accepted.get(name) ?? this.#fleet.lastGood.get(typeUrl)?.get(name);
      if (good && good.version !== version) wanted.set(name, good);
      else wanted.delete(name);
    }
    return wanted;
  }
}

// One resource type on one stream to one Envoy: what it asked for, what it has accepted, what it refused, and what to
// propose next. Both forms of the protocol share it; they differ in how a proposal is written.
//
//   propose everything that differs ──ACK──► accepted
//        ▲                          ──NACK─► more than one change: halve, propose each half
//        └──────────────────────────────┐    one change: rejected; its last good version stays
import type { VersionedResource } from "./snapshot.ts";

/** A resource to add or replace (`resource`), or to remove (null). */
export interface Change {
  name: string;
  resource: VersionedResource | null;
}

export interface Rejection {
  version: string;
  message: string;
  at: Date;
}

interface Proposal {
  nonce: string;
  /** Milliseconds since 1970. */
  sentAt: number;
  changes: Change[];
  /** Of the changes. */
  names: ReadonlySet<string>;
}

export class Channel {
  readonly typeUrl: string;
  /** Names asked for; "*" stands for all of the type. */
  readonly names = new Set<string>();
  readonly accepted = new Map<string, VersionedResource | null>();
  readonly rejected = new Map<string, Rejection>();
  /** Sent and not yet answered. */
  proposal: Proposal | null = null;
  /** Whether Envoy has had a first response: even an empty one ends its wait. */
  answered = false;
  /** Halves of a refused proposal, to be proposed one after the other. */
  #halves: Change[][] = [];

  constructor(typeUrl: string) {
    this.typeUrl = typeUrl;
  }

  /** Whether Envoy is interested in `name`. */
  wants(name: string): boolean {
    return this.names.has("*") || this.names.has(name);
  }

  /** Forgets what Envoy no longer asks for, so that a later subscription is answered anew. */
  unsubscribe(names: string[]): void {
    for (const name of names) {
      this.names.delete(name);
      if (this.wants(name)) continue;
      this.accepted.delete(name);
      this.rejected.delete(name);
    }
  }

  /** Whether Envoy has taken or refused this very version. */
  hasAnswered({ name, version }: VersionedResource): boolean {
    if (this.rejected.get(name)?.version === version) return true;
    return this.accepted.get(name)?.version === version && !this.proposal?.names.has(name);
  }

  /** Envoy needs it once more, whether it has it or not. */
  forget(name: string): void {
    this.accepted.delete(name);
    if (this.proposal) this.proposal.changes = this.proposal.changes.filter((change) => change.name !== name);
  }

  /** Takes the next half of a refused proposal, if any is left. */
  takeHalf(): Change[] | null {
    return this.#halves.shift() ?? null;
  }

  /** The changes that lead from what Envoy has to `wanted`, without those it has refused. */
  changes(wanted: Map<string, VersionedResource>): Change[] {
    const names = new Set([...wanted.keys(), ...this.names, ...this.accepted.keys()]);
    return [...names]
      .filter((name) => name !== "*" && this.wants(name))
      .map((name) => ({ name, resource: wanted.get(name) ?? null }))
      .filter((change) => this.#isNews(change));
  }

  #isNews({ name, resource }: Change): boolean {
    if (resource && this.rejected.get(name)?.version === resource.version) return false;
    const known = this.accepted.get(name);
    if (known === undefined) return resource !== null || !this.names.has("*");
    return known?.version !== resource?.version;
  }

  /** Whether the change takes away something that Envoy has. */
  isRemoval({ name, resource }: Change): boolean {
    return resource === null && Boolean(this.accepted.get(name));
  }

  /** Whether Envoy waits for it, as opposed to running on an older version. */
  isAwaited({ name }: Change): boolean {
    return !this.answered || (!this.names.has("*") && !this.accepted.has(name));
  }

  /** A newer publication makes the search for the bad one of an older pointless, and what it lacks is no longer bad. */
  startAnew(published: ReadonlyMap<string, unknown>): void {
    this.#halves = [];
    for (const name of this.rejected.keys()) if (!published.has(name)) this.rejected.delete(name);
  }

  propose(nonce: string, changes: Change[]): void {
    const names = new Set(changes.map(({ name }) => name));
    this.proposal = { nonce, sentAt: Date.now(), changes, names };
    this.answered = true;
  }

  /** Envoy has accepted the open proposal. Gives what it accepted. */
  accept(): Change[] {
    const changes = this.proposal?.changes ?? [];
    for (const { name, resource } of changes) this.accepted.set(name, resource);
    this.proposal = null;
    return changes;
  }

  /** Envoy has refused the open proposal. Gives the change to blame, or null while that is still being found out. */
  reject(message: string): Change | null {
    const changes = this.proposal?.changes ?? [];
    this.proposal = null;
    const [first] = changes;
    if (first && changes.length === 1) {
      this.rejected.set(first.name, { version: first.resource?.version ?? "", message, at: new Date() });
      return first;
    }
    const middle = Math.ceil(changes.length / 2);
    this.#halves.unshift(changes.slice(0, middle), changes.slice(middle));
    return null;
  }

  /** What Envoy would hold after `changes`: the body of a state-of-the-world response. */
  holdings(changes: Change[]): VersionedResource[] {
    const all = new Map(this.accepted);
    for (const { name, resource } of changes) all.set(name, resource);
    return [...all.values()].filter((resource) => resource !== null);
  }
}

// The objects of a cluster as they are now: one informer for each kind. What was known stays while the API server
// cannot be asked.
import { isDeepStrictEqual } from "node:util";
import { makeInformer, type Informer, type KubernetesObject as ClientObject } from "@kubernetes/client-node";
import { ApiError, type KubernetesApi } from "./api.ts";
import { allKinds, kindPlaces, pathOf } from "./kinds.ts";
import { keyOf, type Kind, type KubernetesObject, type Meta, type Objects } from "./objects.ts";

const retryMs = 500;
/** For kinds that the cluster does not have. */
const absentRetryMs = 10_000;

export interface WatchedObjectsOptions {
  api: KubernetesApi;
  /** Something is new, gone or different. */
  onChange: (kind: Kind) => void;
  onTrouble?: (message: string) => void;
  onRecovery?: (message: string) => void;
}

export class WatchedObjects {
  readonly #options: WatchedObjectsOptions;
  readonly #known = Object.fromEntries(allKinds.map((kind) => [kind, new Map<string, KubernetesObject>()]));
  readonly #informers = new Map<Kind, Informer<ClientObject>>();
  readonly #failing = new Set<Kind>();
  readonly #forbidden = new Set<Kind>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #pending = new Set<Kind>(allKinds);
  #ready: () => void = () => {};
  #isStopped = false;

  constructor(options: WatchedObjectsOptions) {
    this.#options = options;
  }

  get objects(): Objects {
    return this.#known as unknown as Objects;
  }

  /** Resolves once every kind has been listed, however long that takes. */
  start(): Promise<void> {
    const ready = new Promise<void>((resolve) => (this.#ready = resolve));
    for (const kind of allKinds) this.#watch(kind);
    return ready;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await Promise.all([...this.#informers.values()].map((informer) => informer.stop()));
  }

  #watch(kind: Kind): void {
    const known = this.#known[kind]!;
    const list = async () => {
      const listed = await this.#options.api.list<KubernetesObject>(kind);
      // The informer would watch on after it was stopped.
      if (this.#isStopped) throw new Error("It was stopped");
      this.#keepOnly(kind, listed.items);
      this.#listed(kind);
      return listed as never;
    };
    const informer = makeInformer(this.#options.api.config, pathOf(kind), list);
    const put = (given: unknown): void => {
      const object = given as KubernetesObject;
      const key = keyOf(object);
      const before = known.get(key);
      known.set(key, object);
      if (!before || differs(before, object)) this.#changed(kind);
    };
    informer.on("add", put);
    informer.on("update", put);
    informer.on("delete", (given: unknown) => {
      if (known.delete(keyOf(given as KubernetesObject))) this.#changed(kind);
    });
    informer.on("error", (error: unknown) => this.#restart(kind, informer, error));
    this.#informers.set(kind, informer);
    void informer.start();
  }

  #changed(kind: Kind): void {
    if (this.#pending.size === 0) this.#options.onChange(kind);
  }

  #listed(kind: Kind): void {
    this.#forbidden.delete(kind);
    this.#answered(kind);
    // The informer tells of what was listed only after this.
    setImmediate(() => this.#settled(kind));
  }

  #answered(kind: Kind): void {
    if (this.#failing.delete(kind) && this.#failing.size === 0) {
      this.#options.onRecovery?.("The Kubernetes API server answers again");
    }
  }

  #settled(kind: Kind): void {
    if (!this.#pending.delete(kind)) return;
    if (this.#pending.size === 0) this.#ready();
  }

  #restart(kind: Kind, informer: Informer<ClientObject>, error: unknown): void {
    if (this.#isStopped || this.#informers.get(kind) !== informer) return;
    void informer.stop();
    this.#informers.delete(kind);
    const { isOptional } = kindPlaces[kind];
    const isAbsent = isOptional && statusOf(error) === 404;
    const isRefused = isOptional && statusOf(error) === 403;
    if (isAbsent) this.#forget(kind);
    else if (isRefused) this.#refused(kind);
    else this.#fail(kind, error);
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        // The same one would wait longer each time, up to half a minute after the API server is back.
        this.#watch(kind);
      },
      isAbsent || isRefused ? absentRetryMs : retryMs,
    );
    this.#timers.add(timer);
  }

  /** What went while nobody watched. */
  #keepOnly(kind: Kind, items: KubernetesObject[]): void {
    const known = this.#known[kind]!;
    const listed = new Set(items.map(keyOf));
    const gone = [...known.keys()].filter((key) => !listed.has(key));
    for (const key of gone) known.delete(key);
    if (gone.length > 0) this.#changed(kind);
  }

  /** The cluster does not know the kind, or no more. */
  #forget(kind: Kind): void {
    this.#answered(kind);
    this.#settled(kind);
    const known = this.#known[kind]!;
    if (known.size === 0) return;
    known.clear();
    this.#changed(kind);
  }

  /** An account from before Weir knew the kind: all else is served. */
  #refused(kind: Kind): void {
    if (!this.#forbidden.has(kind)) {
      const { group, plural } = kindPlaces[kind];
      const rights = `get, list and watch ${plural} of ${group} (deploy/kubernetes/rbac.yaml)`;
      this.#options.onTrouble?.(`The account may not read ${kind}: let it ${rights}. All else is served`);
    }
    this.#forbidden.add(kind);
    this.#settled(kind);
  }

  #fail(kind: Kind, error: unknown): void {
    if (this.#failing.size === 0) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.onTrouble?.(
        `The Kubernetes API server cannot be asked for ${kind}: ${reason}. What is known stays`,
      );
    }
    this.#failing.add(kind);
  }
}

/** Statuses are this gateway's own writing, or nothing to it: objects that have a generation tell of the rest by it. */
function differs(
  { metadata: before, ...old }: KubernetesObject,
  { metadata: after, ...now }: KubernetesObject,
): boolean {
  const about = ({ generation, labels, annotations, uid }: Meta) => ({ generation, labels, annotations, uid });
  if (!isDeepStrictEqual(about(before), about(after))) return true;
  return after.generation === undefined && !isDeepStrictEqual(old, now);
}

function statusOf(error: unknown): number | undefined {
  if (error instanceof ApiError) return error.status;
  return (error as { statusCode?: number }).statusCode;
}

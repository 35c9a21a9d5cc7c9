// Which of the replicas writes statuses: the one that holds the Lease.
// https://kubernetes.io/docs/concepts/architecture/leases/
import { ApiError, type KubernetesApi } from "./api.ts";
import type { ObjectName } from "../model/kubernetes.ts";

/** Another takes over when the holder has said nothing for so long. */
const leaseSeconds = 15;
const renewMs = 4_000;

interface Lease {
  metadata: object;
  spec: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

export class Leader {
  readonly #api: KubernetesApi;
  readonly #lease: ObjectName;
  readonly #identity: string;
  readonly #onChange: (isLeader: boolean) => void;
  #timer: NodeJS.Timeout | null = null;
  #isLeader = false;
  #renewedAt = 0;
  /** By our own clock: those of two machines differ. */
  #seen = { renewTime: "", at: 0 };

  constructor(api: KubernetesApi, lease: ObjectName, identity: string, onChange: (isLeader: boolean) => void) {
    this.#api = api;
    this.#lease = lease;
    this.#identity = identity;
    this.#onChange = onChange;
  }

  /** False as soon as another may have taken over. */
  get isLeader(): boolean {
    return this.#isLeader && Date.now() - this.#renewedAt < leaseSeconds * 1000;
  }

  async start(): Promise<void> {
    await this.#round();
  }

  /** Lets another take over at once. */
  async stop(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (!this.#isLeader) return;
    this.#isLeader = false;
    await this.#release().catch(() => undefined);
  }

  async #round(): Promise<void> {
    const isLeader = await this.#acquire().catch(() => this.isLeader);
    if (isLeader !== this.#isLeader) {
      this.#isLeader = isLeader;
      this.#onChange(isLeader);
    }
    this.#timer = setTimeout(() => void this.#round(), renewMs).unref();
  }

  async #acquire(): Promise<boolean> {
    const lease = await this.#read();
    const now = new Date();
    if (!lease) {
      await this.#create(now);
    } else {
      const { holderIdentity = "", renewTime = "", acquireTime, leaseTransitions = 0 } = lease.spec;
      const isOwn = holderIdentity === this.#identity;
      if (!isOwn && holderIdentity !== "" && !this.#isExpired(renewTime)) return false;
      const spec = {
        acquireTime: (isOwn && acquireTime) || microTime(now),
        leaseTransitions: isOwn ? leaseTransitions : leaseTransitions + 1,
      };
      await this.#write({ ...lease, spec: { ...this.#holding(now), ...spec } });
    }
    this.#renewedAt = now.getTime();
    return true;
  }

  #isExpired(renewTime: string): boolean {
    if (renewTime !== this.#seen.renewTime) this.#seen = { renewTime, at: Date.now() };
    return Date.now() - this.#seen.at > leaseSeconds * 1000;
  }

  async #read(): Promise<Lease | null> {
    try {
      return (await this.#api.ask("GET", this.#path)) as Lease;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  #create(now: Date): Promise<unknown> {
    const { namespace, name } = this.#lease;
    const spec = { ...this.#holding(now), acquireTime: microTime(now), leaseTransitions: 0 };
    const body = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { namespace, name }, spec };
    return this.#api.ask("POST", this.#path.slice(0, this.#path.lastIndexOf("/")), body);
  }

  /** Somebody who was faster makes it fail: what was read is put back as a whole. */
  #write(lease: Lease): Promise<unknown> {
    return this.#api.ask("PUT", this.#path, lease);
  }

  async #release(): Promise<void> {
    const lease = await this.#read();
    if (lease?.spec.holderIdentity !== this.#identity) return;
    await this.#write({ ...lease, spec: { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1 } });
  }

  #holding(now: Date): Lease["spec"] {
    return { holderIdentity: this.#identity, leaseDurationSeconds: leaseSeconds, renewTime: microTime(now) };
  }

  get #path(): string {
    const { namespace, name } = this.#lease;
    return `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`;
  }
}

/** Leases have six digits behind the second. */
function microTime(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}

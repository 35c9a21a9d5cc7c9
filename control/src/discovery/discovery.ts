// Follows the services that are wanted, each registry by its own client. While a registry is away, and for a while when
// it says that nobody is there any more, what was known stays.
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { setTimeout as pause } from "node:timers/promises";
import {
  wishKey,
  type Discovered,
  type Instance,
  type Registry,
  type RegistryStatus,
  type ServiceName,
  type ServiceWish,
} from "../model/discovery.ts";
import { Secret } from "../model/secret.ts";
import type { RegistryClient } from "./client.ts";
import { ConsulClient } from "./consul.ts";
import { EurekaClient } from "./eureka.ts";
import { keptKey, type KeptServers, type KeptService } from "./kept-servers.ts";
import { NacosClient } from "./nacos.ts";
import { ZooKeeperClient } from "./zookeeper.ts";

export interface DiscoveryOptions {
  /** Something is known that was not. */
  onChange: () => void;
  onTrouble?: (message: string) => void;
  onRecovery?: (message: string) => void;
  /** How long an empty list has to last until it is believed. */
  emptyMs?: number;
  /** What was known before, and where it is kept. */
  kept?: KeptServers;
}

/** A registry that has just started has forgotten who is there, until they have told it again. */
const emptyMs = 30_000;
/** For the first answer about a service, so that nothing is put in force without its servers. */
const firstMs = 3_000;
/** Changes that come together are kept together. */
const gatherMs = 100;
/** What does not change is known to be true as of then. */
const keepAgainMs = 5 * 60_000;
const backoffMs = { first: 250, most: 15_000 };

interface Followed {
  registry: Registry;
  client: RegistryClient;
  /** By `wishKey`. */
  services: Map<string, Service>;
}

interface Service {
  name: ServiceName;
  stop: AbortController;
  /** When the registry was last known to say so; null until it has. While `isCurrent` it is now. */
  heardAt: number | null;
  /** Whether the registry says so, not somebody's memory. */
  isCurrent: boolean;
  instances: readonly Instance[] | null;
  /** Why the registry cannot be asked for it; null while it can. */
  problem: string | null;
  /** Running while an empty list is not believed. */
  doubt: NodeJS.Timeout | undefined;
  /** Its instances, or why they cannot be told, are known for the first time. */
  answered: PromiseWithResolvers<void>;
  isAwaited: boolean;
}

export class Discovery {
  readonly #options: DiscoveryOptions;
  /** By fingerprint: one that has changed is another. */
  readonly #followed = new Map<string, Followed>();
  #keeping: NodeJS.Timeout | undefined;
  readonly #keepAgain: NodeJS.Timeout | undefined;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
    if (options.kept) this.#keepAgain = setInterval(() => this.#keep(), keepAgainMs).unref();
  }

  /** Registries and services that are not among them are left alone from now on. */
  follow(registries: readonly Registry[], wishes: readonly ServiceWish[]): void {
    const wanted = new Map(registries.map((registry) => [fingerprint(registry), registry]));
    // A registry that is shown another password is the same one.
    const known = this.#known();
    for (const [key, followed] of this.#followed) if (!wanted.has(key)) this.#leave(key, followed);
    const byRegistry = Map.groupBy(wishes, ({ registry }) => registry);
    for (const [key, registry] of wanted) {
      const followed = this.#followed.get(key) ?? { registry, client: clientOf(registry), services: new Map() };
      this.#followed.set(key, followed);
      this.#followServices(followed, byRegistry.get(registry.name) ?? [], known);
    }
  }

  /** Resolves when the services that are new have been answered for, or not in time; false where there are none. */
  async awaitFirst(): Promise<boolean> {
    const services = [...this.#followed.values()].flatMap((one) => [...one.services.values()]);
    const awaited = services.filter((service) => !service.isAwaited);
    if (awaited.length === 0) return false;
    for (const service of awaited) service.isAwaited = true;
    const late = new AbortController();
    const timeout = pause(firstMs, undefined, { signal: late.signal }).catch(() => {});
    await Promise.race([Promise.all(awaited.map(({ answered }) => answered.promise)), timeout]);
    late.abort();
    return true;
  }

  discovered(): Discovered {
    const services = new Map<string, readonly Instance[]>();
    const problems = new Map<string, string>();
    for (const { registry, services: own } of this.#followed.values()) {
      for (const [key, { instances, problem }] of own) {
        if (instances) services.set(key, instances);
        if (problem !== null) problems.set(registry.name, problem);
      }
    }
    return { services, problems };
  }

  /** For people. */
  status(): RegistryStatus[] {
    return [...this.#followed.values()].map(({ registry, services }) => {
      const all = [...services.values()];
      return {
        registry: registry.name,
        type: registry.type,
        problem: all.find(({ problem }) => problem !== null)?.problem ?? null,
        services: all.map((service) => ({
          service: textOf(service.name),
          state: service.instances === null ? "unknown" : service.isCurrent ? "current" : "stale",
          servers: service.instances?.length ?? 0,
          heardAt: heardAt(service),
        })),
      };
    });
  }

  close(): void {
    clearInterval(this.#keepAgain);
    if (this.#keeping !== undefined) this.#keep();
    this.follow([], []);
  }

  #known(): Map<string, KeptService> {
    const known = new Map<string, KeptService>();
    for (const { registry, services } of this.#followed.values()) {
      for (const service of services.values()) {
        const at = service.isCurrent ? Date.now() : service.heardAt;
        if (!service.instances || at === null) continue;
        known.set(keptKey(registry, service.name), { instances: service.instances, heardAt: at });
      }
    }
    return known;
  }

  #keepSoon(): void {
    if (this.#options.kept) this.#keeping ??= setTimeout(() => this.#keep(), gatherMs).unref();
  }

  #keep(): void {
    clearTimeout(this.#keeping);
    this.#keeping = undefined;
    const known = this.#known();
    if (known.size > 0) this.#options.kept?.save(known);
  }

  #followServices(followed: Followed, wishes: ServiceWish[], known: Map<string, KeptService>): void {
    const wanted = new Map(wishes.map((wish) => [wishKey(wish), wish]));
    for (const [key, service] of followed.services) {
      if (wanted.has(key)) continue;
      end(service);
      followed.services.delete(key);
    }
    for (const [key, wish] of wanted) {
      if (followed.services.has(key)) continue;
      const same = keptKey(followed.registry, wish.service);
      const service = newService(wish.service, known.get(same) ?? this.#options.kept?.find(same) ?? null);
      followed.services.set(key, service);
      void this.#watch(followed, wish, service);
    }
  }

  #leave(key: string, { client, services }: Followed): void {
    for (const service of services.values()) end(service);
    client.close();
    this.#followed.delete(key);
  }

  async #watch(followed: Followed, { service: name }: ServiceWish, service: Service): Promise<void> {
    const { signal } = service.stop;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const tell = (instances: Instance[]): void => {
          failures = 0;
          if (!signal.aborted) this.#told(followed, service, instances);
        };
        await followed.client.watch(name, tell, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#fail(followed, service, reasonOf(error));
      }
      await pause(backoff(failures), undefined, { signal }).catch(() => {});
    }
  }

  #told(followed: Followed, service: Service, instances: Instance[]): void {
    const isRecovery = service.problem !== null;
    service.problem = null;
    const isNews = !service.isCurrent;
    service.isCurrent = true;
    if (isRecovery && !isFailing(followed)) {
      this.#options.onRecovery?.(`The registry ${followed.registry.name} answers again`);
    }
    if (instances.length === 0 && service.instances && service.instances.length > 0) {
      service.doubt ??= setTimeout(() => this.#put(service, []), this.#options.emptyMs ?? emptyMs).unref();
      service.answered.resolve();
      if (isRecovery) this.#options.onChange();
      return;
    }
    const isNew = !isDeepStrictEqual(service.instances, instances);
    if (isNew || isNews || service.doubt) this.#put(service, instances);
  }

  #put(service: Service, instances: Instance[]): void {
    clearTimeout(service.doubt);
    service.doubt = undefined;
    service.instances = instances;
    service.answered.resolve();
    this.#keepSoon();
    this.#options.onChange();
  }

  #fail(followed: Followed, service: Service, said: string): void {
    const reason = withoutSecrets(said, followed.registry);
    if (service.problem === reason) return;
    if (service.isCurrent) service.heardAt = Date.now();
    service.isCurrent = false;
    if (!isFailing(followed)) {
      this.#options.onTrouble?.(
        `The registry ${followed.registry.name} cannot be asked: ${reason}. What is known stays`,
      );
    }
    service.problem = reason;
    service.answered.resolve();
    this.#options.onChange();
  }
}

function isFailing({ services }: Followed): boolean {
  return [...services.values()].some(({ problem }) => problem !== null);
}

function newService(name: ServiceName, known: KeptService | null): Service {
  const { instances = null, heardAt = null } = known ?? {};
  const running = { stop: new AbortController(), answered: Promise.withResolvers<void>(), doubt: undefined };
  return { name, instances, heardAt, ...running, isCurrent: false, problem: null, isAwaited: false };
}

function heardAt({ isCurrent, heardAt: at }: Service): string | null {
  if (isCurrent) return new Date().toISOString();
  return at === null ? null : new Date(at).toISOString();
}

function textOf(name: ServiceName): string {
  switch (name.by) {
    case "name":
      return name.name;
    case "group":
      return `${name.group}/${name.name}`;
    case "node":
      return name.path;
    case "dubbo":
      return [name.interface, name.version, name.group].filter((part) => part !== "").join(":");
  }
}

/** A server may say again what it was shown. */
function withoutSecrets(text: string, registry: Registry): string {
  return secretsOf(registry).reduce((rest, secret) => rest.replaceAll(secret.reveal(), "[redacted]"), text);
}

function secretsOf(registry: Registry): Secret[] {
  const { token = null, login = null, accessKey = null } = { ...registry } as Partial<AnySecrets>;
  return [token, login?.password, accessKey?.secret].filter((one): one is Secret => Boolean(one?.reveal()));
}

interface AnySecrets {
  token: Secret | null;
  login: { password: Secret } | null;
  accessKey: { secret: Secret } | null;
}

function end({ stop, doubt }: Service): void {
  stop.abort();
  clearTimeout(doubt);
}

function clientOf(registry: Registry): RegistryClient {
  switch (registry.type) {
    case "consul":
      return new ConsulClient(registry);
    case "eureka":
      return new EurekaClient(registry);
    case "nacos":
      return new NacosClient(registry);
    case "zookeeper":
      return new ZooKeeperClient(registry);
  }
}

/** With its secrets, which a comparison does not see. */
function fingerprint(registry: Registry): string {
  const text = JSON.stringify(registry, function (this: Record<string, unknown>, key, value: unknown) {
    const own = this[key];
    return own instanceof Secret ? own.reveal() : value;
  });
  return createHash("sha256").update(text).digest("hex");
}

/** Not all who wait ask again at the same time. */
function backoff(failures: number): number {
  return Math.min(backoffMs.most, backoffMs.first * 2 ** failures) * (0.5 + Math.random() / 2);
}

/** Node has several errors in one when a name has several addresses, and no text for it. */
function reasonOf(error: unknown): string {
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [error];
  const { message, code } = first as { message?: string; code?: string };
  return message || code || String(first);
}

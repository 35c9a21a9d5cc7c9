// The control plane as one thing: discovery, plugin files and status. It turns a model into resources and publishes
// them; where the model comes from is its owner's business.
import { xdsCluster } from "../../../envoy/control-cluster.ts";
import type { CounterService } from "../counters/counter-service.ts";
import type { CounterStatus } from "../counters/counter-status.ts";
import type { RegistryStatus } from "../model/discovery.ts";
import { hasSessions } from "../model/mcp.ts";
import type { Model } from "../model/model.ts";
import type { Secret } from "../model/secret.ts";
import type { TcpDoor } from "../serve/ads-door.ts";
import { AdsServer, type CallerHandler } from "../serve/ads-server.ts";
import type { EnvoyStatus } from "../serve/envoy-status.ts";
import { HttpServer } from "../serve/http-server.ts";
import { PluginStore } from "../serve/plugin-store.ts";
import { Redaction } from "../serve/redaction.ts";
import { findSystemCaFile } from "../serve/system-authorities.ts";
import type { LedgerStatus } from "../serve/fleet-metrics.ts";
import type { TargetStatus } from "../serve/target-status.ts";
import type { RefusedResource } from "../serve/snapshot.ts";
import type { TranslateOptions } from "../xds/options.ts";
import type { PluginSource } from "../xds/plugin-source.ts";
import { transition } from "../xds/transition.ts";
import { translate } from "../xds/translate.ts";
import { FormerModels } from "./former-models.ts";
import type { PluginFile } from "./plugin-files.ts";
import type { MarketStatus } from "./running-market.ts";
import { keptSessionSecret } from "./session-secret.ts";
import { stateDirectory } from "./state-directory.ts";
import { messageOf, UserError } from "./user-error.ts";

export interface ControlPlaneOptions {
  /** Where HTTP is served. Default loopback. */
  address?: string;
  /** A given one must be free; the default makes way for another. */
  httpPort?: number;
  /** For Envoys that others start. Default: no TCP port is opened for ADS. */
  xds?: TcpDoor;
  /** Whether all that there is to serve is published, for `GET /readyz` and for Envoys that others start. */
  isReady?: () => boolean;
  /** What is known of the targets' health, for `GET /status`. */
  targets: () => Promise<TargetStatus[]>;
  /** How the ledger is, for `GET /status`; null while there is none. */
  ledger?: () => Promise<LedgerStatus> | null;
  /** Where the market is served, for `GET /status`; null while it is not. */
  market?: () => MarketStatus | null;
  /** How registries of services are, for `GET /status`. */
  registries?: () => RegistryStatus[];
  /** Answers what callers ask of the ledger. */
  onCallerRequest?: CallerHandler;
  /** Keeps the counters of Envoys. */
  counters: CounterService;
  /** What `GET /limits` shows. */
  limits: () => CounterStatus[];
  /** What `GET /config` shows. */
  config: () => unknown;
  onReject?: (envoyId: string, typeUrl: string, name: string, message: string) => void;
  /** How long targets that are no more are kept for requests under way. */
  keptMs?: number;
  /** The modules of foreign plugins. */
  modules?: NonNullable<TranslateOptions["modules"]>;
  /** Where what has to outlive the control plane is kept. */
  stateFolder?: string;
}

export const defaultPorts = { xds: 18_000, http: 18_001 } as const;
const loopback = "127.0.0.1";
/** Where `weir status` finds the control plane unless told otherwise. */
export const defaultControlUrl = `http://${loopback}:${defaultPorts.http}`;

export class ControlPlane {
  readonly #ads: AdsServer;
  readonly #http: HttpServer;
  readonly #store: PluginStore;
  readonly #redaction: Redaction;
  readonly #sources: Record<string, PluginSource> = {};
  readonly #former: FormerModels;
  readonly #stateFolder: string;
  readonly #modules: TranslateOptions["modules"];
  #sessionSecret: Secret | null = null;
  /** What was published last, and with what is kept beside it. */
  #model: Model | null = null;
  #published: Model | null = null;
  readonly address: string;
  /** 0 while no TCP port is open for ADS. */
  readonly xdsPort: number;
  readonly httpPort: number;

  private constructor(parts: Parts, at: Listening) {
    this.#ads = parts.ads;
    this.#http = parts.http;
    this.#store = parts.store;
    this.#redaction = parts.redaction;
    this.#former = new FormerModels({ keptMs: parts.keptMs, onOver: () => this.#publishAgain() });
    this.#stateFolder = parts.stateFolder;
    this.#modules = parts.modules;
    this.address = at.address;
    this.xdsPort = at.xdsPort;
    this.httpPort = at.httpPort;
  }

  static async start(options: ControlPlaneOptions): Promise<ControlPlane> {
    const { address = loopback, counters, onReject, onCallerRequest, xds, isReady } = options;
    const store = new PluginStore();
    const redaction = new Redaction();
    const redact = (text: string): string => redaction.apply(text);
    const handlers = { ...(onReject && { onReject }), ...(onCallerRequest && { onCallerRequest }) };
    const ads = new AdsServer({ redact, routes: counters.routes, ...handlers });
    try {
      const xdsPort = xds ? await openXds(ads, { ...(isReady && { isReady }), ...xds }) : 0;
      const http = await listening(options.httpPort, (port) => {
        return new HttpServer({ ...options, host: address, port, ads, plugins: store });
      });
      const { stateFolder = stateDirectory(process.env), keptMs, modules } = options;
      const parts = { ads, http: http.server, store, redaction, keptMs, stateFolder, modules };
      return new ControlPlane(parts, { address, xdsPort, httpPort: http.port });
    } catch (error) {
      await ads.close();
      throw error;
    }
  }

  /** Serves ADS to whoever can open the socket: its folder must be private. */
  async serveSocket(socketPath: string): Promise<void> {
    await this.#ads.listen({ socketPath });
  }

  /** Sent with the plugins' configurations, and for people by digest over HTTP. */
  async addPlugins(files: PluginFile[]): Promise<void> {
    for (const { name, path } of files) {
      const plugin = await this.#store.add(name, path);
      this.#sources[name] = { kind: "inline", bytes: plugin.bytes };
    }
  }

  /** Tells every Envoy. Returns what did not even fit Envoy's definitions, which is a bug. */
  publish(model: Model): RefusedResource[] {
    const former = this.#model ? this.#former.add(this.#model, model) : [];
    this.#model = model;
    return this.#publish(model, former);
  }

  #publish(model: Model, former: Model[]): RefusedResource[] {
    const systemCaFile = findSystemCaFile(process.env);
    const needsSecret = hasSessions(model) && !model.mcp?.sessionSecrets;
    const sessionSecret = needsSecret ? (this.#sessionSecret ??= keptSessionSecret(this.#stateFolder)) : null;
    const options = {
      plugins: this.#sources,
      reveal: this.#redaction.reveal,
      counterKeeper: xdsCluster,
      ...(this.#modules && { modules: this.#modules }),
      ...(sessionSecret && { sessionSecret }),
      ...(systemCaFile && { systemCaFile }),
    };
    const stages = transition(this.#published, model, former);
    this.#published = stages.at(-1) ?? model;
    return this.#ads.publish(...stages.map((stage) => translate(stage, options)));
  }

  /** Nobody needs any more what was kept. What does not fit was told when the model came. */
  #publishAgain(): void {
    if (this.#model) this.#publish(this.#model, this.#former.current());
  }

  status(): EnvoyStatus[] {
    return this.#ads.status();
  }

  /** Whether the Envoy `id`, or each that is connected, has accepted or refused everything that was published last. */
  isSettled(id: string | null): boolean {
    return this.#ads.isSettled(id);
  }

  async close(): Promise<void> {
    this.#former.close();
    await Promise.all([this.#ads.close(), this.#http.close()]);
  }
}

interface Parts {
  ads: AdsServer;
  http: HttpServer;
  store: PluginStore;
  redaction: Redaction;
  keptMs: number | undefined;
  stateFolder: string;
  modules: TranslateOptions["modules"];
}

interface Listening {
  address: string;
  xdsPort: number;
  httpPort: number;
}

async function openXds(ads: AdsServer, xds: TcpDoor): Promise<number> {
  try {
    return (await ads.listen(xds)).port;
  } catch (cause) {
    throw cannotListen(cause, "--xds-listen");
  }
}

function cannotListen(cause: unknown, flag: string): UserError {
  return new UserError(`The control plane cannot listen: ${messageOf(cause)}. Choose another with ${flag}`, { cause });
}

/** Listens on the port asked for, else on the usual one, else, since nobody asked for that one, on any. */
async function listening(
  asked: number | undefined,
  make: (port: number) => HttpServer,
): Promise<{ server: HttpServer; port: number }> {
  const server = make(asked ?? defaultPorts.http);
  try {
    return { server, ...(await server.listen()) };
  } catch (cause) {
    const isTaken = (cause as NodeJS.ErrnoException).code === "EADDRINUSE";
    if (asked !== undefined || !isTaken) throw cannotListen(cause, "--control-port");
    const other = make(0);
    return { server: other, ...(await other.listen()) };
  }
}

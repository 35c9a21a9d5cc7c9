// The control plane as one thing: discovery, plugin files and status. It turns a model into resources and publishes
// them; where the model comes from is its owner's business.
import type { Model } from "../model/model.ts";
import type { Secret } from "../model/secret.ts";
import { AdsServer } from "../serve/ads-server.ts";
import type { EnvoyStatus, ResourceStatus } from "../serve/envoy-status.ts";
import { HttpServer } from "../serve/http-server.ts";
import { PluginStore } from "../serve/plugin-store.ts";
import { findSystemCaFile } from "../serve/system-authorities.ts";
import type { RefusedResource } from "../serve/snapshot.ts";
import type { PluginSource } from "../xds/plugin-source.ts";
import { typeUrls } from "../xds/resources.ts";
import { transition } from "../xds/transition.ts";
import { translate } from "../xds/translate.ts";
import type { PluginFile } from "./plugin-files.ts";
import { UserError } from "./user-error.ts";

export interface ControlPlaneOptions {
  /** Default loopback. */
  address?: string;
  /** Given ports must be free; the defaults make way for others. */
  xdsPort?: number;
  httpPort?: number;
  /** What `GET /config` shows. */
  config: () => unknown;
  onReject?: (envoyId: string, typeUrl: string, name: string, message: string) => void;
}

export const defaultPorts = { xds: 18_000, http: 18_001 } as const;
const loopback = "127.0.0.1";
/** Where `weir status` finds the control plane unless told otherwise. */
export const defaultControlUrl = `http://${loopback}:${defaultPorts.http}`;

export class ControlPlane {
  readonly #ads: AdsServer;
  readonly #http: HttpServer;
  readonly #store: PluginStore;
  readonly #sources: Record<string, PluginSource> = {};
  #model: Model | null = null;
  readonly address: string;
  readonly xdsPort: number;
  readonly httpPort: number;

  private constructor(parts: { ads: AdsServer; http: HttpServer; store: PluginStore }, at: Listening) {
    this.#ads = parts.ads;
    this.#http = parts.http;
    this.#store = parts.store;
    this.address = at.address;
    this.xdsPort = at.xdsPort;
    this.httpPort = at.httpPort;
  }

  static async start(options: ControlPlaneOptions): Promise<ControlPlane> {
    const { address = loopback, config, onReject } = options;
    const store = new PluginStore();
    const ads = await listening("--xds-port", options.xdsPort, defaultPorts.xds, (port) => {
      return new AdsServer({ host: address, port, ...(onReject && { onReject }) });
    });
    try {
      const http = await listening("--control-port", options.httpPort, defaultPorts.http, (port) => {
        return new HttpServer({ host: address, port, ads: ads.server, plugins: store, config });
      });
      const at = { address, xdsPort: ads.port, httpPort: http.port };
      return new ControlPlane({ ads: ads.server, http: http.server, store }, at);
    } catch (error) {
      await ads.server.close();
      throw error;
    }
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
    const systemCaFile = findSystemCaFile(process.env);
    const reveal = (secret: Secret) => secret.reveal();
    const options = { plugins: this.#sources, reveal, ...(systemCaFile && { systemCaFile }) };
    const stages = transition(this.#model, model).map((stage) => translate(stage, options));
    this.#model = model;
    return this.#ads.publish(...stages);
  }

  status(): EnvoyStatus[] {
    return this.#ads.status();
  }

  /** Whether the Envoy `id` has accepted or refused everything that was published last. */
  isSettled(id: string): boolean {
    const envoy = this.status().find((status) => status.id === id && status.disconnectedAt === null);
    return envoy !== undefined && this.#published().every((wanted) => envoy.resources.some((r) => answers(r, wanted)));
  }

  async close(): Promise<void> {
    await Promise.all([this.#ads.close(), this.#http.close()]);
  }

  #published(): Published[] {
    return [...this.#ads.snapshot].flatMap(([typeUrl, byName]) =>
      [...byName.values()].map(({ name, version }) => ({ kind: kindOf(typeUrl), name, version })),
    );
  }
}

interface Listening {
  address: string;
  xdsPort: number;
  httpPort: number;
}

interface Published {
  kind: string;
  name: string;
  version: string;
}

function answers(resource: ResourceStatus, { kind, name, version }: Published): boolean {
  if (resource.kind !== kind || resource.name !== name) return false;
  return resource.rejectedVersion === version || (resource.version === version && resource.state !== "pending");
}

function kindOf(typeUrl: string): string {
  return Object.entries(typeUrls).find(([, url]) => url === typeUrl)?.[0] ?? typeUrl;
}

interface Listener {
  listen(): Promise<{ port: number }>;
}

/** Listens on the port asked for, else on the usual one, else, since nobody asked for that one, on any. */
async function listening<T extends Listener>(
  flag: string,
  asked: number | undefined,
  usual: number,
  make: (port: number) => T,
): Promise<{ server: T; port: number }> {
  const server = make(asked ?? usual);
  try {
    return { server, ...(await server.listen()) };
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (asked !== undefined || code !== "EADDRINUSE") {
      throw new UserError(`The control plane cannot listen: ${message}. Choose another with ${flag}`, { cause });
    }
    const other = make(0);
    return { server: other, ...(await other.listen()) };
  }
}

// The control plane over HTTP: plugins for the Envoys, and for people the state of the fleet. Nothing here shows a
// secret; there is nothing to change here.
import { isIP, type AddressInfo } from "node:net";
import fastify, { type FastifyInstance, type FastifyRequest } from "fastify";
import type { AdsServer } from "./ads-server.ts";
import { fleetMetrics, ledgerMetrics, targetMetrics, type LedgerStatus } from "./fleet-metrics.ts";
import type { PluginStore } from "./plugin-store.ts";
import type { TargetStatus } from "./target-status.ts";

export interface HttpServerOptions {
  ads: AdsServer;
  plugins: PluginStore;
  /** What is known of the targets' health. */
  targets(): Promise<TargetStatus[]>;
  /** How the ledger is; null while there is none. */
  ledger?(): Promise<LedgerStatus> | null;
  /** Where the market is served; null while it is not. */
  market?(): unknown;
  /** How registries of services are. */
  registries?(): unknown;
  /** Whether everything that is configured is published, what a cluster has included. Default: it is. */
  isReady?(): boolean;
  /** How much of each limit is used. */
  limits(): unknown;
  /** The configuration in force, for people to read. Its secrets print themselves redacted. */
  config(): unknown;
  host?: string;
  /** 0, the default, takes a free one. */
  port?: number;
}

export class HttpServer {
  readonly #app: FastifyInstance;
  readonly #options: HttpServerOptions;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#app = fastify({ forceCloseConnections: true });
    this.#app.addHook("onRequest", (request, reply, done) => {
      if (isForUs(request)) return done();
      const fix = "Ask by address, or as localhost";
      void reply.code(misdirected).send({ message: `This control plane has no such name. ${fix}` });
    });
    this.#plugins();
    this.#views();
  }

  async listen(): Promise<{ port: number }> {
    const { host = "127.0.0.1", port = 0 } = this.#options;
    await this.#app.listen({ host, port });
    return { port: (this.#app.server.address() as AddressInfo).port };
  }

  close(): Promise<void> {
    return this.#app.close();
  }

  #plugins(): void {
    this.#app.get<{ Params: { file: string } }>("/plugins/:file", (request, reply) => {
      const plugin = this.#options.plugins.get(request.params.file);
      if (!plugin) return reply.code(404).send({ message: `No plugin file is named ${request.params.file}` });
      return reply
        .type("application/wasm")
        .header("cache-control", "public, max-age=31536000, immutable")
        .header("etag", `"${plugin.sha256}"`)
        .send(plugin.bytes);
    });
  }

  #views(): void {
    const { ads, config, targets, ledger = () => null, market = () => null, registries = () => [] } = this.#options;
    this.#app.get("/healthz", () => ({ status: "ok" }));
    this.#app.get("/readyz", (_, reply) => {
      if (this.#options.isReady?.() ?? true) return { status: "ok" };
      return reply.code(503).send({ status: "The configuration is not complete yet" });
    });
    this.#app.get("/status", async () => ({
      envoys: ads.status(),
      targets: await targets(),
      ledger: await ledger(),
      market: market(),
      registries: registries(),
    }));
    this.#app.get("/config", () => config());
    this.#app.get("/limits", () => ({ counters: this.#options.limits() }));
    this.#app.get("/metrics", async (_, reply) => {
      const text = fleetMetrics(ads) + targetMetrics(await targets()) + ledgerMetrics(await ledger());
      return reply.type("text/plain; version=0.0.4").send(text);
    });
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-15.5.20 */
const misdirected = 421;

/**
 * A web page may let its own name resolve to this machine and then read what is here (DNS rebinding). So on loopback a
 * name other than localhost is refused. On a network names are legitimate, and who reaches the port may read it anyway.
 */
function isForUs({ hostname, socket }: FastifyRequest): boolean {
  const local = socket.localAddress?.replace(/^::ffff:/, "") ?? "";
  if (!local.startsWith("127.") && local !== "::1") return true;
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  return host === "localhost" || isIP(host) !== 0;
}

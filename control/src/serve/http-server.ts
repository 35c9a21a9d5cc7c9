// The control plane over HTTP: plugins for the Envoys, and for people the state of the fleet. Nothing here shows a
// secret; there is nothing to change here.
import type { AddressInfo } from "node:net";
import fastify, { type FastifyInstance } from "fastify";
import type { AdsServer } from "./ads-server.ts";
import { fleetMetrics } from "./fleet-metrics.ts";
import type { PluginStore } from "./plugin-store.ts";

export interface HttpServerOptions {
  ads: AdsServer;
  plugins: PluginStore;
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
    const { ads, config } = this.#options;
    this.#app.get("/healthz", () => ({ status: "ok" }));
    this.#app.get("/status", () => ({ envoys: ads.status() }));
    this.#app.get("/config", () => config());
    this.#app.get("/metrics", (_, reply) => reply.type("text/plain; version=0.0.4").send(fleetMetrics(ads)));
  }
}

// The catalogue over HTTP, for whoever may reach it: nothing in it is secret, and nothing can be changed.
import type { AddressInfo } from "node:net";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { BadQuery, type Catalogue, type Json, type ListQuery } from "./catalogue.ts";

export interface MarketServerOptions {
  address: string;
  /** 0 takes a free one. */
  port: number;
  catalogue: Catalogue;
}

interface Named {
  Params: { name: string; version: string };
  Querystring: ListQuery;
}

/** Names and versions have slashes and pluses in them, which are escaped. */
const nameLengthMax = 512;

export class MarketServer {
  readonly #app: FastifyInstance;

  private constructor(app: FastifyInstance) {
    this.#app = app;
  }

  /** Throws what the system says where it cannot listen. */
  static async start({ address, port, catalogue }: MarketServerOptions): Promise<MarketServer> {
    const app = fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: nameLengthMax } });
    addRoutes(app, catalogue);
    try {
      await app.listen({ host: address, port });
      return new MarketServer(app);
    } catch (error) {
      await app.close();
      throw error;
    }
  }

  get port(): number {
    return (this.#app.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return this.#app.close();
  }
}

function addRoutes(app: FastifyInstance, catalogue: Catalogue): void {
  app.setErrorHandler((error: Error, _request, reply) => {
    const status = error instanceof BadQuery ? 400 : ((error as { statusCode?: number }).statusCode ?? 500);
    return reply.code(status).send({ error: status < 500 ? error.message : "The catalogue could not be read" });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: "There is nothing here" }));
  // Web pages may read it: it is the same for everybody.
  app.addHook("onRequest", async (_request, reply) => void reply.header("access-control-allow-origin", "*"));
  app.get<Named>("/v0.1/servers", ({ query }) => catalogue.list(once(query)));
  app.get<Named>("/v0.1/servers/:name/versions", ({ params, query }, reply) =>
    answer(catalogue.versions(params.name, once(query)), "Server not found", reply),
  );
  app.get<Named>("/v0.1/servers/:name/versions/:version", ({ params, query }, reply) =>
    answer(catalogue.version(params.name, params.version, once(query)), "Server or version not found", reply),
  );
}

/** A parameter that is given twice counts as it is given last. */
function once(query: ListQuery): ListQuery {
  const entries = Object.entries(query as Record<string, string | string[]>);
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]));
}

function answer(found: Json | null, otherwise: string, reply: FastifyReply): FastifyReply {
  return found ? reply.send(found) : reply.code(404).send({ error: otherwise });
}

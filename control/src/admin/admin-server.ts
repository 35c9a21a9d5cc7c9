// The admin API over HTTP. Whoever has one of its tokens may do everything here but read what was said, so everything
// that changes is written down under the token's name. Nothing shows a key, but for the one time that it is made.
import { createHash, timingSafeEqual } from "node:crypto";
import type { AddressInfo } from "node:net";
import swagger from "@fastify/swagger";
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { z } from "zod";
import type { AdminToken } from "../model/admin.ts";
import { AdminService, Refused, type AdminHost } from "./admin.ts";
import { isPart } from "./api.ts";
import { addBodyRoutes } from "./body-routes.ts";
import { addConfigurationRoutes } from "./configuration-routes.ts";
import type { Actor } from "./entry-store.ts";
import { addQueryRoutes } from "./query-routes.ts";

export interface AdminServerOptions extends AdminHost {
  address: string;
  /** 0 takes a free one. */
  port: number;
  tokens: () => readonly AdminToken[];
  /** What went wrong here and not at the caller's. */
  onTrouble?: (message: string) => void;
}

const bodyBytesMax = 256 * 1024;

export class AdminServer {
  readonly #app: FastifyInstance;
  readonly #options: AdminServerOptions;

  private constructor(app: FastifyInstance, options: AdminServerOptions) {
    this.#app = app;
    this.#options = options;
  }

  /** Throws what the system says where it cannot listen. */
  static async start(options: AdminServerOptions): Promise<AdminServer> {
    const app = fastify({ forceCloseConnections: true, bodyLimit: bodyBytesMax });
    const server = new AdminServer(app, options);
    try {
      await server.#build();
      await app.listen({ host: options.address, port: options.port });
      return server;
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

  async #build(): Promise<void> {
    const app = this.#app;
    app.setValidatorCompiler(
      ({ schema, httpPart }) =>
        (data) =>
          validate(schema as z.ZodType, data, httpPart),
    );
    app.setSerializerCompiler(() => (data) => JSON.stringify(data));
    app.setErrorHandler((error: FastifyError | Refused, _request, reply) => this.#answerError(error, reply));
    app.setNotFoundHandler((_request, reply) =>
      reply.code(404).send({ message: "There is nothing here", problems: [] }),
    );
    app.decorateRequest("actor", null as never);
    app.addHook("onRequest", async (request) => {
      if (request.routeOptions.url !== "/openapi.json") request.actor = this.#actorOf(request);
    });
    await app.register(swagger, openApi);
    // Routes are described as far as they are added behind the plugin.
    await app.register((scope, _, done) => {
      const api = { app: scope, service: new AdminService(this.#options), host: this.#options };
      addConfigurationRoutes(api);
      addQueryRoutes(api);
      addBodyRoutes(api);
      done();
    });
    app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
  }

  #actorOf(request: FastifyRequest): Actor {
    const [, given] = /^bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
    const found =
      given === undefined ? undefined : this.#options.tokens().find(({ token }) => isSame(given, token.reveal()));
    if (!found) throw new Refused(401, "Send one of the tokens of admin.tokens as authorization: Bearer");
    return { name: found.name, address: request.ip, mayReadBodies: found.readBodies };
  }

  #answerError(error: FastifyError | Refused, reply: FastifyReply): FastifyReply {
    if (error instanceof Refused) {
      if (error.status === 401) reply.header("www-authenticate", "Bearer");
      return reply.code(error.status).send({ message: error.message, problems: error.problems });
    }
    const { statusCode = 500 } = error;
    if (statusCode < 500) return reply.code(statusCode).send({ message: error.message, problems: [] });
    // The database says what it says: that is for the operator's eyes.
    this.#options.onTrouble?.(`The admin API could not answer: ${error.message}`);
    return reply.code(500).send({ message: "Weir could not do it; its log says why", problems: [] });
  }
}

declare module "fastify" {
  interface FastifyRequest {
    actor: Actor;
  }
}

/** However much of it is right, it takes as long. */
function isSame(given: string, token: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(token));
}

/** Parts of the configuration are checked later, against all others, with messages that say more. */
function validate(schema: z.ZodType, data: unknown, part: string | undefined): { value: unknown } | { error: Error } {
  if (part === "body" && isPart(schema)) return { value: data };
  const read = schema.safeParse(data ?? {});
  if (read.success) return { value: read.data };
  const said = read.error.issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(" "));
  return { error: Object.assign(new Error(said.join("; ")), { statusCode: 400 }) };
}

type Described = Record<string, unknown> & { response?: Record<string, z.ZodType> };

const openApi: Parameters<typeof swagger>[1] & object = {
  openapi: {
    openapi: "3.1.0",
    info: {
      title: "Weir admin API",
      version: "1",
      description: "Keys, consumers, limits, budgets, usage, prompts and answers, audit log.",
    },
    components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    security: [{ token: [] }],
  },
  transform: ({ schema, url }) => {
    const { response = {}, ...parts } = schema as unknown as Described;
    const described = Object.entries(parts).map(([name, part]) => [
      name,
      part instanceof z.ZodType ? toJson(part) : part,
    ]);
    const answers = Object.entries(response).map(([status, answer]) => [status, toJson(answer, "output")]);
    return { schema: { ...Object.fromEntries(described), response: Object.fromEntries(answers) } as never, url };
  },
};

function toJson(schema: z.ZodType, io: "input" | "output" = "input"): unknown {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, unrepresentable: "any", override: withoutOwn });
  return json;
}

/** `form` and `sample` are the reference page's. */
function withoutOwn({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  if (jsonSchema["sample"] !== undefined) jsonSchema["examples"] = [jsonSchema["sample"]];
  delete jsonSchema["sample"];
  delete jsonSchema["form"];
}

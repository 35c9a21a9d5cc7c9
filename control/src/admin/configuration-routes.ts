// Consumers, keys, limits and budgets: what is in force is shown, what is in the store is changed. A change is in force
// when it is answered.
import type { z } from "zod";
import type { Section } from "../config/stored-entries.ts";
import { asPart, errors, type AdminApi } from "./api.ts";
import { Refused } from "./admin.ts";
import * as schemas from "./schemas.ts";
import { showConsumers, showKeys } from "./views.ts";

type Body = Record<string, unknown>;
interface Named {
  Params: { name: string };
  Body: Body;
}
interface KeyRoute {
  Params: { consumer: string; key: string };
  Body: Body;
}

const changed = { 200: schemas.changedAnswer, 201: schemas.changedAnswer, ...errors };

export function addConfigurationRoutes(api: AdminApi): void {
  addSection(api, "consumers", schemas.consumerBody);
  addSection(api, "limits", schemas.limitBody);
  addSection(api, "budgets", schemas.budgetBody);
  addKeys(api);
  addKeyChanges(api);
}

/** The same four for each. */
function addSection({ app, service, host }: AdminApi, section: Exclude<Section, "keys">, body: z.ZodType): void {
  const tags = [section];
  const shown = { consumers: schemas.consumerAnswer, limits: schemas.partAnswer, budgets: schemas.partAnswer }[section];
  app.get(`/v1/${section}`, { schema: { tags, response: { 200: schemas.listOf(shown), ...errors } } }, async () => {
    if (section === "consumers") return { items: showConsumers(host.model(), host.base()) };
    const stored = new Set((await service.entries(section)).map(({ name }) => name));
    const inFile = new Set(host.base()[section].map(({ name }) => name));
    const items = host.model()[section].map((one) => ({ ...one, source: inFile.has(one.name) ? "file" : "store" }));
    const wrong = [...stored].filter((name) => inFile.has(name) || !items.some((one) => one.name === name));
    return { items, notInForce: wrong };
  });
  app.get<Named>(
    `/v1/${section}/:name`,
    { schema: { tags, params: schemas.nameParams, response: { 200: body, ...errors } } },
    async ({ params }) => (await service.entry(section, params.name)).body,
  );
  app.put<Named>(
    `/v1/${section}/:name`,
    { schema: { tags, params: schemas.nameParams, body: asPart(body), response: changed } },
    async ({ params, body, actor }, reply) => {
      const given = mappingOf(body);
      if (given["name"] !== undefined && given["name"] !== params.name) {
        throw new Refused(422, "The name in the body is another one than in the path");
      }
      const { warnings, isNew } = await service.put(section, { ...given, name: params.name }, actor);
      return reply.code(isNew ? 201 : 200).send({ warnings });
    },
  );
  app.delete<Named>(
    `/v1/${section}/:name`,
    { schema: { tags, params: schemas.nameParams, response: { 204: schemas.nothing, ...errors } } },
    async ({ params, actor }, reply) => {
      await service.delete(section, params.name, actor);
      return reply.code(204).send();
    },
  );
}

const tags = ["keys"];

function addKeys({ app, service, host }: AdminApi): void {
  const response = { 200: schemas.listOf(schemas.keyAnswer), ...errors };
  app.get("/v1/keys", { schema: { tags, response } }, () => ({ items: showKeys(host.model(), host.base()) }));
  app.get<KeyRoute>(
    "/v1/consumers/:consumer/keys",
    { schema: { tags, params: schemas.consumerParams, response } },
    ({ params }) => ({ items: showKeys(host.model(), host.base(), params.consumer) }),
  );
  app.post<KeyRoute>(
    "/v1/consumers/:consumer/keys",
    {
      schema: {
        tags,
        summary: "Make a key",
        params: schemas.consumerParams,
        body: asPart(schemas.newKeyBody),
        response: { 201: schemas.newKeyAnswer, ...errors },
      },
    },
    async ({ params, body, actor }, reply) => {
      const made = await service.makeKey({ ...mappingOf(body), consumer: params.consumer }, actor);
      return reply.code(201).send(made);
    },
  );
}

function addKeyChanges({ app, service }: AdminApi): void {
  const params = schemas.keyParams;
  const nameOf = ({ consumer, key }: KeyRoute["Params"]): string => `${consumer}/${key}`;
  const path = "/v1/consumers/:consumer/keys/:key";
  app.patch<KeyRoute>(
    path,
    { schema: { tags, params, body: asPart(schemas.keyPatch), response: { 200: schemas.changedAnswer, ...errors } } },
    async ({ params, body, actor }) => {
      const given = mappingOf(body);
      const fixed = ["name", "consumer", "sha256", "retired"].find((field) => field in given);
      if (fixed) throw new Refused(422, `${fixed} cannot be changed`);
      return { warnings: await service.patchKey(nameOf(params), given, actor) };
    },
  );
  app.post<KeyRoute>(
    `${path}/rotate`,
    {
      schema: {
        tags,
        summary: "Replace a key",
        params,
        body: schemas.rotateBody,
        response: { 200: schemas.rotatedAnswer, ...errors },
      },
    },
    async ({ params, body, actor }) => {
      const made = await service.rotateKey(nameOf(params), schemas.graceMs(String(body["grace"])), actor);
      return { ...made, until: new Date(made.until).toISOString() };
    },
  );
  app.delete<KeyRoute>(
    path,
    { schema: { tags, params, response: { 204: schemas.nothing, ...errors } } },
    async ({ params, actor }, reply) => {
      await service.delete("keys", nameOf(params), actor);
      return reply.code(204).send();
    },
  );
}

function mappingOf(body: unknown): Body {
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Body;
  throw new Refused(422, "The body must be a JSON object");
}

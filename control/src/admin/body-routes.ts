// Recorded prompts and answers. What was said is shown one at a time, to tokens that may see it, and each look is in
// the audit log before it is answered.
import type { z } from "zod";
import { deleteBody, findBody, listBodies, type Body, type BodyFacts } from "../ledger/bodies.ts";
import { readTime } from "../ledger/read-time.ts";
import { Refused } from "./admin.ts";
import { errors, type AdminApi } from "./api.ts";
import { writeChange } from "./entry-store.ts";
import * as schemas from "./schemas.ts";

interface One {
  Params: { id: string };
}

const weekMs = 7 * 24 * 3_600_000;
const section = "bodies";

export function addBodyRoutes(api: AdminApi): void {
  addList(api);
  addOne(api);
}

function addList({ app, host }: AdminApi): void {
  app.get<{ Querystring: z.output<typeof schemas.bodiesQuery> }>(
    "/v1/bodies",
    {
      schema: {
        tags: [section],
        summary: "Which prompts and answers are recorded, the newest first, without what they say",
        querystring: schemas.bodiesQuery,
        response: { 200: schemas.listOf(schemas.bodyFactsAnswer), ...errors },
      },
    },
    async ({ query: { since, until, ...query } }) => {
      const to = (until === undefined ? null : readTime(until)) ?? Date.now() + 1;
      const from = (since === undefined ? null : readTime(since)) ?? to - weekMs;
      return { items: (await listBodies(await host.store(), { ...query, from, to })).map(show) };
    },
  );
}

function addOne({ app, host }: AdminApi): void {
  app.get<One>(
    "/v1/bodies/:id",
    {
      schema: {
        tags: [section],
        summary:
          "What was asked and answered in one request; for tokens with readBodies, and written into the audit log",
        params: schemas.idParams,
        response: { 200: schemas.bodyAnswer, ...errors },
      },
    },
    async ({ params, actor }) => {
      if (!actor.mayReadBodies) throw new Refused(403, "This token may not read prompts and answers: see readBodies");
      const store = await host.store();
      const body = bodyOf(await findBody(store, params.id), params.id);
      await writeChange(store, { section, name: body.id, action: "read", body: null }, actor);
      return { ...show(body), prompt: parsed(body.prompt), answer: parsed(body.answer) };
    },
  );
  app.delete<One>(
    "/v1/bodies/:id",
    {
      schema: {
        tags: [section],
        summary: "Forgets what was asked and answered in one request; its facts stay in the ledger",
        params: schemas.idParams,
        response: { 204: schemas.nothing, ...errors },
      },
    },
    async ({ params, actor }, reply) => {
      const store = await host.store();
      const { id } = bodyOf(await findBody(store, params.id), params.id);
      const change = { section, name: id, action: "delete", body: null } as const;
      await writeChange(store, change, actor, (trx) => deleteBody(trx, id));
      return reply.code(204).send(null);
    },
  );
}

function bodyOf(found: Body | null, id: string): Body {
  if (!found) throw new Refused(404, `No prompt and no answer is recorded for ${id}`);
  return found;
}

function show({ at, redacted, ...facts }: BodyFacts): object {
  const { prompt: _, answer: __, ...shown } = facts as BodyFacts & Partial<Body>;
  return { ...shown, at: new Date(at).toISOString(), redacted };
}

/** The recorder writes JSON; what another has put there is shown as it is. */
function parsed(text: string | null): unknown {
  try {
    return text === null ? null : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}

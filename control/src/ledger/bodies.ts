// Recorded prompts and answers: which there are, one of them, and one that is to be forgotten. Lists never hold a text.
import type { Kysely, Selectable } from "kysely";
import { toBigInt, type BodyTable, type RequestTable, type Schema } from "../store/schema.ts";
import type { Store } from "../store/store.ts";

const requestFacts = ["id", "request_id", "response_id", "consumer", "route", "surface", "provider", "model"] as const;
type RequestFacts = Pick<Selectable<RequestTable>, (typeof requestFacts)[number]>;

/** What is told of one without its texts. */
export interface BodyFacts extends RequestFacts {
  at: number;
  promptTruncated: boolean;
  answerTruncated: boolean;
  redacted: string[];
}

export interface Body extends BodyFacts {
  /** JSON; null where none was recorded. */
  prompt: string | null;
  answer: string | null;
}

export interface BodyQuery {
  from: number;
  to: number;
  consumer?: string | undefined;
  route?: string | undefined;
  limit: number;
}

/** The newest first. */
export async function listBodies({ db }: Store, { from, to, consumer, route, limit }: BodyQuery): Promise<BodyFacts[]> {
  let query = db
    .selectFrom("bodies")
    .innerJoin("requests", "requests.id", "bodies.request")
    .select(requestFacts)
    .select(["bodies.started_at", "prompt_truncated", "answer_truncated", "redacted"])
    .where("bodies.started_at", ">=", from)
    .where("bodies.started_at", "<", to)
    .orderBy("bodies.started_at", "desc")
    .limit(limit);
  if (consumer !== undefined) query = query.where("consumer", "=", consumer);
  if (route !== undefined) query = query.where("route", "=", route);
  return (await query.execute()).map(factsOf);
}

/**
 * By the record's own id, by what the client or Envoy called the request, or by what the answer called itself; of
 * several, which a client may name alike, the newest. Null for none.
 */
export async function findBody({ db }: Store, id: string): Promise<Body | null> {
  if (id === "") return null;
  const row = await db
    .selectFrom("bodies")
    .innerJoin("requests", "requests.id", "bodies.request")
    .select(requestFacts)
    .select(["bodies.started_at", "prompt_truncated", "answer_truncated", "redacted", "prompt", "answer"])
    .where((where) => where.or([where("id", "=", id), where("request_id", "=", id), where("response_id", "=", id)]))
    .orderBy("bodies.started_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ? { ...factsOf(row), prompt: row.prompt, answer: row.answer } : null;
}

/** By the record's own id. What else is known of the request stays. */
export async function deleteBody(db: Kysely<Schema>, id: string): Promise<void> {
  await db.deleteFrom("bodies").where("request", "=", id).execute();
}

type Row = RequestFacts &
  Pick<Selectable<BodyTable>, "started_at" | "prompt_truncated" | "answer_truncated" | "redacted">;

function factsOf(row: Row): BodyFacts {
  const { id, request_id, response_id, consumer, route, surface, provider, model } = row;
  return {
    ...{ id, request_id, response_id, consumer, route, surface, provider, model },
    at: Number(toBigInt(row.started_at)),
    promptTruncated: row.prompt_truncated === 1,
    answerTruncated: row.answer_truncated === 1,
    redacted: JSON.parse(row.redacted) as string[],
  };
}

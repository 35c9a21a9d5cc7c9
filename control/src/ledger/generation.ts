// One request of a caller, by its own id or by what the answer called itself.
import type { Selectable } from "kysely";
import type { AttemptTable, RequestTable } from "../store/schema.ts";
import type { Store } from "../store/store.ts";

export interface Generation {
  request: Selectable<RequestTable>;
  attempts: Selectable<AttemptTable>[];
}

/** Null where `consumer` has none of this id; of several, which a client may name alike, the newest. */
export async function findGeneration({ db }: Store, consumer: string, id: string): Promise<Generation | null> {
  if (id === "" || consumer === "") return null;
  const request = await db
    .selectFrom("requests")
    .selectAll()
    .where("consumer", "=", consumer)
    .where((where) => where.or([where("request_id", "=", id), where("response_id", "=", id)]))
    .orderBy("started_at", "desc")
    .limit(1)
    .executeTakeFirst();
  if (!request) return null;
  const attempts = await db
    .selectFrom("attempts")
    .selectAll()
    .where("request", "=", request.id)
    .orderBy("number")
    .execute();
  return { request, attempts };
}

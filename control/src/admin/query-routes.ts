// What was used, what is spent, who has changed what.
import { formatUsage } from "../ledger/format-usage.ts";
import { queryUsage, type UsageQuery } from "../ledger/query.ts";
import { readTime } from "../ledger/read-time.ts";
import { usageDimensions, type UsageDimension } from "../store/schema.ts";
import type { z } from "zod";
import { errors, type AdminApi } from "./api.ts";
import { readAudit } from "./entry-store.ts";
import * as schemas from "./schemas.ts";
import { showSpending } from "./views.ts";

const dayMs = 24 * 3_600_000;

export function addQueryRoutes({ app, host }: AdminApi): void {
  app.get<{ Querystring: z.output<typeof schemas.usageQuery> }>(
    "/v1/usage",
    {
      schema: {
        tags: ["usage"],
        summary: "What was used, as weir usage tells it; format=csv gives text/csv",
        querystring: schemas.usageQuery,
        response: { 200: schemas.usageAnswer, ...errors },
      },
    },
    async ({ query }, reply) => {
      const wanted = toQuery(query);
      const text = formatUsage(await queryUsage(await host.store(), wanted), wanted, query.format);
      const type = query.format === "csv" ? "text/csv; charset=utf-8" : "application/json; charset=utf-8";
      return reply
        .type(type)
        .serializer((body: unknown) => String(body))
        .send(text);
    },
  );
  app.get(
    "/v1/spending",
    {
      schema: {
        tags: ["budgets"],
        summary: "What is spent of each budget",
        response: { 200: schemas.listOf(schemas.spendingAnswer), ...errors },
      },
    },
    async () => ({ items: await showSpending(await host.store(), host.model(), Date.now()) }),
  );
  app.get<{ Querystring: z.output<typeof schemas.auditQuery> }>(
    "/v1/audit",
    {
      schema: {
        tags: ["audit"],
        summary: "Who has changed what, the newest first",
        querystring: schemas.auditQuery,
        response: { 200: schemas.listOf(schemas.auditAnswer), ...errors },
      },
    },
    async ({ query: { before, limit } }) => {
      const lines = await readAudit(await host.store(), { limit, ...(before !== undefined && { before }) });
      return { items: lines.map((line) => ({ ...line, at: new Date(line.at).toISOString() })) };
    },
  );
}

function toQuery({ by, each, since, until, ...where }: z.output<typeof schemas.usageQuery>): UsageQuery {
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  const named = usageDimensions.flatMap((name) => {
    const value = (where as Record<string, unknown>)[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  return {
    by: [...new Set(schemas.splitList(by))] as UsageDimension[],
    bucket: each ?? null,
    from: (since === undefined ? null : readTime(since)) ?? today - 30 * dayMs,
    // The day that has begun counts as far as it has come.
    to: (until === undefined ? null : readTime(until)) ?? today + dayMs,
    where: Object.fromEntries(named),
  };
}

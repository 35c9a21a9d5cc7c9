// What the files of routes share.
import type { FastifyInstance } from "fastify";
import type { z } from "zod";
import type { AdminHost, AdminService } from "./admin.ts";
import { errorAnswer } from "./schemas.ts";

export interface AdminApi {
  app: FastifyInstance;
  service: AdminService;
  host: AdminHost;
}

/** What every route may answer. */
export const errors = { "4xx": errorAnswer.describe("It was not done.") };

const parts = new WeakSet<z.ZodType>();

/** Marks a body as a part of the configuration, which is checked against all others and not by itself. */
export function asPart<T extends z.ZodType>(schema: T): T {
  parts.add(schema);
  return schema;
}

export function isPart(schema: z.ZodType): boolean {
  return parts.has(schema);
}

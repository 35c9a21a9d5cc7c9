// What the admin API takes and gives, for its checks and for its OpenAPI document. Parts of the configuration look as
// they do in the file.
import { z } from "zod";
import { storedSchemas } from "../config/stored-entries.ts";
import { usageFormats } from "../ledger/format-usage.ts";
import { buckets, usageProblem } from "../ledger/query.ts";
import { readTime } from "../ledger/read-time.ts";
import { usageDimensions } from "../store/schema.ts";

export const limitBody = storedSchemas.limits;
export const budgetBody = storedSchemas.budgets;
export const consumerBody = storedSchemas.consumers;

const keyFields = storedSchemas.keys.omit({ consumer: true, retired: true });
export const newKeyBody = keyFields.describe("Without `sha256` a key is made, and shown once.");
export const keyPatch = keyFields
  .omit({ name: true, sha256: true })
  .partial()
  .describe("Only what is to change; null takes a field away.");

const duration = /^(\d{1,5})(m|h|d)$/;
const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

export const rotateBody = z.strictObject({
  grace: z
    .string()
    .regex(duration, "is a time such as 30m, 24h or 7d, or 0m for none")
    .default("24h")
    .describe("How long the old key is still good: `30m`, `24h`, `7d`; `0m` ends it at once."),
});

export function graceMs(text: string): number {
  const [, amount, unit = ""] = duration.exec(text) ?? [];
  return Number(amount) * (unitMs[unit] ?? 0);
}

const time = (isEnd: boolean) =>
  z
    .string()
    .refine((text) => readTime(text) !== null, "is 2026-11-01, 2026-11-01T12:00Z, 7d or 36h")
    .optional()
    .describe(isEnd ? "The end; now by default." : "The beginning; 30 days ago by default.");

const dimension = z.enum(usageDimensions);

export const usageQuery = z
  .strictObject({
    by: z
      .string()
      .default("model")
      .refine(
        (text) => splitList(text).every((name) => dimension.safeParse(name).success),
        `is of ${usageDimensions.join(", ")}`,
      )
      .describe(`What to tell apart, with commas: ${usageDimensions.join(", ")}. Empty for the total.`),
    each: z.enum(buckets).optional().describe("A row for each, in UTC."),
    since: time(false),
    until: time(true),
    format: z.enum(usageFormats).exclude(["table"]).default("json"),
    ...Object.fromEntries(usageDimensions.map((name) => [name, z.string().optional().describe(`Only this ${name}.`)])),
  })
  .superRefine(({ by, ...where }, context) => {
    const message = usageProblem([...splitList(by), ...Object.keys(where)]);
    if (message !== null) context.addIssue({ code: "custom", path: ["by"], message });
  });

export function splitList(text: string): string[] {
  return text === "" ? [] : text.split(",").map((part) => part.trim());
}

export const auditQuery = z.strictObject({
  before: z.coerce.number().int().positive().optional().describe("Only lines with a smaller number."),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const bodiesQuery = z.strictObject({
  since: z
    .string()
    .refine((text) => readTime(text) !== null, "is 2026-11-01, 2026-11-01T12:00Z, 7d or 36h")
    .optional()
    .describe("The beginning; 7 days before the end by default."),
  until: time(true),
  consumer: z.string().optional().describe("Only this consumer."),
  route: z.string().optional().describe("Only this route."),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const idParams = z.strictObject({
  id: z.string().min(1).max(512).describe("The record's id, the request's `x-request-id`, or the answer's own id."),
});
export const nameParams = z.strictObject({ name: z.string().min(1).max(128) });
export const consumerParams = z.strictObject({ consumer: z.string().min(1).max(128) });
export const keyParams = z.strictObject({ consumer: z.string().min(1).max(128), key: z.string().min(1).max(128) });

const problem = z.object({ path: z.string(), message: z.string(), fix: z.string() });
export const errorAnswer = z.object({ message: z.string(), problems: z.array(problem) });
export const changedAnswer = z.object({ warnings: z.array(z.string()).describe("What is odd about it.") });
export const newKeyAnswer = changedAnswer.extend({
  key: z.string().nullable().describe("The key, shown this once; null where its hash was given."),
});
export const rotatedAnswer = newKeyAnswer.extend({ until: z.string().describe("Until when the old key is good.") });

const source = z.enum(["file", "store"]).describe("Where it is kept. Only what is in the store can be changed here.");
const labels = { organization: z.string().nullable(), team: z.string().nullable(), user: z.string().nullable() };
const allowed = {
  models: z.array(z.string()).nullable(),
  routes: z.array(z.string()).nullable(),
  networks: z.array(z.string()).nullable(),
};
export const keyAnswer = z.object({
  consumer: z.string(),
  name: z.string(),
  sha256: z.string().describe("Its beginning."),
  expires: z.string().nullable(),
  disabled: z.boolean(),
  kind: z.enum(["key", "signer"]),
  ...allowed,
  source,
});
export const consumerAnswer = z.object({ name: z.string(), ...labels, ...allowed, source });
export const spendingAnswer = z.object({
  budget: z.string(),
  match: z.record(z.string(), z.string()),
  unit: z.string(),
  limit: z.string(),
  spent: z.string(),
  percent: z.number(),
  hard: z.boolean(),
  from: z.string(),
  until: z.string().nullable(),
});
export const auditAnswer = z.object({
  number: z.number(),
  at: z.string(),
  actor: z.string(),
  address: z.string(),
  action: z.string(),
  section: z.string(),
  name: z.string(),
  before: z.unknown(),
  after: z.unknown(),
});
export const bodyFactsAnswer = z.object({
  id: z.string(),
  request_id: z.string(),
  response_id: z.string(),
  at: z.string(),
  consumer: z.string(),
  route: z.string(),
  surface: z.string(),
  provider: z.string(),
  model: z.string(),
  promptTruncated: z.boolean(),
  answerTruncated: z.boolean(),
  redacted: z.array(z.string()).describe("What was taken out."),
});
export const bodyAnswer = bodyFactsAnswer.extend({
  prompt: z.unknown().describe("What was asked, as JSON; null where none was recorded."),
  answer: z.unknown().describe("What was answered; of a stream, a list of its texts and calls of tools."),
});
export const partAnswer = z.object({ name: z.string(), source }).loose();
export const usageAnswer = z.object({
  from: z.string(),
  to: z.string(),
  rows: z.array(z.record(z.string(), z.unknown())),
});
export const nothing = z.null();
export const listOf = (item: z.ZodType) => z.object({ items: z.array(item) });

// `budgets[]` and `webhooks[]`: how much may be spent, by whom, and who is told.
import { z } from "zod";
import { budgetPeriods, budgetUnits } from "../../model/budgets.ts";
import { onExceeded } from "./exceeded.ts";
import { name } from "./name.ts";
import { flag, integer, Mistake, scalar, text, word } from "./scalar.ts";

/** A whole number, or dollars with up to nine decimals: what is read is told apart by the unit. */
const amount = scalar({ form: "number", type: ["number", "string"], minimum: 0 }, (value) => {
  const written = typeof value === "number" || typeof value === "string" ? String(value).replaceAll("_", "") : "";
  const [, whole, decimals = ""] = /^(\d{1,16})(?:\.(\d{1,9}))?$/.exec(written) ?? [];
  if (whole === undefined) return new Mistake("is not a number from 0 on", "Write a number such as 100000 or 2.50");
  return { whole: Number(whole), nano: BigInt(whole + decimals.padEnd(9, "0")), isWhole: /^0*$/.test(decimals) };
});

const nameOrEach = () =>
  text(
    (value) => {
      if (value.length > 256) return new Mistake("is longer than 256 characters", "Shorten it");
      if (value === "*" || !value.endsWith("*")) return value;
      return new Mistake("is a prefix, which budgets do not take", 'Write a name, or "*" for each by itself');
    },
    { form: "name or *" },
  );

const match = z.strictObject({
  organization: nameOrEach().optional().describe("The consumer's organisation.").meta({ sample: "acme" }),
  team: nameOrEach().optional().describe("The consumer's team.").meta({ sample: "*" }),
  user: nameOrEach().optional().describe("The person.").meta({ sample: "*" }),
  consumer: nameOrEach().optional().describe("The consumer's name.").meta({ sample: "*" }),
  key: nameOrEach()
    .optional()
    .describe("The name of a consumer's key. Keys of different consumers are told apart.")
    .meta({ sample: "ci" }),
  model: nameOrEach()
    .optional()
    .describe("The model, by the provider's name of it, as `weir usage` tells it.")
    .meta({ sample: "gpt-4.1" }),
  tag: nameOrEach()
    .optional()
    .describe(
      "A tag that the client gives the request, in the header `x-weir-tags` or its metadata (`ledger.metadataTags`).",
    )
    .meta({ sample: "batch" }),
});

export const budgetSchema = z.strictObject({
  name: name().describe("How errors, alerts and the admin API name it. Unique."),
  match: match
    .prefault({})
    .describe(
      "Whose spending it is for: all of these must fit. Each is a name, or `*` for each by itself. Without it everything counts.",
    ),
  unit: word(budgetUnits).prefault("cost").describe("What is added up: US dollars, or tokens."),
  limit: amount.describe("How much of it.").meta({ sample: 500 }),
  per: word(budgetPeriods).describe("When it begins anew: each UTC day, Monday or month, or, with `total`, never."),
  soft: flag().prefault(false).describe("Tell the webhooks, but refuse nothing."),
  onExceeded: onExceeded(),
  alerts: z
    .array(integer({ min: 1, max: 1000 }))
    .prefault([80, 100])
    .describe("At how many per cent of it the webhooks are told."),
});

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#symmetric */
const secretBytesMin = 24;

const address = text(
  (value) => {
    const url = /^https?:\/\/[^\s\\]+$/i.test(value) ? URL.parse(value) : null;
    if (!url) return new Mistake("is not a URL", "Write one such as https://hooks.example.com/weir");
    if (!url.username && !url.password && !url.hash) return value;
    return new Mistake("has a user, a password or a fragment in it", "Remove it: alerts are signed");
  },
  { form: "URL" },
);

const secret = text(
  (value) => {
    const digits = value.replace(/^whsec_/, "");
    const isBase64 = /^[A-Za-z0-9+/]+={0,2}$/.test(digits) && digits.length % 4 === 0;
    if (isBase64 && Buffer.from(digits, "base64").length >= secretBytesMin) return value;
    return new Mistake("is no webhook secret", "Make one of at least 24 bytes in base64: openssl rand -base64 32");
  },
  { form: "base64" },
);

export const webhookSchema = z.strictObject({
  name: name().describe("How messages name it. Unique."),
  url: address.describe("Where alerts are sent to, by POST.").meta({ sample: "https://hooks.example.com/weir" }),
  secret: secret
    .describe("What alerts are signed with, as Standard Webhooks tells: at least 24 bytes in base64.")
    .meta({ sample: "${WEBHOOK_SECRET}" }),
});

export type BudgetConfig = z.output<typeof budgetSchema>;
export type WebhookConfig = z.output<typeof webhookSchema>;

// `ledger`: the record of every request.
import { z } from "zod";
import { age, flag, Mistake, text } from "./scalar.ts";

const database = text(
  (given) => {
    if (/^postgres(ql)?:\/\//.test(given)) {
      const fix = "Write it as in postgres://user:password@host:5432/database";
      return URL.canParse(given) ? given : new Mistake("is no PostgreSQL address", fix);
    }
    const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(given) ?? [];
    return scheme === undefined
      ? given
      : new Mistake("is of an unknown kind", "Write postgres://…, or the path of a file for SQLite");
  },
  { form: "address or path" },
);

const logPath = text((path) => {
  const isFile = path.startsWith("/") && !path.startsWith("/dev/") && /[^/]\.jsonl$/.test(path);
  return isFile ? path : new Mistake("is no usable path", "Write a path from the root on that ends in .jsonl");
});

const metadataName = text((name) =>
  /^[A-Za-z0-9_.-]{1,32}$/.test(name)
    ? name
    : new Mistake("is no name of metadata", "Write at most 32 letters, digits, dots, dashes and underscores"),
);

export const ledgerSchema = z.strictObject({
  database: database
    .optional()
    .describe(
      "`postgres://…`, or the path of a file for SQLite, relative to this file. Without it, `ledger.db` in Weir's state directory.",
    )
    .meta({ sample: "${LEDGER_DATABASE}" }),
  log: logPath
    .optional()
    .describe(
      "The file that Envoy writes and Weir reads and removes. Its folder must be there, on the machine of every Envoy. Without it, one in Weir's state directory.",
    )
    .meta({ sample: "/var/lib/weir/requests.jsonl" }),
  retention: z
    .strictObject({
      requests: age().prefault("90d").describe("How long single requests are kept."),
      hours: age().prefault("400d").describe("How long sums by the hour are kept."),
      days: age().prefault("forever").describe("How long sums by the day are kept."),
    })
    .prefault({})
    .describe("When what becomes too old is deleted. Sums stay when the requests that made them go."),
  metadataTags: z
    .array(metadataName)
    .max(10)
    .prefault([])
    .describe(
      "Members of a request's `metadata` that are tags, as `name:value`: of OpenAI's clients any, `user_id` of Anthropic's. Each request is held until its body is there.",
    )
    .meta({ sample: ["customer", "user_id"] }),
  callerApi: flag()
    .prefault(true)
    .describe(
      "Lets callers ask, with their own key or token, for their own usage and requests: `GET /v1/usage` and `GET /v1/generation?id=…`.",
    ),
});

export type LedgerConfig = z.output<typeof ledgerSchema>;

// `ledger`: the record of every request.
import { z } from "zod";
import { redactionClasses } from "../../model/ledger.ts";
import { readModelRegex, RegexProblem } from "../../model/model-regex.ts";
import { age, byteSize, flag, Mistake, text, word } from "./scalar.ts";

/** More than this of a text makes lines of the log that nobody reads any more. */
const bodyBytesMax = 64 * 1024;

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

/** A name, or a beginning with a star behind it. */
const namePattern = text(
  (pattern) => {
    if (pattern.length <= 128 && pattern !== "*" && !pattern.slice(0, -1).includes("*")) return pattern;
    return new Mistake(
      "is no usable pattern",
      "Write a name, or a beginning such as team-*, of at most 128 characters",
    );
  },
  { form: "name pattern" },
);

const ownName = text((name) =>
  /^[A-Za-z0-9_-]{1,32}$/.test(name)
    ? name
    : new Mistake("is no usable name", "Use at most 32 letters, digits, dashes and underscores"),
);

const ownText = text((given) =>
  given.length >= 3 && given.length <= 128
    ? given
    : new Mistake("must have 3 to 128 characters", "Write what no record may hold, such as a project's name"),
);

const ownPattern = text(
  (pattern) => {
    const read = readModelRegex(pattern);
    if (!(read instanceof RegexProblem)) return pattern;
    return new Mistake(`is a regular expression that ${read.message}`, "Use RE2's syntax, such as EMP-[0-9]{6}");
  },
  { form: "regular expression" },
);

const recordSchema = z.strictObject({
  routes: z
    .array(namePattern)
    .max(100)
    .prefault([])
    .describe("The routes on which it is recorded: names, or beginnings with `*`. Every route when not given.")
    .meta({ sample: ["chat"] }),
  consumers: z
    .array(namePattern)
    .max(100)
    .prefault([])
    .describe("Whose requests are recorded: names of consumers, or beginnings with `*`. Everybody's when not given.")
    .meta({ sample: ["acme-*"] }),
  exceptConsumers: z
    .array(namePattern)
    .max(100)
    .prefault([])
    .describe("Whose requests are not, whatever `consumers` says.")
    .meta({ sample: ["acme-legal"] }),
  promptBytesMax: byteSize({ min: 0, max: bodyBytesMax })
    .prefault("16KiB")
    .describe("How much of a prompt is recorded, from its beginning on. `0` records none."),
  answerBytesMax: byteSize({ min: 0, max: bodyBytesMax })
    .prefault("16KiB")
    .describe("How much of an answer is recorded. `0` records none."),
  redact: z
    .array(word(redactionClasses))
    .prefault([...redactionClasses])
    .describe(
      "What is taken out before anything is written: `secrets` (keys, tokens, passwords in URLs, private keys), `emails`, `cards`, `phones` (that begin with `+`) and `ibans`. All of them when not given.",
    ),
  redactAlso: z
    .array(
      z.strictObject({
        name: ownName.describe("What stands in its place, in brackets, and in the list of what was taken out."),
        text: ownText.optional().describe("A text, as it stands.").meta({ sample: "Project Heron" }),
        pattern: ownPattern
          .optional()
          .describe(
            "A regular expression in [RE2's syntax](https://github.com/google/re2/wiki/Syntax), in place of `text`.",
          )
          .meta({ sample: "EMP-[0-9]{6}" }),
      }),
    )
    .max(24)
    .prefault([])
    .describe("What is taken out besides."),
});

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
      bodies: age()
        .prefault("7d")
        .describe("How long recorded prompts and answers are kept, at most as long as their requests."),
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
  record: recordSchema
    .optional()
    .describe(
      "Records what was asked and what was answered, redacted. Without it no prompt and no answer is ever written down. See [the ledger](ledger.md#prompts-and-answers).",
    ),
  callerApi: flag()
    .prefault(true)
    .describe(
      "Lets callers ask, with their own key or token, for their own usage and requests: `GET /v1/usage` and `GET /v1/generation?id=…`.",
    ),
});

export type RecordConfig = z.output<typeof recordSchema>;
export type LedgerConfig = z.output<typeof ledgerSchema>;

// Parts of routes and providers that say where a request goes when there is a choice, and what counts as a failure.
import { z } from "zod";
import { headerName } from "./http.ts";
import { namePattern } from "./name.ts";
import { duration, flag, integer, kindOf, Mistake, scalar, text, word } from "./scalar.ts";

export const weightMax = 10_000;

export const weight = () => integer({ min: 0, max: weightMax });

/** A provider's name, or one of its keys: `openai/first`. */
export const providerName = () =>
  text(
    (given) => {
      const [provider = "", key, ...more] = given.split("/");
      const isName = namePattern.test(provider) && (key === undefined || namePattern.test(key)) && more.length === 0;
      return isName ? given : new Mistake("is no provider's name", "Write the name of a provider in this file");
    },
    { form: "name" },
  );

const targetModel = () =>
  text((model) => {
    const isPattern = model.includes("*") || model.length > 256;
    return isPattern ? new Mistake("is not a model's name", "Write one model's full name") : model;
  });

const provider = providerName().describe(
  "The name of a provider in this file. One that has several keys stands for all of them; `name/key` is one of them.",
);

const model = targetModel()
  .optional()
  .describe("The provider's name of the model, for this route. Without it the provider's `modelMapping` decides.")
  .meta({ sample: "gpt-4.1-mini" });

const standIn = flag()
  .prefault(false)
  .describe(
    "Use it only while no other target and no fallback of the route is available, such as the simulated provider until there is a key.",
  );

export const target = z.strictObject({
  provider,
  weight: weight()
    .prefault(1)
    .describe("Its part of the requests, beside the others' weights. With 0 it is only tried when another has failed."),
  model,
  standIn,
});

export const fallback = z.strictObject({ provider, model, standIn });

const httpStatus = () =>
  scalar({ form: "status", type: ["integer", "string"], pattern: "^[45](\\d\\d|xx)$|\\$\\{" }, (value) => {
    const fix = "Write a status from 400 to 599, or a class: 4xx or 5xx";
    if (typeof value !== "string" && typeof value !== "number") {
      return new Mistake(`must be a status, not ${kindOf(value)}`, fix);
    }
    const status = String(value);
    if (/^[45](\d\d|xx)$/.test(status)) return status;
    return new Mistake(/^\d+$/.test(status) ? "must be from 400 to 599" : "is not a status", fix);
  });

export const statuses = () => z.array(httpStatus());

export const fallbackOn = z.strictObject({
  statuses: statuses()
    .prefault(["408", "409", "429", "5xx"])
    .describe(
      "Statuses of a provider at which the next target is tried: `429`, or `5xx` for the whole class. 401, 402 and 403 are always among them: they are about the gateway's own key.",
    ),
  emptyAnswer: flag().prefault(true).describe("Whether an answer without any content counts as a failure."),
  contentFilter: flag()
    .prefault(false)
    .describe("Whether an answer that the provider's own content filter has held back counts as a failure."),
});

const affinityKinds = ["header", "cookie", "promptCacheKey", "conversation"] as const;

export const affinity = z
  .strictObject({
    by: word(affinityKinds).describe(
      "`header` or `cookie`: by the value of the one that `name` says. `promptCacheKey`: by the request's field of that name. `conversation`: by its id where the request has one, else by the instructions and the user's first message.",
    ),
    name: headerName().optional().describe("The header's or the cookie's name.").meta({ sample: "x-session" }),
  })
  .superRefine(({ by, name }, context) => {
    const isNamed = by === "header" || by === "cookie";
    const report = (message: string, fix: string) =>
      context.addIssue({ code: "custom", message, path: ["name"], params: { fix } });
    if (isNamed && name === undefined) report("is missing", `Add the ${by}'s name`);
    if (!isNamed && name !== undefined) report(`has no effect beside by: ${by}`, "Remove it");
  });

const percent = () =>
  scalar({ form: "percentage", type: ["number", "string"], minimum: 0, maximum: 100 }, (value) => {
    const number = typeof value === "string" && /^\d{1,3}(\.\d{1,4})?%?$/.test(value) ? parseFloat(value) : value;
    const fix = "Write a number above 0, at most 100";
    if (typeof number !== "number" || !Number.isFinite(number)) return new Mistake("must be a number", fix);
    // Envoy draws among a million.
    return number >= 0.0001 && number <= 100 ? number : new Mistake("must be above 0, and at most 100", fix);
  });

export const mirror = z.strictObject({
  provider: providerName().describe("Where the copy goes: the name of a provider in this file, or `name/key`."),
  percent: percent().prefault(100).describe("How many of the route's requests are copied, in percent."),
});

export const lastResort = z.strictObject({
  text: text((text) =>
    text.length > 4096 ? new Mistake("is longer than 4096 characters", "Write a sentence or two") : text,
  )
    .describe("What the answer says.")
    .meta({ sample: "The assistant is not available right now. Please try again in a few minutes." }),
});

export const whenOpen = ["auto", "refuse", "tryAnyway"] as const;

export const circuitBreaker = z.strictObject({
  maxConcurrentRequests: integer({ min: 0, max: 1_000_000 })
    .prefault(0)
    .describe(
      "How many requests may be under way at once, for each key and each Envoy; 0 for no limit. One more goes to the next target that has room; 503 where none has.",
    ),
  consecutiveErrors: integer({ min: 0, max: 1000 })
    .prefault(5)
    .describe("So many errors one after the other, and an address is left alone for a while; 0 for never."),
  statuses: statuses()
    .prefault(["429", "5xx"])
    .describe("Statuses that count as such an error, beside a connection that fails."),
  ejectionTime: duration({ min: 100 })
    .prefault("10s")
    .describe("How long it is left alone. Each further time is longer by as much."),
  ejectionTimeMax: duration({ min: 100 }).prefault("5m").describe("The longest that it is left alone."),
  whenOpen: word(whenOpen)
    .prefault("auto")
    .describe(
      "When every address is left alone: `refuse` requests at once, so that the next target is tried, or `tryAnyway`. `auto` refuses where every route to it has another target to try.",
    ),
});

const healthPath = text(
  (path) =>
    /^\/[\x21-\x7e]{0,1023}$/.test(path) ? path : new Mistake("is not a path", "Write a path such as /health"),
  { form: "path", pattern: "^/" },
);

export const healthCheck = z.strictObject({
  path: healthPath
    .prefault("/health")
    .describe("The whole path that is asked for with GET, without the key. Any status from 200 to 299 is healthy."),
  interval: duration({ min: 100 }).prefault("10s").describe("From one question to the next."),
  timeout: duration({ min: 10 }).prefault("2s").describe("How long an answer may take."),
  unhealthyAfter: integer({ min: 1, max: 100 })
    .prefault(3)
    .describe("So many failures one after the other, and no more requests are sent."),
  healthyAfter: integer({ min: 1, max: 100 })
    .prefault(1)
    .describe("So many good answers one after the other, and requests are sent again."),
});

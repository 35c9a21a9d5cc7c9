// `routes[]`: which requests go to which provider.
import { z } from "zod";
import { routeAuths } from "../../model/auth.ts";
import { balances } from "../../model/routing.ts";
import { bodyToMatch, cookiesToMatch, headersToMatch, queryToMatch } from "./header-map.ts";
import { hostName, pathPrefix } from "./http.ts";
import { name } from "./name.ts";
import { affinity, fallback, fallbackOn, lastResort, mirror, target } from "./routing.ts";
import { duration, Mistake, text, word } from "./scalar.ts";

export const modelPattern = text(
  (pattern) => {
    if (pattern.length > 256)
      return new Mistake("is longer than 256 characters", "Write a model's name, or a prefix with * at its end");
    if (!pattern.slice(0, -1).includes("*")) return pattern;
    return new Mistake(
      "has a * that is not at the end",
      'Write a name, a prefix such as "gpt-*", or "*" for every model',
    );
  },
  { form: "model pattern" },
);

const listedModel = text(
  (model) =>
    model.includes("*") || model.length > 256
      ? new Mistake("is not a model's name", "Write one model's full name")
      : model,
  { form: "model name" },
);

const caller = () =>
  text(
    (name) => {
      if (name.length <= 256 && !name.slice(0, -1).includes("*")) return name;
      return new Mistake("is not a name or a beginning", "Write a name, or a beginning with * behind it");
    },
    { form: "name pattern" },
  );

const match = z.strictObject({
  pathPrefix: pathPrefix()
    .prefault("/v1")
    .describe(
      "The API's root as clients see it: what stands before `/chat/completions`, `/messages` and `/models/…:generateContent`. One that ends in `/v1` stands for `/v1beta` in its place as well, where Gemini's clients look.",
    )
    .meta({ sample: "/v1" }),
  hosts: z
    .array(hostName())
    .prefault([])
    .describe("Host names that clients use, `*.example.com` for every name below one. Every host when empty.")
    .meta({ sample: ["ai.example.com"] }),
  headers: headersToMatch()
    .prefault({})
    .describe("Headers that a request must have, each with exactly this value.")
    .meta({ sample: { "x-team": "search" } }),
  query: queryToMatch()
    .prefault({})
    .describe("Parameters that the path's query must have, each with exactly this value.")
    .meta({ sample: { tier: "beta" } }),
  cookies: cookiesToMatch()
    .prefault({})
    .describe("Cookies that a request must have, each with exactly this value.")
    .meta({ sample: { canary: "1" } }),
  consumers: z
    .array(caller())
    .prefault([])
    .describe("Consumers whose requests these are: names, or beginnings with `*` behind them. Everybody when empty.")
    .meta({ sample: ["search"] }),
  organizations: z
    .array(caller())
    .prefault([])
    .describe("Organisations (tenants) that callers must belong to, likewise.")
    .meta({ sample: ["acme"] }),
  teams: z
    .array(caller())
    .prefault([])
    .describe("Teams that callers must belong to, likewise.")
    .meta({ sample: ["research"] }),
  body: bodyToMatch()
    .prefault({})
    .describe(
      "Fields that the JSON body must have, each with this value, or with a beginning that has `*` behind it. `a.b` is the field `b` of the object `a`; numbers, `true` and `false` are compared as they are written.",
    )
    .meta({ sample: { "metadata.tier": "gold" } }),
});

export const routeSchema = z.strictObject({
  name: name().describe("How logs and metrics name it. Unique."),
  match: match
    .prefault({})
    .describe(
      "Which requests this route is for. Routes are tried in the file's order, the first that fits serves the request.",
    ),
  auth: word(routeAuths)
    .prefault("key")
    .describe(
      "`none` opens the route to everybody. Else callers need one of the keys in `consumers`, where the file has that section.",
    ),
  models: z
    .array(modelPattern)
    .min(1)
    .prefault(["*"])
    .describe("The model names this route serves: names, prefixes (`gpt-*`), or `*` for every one.")
    .meta({ sample: ["gpt-*", "o3"] }),
  targets: z
    .array(target)
    .min(1)
    .describe(
      "Where requests go: one is chosen for each request, by weight. Those that are not available are left out.",
    )
    .meta({
      sample: [
        { provider: "openai", weight: 90 },
        { provider: "azure", weight: 10 },
      ],
    }),
  balance: word(balances)
    .prefault("weighted")
    .describe(
      "How the target is chosen: `weighted` at random, `roundRobin` in turn, both by the weights; `leastBusy` the one with the fewest requests under way for its weight; `fastest` the one whose first token comes soonest of late; `cheapest` the one whose model has the lowest price, see `models`.",
    ),
  affinity: affinity
    .optional()
    .describe("Requests that have something in common go to the same target, as long as it is there."),
  fallbacks: z
    .array(fallback)
    .prefault([])
    .describe("What is tried, in this order, when the chosen target and the other targets have failed.")
    .meta({ sample: [{ provider: "anthropic", model: "claude-sonnet-4-6" }] }),
  fallbackOn: fallbackOn
    .prefault({})
    .describe(
      "What counts as a failure, beside those that always do: no connection, no answer in time, and an error in place of an answer's beginning. Once the client has seen a part of an answer nothing else is tried.",
    ),
  attemptTimeout: duration({ min: 0 })
    .optional()
    .describe(
      "For each attempt, until its answer begins; `0` for no limit. Without it the longest `timeouts.firstByte` of the route's providers counts for all of them.",
    )
    .meta({ sample: "20s" }),
  totalTimeout: duration({ min: 0 })
    .prefault("0")
    .describe("For all attempts together, until the answer begins; `0` for no limit."),
  lastResort: lastResort
    .optional()
    .describe(
      "The answer when every target has failed, in place of an error. It is streamed where a stream was asked for.",
    ),
  mirror: mirror.optional().describe("Sends a copy of some requests to another provider, and throws its answer away."),
  listedModels: z
    .array(listedModel)
    .prefault([])
    .describe(
      "Names that `GET /v1/models` and `GET /v1beta/models` list besides the exact ones in `models`, for clients that offer a choice.",
    )
    .meta({ sample: ["gpt-4.1", "gpt-4.1-mini"] }),
});

export type RouteConfig = z.output<typeof routeSchema>;

// `routes[]`: which requests go to which provider.
import { z } from "zod";
import { headersToMatch } from "./header-map.ts";
import { hostName, pathPrefix } from "./http.ts";
import { name } from "./name.ts";
import { Mistake, text } from "./scalar.ts";

const modelPattern = text(
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
});

const target = z.strictObject({
  provider: name().describe("The name of a provider in this file."),
});

export const routeSchema = z.strictObject({
  name: name().describe("How logs and metrics name it. Unique."),
  match: match
    .prefault({})
    .describe(
      "Which requests this route is for. Routes are tried in the file's order, the first that fits serves the request.",
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
    .describe("Where requests go. The first whose provider is available serves the route.")
    .meta({ sample: [{ provider: "openai" }, { provider: "simulated" }] }),
  listedModels: z
    .array(listedModel)
    .prefault([])
    .describe(
      "Names that `GET /v1/models` and `GET /v1beta/models` list besides the exact ones in `models`, for clients that offer a choice.",
    )
    .meta({ sample: ["gpt-4.1", "gpt-4.1-mini"] }),
});

export type RouteConfig = z.output<typeof routeSchema>;

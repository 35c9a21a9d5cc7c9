// `providers[]`: one account at one provider. The catalogue fills in what the type already says.
import { z } from "zod";
import { providerTypes } from "../../catalog/providers.ts";
import { quirkDescriptions, quirks } from "../../catalog/quirks.ts";
import { dialects } from "../../model/dialect.ts";
import { pathNames, surfaces } from "../../model/surface.ts";
import { awsSchema, azureSchema, googleSchema } from "./account.ts";
import { authorities } from "./authorities.ts";
import { headersToSet } from "./header-map.ts";
import { headerName, hostName, operationPath } from "./http.ts";
import { modelMapping } from "./model-mapping.ts";
import { name } from "./name.ts";
import { service } from "./registry.ts";
import { circuitBreaker, healthCheck, weight } from "./routing.ts";
import { duration, flag, Mistake, scalar, text, word, kindOf } from "./scalar.ts";
import { urlText } from "./url.ts";

const prefixText = scalar({ form: "text", type: "string" }, (value) => {
  if (typeof value !== "string")
    return new Mistake(`must be text, not ${kindOf(value)}`, 'Write text such as "Bearer "');
  return /^[\x20-\x7e]{0,64}$/.test(value)
    ? value
    : new Mistake("must be short printable ASCII", 'Write text such as "Bearer "');
});

const surface = () => word(surfaces);

const auth = z.strictObject({
  header: headerName().optional().describe("The header that carries the key."),
  prefix: prefixText.optional().describe("What stands before the key in that header."),
});

const tls = z.strictObject({
  sni: hostName()
    .optional()
    .describe("The name asked for and checked in the provider's certificate. The host of `baseUrl` when not given."),
  caFile: text()
    .optional()
    .describe("PEM file with the authorities to trust in place of the system's; relative to this file."),
  ca: authorities()
    .optional()
    .describe("The same, written out or by a reference, in place of `caFile`.")
    .meta({ sample: "${file:/run/secrets/ca.pem}" }),
});

const timeouts = z.strictObject({
  connect: duration({ min: 1 }).prefault("5s").describe("To open a connection."),
  firstByte: duration({ min: 0 })
    .prefault("5m")
    .describe("From the end of the request to the first byte of the answer; `0` for no limit."),
  idle: duration({ min: 0 }).prefault("5m").describe("Without a byte in either direction; `0` for no limit."),
});

const poolKey = z.strictObject({
  key: text().describe("The key, best as a reference.").meta({ sample: "${OPENAI_API_KEY}" }),
  name: name()
    .optional()
    .describe(
      "How it is named behind the provider's name: `openai/first`. Its place in the list, from 1, when not given.",
    )
    .meta({ sample: "first" }),
  weight: weight()
    .prefault(1)
    .describe(
      "Its part of the provider's requests, beside the other keys' weights. With 0 it is only tried when another has failed.",
    ),
});

const quirkList = quirks.map((quirk) => `\`${quirk}\` ${quirkDescriptions[quirk]}`);

export const providerSchema = z.strictObject({
  name: name().describe("How routes, logs and metrics name it. Unique."),
  type: word(
    providerTypes,
    "Use one of the types in docs/providers.md, generic for any API of a known dialect",
  ).describe("One of the types in the catalogue, see [providers](providers.md)."),
  apiKey: text()
    .optional()
    .describe(
      "The key that is sent to the provider, best as a reference: `${OPENAI_API_KEY}` or `${file:/run/secrets/openai}`.",
    )
    .meta({ sample: "${OPENAI_API_KEY}" }),
  apiKeys: z
    .array(poolKey)
    .min(1)
    .optional()
    .describe(
      "Several keys, in place of `apiKey`. Each is a target of its own: with its own weight, limits and failures, and the others are tried when it fails.",
    ),
  optional: flag()
    .prefault(false)
    .describe("Leave this provider out, without an error, when a variable or file that it refers to is not there."),
  dialect: word(dialects)
    .optional()
    .describe(
      "Which of the provider's APIs to use, by its wire format: what requests become that it does not take as they are. The type's own when not given; where a type has several, a `baseUrl` that ends as one's own picks that one.",
    ),
  baseUrl: urlText()
    .optional()
    .describe("The API's root, up to what stands before `/chat/completions`. The catalogue's when not given.")
    .meta({ sample: "http://127.0.0.1:8000/v1" }),
  service: service(),
  modelMapping: modelMapping()
    .prefault({})
    .describe(
      "The client's model name → the provider's. A key is a name, a prefix (`gpt-4*`), a regular expression (`~^o(\\d)$`, whose groups the value takes as `$1`) or `*`. The best match counts: exact, then the longest prefix, then the first regular expression, then `*`. An empty value keeps the client's name.",
    )
    .meta({ sample: { "gpt-4*": "llama-3", "*": "" } }),
  headers: headersToSet()
    .prefault({})
    .describe("Set on every request to this provider, in place of a client's header of the same name.")
    .meta({ sample: { "openai-organization": "${OPENAI_ORGANIZATION}" } }),
  auth: auth.optional().describe("How the key is sent, where a self-hosted server departs from the type's own way."),
  aws: awsSchema.optional().describe("For `bedrock`, and for any API whose requests are signed as AWS wants it."),
  azure: azureSchema.optional().describe("For `azure`."),
  google: googleSchema.optional().describe("For `vertex`, and for any API that takes a service account's tokens."),
  surfaces: z
    .array(surface())
    .optional()
    .describe(
      "What the provider itself offers to clients, in place of the type's list. Such requests pass as they are; others are translated into its dialect, or answered 404 where it has nothing of the kind.",
    ),
  paths: z
    .partialRecord(z.enum(pathNames), operationPath())
    .prefault({})
    .describe(
      "Whole paths of surfaces and of the dialect's endpoints that are not at `baseUrl` and their own path. `{model}` stands for the model's name.",
    )
    .meta({ sample: { rerank: "/v2/rerank" } }),
  tls: tls.optional().describe("How an `https` provider's certificate is checked."),
  timeouts: timeouts.prefault({}).describe("How long the gateway waits for the provider."),
  circuitBreaker: circuitBreaker.prefault({}).describe("When the provider is left alone for a while."),
  healthCheck: healthCheck
    .optional()
    .describe(
      "Ask the provider again and again whether it is there, and send requests only while it is. For servers of your own. Not asked when not given.",
    ),
  quirks: z
    .array(word(quirks))
    .optional()
    .describe(
      `Ways in which the provider departs from its dialect, in place of the type's own: ${quirkList.join("; ")}.`,
    ),
});

export type ProviderConfig = z.output<typeof providerSchema>;

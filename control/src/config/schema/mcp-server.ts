// `mcpServers[]`: servers of the Model Context Protocol that the gateway itself is.
import { z } from "zod";
import { routeAuths } from "../../model/auth.ts";
import { headerValidations, mcpModes, templateModes } from "../../model/mcp.ts";
import { hostName, readMatchedHeaderName, readPath } from "./http.ts";
import { relayFields } from "./mcp-relay.ts";
import { authorities } from "./authorities.ts";
import { accessRule, oauth } from "./mcp-access.ts";
import { freeMap, freeText, promptSchema } from "./mcp-content.ts";
import { resourceSchema } from "./mcp-resource.ts";
import { securityUse, toolSchema } from "./mcp-tool.ts";
import { name } from "./name.ts";
import { service } from "./registry.ts";
import { byteSize, duration, flag, integer, Mistake, text, word } from "./scalar.ts";
import { urlText } from "./url.ts";

const endpointPath = () =>
  text(
    (given) => {
      const path = readPath(given);
      return path === "" ? new Mistake("is the root of everything", "Write a path such as /mcp/weather") : path;
    },
    { form: "path", pattern: "^/" },
  );

const origin = () =>
  text(
    (value) => {
      if (value === "*" || /^[a-z][a-z0-9+.-]*:\/\/[^/\s?#]+$/i.test(value)) return value.toLowerCase();
      return new Mistake("is no origin", "Write it as in https://app.example.com, or *");
    },
    { form: "origin" },
  );

const schemeTypes = ["http", "apiKey"] as const;

const securityScheme = z.strictObject({
  id: text().describe("How tools name it."),
  type: word(schemeTypes).describe("`http` for the header Authorization, `apiKey` for a key anywhere else."),
  scheme: word(["basic", "bearer"]).optional().describe("Of `http`: which of the two."),
  in: word(["header", "query"]).optional().describe("Of `apiKey`: where the key is."),
  name: text().optional().describe("Of `apiKey`: the header's or the parameter's name.").meta({ sample: "x-api-key" }),
  defaultCredential: text()
    .optional()
    .describe("What is shown where nothing else is said. `user:password` for `basic`.")
    .meta({ sample: "${API_KEY}" }),
  consumerCredentials: z
    .record(text(), text())
    .prefault({})
    .describe("What is shown for a consumer, by its name, in place of that.")
    .meta({ sample: { sales: "${SALES_API_KEY}" } }),
});

const tls = z.strictObject({
  caFile: text()
    .optional()
    .describe("PEM file with the authorities to trust in place of the system's; relative to this file."),
  ca: authorities()
    .optional()
    .describe("The same, written out or by a reference, in place of `caFile`.")
    .meta({ sample: "${file:/run/secrets/ca.pem}" }),
});

export const mcpServerSchema = z.strictObject({
  name: name().describe("How logs and clients name it. Unique, among routes too."),
  mode: word(mcpModes)
    .prefault("rest")
    .describe(
      "What it is made of. `rest`: tools that are requests to HTTP APIs. `proxy`: another MCP server. `multiplex`: several of either, as one. `toolSet`: chosen tools of several, as Higress has it.",
    ),
  path: endpointPath()
    .optional()
    .describe("Where clients reach it. `/mcp/` and its name when not given.")
    .meta({ sample: "/mcp/weather" }),
  enabled: flag()
    .prefault(true)
    .describe("`false` switches it off: clients get a 404, and the `market` shows it as deleted."),
  hosts: z
    .array(hostName())
    .prefault([])
    .describe("The hosts it is reached at. Every host when not given.")
    .meta({ sample: ["mcp.example.com"] }),
  auth: word(routeAuths)
    .prefault("key")
    .describe("`none` opens it to everybody, where `consumers` or `gateway.auth` ask for a key elsewhere."),
  title: freeText().optional().describe("Its name for people."),
  version: text().prefault("1.0.0").describe("Its version, as clients are told."),
  instructions: freeText().optional().describe("What a client's model is told of the server."),
  allowedHosts: z
    .array(hostName())
    .optional()
    .describe(
      "What the header `Host` may say, against DNS rebinding. When not given: the names of this machine, where the gateway listens on it alone; else anything.",
    )
    .meta({ sample: ["localhost"] }),
  allowedOrigins: z
    .array(origin())
    .prefault([])
    .describe("The origins of web pages that may ask, besides the server's own; `*` for any.")
    .meta({ sample: ["https://app.example.com"] }),
  access: z
    .array(accessRule)
    .optional()
    .describe(
      "Who may use what of it: a caller has all that the rules open which are for it. Everything is everybody's when not given.",
    ),
  oauth: oauth
    .optional()
    .describe(
      "Where tokens for it come from, as clients are told (RFC 9728). Told in any case where `gateway.auth.jwt` has issuers.",
    ),
  headerValidation: word(headerValidations)
    .prefault("strict")
    .describe("`lenient` lets clients leave out the headers that repeat the body. One that differs is always refused."),
  allowToolsHeader: text(readMatchedHeaderName, { form: "header name" })
    .optional()
    .describe(
      "A request header with the names of the only tools it may see and call, separated by commas: for whoever is in front of the gateway.",
    )
    .meta({ sample: "x-allowed-tools" }),
  timeout: duration({ min: 1 }).prefault("30s").describe("How long an API may take."),
  requestBytesMax: byteSize({ min: 1024, max: 2 ** 30 })
    .prefault("4MiB")
    .describe("A larger request is answered 413."),
  responseBytesMax: byteSize({ min: 1024, max: 64 * 2 ** 20 })
    .prefault("1MiB")
    .describe("Of a longer answer of an API only the beginning is passed on, with a word about it."),
  pageSize: integer({ min: 1, max: 10_000 }).prefault(100).describe("How many tools are listed at once."),
  listTtl: duration({ min: 0 }).prefault("1m").describe("For how long clients may keep a list."),
  templates: word(templateModes)
    .prefault("sane")
    .describe("`higress` has templates do exactly what Higress's do, quirks included."),
  baseUrl: urlText()
    .optional()
    .describe("What stands before the URLs of tools that begin with a slash.")
    .meta({ sample: "https://api.example.com/v1" }),
  service: service(),
  apiUrls: z
    .array(urlText())
    .prefault([])
    .describe(
      "Further servers that tools may lead to, where a template makes the host of a URL. What is not known here is never called.",
    )
    .meta({ sample: ["https://eu.api.example.com"] }),
  tls: tls.prefault({}).describe("How the certificates of `https` APIs are checked."),
  config: freeMap()
    .prefault({})
    .describe("Values that templates see as `.config`.")
    .meta({ sample: { apiKey: "${API_KEY}" } }),
  securitySchemes: z.array(securityScheme).prefault([]).describe("Ways to show a credential."),
  defaultDownstreamSecurity: securityUse()
    .optional()
    .describe("The credential that clients have to bring for the API, for tools that do not say."),
  defaultUpstreamSecurity: securityUse().optional().describe("How the API is convinced, for tools that do not say."),
  passthroughAuthHeader: flag()
    .prefault(false)
    .describe("Pass the client's Authorization on to the API. Only where no key of the gateway's own travels in it."),
  tools: z.array(toolSchema).optional().describe("Of `rest`: its tools, in the order in which they are listed."),
  stateKey: text()
    .optional()
    .describe(
      "What seals the answers that clients carry from one round of questions to the next. A key of each Envoy's own when not given; several Envoys need the same.",
    )
    .meta({ sample: "${MCP_STATE_KEY}" }),
  prompts: z.array(promptSchema).optional().describe("Of `rest`: its prompts, in their order."),
  resources: z.array(resourceSchema).optional().describe("Of `rest`: its resources, in their order."),
  ...relayFields,
  allowTools: z.array(text()).optional().describe("The names of the tools that are there. All when not given."),
});

export type McpServerConfig = z.output<typeof mcpServerSchema>;

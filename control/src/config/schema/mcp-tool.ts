// `mcpServers[].tools[]`: a request to an HTTP API as a tool, in the form that Higress has for it.
import { z } from "zod";
import { readHeaderName } from "./http.ts";
import { contentBlock, freeMap, freeText, inputRequests, log, template } from "./mcp-content.ts";
import { flag, Mistake, text, word } from "./scalar.ts";

export const positions = ["query", "path", "header", "cookie", "body"] as const;
const types = ["string", "number", "integer", "boolean", "array", "object"] as const;

const use = z.strictObject({
  id: text().describe("The `id` of one of `securitySchemes`.").meta({ sample: "api-key" }),
  credential: text()
    .optional()
    .describe("What is shown, in place of the scheme's `defaultCredential`.")
    .meta({ sample: "${API_KEY}" }),
  passthrough: flag()
    .prefault(false)
    .describe("Of a client's credential: pass it on. Of the API's: take the client's where there is one."),
});

/** Higress's documents show an object, some files a list of one. */
export const securityUse = () => z.preprocess((value) => (Array.isArray(value) ? value[0] : value), use);

export const argSchema = z.looseObject({
  name: text().describe("The argument's name."),
  description: freeText().optional().describe("What a model is told of it."),
  type: word(types).prefault("string").describe("Its JSON type. A text is turned into it where that can be done."),
  required: flag().prefault(false).describe("Whether a call without it is refused."),
  position: word(positions)
    .optional()
    .describe("Where it goes. Without one it goes where an `argsTo…` says, and into templates.")
    .meta({ sample: "query" }),
  explode: flag()
    .prefault(false)
    .describe("Of a list in the query: one parameter for each element (`a=1&a=2`), not one with JSON."),
  default: z.unknown().optional().describe("What is taken where it is not given.").meta({ form: "any value" }),
});

const header = z.strictObject({
  key: text(readHeaderName, { form: "header name" }).describe("The header's name."),
  value: template().describe("Its value. One that comes out empty is not sent.").meta({ sample: "{{.config.apiKey}}" }),
});

export const requestTemplate = z.strictObject({
  url: template()
    .optional()
    .describe(
      "Where the request goes: a URL, or a path below `baseUrl`. `{name}` stands for a path argument. A tool without it answers by itself, with `responseTemplate.body`.",
    )
    .meta({ sample: "https://api.example.com/v1/weather/{city}" }),
  method: text((value) =>
    /^[A-Za-z]{1,20}$/.test(value) ? value.toUpperCase() : new Mistake("is no method", "Write a method such as GET"),
  )
    .prefault("GET")
    .describe("The method."),
  headers: z.array(header).prefault([]).describe("Headers to send."),
  body: template().optional().describe("The body. It comes before whatever arguments would make of it."),
  argsToJsonBody: flag().prefault(false).describe("Arguments without a position make a JSON object, the body."),
  argsToUrlParam: flag().prefault(false).describe("They become parameters of the query."),
  argsToFormBody: flag().prefault(false).describe("They make a form, the body."),
  security: securityUse().optional().describe("How the API is convinced, in place of `defaultUpstreamSecurity`."),
});

const responseTemplate = z.strictObject({
  body: template()
    .optional()
    .describe(
      "What the model reads, made of the API's JSON. `._args`, `._config`, `._status` and `._headers` stand beside it.",
    )
    .meta({ sample: "It is {{.temperature}} degrees" }),
  content: z
    .array(contentBlock())
    .optional()
    .describe("In place of `body`: content blocks, in the protocol's form. Texts in them are templates.")
    .meta({ sample: [{ type: "text", text: "{{.name}}" }] }),
  prependBody: freeText()
    .optional()
    .describe("What stands before the API's answer, such as an explanation of its fields."),
  appendBody: freeText().optional().describe("What stands behind it."),
});

export const toolSchema = z.strictObject({
  name: text((value) =>
    value.length <= 128 ? value : new Mistake("is longer than 128 characters", "Shorten it"),
  ).describe("The tool's name. Letters, digits, `_`, `-` and `.` are understood by every client."),
  description: freeText().optional().describe("What a model is told of the tool."),
  title: freeText().optional().describe("Its name for people."),
  annotations: freeMap()
    .optional()
    .describe("Hints for clients: `readOnlyHint`, `destructiveHint`, `idempotentHint`, `openWorldHint`.")
    .meta({ sample: { readOnlyHint: true } }),
  icons: z.array(freeMap()).optional().describe("Icons, as the protocol has them."),
  args: z
    .array(argSchema)
    .prefault([])
    .describe(
      "Its arguments. Whatever else JSON Schema has (`enum`, `items`, `pattern`, …) stands beside these fields, and is passed on and enforced.",
    ),
  inputSchema: freeMap()
    .optional()
    .describe(
      "The JSON Schema of all arguments, in place of one made of `args`, which then only say where arguments go.",
    ),
  outputSchema: freeMap()
    .optional()
    .describe("The JSON Schema of the API's answer, which clients then get as structured content too."),
  security: securityUse()
    .optional()
    .describe("The credential that clients have to bring for the API, in place of `defaultDownstreamSecurity`."),
  askForMissing: flag()
    .prefault(false)
    .describe("Ask the user for required arguments that a call lacks, where the client can show a form."),
  inputRequests: inputRequests(),
  logs: z.array(log).prefault([]).describe("What the client is told besides the result, in log messages."),
  requestTemplate: requestTemplate.prefault({}).describe("The request to the API."),
  responseTemplate: responseTemplate.prefault({}).describe("What becomes of its answer."),
  errorResponseTemplate: template()
    .optional()
    .describe("What the model reads where the API answers with an error, made of its JSON and of `._headers`."),
});

export type ToolConfig = z.output<typeof toolSchema>;
export type ArgConfig = z.output<typeof argSchema>;

// `mcpServers[].resources[]`: what clients read, from the configuration or from an HTTP API.
import { z } from "zod";
import { uriTemplateMistake } from "../uri-template.ts";
import { freeMap, freeText, inputRequests, template } from "./mcp-content.ts";
import { argSchema, requestTemplate, securityUse } from "./mcp-tool.ts";
import { integer, Mistake, text } from "./scalar.ts";

const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/;

const uri = () =>
  text(
    (value) =>
      scheme.test(value) && !value.includes("{")
        ? value
        : new Mistake("is no URI", "Write it as in doc://guide; one with {variables} is a uriTemplate"),
    { form: "URI" },
  );

const uriTemplate = () =>
  text(
    (value) =>
      scheme.test(value)
        ? (uriTemplateMistake(value) ?? value)
        : new Mistake("is no URI", "Begin with a scheme, as in doc://{id}"),
    { form: "URI template" },
  );

const blob = () =>
  text(
    (value) =>
      /^[A-Za-z0-9+/]+={0,2}$/.test(value) && value.length % 4 === 0
        ? value
        : new Mistake("is no base64", "Encode the bytes with base64, in one line"),
    { form: "base64" },
  );

export const resourceSchema = z.strictObject({
  uri: uri().optional().describe("By what it is read.").meta({ sample: "doc://guide" }),
  uriTemplate: uriTemplate()
    .optional()
    .describe(
      "In place of `uri`: a resource for each value of its variables. `{name}` is one segment, `{+name}` any number, `{?a,b}` parameters at the end.",
    )
    .meta({ sample: "doc://{chapter}/text" }),
  name: text().describe("Its name."),
  title: freeText().optional().describe("Its name for people."),
  description: freeText().optional().describe("What a model is told of it."),
  mimeType: text()
    .optional()
    .describe("What it is. The API's word when not given, or text.")
    .meta({ sample: "text/markdown" }),
  size: integer({ min: 0, max: 2 ** 40 })
    .optional()
    .describe("How many bytes it has, as clients are told."),
  annotations: freeMap()
    .optional()
    .describe("Hints for clients: `audience`, `priority`, `lastModified`.")
    .meta({ sample: { audience: ["user"] } }),
  icons: z.array(freeMap()).optional().describe("Icons, as the protocol has them."),
  args: z
    .array(argSchema)
    .prefault([])
    .describe(
      "Of a template's variables: types, `enum` or `examples` that clients complete, and where in a request they go. Those that are not here are texts, in the path where the URL has them.",
    ),
  text: template().optional().describe("What is read: a template over `.args` and `.config`."),
  blob: blob().optional().describe("In place of `text`: bytes, in base64."),
  requestTemplate: requestTemplate
    .optional()
    .describe("In place of `text`: the request to the API whose answer is read."),
  responseTemplate: z
    .strictObject({ body: template().describe("What is read, made of the API's JSON.") })
    .optional()
    .describe("What becomes of the API's answer. It is read as it is when not given."),
  security: securityUse()
    .optional()
    .describe("The credential that clients have to bring for the API, in place of `defaultDownstreamSecurity`."),
  inputRequests: inputRequests(),
});

export type ResourceConfig = z.output<typeof resourceSchema>;

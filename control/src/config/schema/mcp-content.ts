// What servers of mode `rest` say besides tools' texts: content blocks, prompts, and what they ask of clients. Forms
// are the protocol's. https://modelcontextprotocol.io/specification/2025-11-25/schema
import { z } from "zod";
import { flag, integer, kindOf, Mistake, scalar, text, word } from "./scalar.ts";

/** A mapping that is passed on as it is. */
export const freeMap = () =>
  scalar({ form: "mapping", type: "object" }, (value) => {
    const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
    if (isMap) return value as { [key: string]: unknown };
    return new Mistake(`must be a mapping, not ${kindOf(value)}`, "Write its fields as name: value, indented below it");
  });

/** Text of several lines, which templates and descriptions are. */
const lines = (form: string) =>
  scalar({ form, type: "string" }, (value) => {
    if (typeof value === "string") return value;
    return new Mistake(`must be text, not ${kindOf(value)}`, "Put the value in quotes, or write it below a |");
  });

export const template = () => lines("template");
export const freeText = () => lines("text");

type Json = Record<string, unknown>;

/** What each type of block has to have, besides its type. */
const blockFields: Record<string, string[]> = {
  text: ["text"],
  image: ["data", "mimeType"],
  audio: ["data", "mimeType"],
  resource: ["resource"],
  resource_link: ["uri", "name"],
};

/** One block of content, in the protocol's own form. */
export const contentBlock = () =>
  scalar({ form: "content block", type: "object" }, (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return new Mistake(`must be a mapping, not ${kindOf(value)}`, "Write it as { type: text, text: … }");
    }
    return blockMistake(value as Json) ?? (value as Json);
  });

function blockMistake(block: Json): Mistake | null {
  const fields = blockFields[String(block["type"])];
  if (!fields) return new Mistake("has no known type", `Write one of ${Object.keys(blockFields).join(", ")} as type`);
  const missing = fields.find((field) => block[field] === undefined);
  if (missing) return new Mistake(`has no ${missing}`, "Add it");
  if (block["type"] !== "resource") return null;
  const { uri, text: content, blob } = block["resource"] as Json;
  if (typeof uri === "string" && (content === undefined) !== (blob === undefined)) return null;
  return new Mistake(
    "has a resource without uri, or with neither or both of text and blob",
    "Write uri, and text or blob",
  );
}

export const inputMethods = ["elicitation/create", "sampling/createMessage", "roots/list"] as const;

/** What templates can name. */
const inputName = () =>
  text((value) => {
    if (value === "arguments") return new Mistake("is the name of what askForMissing asks", "Use another name");
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(value)
      ? value
      : new Mistake("is no name that templates know", "Use letters, digits and _");
  });

const inputRequest = z.strictObject({
  name: inputName().describe("By what templates know the answer: `.input.` and this.").meta({ sample: "confirm" }),
  method: word(inputMethods).describe(
    "What is asked: `elicitation/create`, a form for the user; `sampling/createMessage`, a word of the client's model; `roots/list`, the client's folders.",
  ),
  params: freeMap()
    .prefault({})
    .describe("What the protocol has for the method; texts in it are templates.")
    .meta({ sample: { message: "Really?", requestedSchema: { type: "object", properties: {} } } }),
  optional: flag()
    .prefault(false)
    .describe("Go on without an answer where the client cannot ask for one, or the user declines."),
  round: integer({ min: 1, max: 8 })
    .prefault(1)
    .describe("Those of a later round are asked when all of the earlier ones are answered."),
});

export type InputRequestConfig = z.output<typeof inputRequest>;

export const inputRequests = () =>
  z
    .array(inputRequest)
    .prefault([])
    .describe("What the client is asked before, where it is one of 2026-07-28. An older one cannot be asked.");

export const logLevels = ["debug", "info", "notice", "warning", "error", "critical", "alert", "emergency"] as const;

export const log = z.strictObject({
  level: word(logLevels).prefault("info").describe("How bad it is."),
  logger: text().optional().describe("Who says it. The tool when not given."),
  data: template()
    .describe("The message, made of what the tool's answer is made of. Where it comes out empty, nothing is told.")
    .meta({ sample: "{{with ._headers.deprecation}}This API ends at {{.}}{{end}}" }),
});

const promptArgument = z.looseObject({
  name: text().describe("The argument's name."),
  title: freeText().optional().describe("Its name for people."),
  description: freeText().optional().describe("What people are told of it."),
  required: flag().prefault(false).describe("Whether the prompt cannot do without it."),
  default: text().optional().describe("What is taken where it is not given."),
  enum: z.array(text()).optional().describe("The only values it may have, which clients complete."),
  examples: z.array(text()).optional().describe("Values that clients offer, among others."),
});

export const roles = ["user", "assistant"] as const;

const promptMessage = z.strictObject({
  role: word(roles).prefault("user").describe("Who says it."),
  text: template().optional().describe("What is said: a template over `.args`, `.config` and `.input`."),
  content: contentBlock()
    .optional()
    .describe("In place of `text`: a content block. Texts in it are templates.")
    .meta({ sample: { type: "resource", resource: { uri: "doc://a", text: "{{.args.part}}" } } }),
});

export const promptSchema = z.strictObject({
  name: text().describe("The prompt's name."),
  title: freeText().optional().describe("Its name for people."),
  description: freeText().optional().describe("What it is for."),
  icons: z.array(freeMap()).optional().describe("Icons, as the protocol has them."),
  arguments: z.array(promptArgument).prefault([]).describe("What it is made with. All values are texts."),
  messages: z.array(promptMessage).describe("What a client puts before its model."),
  inputRequests: inputRequests(),
});

export type PromptConfig = z.output<typeof promptSchema>;

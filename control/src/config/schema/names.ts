// `gateway.aliases` and `gateway.auto`: other names for models, and the name behind which rules choose one.
import { z } from "zod";
import { readModelRegex, RegexProblem } from "../../model/model-regex.ts";
import { entries } from "./map.ts";
import { flag, integer, kindOf, Mistake, text } from "./scalar.ts";

const lengthMax = 256;
const nameFix = "Write one model's full name";

function readName(name: string): string | Mistake {
  if (name === "" || name.length > lengthMax) return new Mistake(`must have 1 to ${lengthMax} characters`, nameFix);
  return name.includes("*") ? new Mistake("is not a model's name", nameFix) : name;
}

export const modelName = () => text(readName, { form: "model name" });

export const aliases = () =>
  entries(
    { form: "mapping of name to model", additionalProperties: { type: "string" } },
    {
      key: readName,
      value: (value) =>
        typeof value === "string" ? readName(value) : new Mistake(`must be text, not ${kindOf(value)}`, nameFix),
    },
  );

const pattern = () =>
  text((pattern) => {
    const read = readModelRegex(pattern);
    if (!(read instanceof RegexProblem)) return pattern;
    return new Mistake(
      `is a regular expression that ${read.message}`,
      "Use RE2's syntax, such as (?i)\\b(sql|python)\\b",
    );
  });

const tokens = () => integer({ min: 0, max: 100_000_000 }).optional();

const rule = z
  .strictObject({
    matches: pattern()
      .optional()
      .describe(
        "A regular expression (RE2's syntax, without Unicode classes) that is found in the last thing the user says, in its first 32 KiB.",
      )
      .meta({ sample: "(?i)\\b(sql|python)\\b" }),
    tools: flag().optional().describe("Whether the request offers tools."),
    images: flag().optional().describe("Whether there is an image in the conversation."),
    tokensMin: tokens().describe("The least of estimated tokens: one for every four bytes of all texts."),
    tokensMax: tokens().describe("The most of them."),
    model: modelName().describe("The model that serves such a request.").meta({ sample: "gpt-4.1" }),
  })
  .superRefine(({ model: _model, ...conditions }, context) => {
    if (Object.values(conditions).some((one) => one !== undefined)) return;
    const params = { fix: "Add one, or write the model as default" };
    context.addIssue({
      code: "custom",
      message: "has no condition, so that no later rule is reached",
      path: [],
      params,
    });
  });

export const auto = z.strictObject({
  rules: z
    .array(rule)
    .prefault([])
    .describe("Tried in order; the first of which everything holds decides.")
    .meta({ sample: [{ images: true, model: "gpt-4.1" }] }),
  default: modelName().describe("The model where no rule fits.").meta({ sample: "gpt-4.1-mini" }),
});

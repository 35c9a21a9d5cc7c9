// What a request to Gemini asks of the simulated model. `json` has its names in camel case.
import { callSeedOf, isGiven, type Json } from "../answer.ts";
import { describeBase64 } from "../attachments.ts";
import type { Faults } from "../faults.ts";
import { anyObject, plainPrompt, type Prompt } from "../generate.ts";
import { partsOf, turnsOf } from "./rules.ts";

export function promptOf(json: Json, model: string, faults: Faults): Prompt {
  const contents = turnsOf(json["contents"] as Json[]);
  const config = (json["generationConfig"] ?? {}) as Json;
  const isResult = (part: Json): boolean => isGiven(part["functionResponse"]);
  const asked = contents.findLastIndex((content) => {
    return content["role"] !== "model" && !partsOf(content).every(isResult);
  });
  const said = partsOf(contents[asked]);
  const calls = contents.slice(asked + 1).filter((content) => partsOf(content).some((part) => part["functionCall"]));
  const declarations = ((json["tools"] ?? []) as Json[]).flatMap(
    (tool) => (tool["functionDeclarations"] ?? []) as Json[],
  );
  const calling = ((json["toolConfig"] as Json | undefined)?.["functionCallingConfig"] ?? {}) as Json;
  const allowed = (calling["allowedFunctionNames"] ?? []) as string[];
  const { includeThoughts, thinkingBudget, thinkingLevel } = (config["thinkingConfig"] ?? {}) as Json;
  return {
    ...plainPrompt,
    model,
    lastText: said
      .map((part) => String(part["text"] ?? ""))
      .join(" ")
      .trim(),
    attachments: said.flatMap(attachmentOf),
    toolResults: partsOf(contents.at(-1)).filter(isResult).map(resultText),
    toolRounds: calls.length,
    tools: declarations
      .filter(({ name }) => allowed.length === 0 || allowed.includes(String(name)))
      .map(({ name, parameters, parametersJsonSchema }) => ({
        name: String(name),
        parameters: parameters ?? parametersJsonSchema,
      })),
    toolChoice: calling["mode"] === "NONE" ? "none" : calling["mode"] === "ANY" ? "required" : "auto",
    callIdSeed: `call_simulated_${callSeedOf(contents)}`,
    thinking: Boolean(includeThoughts) || Number(thinkingBudget ?? 0) !== 0 || isGiven(thinkingLevel),
    schema: schemaOf(config),
    tokensMax: Number(config["maxOutputTokens"] ?? 0),
    stop: (config["stopSequences"] ?? []) as string[],
    faults,
  };
}

function schemaOf({ responseMimeType: type, responseSchema, responseJsonSchema }: Json): unknown {
  return type === "application/json" ? (responseSchema ?? responseJsonSchema ?? anyObject) : null;
}

function attachmentOf({ inlineData, fileData }: Json): string[] {
  if (inlineData) {
    const { mimeType, data } = inlineData as Json;
    return [describeBase64(String(mimeType), String(data)) ?? "broken data"];
  }
  if (!fileData) return [];
  const { mimeType, fileUri } = fileData as Json;
  return [`${String(mimeType ?? "file")} at ${String(fileUri)}`];
}

function resultText(part: Json): string {
  const { response, parts } = part["functionResponse"] as Json;
  return [JSON.stringify(response ?? {}), ...((parts ?? []) as Json[]).flatMap(attachmentOf)].join(" ");
}

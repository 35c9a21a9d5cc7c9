// What Gemini refuses beyond the shape of a request. Each rule gives the sentence of the error, or null.
import { isGiven, type Json } from "../answer.ts";
import { unseal } from "../signatures.ts";
import { declarationFlaw, schemaFlaw } from "./schema-rules.ts";

export function requestFlaw(json: Json, model: string): string | null {
  const contents = (json["contents"] ?? []) as Json[];
  if (contents.length === 0) return "* GenerateContentRequest.contents: contents is not specified\n";
  const turns = turnsOf(contents);
  return (
    contentsFlaw(contents) ??
    turnFlaw(turns) ??
    signatureFlaw(turns, model) ??
    declarationFlaw(json) ??
    configFlaw(json, model)
  );
}

export function partsOf(content: Json | undefined): Json[] {
  return (content?.["parts"] ?? []) as Json[];
}

/**
 * Contents of one role are one turn: Google's own client gives an answer back as one content for each chunk of its
 * stream (js-genai 3.3, generateContentStream).
 */
export function turnsOf(contents: Json[]): Json[] {
  const turns: Json[] = [];
  for (const content of contents) {
    const last = turns.at(-1);
    if (last && isModel(last) === isModel(content)) last["parts"] = [...partsOf(last), ...partsOf(content)];
    else turns.push({ ...content });
  }
  return turns;
}

function isModel({ role }: Json): boolean {
  return role === "model";
}

/** The fields of a part of which it has exactly one. */
const data = ["text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode"];
const dataFields = [...data, "codeExecutionResult", "toolCall", "toolResponse", "audioTranscription"];

function contentsFlaw(contents: Json[]): string | null {
  for (const [index, content] of contents.entries()) {
    const place = `GenerateContentRequest.contents[${index}]`;
    if (!["user", "model", "function", undefined].includes(content["role"] as string | undefined)) {
      return "Please use a valid role: user, model.";
    }
    if (partsOf(content).length === 0) return `* ${place}.parts: contents.parts must not be empty.\n`;
    for (const [at, part] of partsOf(content).entries()) {
      const flaw = partFlaw(part, `${place}.parts[${at}]`);
      if (flaw !== null) return flaw;
    }
  }
  return null;
}

function partFlaw(part: Json, place: string): string | null {
  const given = dataFields.filter((name) => isGiven(part[name]));
  if (given.length === 0 && !isGiven(part["thoughtSignature"])) {
    return `* ${place}.data: required oneof field 'data' must have one initialized field\n`;
  }
  if (given.length > 1) {
    const at = place.replace("GenerateContentRequest.", "");
    return `Invalid value at '${at}' (oneof), oneof field 'data' is already set. Cannot set '${given[1]}'`;
  }
  for (const [field, name] of Object.entries({
    functionCall: "function_call",
    functionResponse: "function_response",
  })) {
    if (part[field] && !(part[field] as Json)["name"]) return `* ${place}.${name}.name: Name cannot be empty.\n`;
  }
  const inline = part["inlineData"] as Json | null | undefined;
  if (inline && !inline["mimeType"]) return `* ${place}.inline_data.mime_type: must not be empty\n`;
  return null;
}

function count(content: Json | undefined, field: string): number {
  return partsOf(content).filter((part) => isGiven(part[field])).length;
}

/** A call follows the user or results; results follow calls, as many as there were. */
function turnFlaw(contents: Json[]): string | null {
  for (const [index, content] of contents.entries()) {
    const previous = contents[index - 1];
    const calls = count(content, "functionCall");
    const results = count(content, "functionResponse");
    if (calls > 0 && (content["role"] !== "model" || !previous || previous["role"] === "model")) {
      return "Please ensure that function call turn comes immediately after a user turn or after a function response turn.";
    }
    if (results > 0 && count(previous, "functionCall") === 0) {
      return "Please ensure that function response turn comes immediately after a function call turn.";
    }
    const open = count(previous, "functionCall");
    if (open > 0 && open !== results) {
      return (
        "Please ensure that the number of function response parts is equal to the number of function call parts of " +
        "the function call turn."
      );
    }
  }
  return count(contents.at(-1), "functionCall") === 0
    ? null
    : "Please ensure that function call turn is followed by a function response turn.";
}

/** What Google documents for histories that come from elsewhere. */
const placeholders = ["context_engineering_is_the_way_to_go", "skip_thought_signature_validator"];
const placeholderBytes = placeholders.map((name) => name.replaceAll("_", "/"));

/** Gemini 3 wants the signature of every step of the turn that goes on: of the first call in a model's content. */
function signatureFlaw(contents: Json[], model: string): string | null {
  const isResult = (content: Json): boolean => count(content, "functionResponse") > 0;
  const asked = contents.findLastIndex((content) => content["role"] !== "model" && !isResult(content));
  for (const [index, content] of contents.entries()) {
    for (const { thoughtSignature: signature } of partsOf(content)) {
      if (!isGiven(signature) || signature === "") continue;
      const text = String(signature);
      const known = placeholders.includes(text) || placeholderBytes.includes(text) || unseal("gemini", text) !== null;
      if (!known) return "Corrupted thought signature.";
    }
    const call = partsOf(content).find((part) => isGiven(part["functionCall"]));
    if (!isGemini3(model) || index < asked || !call || call["thoughtSignature"]) continue;
    const name = String((call["functionCall"] as Json)["name"]);
    return (
      "Function call is missing a thought_signature in functionCall parts. This is required for tools to work " +
      "correctly, and missing thought_signature may lead to degraded model performance. Additional data, function " +
      `call \`default_api:${name}\` , position ${index + 1}. Please refer to ` +
      "https://ai.google.dev/gemini-api/docs/thought-signatures for more details."
    );
  }
  return null;
}

export function isGemini3(model: string): boolean {
  return /gemini-([3-9]|\d\d)/.test(model);
}

function configFlaw(json: Json, model: string): string | null {
  const config = (json["generationConfig"] ?? {}) as Json;
  const { thinkingBudget: budget, thinkingLevel: level } = (config["thinkingConfig"] ?? {}) as Json;
  if (isGiven(budget) && isGiven(level)) return "You can only set only one of thinking budget and thinking level.";
  if (isGiven(level) && !isGemini3(model)) return "Thinking level is not supported for this model.";
  if (budget === 0 && /-pro/.test(model)) {
    return "Budget 0 is invalid. This model only works in thinking mode.";
  }
  const temperature = config["temperature"];
  if (isGiven(temperature) && (Number(temperature) < 0 || Number(temperature) > 2)) {
    return "* GenerateContentRequest.generation_config.temperature: temperature must be in the range [0.0, 2.0].\n";
  }
  if (((config["stopSequences"] ?? []) as string[]).length > 5) {
    return "* GenerateContentRequest.generation_config.stop_sequences: must have at most 5 elements\n";
  }
  return outputFlaw(json, config, model);
}

function outputFlaw(json: Json, config: Json, model: string): string | null {
  const { responseSchema, responseJsonSchema, responseMimeType: type } = config;
  const structured = type === "application/json" || type === "text/x.enum";
  if (isGiven(type) && type !== "text/plain" && !structured) {
    return (
      "* GenerateContentRequest.generation_config.response_mime_type: allowed mimetypes are `text/plain`, " +
      "`application/json`, `application/xml`, `application/yaml` and `text/x.enum`.\n"
    );
  }
  if (isGiven(responseSchema ?? responseJsonSchema) && !structured) {
    return (
      "* GenerateContentRequest.generation_config.response_schema: only supported with the response mime types " +
      "`application/json` and `text/x.enum`.\n"
    );
  }
  const declared = ((json["tools"] ?? []) as Json[]).some((tool) => isGiven(tool["functionDeclarations"]));
  if (type === "application/json" && declared && !isGemini3(model)) {
    return "Function calling with a response mime type: 'application/json' is unsupported";
  }
  return isGiven(responseSchema) ? schemaFlaw(responseSchema, "generation_config.response_schema") : null;
}

// Gemini's answer, whole and as the chunks of a stream:
// https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse
import type { Json } from "../answer.ts";
import type { Framing } from "../framing.ts";
import { outputTokens, type Finish, type Generated, type ToolCall } from "../generate.ts";
import { seal } from "../signatures.ts";
import { countInputTokens } from "../tokens.ts";
import { isGemini3 } from "./rules.ts";

export interface ResponseInput {
  json: Json;
  model: string;
  generated: Generated;
  cached: number;
  responseId: string;
  /** Vertex AI makes no ids of calls. */
  isVertex: boolean;
}

const finishReasons: Partial<Record<Finish, string>> = { length: "MAX_TOKENS", content_filter: "SAFETY" };

export function wholeResponse(input: ResponseInput): Json {
  const { generated } = input;
  if (generated.finish === "refusal") return blocked(input);
  const parts = partsPieces(input);
  const thoughts = parts.filter((part) => part["thought"]).map((part) => String(part["text"]));
  const said = parts.filter((part) => !part["thought"]);
  const texts = said.filter((part) => part["text"] !== undefined);
  const signature = texts.findLast((part) => part["thoughtSignature"])?.["thoughtSignature"];
  const text = texts.map((part) => String(part["text"])).join("");
  const joined: Json[] = [
    ...(thoughts.length > 0 ? [{ text: thoughts.join(""), thought: true }] : []),
    ...(texts.length > 0 ? [{ text, ...(signature ? { thoughtSignature: signature } : {}) }] : []),
    ...said.filter((part) => part["functionCall"]),
  ];
  return chunk(input, joined, generated.finish);
}

export function streamedResponse(input: ResponseInput): Json[] {
  if (input.generated.finish === "refusal") return [blocked(input)];
  const parts = partsPieces(input);
  return parts.map((part, index) => chunk(input, [part], index === parts.length - 1 ? input.generated.finish : null));
}

/** One part for each piece that a stream sends apart. A stream of text ends with an empty one. */
function partsPieces(input: ResponseInput): Json[] {
  const { json, generated, model } = input;
  const config = ((json["generationConfig"] as Json | undefined)?.["thinkingConfig"] ?? {}) as Json;
  const thoughts = config["includeThoughts"] ? generated.thinking.map((text) => ({ text, thought: true })) : [];
  const signs = isGemini3(model) || generated.thinking.length > 0;
  const sealed = signs ? { thoughtSignature: seal("gemini", input.responseId) } : {};
  if (generated.toolCalls.length > 0) {
    // Of parallel calls the first alone is signed.
    return [
      ...thoughts,
      ...generated.toolCalls.map((call, at) => ({ ...callPart(call, input), ...(at === 0 ? sealed : {}) })),
    ];
  }
  const last = { text: "", ...(isGemini3(model) ? sealed : {}) };
  return [...thoughts, ...generated.words.map((text) => ({ text })), last];
}

function callPart({ id, name, arguments: args }: ToolCall, { isVertex }: ResponseInput): Json {
  return { functionCall: { ...(isVertex ? {} : { id }), name, args: JSON.parse(args) as Json } };
}

function chunk(input: ResponseInput, parts: Json[], finish: Finish | null): Json {
  const candidate = {
    content: { parts, role: "model" },
    ...(finish === null ? {} : { finishReason: finishReasons[finish] ?? "STOP" }),
    ...(finish === "content_filter" ? { safetyRatings: ratings } : {}),
    index: 0,
  };
  return { candidates: [candidate], ...tail(input) };
}

const ratings = [{ category: "HARM_CATEGORY_DANGEROUS_CONTENT", probability: "HIGH", blocked: true }];

/** A refused prompt has no candidates at all. */
function blocked(input: ResponseInput): Json {
  return { promptFeedback: { blockReason: "PROHIBITED_CONTENT", safetyRatings: ratings }, ...tail(input) };
}

function tail({ json, model, generated, cached, responseId }: ResponseInput): Json {
  const prompt = promptTokens(json);
  const thoughts = generated.thinking.length;
  const candidates = generated.finish === "refusal" ? 0 : outputTokens(generated) - thoughts;
  return {
    usageMetadata: {
      promptTokenCount: prompt,
      ...(cached > 0 ? { cachedContentTokenCount: Math.min(cached, prompt) } : {}),
      candidatesTokenCount: candidates,
      ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
      totalTokenCount: prompt + candidates + thoughts,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: prompt }],
    },
    modelVersion: model,
    responseId,
  };
}

export function promptTokens(json: Json): number {
  return countInputTokens([
    json["contents"] ?? json["instances"] ?? [],
    json["systemInstruction"] ?? [],
    json["tools"] ?? [],
  ]);
}

/** Without `alt=sse` a stream is one JSON list, written as it grows. */
export const jsonList: Framing = {
  contentType: "application/json; charset=UTF-8",
  frame: (events, at) =>
    events.map((event, index) => {
      const end = "error" in event ? "\n]" : "";
      return Buffer.from(`${at + index === 0 ? "[" : ",\r\n"}${JSON.stringify(event, null, 2)}${end}`);
    }),
  end: [Buffer.from("\n]")],
  malformed: Buffer.from(',\r\n{"candidates": [\n]'),
};

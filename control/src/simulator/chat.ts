// Chat completions: https://platform.openai.com/docs/api-reference/chat. Whole and streamed, text, tools, JSON, n.
import { createHash } from "node:crypto";
import {
  dataStream,
  errorAnswer,
  jsonAnswer,
  missingParameter,
  type Answer,
  type Json,
  type SimulatedRequest,
} from "./answer.ts";
import type { Faults } from "./faults.ts";
import { generate, simulatedModel, type Generated, type Prompt } from "./generate.ts";
import { countInputTokens, countMessageTokens, countTokens } from "./tokens.ts";

export function answerChat(request: SimulatedRequest, faults: Faults): Answer {
  const { json } = request;
  if (typeof json["model"] !== "string" || json["model"] === "") {
    return errorAnswer(400, "you must provide a model parameter", null, "model");
  }
  if (!Array.isArray(json["messages"]) || json["messages"].length === 0) {
    return missingParameter("messages");
  }
  const generated = generate(promptOf(json, faults.words));
  const choices = Array.from({ length: choiceCount(json) }, () => generated);
  const usage = usageOf(json, choices);
  if (json["stream"] === true) return dataStream(chunksOf(request, choices, usage));
  return jsonAnswer({ ...envelope(request, "chat.completion"), choices: choices.map(wholeChoice), usage });
}

function promptOf(json: Json, wordCount: number): Prompt {
  const messages = json["messages"] as Json[];
  const last = messages.at(-1) ?? {};
  const tools = (Array.isArray(json["tools"]) ? (json["tools"] as Json[]) : []).map((tool) => tool["function"] as Json);
  return {
    model: String(json["model"]),
    lastText: textOf(messages.findLast((message) => message["role"] === "user")?.["content"]),
    afterTool: last["role"] === "tool",
    tools: tools.filter(Boolean).map((tool) => ({ name: String(tool["name"]), parameters: tool["parameters"] })),
    toolChoice: toolChoiceOf(json["tool_choice"]),
    parallelTools: json["parallel_tool_calls"] !== false,
    schema: schemaOf(json["response_format"] as Json | undefined),
    tokensMax: Number(json["max_completion_tokens"] ?? json["max_tokens"] ?? 0),
    stop: [json["stop"] ?? []].flat().map(String),
    wordCount,
  };
}

/** The text of a message's content, whether it is a string or a list of parts. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return (content as Json[]).map((part) => (typeof part["text"] === "string" ? part["text"] : "")).join(" ");
}

function toolChoiceOf(value: unknown): Prompt["toolChoice"] {
  if (value === "none" || value === "required") return value;
  const name = ((value as Json | undefined)?.["function"] as Json | undefined)?.["name"];
  return typeof name === "string" ? { name } : "auto";
}

function schemaOf(format: Json | undefined): unknown {
  if (format?.["type"] === "json_object") return {};
  return format?.["type"] === "json_schema" ? ((format["json_schema"] as Json | undefined)?.["schema"] ?? {}) : null;
}

/** OpenAI's limit. */
const choicesMax = 128;

function choiceCount(json: Json): number {
  const n = Number(json["n"] ?? 1);
  return Number.isInteger(n) && n > 0 ? Math.min(n, choicesMax) : 1;
}

/**
 * What every object and chunk of one answer has in common. The id is the request's digest: the same again and again.
 */
export function envelope(request: SimulatedRequest, object: string): Json {
  const digest = createHash("sha256").update(request.body).digest("hex").slice(0, 24);
  return {
    id: `chatcmpl-simulated-${digest}`,
    object,
    created: Math.floor(Date.now() / 1000),
    model: simulatedModel(request.json["model"]),
    service_tier: "default",
    system_fingerprint: "fp_simulated",
  };
}

export function usageOf(json: Json, choices: Generated[]): Json {
  const input = countMessageTokens(json["messages"] as unknown[]) + countInputTokens(json["tools"] ?? []);
  const output = choices.reduce((sum, choice) => sum + outputTokens(choice), 0);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** One token a word, and a tool call by the length of its JSON. */
export function outputTokens({ words, toolCalls }: Generated): number {
  return words.length + toolCalls.reduce((sum, call) => sum + countTokens(call.name + call.arguments), 0);
}

function wholeChoice(generated: Generated, index: number): Json {
  const { words, toolCalls, finish } = generated;
  const message: Json = { role: "assistant", content: toolCalls.length > 0 ? null : words.join(""), refusal: null };
  if (toolCalls.length > 0) {
    message["tool_calls"] = toolCalls.map(({ id, name, arguments: args }) => ({
      id,
      type: "function",
      function: { name, arguments: args },
    }));
  }
  return { index, message: { ...message, annotations: [] }, logprobs: null, finish_reason: finish };
}

function chunksOf(request: SimulatedRequest, choices: Generated[], usage: Json): Json[] {
  const withUsage = (request.json["stream_options"] as Json | undefined)?.["include_usage"] === true;
  const shared = envelope(request, "chat.completion.chunk");
  const usageNull = withUsage ? { usage: null } : {};
  const chunk = (index: number, delta: Json, finish: string | null): Json => ({
    ...shared,
    choices: [{ index, delta, logprobs: null, finish_reason: finish }],
    ...usageNull,
  });
  const deltas = choices.map((choice) => deltasOf(choice));
  const length = Math.max(...deltas.map((list) => list.length));
  const chunks: Json[] = [];
  for (let at = 0; at < length; at++) {
    deltas.forEach((list, index) => {
      const delta = list[at];
      if (delta) chunks.push(chunk(index, delta, null));
    });
  }
  choices.forEach((choice, index) => chunks.push(chunk(index, {}, choice.finish)));
  return withUsage ? [...chunks, { ...shared, choices: [], usage }] : chunks;
}

/** A choice's deltas in OpenAI's order: the role with the first content, then content or tool arguments in pieces. */
function deltasOf({ words, toolCalls }: Generated): Json[] {
  if (toolCalls.length === 0) {
    return [{ role: "assistant", content: "", refusal: null }, ...words.map((word) => ({ content: word }))];
  }
  return toolCalls.flatMap((call, index) => {
    const opening = { index, id: call.id, type: "function", function: { name: call.name, arguments: "" } };
    const first = index === 0 ? { role: "assistant", content: null, refusal: null } : {};
    return [
      { ...first, tool_calls: [opening] },
      ...argumentPieces(call.arguments).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ];
  });
}

/** Pieces of a few characters, so that they end inside names, strings and escapes as a real model's do. */
export function argumentPieces(text: string): string[] {
  return [...text].reduce<string[]>((pieces, character, at) => {
    if (at % 5 === 0) pieces.push(character);
    else pieces[pieces.length - 1] += character;
    return pieces;
  }, []);
}

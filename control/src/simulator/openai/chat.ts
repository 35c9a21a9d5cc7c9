// Chat completions: https://platform.openai.com/docs/api-reference/chat. Whole and streamed, text, tools, JSON, n.
import { digestOf, jsonAnswer, streamAnswer, type Answer, type Json } from "../answer.ts";
import type { Faults } from "../faults.ts";
import { chatPrompt } from "../chat-prompt.ts";
import { doneEnded } from "../framing.ts";
import { generate, outputTokens, simulatedModel, type Finish, type Generated } from "../generate.ts";
import { argumentPieces, countInputTokens, countMessageTokens } from "../tokens.ts";
import { errorAnswer, missingParameter, type OpenaiRequest } from "./errors.ts";

export function answerChat(request: OpenaiRequest, faults: Faults): Answer {
  const { json } = request;
  if (typeof json["model"] !== "string" || json["model"] === "") {
    return errorAnswer(400, "you must provide a model parameter", null, "model");
  }
  if (!Array.isArray(json["messages"]) || json["messages"].length === 0) {
    return missingParameter("messages");
  }
  const refusal = refuseHistory(json);
  if (refusal) return refusal;
  const generated = generate({ ...chatPrompt(json, faults), thinking: isThinking(json) });
  const choices = Array.from({ length: choiceCount(json) }, () => generated);
  const usage = usageOf(json, choices, faults.cached);
  if (json["stream"] === true) return streamAnswer(doneEnded, chunksOf(request, choices, usage));
  return jsonAnswer({ ...envelope(request, "chat.completion"), choices: choices.map(wholeChoice), usage });
}

/**
 * OpenAI keeps thoughts to itself; DeepSeek shows them as `reasoning_content`, as many do after it, unless it is told
 * not to think. https://api-docs.deepseek.com/guides/thinking_mode
 */
function isThinking({ model, thinking }: Json): boolean {
  return String(model).startsWith("deepseek") && (thinking as Json | undefined)?.["type"] !== "disabled";
}

/** Where DeepSeek calls tools it wants its thoughts back, as long as the turn lasts. */
function refuseHistory(json: Json): Answer | null {
  if (!isThinking(json)) return null;
  const messages = json["messages"] as Json[];
  const since = messages.slice(messages.findLastIndex(({ role }) => role === "user") + 1);
  if (since.every((message) => !message["tool_calls"] || message["reasoning_content"])) return null;
  return errorAnswer(400, "The `reasoning_content` in the thinking mode must be passed back to the API.", null);
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
export function envelope(request: OpenaiRequest, object: string): Json {
  const digest = digestOf(request).slice(0, 24);
  return {
    id: `chatcmpl-simulated-${digest}`,
    object,
    created: Math.floor(Date.now() / 1000),
    model: simulatedModel(request.json["model"]),
    service_tier: "default",
    system_fingerprint: "fp_simulated",
  };
}

function usageOf(json: Json, choices: Generated[], cached: number): Json {
  const input = countMessageTokens(json["messages"] as unknown[]) + countInputTokens(json["tools"] ?? []);
  const output = choices.reduce((sum, choice) => sum + outputTokens(choice), 0);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: Math.min(cached, input), audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: choices.reduce((sum, { thinking }) => sum + thinking.length, 0),
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

function wholeChoice(generated: Generated, index: number): Json {
  const { thinking, words, toolCalls, finish } = generated;
  const text = toolCalls.length > 0 ? null : words.join("");
  const said = finish === "refusal" ? { content: null, refusal: text } : { content: text, refusal: null };
  const thoughts = thinking.length > 0 ? { reasoning_content: thinking.join("") } : {};
  const message: Json = { role: "assistant", ...said, ...thoughts };
  if (toolCalls.length > 0) {
    message["tool_calls"] = toolCalls.map(({ id, name, arguments: args }) => ({
      id,
      type: "function",
      function: { name, arguments: args },
    }));
  }
  return { index, message: { ...message, annotations: [] }, logprobs: null, finish_reason: finishReason(finish) };
}

function finishReason(finish: Finish): string {
  return finish === "refusal" || finish === "stop_sequence" ? "stop" : finish;
}

function chunksOf(request: OpenaiRequest, choices: Generated[], usage: Json): Json[] {
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
  choices.forEach((choice, index) => chunks.push(chunk(index, {}, finishReason(choice.finish))));
  return withUsage ? [...chunks, { ...shared, choices: [], usage }] : chunks;
}

/** A choice's deltas in OpenAI's order: the role with the first, thoughts, then content or tool arguments in pieces. */
function deltasOf({ thinking, words, toolCalls, finish }: Generated): Json[] {
  const thoughts = thinking.map((word) => ({ content: null, reasoning_content: word }));
  if (toolCalls.length === 0) {
    const field = finish === "refusal" ? "refusal" : "content";
    const opening = { role: "assistant", content: "", refusal: null };
    return [opening, ...thoughts, ...words.map((word) => ({ [field]: word }))];
  }
  const opening = { role: "assistant", content: null, refusal: null };
  const [first = {}, ...others] = toolCalls.flatMap((call, index) => [
    { tool_calls: [{ index, id: call.id, type: "function", function: { name: call.name, arguments: "" } }] },
    ...argumentPieces(call.arguments).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ]);
  return thoughts.length > 0 ? [opening, ...thoughts, first, ...others] : [{ ...opening, ...first }, ...others];
}

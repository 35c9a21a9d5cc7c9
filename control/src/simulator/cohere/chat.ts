// Cohere's chat, whole and as events: https://docs.cohere.com/v2/docs/streaming
import type { Json } from "../answer.ts";
import { chatPrompt } from "../chat-prompt.ts";
import type { Faults } from "../faults.ts";
import { anyObject, outputTokens, type Finish, type Generated, type Prompt } from "../generate.ts";
import { toolMismatch } from "../tool-results.ts";
import { argumentPieces, countInputTokens } from "../tokens.ts";

/** The sentence of the error, or null. */
export function chatFlaw(json: Json): string | null {
  const messages = json["messages"] as Json[];
  const last = messages.at(-1);
  if (last?.["role"] !== "user" && last?.["role"] !== "tool") {
    return "invalid request: the last message must be of role user or tool";
  }
  if (last["content"] === "" || (Array.isArray(last["content"]) && last["content"].length === 0)) {
    return "invalid request: message must be at least 1 token long or tool results must be specified.";
  }
  const mismatch = toolMismatch(messages);
  if (mismatch?.kind === "stray-result") {
    return `invalid request: tool call id ${mismatch.id} not found in the previous tool calls`;
  }
  if (mismatch) {
    return `invalid request: an assistant message with 'tool_calls' must be followed by a tool message with tool_call_id ${mismatch.id}`;
  }
  const isJson = (json["response_format"] as Json | undefined)?.["type"] === "json_object";
  if (isJson && (json["tools"] ?? json["documents"])) {
    return "invalid request: response_format of type json_object is not supported with tools or documents";
  }
  return json["tool_choice"] && !json["tools"] ? "invalid request: tool_choice requires tools" : null;
}

export function promptOf(json: Json, faults: Faults): Prompt {
  const format = json["response_format"] as Json | undefined;
  const choice = json["tool_choice"];
  return {
    ...chatPrompt({ ...json, response_format: undefined, tool_choice: undefined }, faults),
    toolChoice: choice === "REQUIRED" ? "required" : choice === "NONE" ? "none" : "auto",
    thinking: (json["thinking"] as Json | undefined)?.["type"] === "enabled",
    schema: format?.["type"] === "json_object" ? (format["json_schema"] ?? format["schema"] ?? anyObject) : null,
    stop: (json["stop_sequences"] ?? []) as string[],
  };
}

const finishReasons: Record<Finish, string> = {
  stop: "COMPLETE",
  length: "MAX_TOKENS",
  stop_sequence: "STOP_SEQUENCE",
  tool_calls: "TOOL_CALL",
  refusal: "COMPLETE",
  content_filter: "ERROR",
};

const toolPlan = "I will use the tools that were named.";

export function wholeChat(json: Json, id: string, generated: Generated, faults: Faults): Json {
  const { thinking, words, toolCalls, finish } = generated;
  const content = [
    ...(thinking.length > 0 ? [{ type: "thinking", thinking: thinking.join("") }] : []),
    ...(words.length > 0 ? [{ type: "text", text: words.join("") }] : []),
  ];
  const calls = toolCalls.map((call) => ({
    id: call.id,
    type: "function",
    function: { name: call.name, arguments: call.arguments },
  }));
  const message = {
    role: "assistant",
    ...(content.length > 0 ? { content } : {}),
    ...(calls.length > 0 ? { tool_plan: toolPlan, tool_calls: calls } : {}),
  };
  return { id, message, finish_reason: finishReasons[finish], usage: usageOf(json, generated, faults) };
}

export function chatEvents(json: Json, id: string, generated: Generated, faults: Faults): Json[] {
  const { thinking, words, toolCalls, finish } = generated;
  const start = { role: "assistant", content: [], tool_plan: "", tool_calls: [], citations: [] };
  const thoughts = thinking.length > 0 ? contentEvents("thinking", thinking, 0) : [];
  return [
    { type: "message-start", id, delta: { message: start } },
    ...thoughts,
    ...(words.length > 0 ? contentEvents("text", words, thoughts.length > 0 ? 1 : 0) : []),
    ...(toolCalls.length > 0 ? [{ type: "tool-plan-delta", delta: { message: { tool_plan: toolPlan } } }] : []),
    ...toolCalls.flatMap((call, index) => [
      callEvent("tool-call-start", index, {
        id: call.id,
        type: "function",
        function: { name: call.name, arguments: "" },
      }),
      ...argumentPieces(call.arguments).map((piece) =>
        callEvent("tool-call-delta", index, { function: { arguments: piece } }),
      ),
      { type: "tool-call-end", index },
    ]),
    { type: "message-end", delta: { finish_reason: finishReasons[finish], usage: usageOf(json, generated, faults) } },
  ];
}

function contentEvents(kind: "text" | "thinking", words: string[], index: number): Json[] {
  return [
    { type: "content-start", index, delta: { message: { content: { type: kind, [kind]: "" } } } },
    ...words.map((word) => ({ type: "content-delta", index, delta: { message: { content: { [kind]: word } } } })),
    { type: "content-end", index },
  ];
}

function callEvent(type: string, index: number, call: Json): Json {
  return { type, index, delta: { message: { tool_calls: call } } };
}

function usageOf(json: Json, generated: Generated, faults: Faults): Json {
  const input = countInputTokens([json["messages"], json["tools"] ?? [], json["documents"] ?? []]);
  const output = outputTokens(generated);
  return {
    billed_units: { input_tokens: input, output_tokens: output },
    tokens: { input_tokens: input, output_tokens: output },
    cached_tokens: Math.min(faults.cached, input),
  };
}

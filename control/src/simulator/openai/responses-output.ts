// The response object and its items: https://platform.openai.com/docs/api-reference/responses/object
import { digestOf, isGiven, type Json, type SimulatedRequest } from "../answer.ts";
import type { Faults } from "../faults.ts";
import { outputTokens, simulatedModel, type Generated } from "../generate.ts";
import { seal } from "../signatures.ts";
import { countInputTokens } from "../tokens.ts";

const incompleteReasons: Partial<Record<Generated["finish"], string>> = {
  length: "max_output_tokens",
  content_filter: "content_filter",
};

export function responseObject(request: SimulatedRequest, generated: Generated, faults: Faults): Json {
  const { json } = request;
  const digest = digestOf(request).slice(0, 32);
  const reason = incompleteReasons[generated.finish];
  return {
    id: `resp_simulated_${digest}`,
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    status: reason ? "incomplete" : "completed",
    background: json["background"] ?? false,
    error: null,
    incomplete_details: reason ? { reason } : null,
    instructions: json["instructions"] ?? null,
    max_output_tokens: json["max_output_tokens"] ?? null,
    metadata: json["metadata"] ?? {},
    model: simulatedModel(json["model"]),
    output: outputItems(json, generated, digest),
    parallel_tool_calls: json["parallel_tool_calls"] ?? true,
    previous_response_id: json["previous_response_id"] ?? null,
    reasoning: { effort: null, summary: null, ...(json["reasoning"] as Json | null | undefined) },
    service_tier: "default",
    store: json["store"] ?? true,
    temperature: json["temperature"] ?? 1,
    text: { format: { type: "text" }, verbosity: "medium", ...(json["text"] as Json | undefined) },
    tool_choice: json["tool_choice"] ?? "auto",
    tools: json["tools"] ?? [],
    top_p: json["top_p"] ?? 1,
    truncation: json["truncation"] ?? "disabled",
    usage: usageOf(json, generated, faults.cached),
    user: json["user"] ?? null,
  };
}

export function inputTokensOf({ input, instructions, tools }: Json): number {
  return countInputTokens([input ?? "", instructions ?? "", tools ?? []]);
}

function usageOf(json: Json, generated: Generated, cached: number): Json {
  const input = inputTokensOf(json);
  const output = outputTokens(generated);
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: Math.min(cached, input) },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: generated.thinking.length },
    total_tokens: input + output,
  };
}

function outputItems(json: Json, generated: Generated, digest: string): Json[] {
  return [...reasoningItems(json, generated, digest), ...saidItems(generated, digest)];
}

function reasoningItems(json: Json, { thinking }: Generated, digest: string): Json[] {
  if (thinking.length === 0) return [];
  const text = thinking.join("");
  const summarized = isGiven((json["reasoning"] as Json | null | undefined)?.["summary"]);
  const encrypted = ((json["include"] ?? []) as string[]).includes("reasoning.encrypted_content");
  return [
    {
      id: `rs_${digest}`,
      type: "reasoning",
      summary: summarized ? [{ type: "summary_text", text }] : [],
      ...(encrypted ? { encrypted_content: seal("openai", text) } : {}),
    },
  ];
}

function saidItems({ words, toolCalls, finish }: Generated, digest: string): Json[] {
  if (toolCalls.length === 0) {
    const text = words.join("");
    const part =
      finish === "refusal"
        ? { type: "refusal", refusal: text }
        : { type: "output_text", annotations: [], logprobs: [], text };
    const status = incompleteReasons[finish] ? "incomplete" : "completed";
    return [{ id: `msg_${digest}`, type: "message", status, role: "assistant", content: [part] }];
  }
  return toolCalls.map((call, index) => ({
    id: `fc_${digest}_${index}`,
    type: "function_call",
    status: "completed",
    arguments: call.arguments,
    call_id: call.id,
    name: call.name,
  }));
}

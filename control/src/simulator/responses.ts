// The Responses API: https://platform.openai.com/docs/api-reference/responses. Create (whole and streamed), and the
// sub-paths over what was created: retrieve, delete, cancel, input_items.
import { createHash } from "node:crypto";
import {
  errorAnswer,
  jsonAnswer,
  typedStream,
  missingParameter,
  type Answer,
  type Json,
  type SimulatedRequest,
  type TypedEvent,
} from "./answer.ts";
import { argumentPieces, outputTokens, textOf } from "./chat.ts";
import type { Faults } from "./faults.ts";
import { generate, simulatedModel, type Generated, type Prompt } from "./generate.ts";
import { countInputTokens } from "./tokens.ts";

interface Stored {
  response: Json;
  input: Json[];
}

/** Enough for any test; a provider that runs for weeks must not grow. */
const storedMax = 100;

/** Remembers what it answered, since clients ask for it again by id. */
export class ResponsesSurface {
  readonly #stored = new Map<string, Stored>();

  create(request: SimulatedRequest, faults: Faults): Answer {
    const { json } = request;
    if (typeof json["model"] !== "string") return missingParameter("model");
    if (json["input"] === undefined) return missingParameter("input");
    const input = inputItems(json["input"]);
    const generated = generate(promptOf(json, input, faults.words));
    const response = completedResponse(request, generated);
    if (json["store"] !== false) this.#store(String(response["id"]), { response, input });
    return json["stream"] === true ? typedStream(eventsOf(response, generated)) : jsonAnswer(response);
  }

  /** `responses/<id>`, `responses/<id>/cancel`, `responses/<id>/input_items`. */
  answerStored({ method, surface }: SimulatedRequest): Answer {
    const [, id = "", action] = surface.split("/");
    const stored = this.#stored.get(id);
    if (!stored) return errorAnswer(404, `Response with id '${id}' not found.`, null);
    if (method === "DELETE" && !action) {
      this.#stored.delete(id);
      return jsonAnswer({ id, object: "response", deleted: true });
    }
    if (method === "POST" && action === "cancel") return jsonAnswer({ ...stored.response, status: "cancelled" });
    if (method === "GET" && action === "input_items") {
      return jsonAnswer({ object: "list", data: stored.input, has_more: false });
    }
    if (method === "GET" && !action) return jsonAnswer(stored.response);
    return errorAnswer(404, `Invalid URL (${method} /v1/${surface})`, null);
  }

  #store(id: string, stored: Stored): void {
    this.#stored.set(id, stored);
    const oldest = this.#stored.keys().next().value;
    if (this.#stored.size > storedMax && oldest !== undefined) this.#stored.delete(oldest);
  }
}

function inputItems(input: unknown): Json[] {
  return Array.isArray(input) ? (input as Json[]) : [{ type: "message", role: "user", content: input }];
}

function promptOf(json: Json, input: Json[], wordCount: number): Prompt {
  const tools = (Array.isArray(json["tools"]) ? (json["tools"] as Json[]) : []).filter((t) => t["type"] === "function");
  const choice = json["tool_choice"];
  const name = (choice as Json | undefined)?.["name"];
  const format = (json["text"] as Json | undefined)?.["format"] as Json | undefined;
  return {
    model: String(json["model"]),
    lastText: textOf(input.findLast((item) => item["role"] === "user")?.["content"]),
    afterTool: input.at(-1)?.["type"] === "function_call_output",
    tools: tools.map((tool) => ({ name: String(tool["name"]), parameters: tool["parameters"] })),
    toolChoice:
      choice === "none" || choice === "required" ? choice : typeof name === "string" ? { name } : ("auto" as const),
    parallelTools: json["parallel_tool_calls"] !== false,
    schema: format?.["type"] === "json_schema" ? format["schema"] : format?.["type"] === "json_object" ? {} : null,
    tokensMax: Number(json["max_output_tokens"] ?? 0),
    stop: [],
    wordCount,
  };
}

function completedResponse(request: SimulatedRequest, generated: Generated): Json {
  const { json, body } = request;
  const digest = createHash("sha256").update(body).digest("hex").slice(0, 32);
  const input = countInputTokens([json["input"], json["instructions"] ?? "", json["tools"] ?? []]);
  const output = outputTokens(generated);
  return {
    id: `resp_simulated_${digest}`,
    object: "response",
    created_at: Math.floor(Date.now() / 1000),
    status: generated.finish === "length" ? "incomplete" : "completed",
    error: null,
    incomplete_details: generated.finish === "length" ? { reason: "max_output_tokens" } : null,
    instructions: json["instructions"] ?? null,
    metadata: json["metadata"] ?? {},
    model: simulatedModel(json["model"]),
    output: outputItems(generated, digest),
    parallel_tool_calls: json["parallel_tool_calls"] ?? true,
    previous_response_id: json["previous_response_id"] ?? null,
    tool_choice: json["tool_choice"] ?? "auto",
    tools: json["tools"] ?? [],
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + output,
    },
  };
}

function outputItems({ words, toolCalls }: Generated, digest: string): Json[] {
  if (toolCalls.length === 0) {
    const part = { type: "output_text", annotations: [], logprobs: [], text: words.join("") };
    return [{ id: `msg_${digest}`, type: "message", status: "completed", role: "assistant", content: [part] }];
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

function eventsOf(response: Json, generated: Generated): TypedEvent[] {
  const started = { ...response, status: "in_progress", output: [], usage: null };
  const items = response["output"] as Json[];
  const events: TypedEvent[] = [
    { type: "response.created", response: started },
    { type: "response.in_progress", response: started },
    ...items.flatMap((item, index) => itemEvents(item, index, generated)),
    { type: `response.${String(response["status"])}`, response },
  ];
  return events.map((event, sequence) => ({ ...event, sequence_number: sequence }));
}

function itemEvents(item: Json, index: number, generated: Generated): TypedEvent[] {
  const inner = item["type"] === "message" ? textEvents(item, index, generated.words) : callEvents(item, index);
  const opening = item["type"] === "message" ? { content: [] } : { arguments: "" };
  return [
    { type: "response.output_item.added", output_index: index, item: { ...item, status: "in_progress", ...opening } },
    ...inner,
    { type: "response.output_item.done", output_index: index, item },
  ];
}

function textEvents(item: Json, index: number, words: string[]): TypedEvent[] {
  const at = { item_id: item["id"], output_index: index, content_index: 0 };
  const part = (item["content"] as Json[])[0] ?? {};
  return [
    { type: "response.content_part.added", ...at, part: { ...part, text: "" } },
    ...words.map((delta) => ({ type: "response.output_text.delta", ...at, delta, logprobs: [] })),
    { type: "response.output_text.done", ...at, text: part["text"], logprobs: [] },
    { type: "response.content_part.done", ...at, part },
  ];
}

function callEvents(item: Json, index: number): TypedEvent[] {
  const at = { item_id: item["id"], output_index: index };
  const text = String(item["arguments"]);
  return [
    ...argumentPieces(text).map((delta) => ({ type: "response.function_call_arguments.delta", ...at, delta })),
    { type: "response.function_call_arguments.done", ...at, arguments: text, name: item["name"] },
  ];
}

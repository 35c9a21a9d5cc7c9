// The Responses API: https://platform.openai.com/docs/api-reference/responses. Create (whole and streamed), and the
// sub-paths over what was created: retrieve, delete, cancel, input_items. Counting tokens before is `input_tokens`.
import { callSeedOf, jsonAnswer, streamAnswer, type Answer, type Json, type SimulatedRequest } from "../answer.ts";
import { complaintsAbout } from "../complaint.ts";
import { modelInBody, type Access, type Family } from "../family.ts";
import type { Faults } from "../faults.ts";
import { anyObject, generate, plainPrompt, type Prompt } from "../generate.ts";
import { refuseComplaint } from "./complaint.ts";
import { errorAnswer } from "./errors.ts";
import { keyRefusal } from "./openai.ts";
import { attachmentsOfItem, textOfItem } from "./responses-items.ts";
import { inputTokensOf, responseObject } from "./responses-output.ts";
import { refusalOf } from "./responses-rules.ts";
import { countSchema, createSchema } from "./responses-schema.ts";
import { eventsOf, numberedEvents } from "./responses-stream.ts";

interface Stored {
  response: Json;
  input: Json[];
  /** All that the model has seen and said up to here. */
  conversation: Json[];
}

/** Enough for any test; a provider that runs for weeks must not grow. */
const storedMax = 100;

export class ResponsesFamily implements Family {
  readonly #access: Access;
  readonly #stored = new Map<string, Stored>();

  constructor(access: Access) {
    this.#access = access;
  }

  answer(request: SimulatedRequest, faults: Faults): Answer {
    const refusal = keyRefusal(request, this.#access);
    if (refusal) return refusal;
    const [surface = ""] = /responses(\/[^/]+)*$/.exec(request.path) ?? [];
    const isCount = surface === "responses/input_tokens";
    if (surface !== "responses" && !isCount) return this.#answerStored(request.method, surface);
    if (request.method !== "POST") return errorAnswer(405, `Not allowed to ${request.method} on this path`, null);
    if (request.invalidJson) return errorAnswer(400, "We could not parse the JSON body of your request.", null);
    return isCount ? this.#count(request) : this.#create(request, faults);
  }

  modelOf = modelInBody;

  refuse(status: number, message: string): Answer {
    return errorAnswer(status, message, "simulated_fault");
  }

  errorEvent(status: number, message: string): Json {
    return { type: "error", code: status === 429 ? "rate_limit_exceeded" : "server_error", message, param: null };
  }

  #create(request: SimulatedRequest, faults: Faults): Answer {
    const { json } = request;
    const complaint = complaintsAbout(createSchema, json)[0];
    if (complaint) return refuseComplaint(complaint, json);
    const items = this.#conversationOf(json);
    if ("status" in items) return items;
    const input = inputItems(json["input"]);
    const generated = generate(promptOf(request, items, faults));
    const response = responseObject(request, generated, faults);
    const conversation = [...items, ...(response["output"] as Json[])];
    if (json["store"] !== false) this.#store(String(response["id"]), { response, input, conversation });
    return json["stream"] === true ? streamAnswer(numberedEvents, eventsOf(response, generated)) : jsonAnswer(response);
  }

  #count({ json }: SimulatedRequest): Answer {
    const complaint = complaintsAbout(countSchema, json)[0];
    if (complaint) return refuseComplaint(complaint, json);
    const items = this.#conversationOf(json);
    if ("status" in items) return items;
    return jsonAnswer({ object: "response.input_tokens", input_tokens: inputTokensOf(json) });
  }

  /** All that the model would see, or a refusal. */
  #conversationOf(json: Json): Json[] | Answer {
    const previousId = json["previous_response_id"];
    const previous = typeof previousId === "string" ? this.#stored.get(previousId) : undefined;
    if (previousId && !previous) {
      const message = `Previous response with id '${String(previousId)}' not found.`;
      return errorAnswer(400, message, "previous_response_not_found", "previous_response_id");
    }
    const items = [...(previous?.conversation ?? []), ...inputItems(json["input"])];
    return refusalOf(json, items, (id) => this.#knowsItem(id)) ?? items;
  }

  /** `responses/<id>`, `responses/<id>/cancel`, `responses/<id>/input_items`. */
  #answerStored(method: string, surface: string): Answer {
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

  #knowsItem(id: string): boolean {
    return [...this.#stored.values()].some(({ conversation }) => conversation.some((item) => item["id"] === id));
  }

  #store(id: string, stored: Stored): void {
    this.#stored.set(id, stored);
    const oldest = this.#stored.keys().next().value;
    if (this.#stored.size > storedMax && oldest !== undefined) this.#stored.delete(oldest);
  }
}

function inputItems(input: unknown): Json[] {
  if (typeof input === "string") return [{ type: "message", role: "user", content: input }];
  return (input as Json[] | undefined) ?? [];
}

function promptOf(request: SimulatedRequest, items: Json[], faults: Faults): Prompt {
  const { json } = request;
  const fromUser = items.findLastIndex((item) => item["role"] === "user");
  const since = items.slice(fromUser + 1);
  const results = items.slice(items.findLastIndex((item) => item["type"] !== "function_call_output") + 1);
  const tools = ((json["tools"] ?? []) as Json[]).filter((tool) => tool["type"] === "function");
  const effort = (json["reasoning"] as Json | null | undefined)?.["effort"];
  return {
    ...plainPrompt,
    model: String(json["model"]),
    lastText: textOfItem(items[fromUser] ?? {}),
    attachments: attachmentsOfItem(items[fromUser] ?? {}),
    toolResults: results.map(textOfItem),
    // A round begins with a call that follows something else.
    toolRounds: since.filter((item, at) => isCall(item) && !isCall(since[at - 1])).length,
    tools: tools.map((tool) => ({ name: String(tool["name"]), parameters: tool["parameters"] })),
    toolChoice: toolChoiceOf(json["tool_choice"]),
    parallelTools: json["parallel_tool_calls"] !== false,
    callIdSeed: `call_simulated_${callSeedOf(items)}`,
    thinking: Boolean(json["reasoning"]) && effort !== "none",
    schema: schemaOf((json["text"] as Json | undefined)?.["format"] as Json | undefined),
    tokensMax: Number(json["max_output_tokens"] ?? 0),
    faults,
  };
}

function isCall(item: Json | undefined): boolean {
  return item?.["type"] === "function_call";
}

function toolChoiceOf(choice: unknown): Prompt["toolChoice"] {
  if (choice === "none" || choice === "required") return choice;
  const { type, name, mode } = (choice ?? {}) as Json;
  if (type === "function") return { name: String(name) };
  return mode === "required" ? "required" : "auto";
}

function schemaOf(format: Json | undefined): unknown {
  if (format?.["type"] === "json_object") return anyObject;
  return format?.["type"] === "json_schema" ? format["schema"] : null;
}

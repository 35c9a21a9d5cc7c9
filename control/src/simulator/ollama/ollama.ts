// Ollama's own API: `POST /api/chat`, which streams unless told otherwise, and `/api/embed`.
// https://docs.ollama.com/api
import { bearerOf, jsonAnswer, streamAnswer, type Answer, type Json, type SimulatedRequest } from "../answer.ts";
import { describeBase64 } from "../attachments.ts";
import { chatPrompt } from "../chat-prompt.ts";
import { complaintsAbout, valueAt, type Complaint } from "../complaint.ts";
import { modelInBody, type Access, type Family } from "../family.ts";
import type { Faults } from "../faults.ts";
import { jsonLines } from "../framing.ts";
import { anyObject, generate, outputTokens, type Generated, type Prompt } from "../generate.ts";
import { countInputTokens } from "../tokens.ts";
import { vectorOf } from "../vectors.ts";
import { chatSchema, embedSchema } from "./schema.ts";

export class OllamaFamily implements Family {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  answer(request: SimulatedRequest, faults: Faults): Answer {
    const { method, path, json } = request;
    const { apiKey } = this.#access;
    // At home it has no key; its cloud has.
    if (apiKey !== undefined && bearerOf(request) !== apiKey) return ollamaError(401, "unauthorized");
    if (path === "/api/version") return jsonAnswer({ version: "0.0.0-simulated" });
    if (path === "/api/tags") return jsonAnswer({ models: [{ name: "simulated:latest", model: "simulated:latest" }] });
    if (method !== "POST") return ollamaError(405, "method not allowed");
    if (request.invalidJson) return ollamaError(400, "unexpected EOF");
    const complaint = complaintsAbout(path === "/api/chat" ? chatSchema : embedSchema, json)[0];
    if (complaint) return ollamaError(400, sentenceOf(complaint, json));
    return path === "/api/chat" ? chat(json, faults) : embed(json);
  }

  modelOf = modelInBody;

  refuse(status: number, message: string): Answer {
    return ollamaError(status, message);
  }

  errorEvent(_: number, message: string): Json {
    return { error: message };
  }
}

function ollamaError(status: number, error: string): Answer {
  return jsonAnswer({ error }, status);
}

const goTypes: Record<string, string> = {
  string: "string",
  array: "[]api.Message",
  record: "api.ToolCallFunctionArguments",
  boolean: "bool",
  number: "int",
};

/** In the words of Go's JSON decoder, which Ollama hands on. */
function sentenceOf({ path, kind, field, expected }: Complaint, body: Json): string {
  if (kind === "unknown") return `json: unknown field "${field}"`;
  if (kind === "missing" || valueAt(body, path) === "") return `${field} is required`;
  const value = valueAt(body, path);
  const type = Array.isArray(value) ? "array" : typeof value;
  const place = path.filter((step) => typeof step === "string").join(".");
  return `json: cannot unmarshal ${type} into Go struct field ChatRequest.${place} of type ${goTypes[expected] ?? expected}`;
}

const roles = ["system", "user", "assistant", "tool"];

function chatFlaw(messages: Json[]): string | null {
  for (const { role, images } of messages) {
    if (!roles.includes(String(role))) {
      return `invalid role: ${String(role)}, role must be one of [${roles.join(" ")}]`;
    }
    for (const image of (images ?? []) as string[]) {
      const bad = image.search(/[^A-Za-z0-9+/=]/);
      if (bad >= 0 || describeBase64("image", image) === null) {
        return `illegal base64 data at input byte ${Math.max(bad, 0)}`;
      }
    }
  }
  return null;
}

function chat(json: Json, faults: Faults): Answer {
  const messages = (json["messages"] ?? []) as Json[];
  const flaw = chatFlaw(messages);
  if (flaw !== null) return ollamaError(400, flaw);
  const shared = { model: String(json["model"]), created_at: new Date().toISOString() };
  // Without messages the model is loaded, and that is all.
  if (messages.length === 0) {
    return jsonAnswer({ ...shared, message: { role: "assistant", content: "" }, done_reason: "load", done: true });
  }
  const generated = generate(promptOf(json, messages, faults));
  const end = {
    done: true,
    done_reason: generated.finish === "length" ? "length" : "stop",
    ...statistics(json, generated),
  };
  const pieces = messagePieces(generated);
  if (json["stream"] === false) return jsonAnswer({ ...shared, message: joined(pieces), ...end });
  const events = pieces.map((message) => ({ ...shared, message, done: false }));
  return streamAnswer(jsonLines, [...events, { ...shared, message: { role: "assistant", content: "" }, ...end }]);
}

function promptOf(json: Json, messages: Json[], faults: Faults): Prompt {
  const { format, think } = json;
  const options = (json["options"] ?? {}) as Json;
  const images = messages.findLast(({ role }) => role === "user")?.["images"] as string[] | undefined;
  const limit = Number(options["num_predict"] ?? 0);
  return {
    ...chatPrompt({ ...json, messages, max_tokens: Math.max(limit, 0), stop: options["stop"] }, faults),
    attachments: (images ?? []).map((image) => describeBase64("image", image) ?? "broken data"),
    thinking: think !== undefined && think !== false,
    schema: format === "json" ? anyObject : typeof format === "object" ? format : null,
  };
}

function messagePieces({ thinking, words, toolCalls }: Generated): Json[] {
  return [
    ...thinking.map((word) => ({ role: "assistant", content: "", thinking: word })),
    ...words.map((word) => ({ role: "assistant", content: word })),
    ...toolCalls.map(({ id, name, arguments: args }, index) => ({
      role: "assistant",
      content: "",
      tool_calls: [{ id, function: { index, name, arguments: JSON.parse(args) as Json } }],
    })),
  ];
}

function joined(pieces: Json[]): Json {
  const text = (field: string): string => pieces.map((piece) => String(piece[field] ?? "")).join("");
  const calls = pieces.flatMap((piece) => (piece["tool_calls"] ?? []) as Json[]);
  const thinking = text("thinking");
  return {
    role: "assistant",
    content: text("content"),
    ...(thinking ? { thinking } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

/** Nanoseconds, as Go counts them. */
function statistics(json: Json, generated: Generated): Json {
  return {
    total_duration: 3_000_000,
    load_duration: 1_000_000,
    prompt_eval_count: countInputTokens([json["messages"] ?? [], json["tools"] ?? []]),
    prompt_eval_duration: 1_000_000,
    eval_count: outputTokens(generated),
    eval_duration: 1_000_000,
  };
}

const dimensionsDefault = 768;

function embed(json: Json): Answer {
  const inputs = [json["input"] ?? []].flat() as string[];
  const dimensions = Number(json["dimensions"] ?? dimensionsDefault);
  return jsonAnswer({
    model: json["model"],
    embeddings: inputs.map((input) => [...vectorOf(input, dimensions)]),
    total_duration: 2_000_000,
    load_duration: 1_000_000,
    prompt_eval_count: countInputTokens(inputs),
  });
}

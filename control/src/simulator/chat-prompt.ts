// What a chat asks of the simulated model where messages are OpenAI's: with `tool_calls`, and the role `tool` for
// results.
import { callSeedOf, type Json } from "./answer.ts";
import { describeBase64, describeUrl } from "./attachments.ts";
import type { Faults } from "./faults.ts";
import { anyObject, plainPrompt, type Prompt } from "./generate.ts";

/** `json` as OpenAI's chat has it. Who differs from it says so in what it spreads over this. */
export function chatPrompt(json: Json, faults: Faults): Prompt {
  const messages = json["messages"] as Json[];
  const fromUser = messages.findLastIndex((message) => message["role"] === "user");
  const since = messages.slice(fromUser + 1);
  const tools = (Array.isArray(json["tools"]) ? (json["tools"] as Json[]) : []).map((tool) => tool["function"] as Json);
  const results = messages.slice(messages.findLastIndex((message) => message["role"] !== "tool") + 1);
  return {
    ...plainPrompt,
    model: String(json["model"]),
    lastText: textOf(messages[fromUser]?.["content"]),
    attachments: attachmentsOf(messages[fromUser]?.["content"]),
    toolResults: results.map((message) => textOf(message["content"])),
    toolRounds: since.filter((message) => Array.isArray(message["tool_calls"])).length,
    tools: tools.filter(Boolean).map((tool) => ({ name: String(tool["name"]), parameters: tool["parameters"] })),
    toolChoice: toolChoiceOf(json["tool_choice"]),
    parallelTools: json["parallel_tool_calls"] !== false,
    callIdSeed: `call_simulated_${callSeedOf(messages)}`,
    schema: schemaOf(json["response_format"] as Json | undefined),
    tokensMax: Number(json["max_completion_tokens"] ?? json["max_tokens"] ?? 0),
    stop: [json["stop"] ?? []].flat().map(String),
    faults,
  };
}

/** The text of a message's content, whether it is a string or a list of parts. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return (content as Json[]).map((part) => (typeof part["text"] === "string" ? part["text"] : "")).join(" ");
}

function attachmentsOf(content: unknown): string[] {
  if (!Array.isArray(content)) return [];
  return (content as Record<string, Json | undefined>[]).flatMap(({ image_url: image, input_audio: audio, file }) => {
    if (image) return describeUrl("image", String(image["url"]));
    if (audio) return describeBase64(`audio/${String(audio["format"])}`, String(audio["data"])) ?? "broken audio";
    return file ? describeUrl("file", String(file["file_data"] ?? file["file_id"])) : [];
  });
}

function toolChoiceOf(value: unknown): Prompt["toolChoice"] {
  if (value === "none" || value === "required") return value;
  const name = ((value as Json | undefined)?.["function"] as Json | undefined)?.["name"];
  return typeof name === "string" ? { name } : "auto";
}

function schemaOf(format: Json | undefined): unknown {
  if (format?.["type"] === "json_object") return anyObject;
  return format?.["type"] === "json_schema" ? ((format["json_schema"] as Json | undefined)?.["schema"] ?? {}) : null;
}

// What a request to Anthropic's messages asks of the simulated model.
import { callSeedOf, type Json } from "../answer.ts";
import { describeBase64, describeUrl } from "../attachments.ts";
import type { Faults } from "../faults.ts";
import { plainPrompt, type Prompt } from "../generate.ts";
import { turnsOf } from "./turns.ts";

export function promptOf(json: Json, messages: Json[], faults: Faults): Prompt {
  const turns = turnsOf(messages).map(({ role, blocks }) => ({ role, blocks: blocks.map(({ block }) => block) }));
  const isResult = (block: Json): boolean => block["type"] === "tool_result";
  const asked = turns.findLastIndex(({ role, blocks }) => role === "user" && !blocks.every(isResult));
  const said = turns[asked]?.blocks ?? [];
  const thinking = json["thinking"] as Json | undefined;
  const choice = json["tool_choice"] as Json | undefined;
  const format = (json["output_config"] as Json | undefined)?.["format"] as Json | null | undefined;
  const calling = turns.slice(asked + 1).filter(({ blocks }) => blocks.some((block) => block["type"] === "tool_use"));
  return {
    ...plainPrompt,
    model: String(json["model"]),
    lastText: said
      .map((block) => String(block["text"] ?? ""))
      .join(" ")
      .trim(),
    attachments: said.flatMap(attachmentOf),
    toolResults: (turns.at(-1)?.blocks ?? []).filter(isResult).map(resultText),
    // A text after the results is said by the user, who asks anew.
    toolRounds: calling.length,
    tools: ((json["tools"] ?? []) as Json[])
      .filter((tool) => tool["input_schema"])
      .map((tool) => ({ name: String(tool["name"]), parameters: tool["input_schema"] })),
    toolChoice: toolChoiceOf(choice),
    parallelTools: choice?.["disable_parallel_tool_use"] !== true,
    callIdSeed: `toolu_simulated_${callSeedOf(messages)}`,
    thinking: ["enabled", "adaptive", "between_tools"].includes(String(thinking?.["type"])),
    schema: format?.["schema"] ?? null,
    tokensMax: Number(json["max_tokens"] ?? 0),
    stop: (json["stop_sequences"] ?? []) as string[],
    faults,
  };
}

function toolChoiceOf(choice: Json | undefined): Prompt["toolChoice"] {
  switch (choice?.["type"]) {
    case "any":
      return "required";
    case "none":
      return "none";
    case "tool":
      return { name: String(choice["name"]) };
    default:
      return "auto";
  }
}

function attachmentOf({ type, source }: Json): string[] {
  if (type !== "image" && type !== "document") return [];
  const { type: kind, media_type: mediaType, data, url, file_id: fileId } = source as Json;
  if (kind === "base64") return [describeBase64(String(mediaType), String(data)) ?? "broken data"];
  if (kind === "url") return [describeUrl(String(type), String(url))];
  return kind === "file" ? [`${String(type)} ${String(fileId)}`] : [`${String(type)} of text`];
}

function resultText(block: Json): string {
  const { content, is_error: failed } = block;
  const parts = Array.isArray(content) ? (content as Json[]) : [{ text: content ?? "" }];
  const text = parts.map((part) => String(part["text"] ?? attachmentOf(part).join("")));
  return `${failed ? "error: " : ""}${text.join(" ")}`;
}

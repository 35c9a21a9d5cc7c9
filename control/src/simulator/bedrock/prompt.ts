// What a request to Converse asks of the simulated model, and how much of it the cache would serve.
import { callSeedOf, type Json } from "../answer.ts";
import { describeBase64 } from "../attachments.ts";
import type { Faults } from "../faults.ts";
import { plainPrompt, type Prompt } from "../generate.ts";
import type { InputUsage, PromptCache, Segment } from "../prompt-cache.ts";
import { blocksOf } from "./rules.ts";

export function promptOf(json: Json, model: string, faults: Faults): Prompt {
  const messages = json["messages"] as Json[];
  const asked = messages.findLastIndex((message) => {
    return message["role"] === "user" && !blocksOf(message).every((block) => block["toolResult"]);
  });
  const said = blocksOf(messages[asked]);
  const config = (json["inferenceConfig"] ?? {}) as Json;
  const toolConfig = (json["toolConfig"] ?? {}) as Json;
  const tools = (toolConfig["tools"] ?? []) as Record<string, Json | undefined>[];
  const choice = (toolConfig["toolChoice"] ?? {}) as Record<string, Json | undefined>;
  const rounds = messages.slice(asked + 1).filter((message) => blocksOf(message).some((block) => block["toolUse"]));
  return {
    ...plainPrompt,
    model,
    lastText: said
      .map((block) => String(block["text"] ?? ""))
      .join(" ")
      .trim(),
    attachments: said.flatMap(attachmentOf),
    toolResults: blocksOf(messages.at(-1)).flatMap((block) => {
      return block["toolResult"] ? [resultText(block["toolResult"] as Json)] : [];
    }),
    toolRounds: rounds.length,
    tools: tools.flatMap(({ toolSpec }) => {
      const schema = (toolSpec?.["inputSchema"] as Json | undefined)?.["json"];
      return toolSpec ? [{ name: String(toolSpec["name"]), parameters: schema }] : [];
    }),
    toolChoice: choice["tool"] ? { name: String(choice["tool"]["name"]) } : choice["any"] ? "required" : "auto",
    callIdSeed: `tooluse_simulated_${callSeedOf(messages)}`,
    thinking: isThinking(json),
    schema: schemaOf(json),
    tokensMax: Number(config["maxTokens"] ?? 0),
    stop: (config["stopSequences"] ?? []) as string[],
    faults,
  };
}

function isThinking(json: Json): boolean {
  const { thinking, reasoning_config: config } = (json["additionalModelRequestFields"] ?? {}) as Record<string, Json>;
  return ["enabled", "adaptive"].includes(String((thinking ?? config)?.["type"]));
}

function schemaOf({ outputConfig }: Json): unknown {
  const format = (outputConfig as Json | undefined)?.["textFormat"] as Json | undefined;
  const schema = (format?.["structure"] as Record<string, Json> | undefined)?.["jsonSchema"]?.["schema"];
  return schema === undefined ? null : (JSON.parse(String(schema)) as unknown);
}

const mediaKinds = ["image", "document", "video", "audio"];

function attachmentOf(block: Json): string[] {
  const kind = mediaKinds.find((name) => block[name]);
  if (!kind) return [];
  const { format, name, source } = block[kind] as Json;
  const { bytes, s3Location } = source as Json;
  const type = `${kind}/${String(format)}`;
  if (bytes !== undefined) return [describeBase64(type, String(bytes)) ?? "broken data"];
  return [s3Location ? `${type} at ${String((s3Location as Json)["uri"])}` : `${kind} ${String(name)}`];
}

function resultText({ content, status }: Json): string {
  const parts = (content as Json[]).map((part) => {
    return part["json"] ? JSON.stringify(part["json"]) : String(part["text"] ?? attachmentOf(part).join(""));
  });
  return `${status === "error" ? "error: " : ""}${parts.join(" ")}`;
}

const tokensPerMessage = 3;

export function inputUsage(json: Json, model: string, cache: PromptCache): InputUsage {
  const messages = json["messages"] as Json[];
  const tools = ((json["toolConfig"] as Json | undefined)?.["tools"] ?? []) as Json[];
  const all = [...tools, ...((json["system"] ?? []) as Json[]), ...messages.flatMap(blocksOf)];
  const segments: Segment[] = [];
  for (const block of all) {
    const point = block["cachePoint"] as Json | undefined;
    const last = segments.at(-1);
    if (!point) segments.push({ content: block, mark: null });
    else if (last) last.mark = point["ttl"] === "1h" ? "1h" : "5m";
  }
  return cache.usage(model, segments, tokensPerMessage * messages.length);
}

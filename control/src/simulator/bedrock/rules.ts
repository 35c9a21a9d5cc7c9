// What Converse refuses beyond the shape of a request. Each rule gives the sentence of the error, or null.
import type { Json } from "../answer.ts";
import { isAfterOpus46 } from "../anthropic/models.ts";
import { isSigned, unseal } from "../signatures.ts";

export function converseFlaw(json: Json, model: string): string | null {
  const messages = (json["messages"] ?? []) as Json[];
  return (
    rolesFlaw(messages) ??
    contentFlaw(messages) ??
    toolsFlaw(json, messages) ??
    resultsFlaw(messages) ??
    reasoningFlaw(messages) ??
    modelFlaw(json, model)
  );
}

export function blocksOf(message: Json | undefined): Json[] {
  return (message?.["content"] ?? []) as Json[];
}

function rolesFlaw(messages: Json[]): string | null {
  if (messages[0]?.["role"] !== "user") {
    return "A conversation must start with a user message. Try again with a conversation that starts with a user message.";
  }
  const repeated = messages.some((message, index) => index > 0 && message["role"] === messages[index - 1]?.["role"]);
  return repeated
    ? "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between " +
        "user and assistant roles and try again."
    : null;
}

function contentFlaw(messages: Json[]): string | null {
  for (const [index, message] of messages.entries()) {
    const blocks = blocksOf(message);
    if (blocks.length === 0) {
      return (
        `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the ` +
        "content field and try again."
      );
    }
    const blank = blocks.findIndex(({ text }) => typeof text === "string" && text.trim() === "");
    if (blank >= 0) {
      return (
        `The text field in the ContentBlock object at messages.${index}.content.${blank} is blank. Add text to the text ` +
        "field, and try again."
      );
    }
    const badName = blocks.some(({ document }) => document && !isFileName(String((document as Json)["name"])));
    if (badName) {
      return (
        "The file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and " +
        "square brackets. The name can't contain more than one consecutive whitespace character."
      );
    }
  }
  return null;
}

function isFileName(name: string): boolean {
  return /^[a-zA-Z0-9\s\-()[\]]+$/.test(name) && !/\s\s/.test(name);
}

function toolsFlaw({ toolConfig }: Json, messages: Json[]): string | null {
  const used = messages.some((message) => blocksOf(message).some((block) => block["toolUse"] ?? block["toolResult"]));
  if (!toolConfig) {
    return used ? "The toolConfig field must be defined when using toolUse and toolResult content blocks." : null;
  }
  const tools = (toolConfig as Json)["tools"] as Record<string, Json | undefined>[];
  const names = tools.flatMap(({ toolSpec }) => (toolSpec ? [String(toolSpec["name"])] : []));
  if (new Set(names).size < names.length) return "The toolConfig field contains tools with duplicate names.";
  for (const [index, { toolSpec }] of tools.entries()) {
    const schema = (toolSpec?.["inputSchema"] as Json | undefined)?.["json"] as Json | undefined;
    if (schema && schema["type"] !== "object") {
      return `The value at toolConfig.tools.${index}.toolSpec.inputSchema.json.type must be one of the following: object.`;
    }
  }
  const chosen = ((toolConfig as Json)["toolChoice"] as Record<string, Json> | undefined)?.["tool"]?.["name"];
  if (chosen !== undefined && !names.includes(String(chosen))) {
    return `The tool name ${String(chosen)} in toolConfig.toolChoice is not one of the provided tools.`;
  }
  return null;
}

function idsIn(message: Json | undefined, kind: "toolUse" | "toolResult"): string[] {
  return blocksOf(message).flatMap((block) => {
    const inner = block[kind] as Json | undefined;
    return inner ? [String(inner["toolUseId"])] : [];
  });
}

function resultsFlaw(messages: Json[]): string | null {
  for (const [index, message] of messages.entries()) {
    const results = idsIn(message, "toolResult");
    const calls = idsIn(messages[index - 1], "toolUse");
    const open = calls.filter((id) => !results.includes(id));
    if (open.length > 0) {
      return `Expected toolResult blocks at messages.${index}.content for the following Ids: ${open.join(", ")}`;
    }
    if (results.length > calls.length) {
      return (
        `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous ` +
        "turn."
      );
    }
  }
  const open = idsIn(messages.at(-1), "toolUse");
  return open.length === 0
    ? null
    : `Expected toolResult blocks at messages.${messages.length}.content for the following Ids: ${open.join(", ")}`;
}

function reasoningFlaw(messages: Json[]): string | null {
  for (const [index, message] of messages.entries()) {
    for (const [at, block] of blocksOf(message).entries()) {
      const { reasoningText, redactedContent } = (block["reasoningContent"] ?? {}) as Record<string, Json | undefined>;
      const place = `messages.${index}.content.${at}`;
      if (reasoningText && !isSigned("bedrock", String(reasoningText["text"]), reasoningText["signature"])) {
        return `The model returned the following errors: ${place}: Invalid \`signature\` in \`thinking\` block`;
      }
      if (redactedContent && unseal("bedrock", redactedContent) === null) {
        return `The model returned the following errors: ${place}: Invalid \`data\` in \`redacted_thinking\` block`;
      }
    }
  }
  return null;
}

const claudeFields = [
  "thinking",
  "reasoning_config",
  "top_k",
  "anthropic_beta",
  "output_config",
  "tool_choice",
  "context_management",
];

/** What the model itself refuses of what Bedrock hands on to it. */
function modelFlaw(json: Json, model: string): string | null {
  if (!/claude/.test(model)) return null;
  const fields = (json["additionalModelRequestFields"] ?? {}) as Json;
  const unknown = Object.keys(fields).find((name) => !claudeFields.includes(name));
  if (unknown) return `The model returned the following errors: ${unknown}: Extra inputs are not permitted`;
  const { temperature, topP, maxTokens } = (json["inferenceConfig"] ?? {}) as Json;
  const deprecated = [
    temperature !== undefined && temperature !== 1 && "temperature",
    topP !== undefined && Number(topP) < 0.99 && "top_p",
    fields["top_k"] !== undefined && "top_k",
  ].find((name) => typeof name === "string");
  if (deprecated && isAfterOpus46(model)) {
    return `The model returned the following errors: \`${deprecated}\` is deprecated for this model.`;
  }
  const budget = (fields["thinking"] as Json | undefined)?.["budget_tokens"];
  if (budget !== undefined && maxTokens !== undefined && Number(budget) >= Number(maxTokens)) {
    return "The model returned the following errors: `max_tokens` must be greater than `thinking.budget_tokens`.";
  }
  return null;
}

// What Anthropic refuses about parameters that do not go together, or not with the model. Each rule gives the sentence
// of the error, or null.
import type { Json } from "../answer.ts";
import { hasAdaptiveThinking, isAfterOpus46, wantsOneSampling } from "./models.ts";

export function parameterFlaw(json: Json, model: string): string | null {
  return samplingFlaw(json, model) ?? thinkingFlaw(json, model) ?? toolFlaw(json) ?? outputFlaw(json);
}

function samplingFlaw(json: Json, model: string): string | null {
  const { temperature, top_p: topP, top_k: topK, stop_sequences: stops } = json;
  if (isAfterOpus46(model)) {
    if (temperature !== undefined && temperature !== 1) return "`temperature` is deprecated for this model.";
    if (topP !== undefined && Number(topP) < 0.99) return "`top_p` is deprecated for this model.";
    if (topK !== undefined) return "`top_k` is deprecated for this model.";
  } else if (wantsOneSampling(model) && temperature !== undefined && topP !== undefined) {
    return "`temperature` and `top_p` cannot both be specified for this model. Please use only one.";
  }
  const blank = ((stops ?? []) as string[]).some((sequence) => sequence.trim() === "");
  return blank ? "stop_sequences: each stop sequence must contain non-whitespace" : null;
}

const thinkingDocs = "https://docs.claude.com/en/docs/build-with-claude/extended-thinking";

function thinkingFlaw(json: Json, model: string): string | null {
  const thinking = json["thinking"] as Json | undefined;
  const type = thinking?.["type"];
  if (type === "adaptive" && !hasAdaptiveThinking(model)) return "adaptive thinking is not supported on this model";
  if (type !== "enabled" && type !== "adaptive") return null;
  if (type === "enabled") {
    if (isAfterOpus46(model)) {
      return (
        '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and ' +
        '"output_config.effort" to control thinking behavior.'
      );
    }
    if (json["max_tokens"] !== undefined && Number(thinking?.["budget_tokens"]) >= Number(json["max_tokens"])) {
      return (
        "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at " +
        `${thinkingDocs}#max-tokens-and-context-window-size`
      );
    }
  }
  if (json["temperature"] !== undefined && json["temperature"] !== 1) {
    return (
      "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode. Please consult our " +
      `documentation at ${thinkingDocs}#important-considerations-when-using-extended-thinking`
    );
  }
  if (json["top_k"] !== undefined) return "`top_k` must be unset when thinking is enabled or in adaptive mode.";
  const topP = json["top_p"];
  if (topP !== undefined && Number(topP) < 0.95) {
    return "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled or in adaptive mode.";
  }
  const choice = (json["tool_choice"] as Json | undefined)?.["type"];
  return choice === "any" || choice === "tool" ? "Thinking may not be enabled when tool_choice forces tool use." : null;
}

function toolFlaw(json: Json): string | null {
  const names = ((json["tools"] ?? []) as Json[]).map((tool) => String(tool["name"]));
  if (new Set(names).size < names.length) return "tools: Tool names must be unique.";
  const choice = json["tool_choice"] as Json | undefined;
  if (choice && names.length === 0 && choice["type"] !== "none") {
    return "tool_choice: Tool choice may only be specified while providing tools.";
  }
  if (choice?.["type"] === "tool" && !names.includes(String(choice["name"]))) {
    return `Tool '${String(choice["name"])}' not found in provided tools`;
  }
  return null;
}

/** Structured output closes every object. */
function outputFlaw(json: Json): string | null {
  const format = (json["output_config"] as Json | undefined)?.["format"] as Json | null | undefined;
  if (!format || isClosed(format["schema"])) return null;
  return "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false";
}

function isClosed(schema: unknown): boolean {
  if (schema === null || typeof schema !== "object") return true;
  const { type, additionalProperties, properties, items, anyOf, $defs } = schema as Json;
  if (type === "object" && additionalProperties !== false) return false;
  const nested = [
    ...Object.values(properties ?? {}),
    ...Object.values($defs ?? {}),
    items,
    ...((anyOf ?? []) as unknown[]),
  ];
  return nested.every(isClosed);
}

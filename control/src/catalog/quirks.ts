// Ways in which a provider departs from its dialect and which the `ai-proxy` plugin knows how to bridge.

export const quirks = [
  "noStreamOptions",
  "maxTokens",
  "thinkingInHistory",
  "cacheMarks",
  "shortToolIds",
  "contextHoldsOutput",
  "vertexAnthropic",
  "vertexGemini",
] as const;
export type Quirk = (typeof quirks)[number];

/** For the reference. */
export const quirkDescriptions: Record<Quirk, string> = {
  noStreamOptions: "refuses `stream_options`",
  maxTokens: "calls the limit of output tokens `max_tokens`",
  thinkingInHistory: "takes `reasoning_content` and `reasoning_details` of earlier answers back",
  cacheMarks: "takes `cache_control` beside parts",
  shortToolIds: "takes ids of tool calls with nine characters only",
  contextHoldsOutput:
    "refuses a prompt that leaves no room in the model's context for all the output that is asked for",
  vertexAnthropic: "wants `anthropic_version` in the body and no `model`",
  vertexGemini: "embeds with `predict`, and counts tokens in Vertex AI's own form",
};

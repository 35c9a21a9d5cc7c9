// What a request to Anthropic's messages may hold: https://platform.claude.com/docs/en/api/messages/create
import { z } from "zod";
import { tagged } from "../tagged.ts";

const text = z.string();
const cacheControl = z.strictObject({ type: z.literal("ephemeral"), ttl: z.enum(["5m", "1h"]).optional() }).nullish();
const cacheable = { cache_control: cacheControl };
const toolId = text.regex(/^[a-zA-Z0-9_-]+$/);
const anyObject = z.record(text, z.unknown());
const byType = (variants: Record<string, z.ZodType>, usual?: string) =>
  tagged({ field: "type", variants, ...(usual ? { usual } : {}) });
const loose = (names: string[]) => Object.fromEntries(names.map((name) => [name, z.looseObject({ type: text })]));

const textBlock = z.strictObject({ type: text, text, citations: z.array(z.unknown()).nullish(), ...cacheable });

const imageSource = byType({
  base64: z.strictObject({
    type: text,
    media_type: z.enum(["image/jpeg", "image/png", "image/gif", "image/webp"]),
    data: text,
  }),
  url: z.strictObject({ type: text, url: text }),
  file: z.strictObject({ type: text, file_id: text }),
});

const image = z.strictObject({
  type: text,
  source: imageSource,
  transformations: z.strictObject({ oversized_image: z.enum(["downsize", "error"]).optional() }).nullish(),
  ...cacheable,
});

const document = z.strictObject({
  type: text,
  source: byType({
    base64: z.strictObject({ type: text, media_type: z.literal("application/pdf"), data: text }),
    text: z.strictObject({ type: text, media_type: z.literal("text/plain"), data: text }),
    url: z.strictObject({ type: text, url: text }),
    file: z.strictObject({ type: text, file_id: text }),
    content: z.strictObject({ type: text, content: z.union([text, z.array(byType({ text: textBlock, image }))]) }),
  }),
  citations: z.strictObject({ enabled: z.boolean().optional() }).nullish(),
  context: text.nullish(),
  title: text.nullish(),
  ...cacheable,
});

const searchResult = z.strictObject({
  type: text,
  source: text,
  title: text,
  content: z.array(byType({ text: textBlock })),
  citations: z.strictObject({ enabled: z.boolean().optional() }).nullish(),
  ...cacheable,
});

const toolResultContent = byType({
  text: textBlock,
  image,
  document,
  search_result: searchResult,
  tool_reference: z.strictObject({ type: text, tool_name: text, ...cacheable }),
});

const block = byType({
  text: textBlock,
  image,
  document,
  search_result: searchResult,
  tool_use: z.strictObject({
    type: text,
    id: toolId,
    name: text.min(1).max(200),
    input: anyObject,
    caller: z.unknown().optional(),
    toolset_name: text.nullish(),
    ...cacheable,
  }),
  tool_result: z.strictObject({
    type: text,
    tool_use_id: toolId,
    content: z.union([text, z.array(toolResultContent)]).optional(),
    is_error: z.boolean().optional(),
    toolset_name: text.nullish(),
    ...cacheable,
  }),
  thinking: z.strictObject({ type: text, thinking: text, signature: text }),
  redacted_thinking: z.strictObject({ type: text, data: text }),
  // The simulator runs none of Anthropic's own tools, and takes back what they would have left.
  ...loose(["server_tool_use", "web_search_tool_result", "web_fetch_tool_result", "code_execution_tool_result"]),
  ...loose(["bash_code_execution_tool_result", "text_editor_code_execution_tool_result", "container_upload"]),
  ...loose(["tool_search_tool_result", "mcp_tool_use", "mcp_tool_result", "compaction"]),
});

const message = z.strictObject({
  role: z.enum(["user", "assistant", "system"]),
  content: z.union([text, z.array(block)]),
});

const serverTools = [
  ["bash_20250124", "code_execution_20250522", "code_execution_20250825", "code_execution_20260120"],
  ["code_execution_20260521", "memory_20250818", "text_editor_20250124", "text_editor_20250429"],
  ["text_editor_20250728", "web_search_20250305", "web_search_20260209", "web_search_20260318"],
  ["web_fetch_20250910", "web_fetch_20260209", "web_fetch_20260309", "web_fetch_20260318", "computer_20251124"],
  ["tool_search_tool_bm25_20251119", "tool_search_tool_regex_20251119", "tool_search_tool_bm25"],
].flat();

export const toolName = /^[a-zA-Z0-9_-]{1,128}$/;

const tool = byType(
  {
    custom: z.strictObject({
      type: text.optional(),
      name: text.regex(toolName),
      description: text.optional(),
      input_schema: z.looseObject({ type: z.literal("object") }),
      strict: z.boolean().optional(),
      allowed_callers: z.array(text).optional(),
      defer_loading: z.boolean().optional(),
      eager_input_streaming: z.boolean().nullish(),
      input_examples: z.array(anyObject).optional(),
      ...cacheable,
    }),
    ...loose(serverTools),
  },
  "custom",
);

const oneTool = { disable_parallel_tool_use: z.boolean().optional() };

const thinking = byType({
  enabled: z.strictObject({
    type: text,
    budget_tokens: z.number().int().min(1024),
    display: z.enum(["summarized", "omitted"]).nullish(),
  }),
  adaptive: z.strictObject({ type: text, display: z.enum(["summarized", "omitted"]).nullish() }),
  disabled: z.strictObject({ type: text }),
  between_tools: z.strictObject({ type: text }),
});

/** What both creating and counting take. */
const shared = {
  messages: z.array(message),
  model: text.min(1),
  cache_control: cacheControl,
  output_config: z
    .strictObject({
      effort: z.enum(["low", "medium", "high", "xhigh", "max"]).nullish(),
      format: z.strictObject({ type: z.literal("json_schema"), schema: anyObject }).nullish(),
    })
    .optional(),
  speed: z.enum(["standard", "fast"]).nullish(),
  system: z.union([text, z.array(byType({ text: textBlock }))]).optional(),
  thinking: thinking.optional(),
  tool_choice: byType({
    auto: z.strictObject({ type: text, ...oneTool }),
    any: z.strictObject({ type: text, ...oneTool }),
    tool: z.strictObject({ type: text, name: text, ...oneTool }),
    none: z.strictObject({ type: text }),
  }).optional(),
  tools: z.array(tool).optional(),
};

export const createSchema = z.strictObject({
  ...shared,
  // 0 fills the prompt cache and answers nothing.
  max_tokens: z.number().int().min(0),
  container: z.union([text, anyObject]).nullish(),
  diagnostics: z.strictObject({ previous_message_id: text.nullish() }).nullish(),
  inference_geo: text.nullish(),
  metadata: z.strictObject({ user_id: text.max(256).nullish() }).optional(),
  service_tier: z.enum(["auto", "standard_only"]).optional(),
  stop_sequences: z.array(text).optional(),
  stream: z.boolean().optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_k: z.number().int().min(0).optional(),
  top_p: z.number().min(0).max(1).optional(),
  user_profile_id: text.optional(),
  workspace_id: text.optional(),
});

export const countSchema = z.strictObject(shared);

/** What the betas add. Threads are simulated; the others are taken and left alone. */
const betaFields = {
  thread: byType({
    create: z.strictObject({ type: text }),
    continue: z.strictObject({ type: text, previous_message_id: text }),
  }).nullish(),
  billing_policy: z.unknown().optional(),
  compaction: z.unknown().optional(),
  context_management: z.unknown().optional(),
  fallback_credit_token: z.unknown().optional(),
  fallbacks: z.unknown().optional(),
  mcp_servers: z.array(anyObject).optional(),
  output_format: z.unknown().optional(),
};

export const betaCreateSchema = createSchema.extend(betaFields);
export const betaCountSchema = countSchema.extend(betaFields);

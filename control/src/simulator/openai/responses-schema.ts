// What a request to create a response may hold: https://platform.openai.com/docs/api-reference/responses/create
import { z } from "zod";
import { tagged } from "../tagged.ts";

const text = z.string();
const breakpoint = z.strictObject({ mode: text.optional() }).optional();
const cacheable = { prompt_cache_breakpoint: breakpoint };
const status = z.enum(["in_progress", "completed", "incomplete"]).nullish();
const schema = z.record(text, z.unknown());

/** OpenAI's words for a string that breaks a rule begin with the rule; see responses-complaint.ts. */
const id = (prefix: string) => z.string().startsWith(prefix);
const callId = z.string().min(1).max(64);
export const functionName = /^[a-zA-Z0-9_-]+$/;
const name = z.string().regex(functionName).max(64);

const inputParts = {
  input_text: z.strictObject({ type: text, text, ...cacheable }),
  input_image: z.strictObject({
    type: text,
    image_url: text.nullish(),
    file_id: text.nullish(),
    detail: z.enum(["low", "high", "auto", "original"]).optional(),
    ...cacheable,
  }),
  input_file: z.strictObject({
    type: text,
    file_data: text.optional(),
    file_id: text.nullish(),
    file_url: text.optional(),
    filename: text.optional(),
    detail: z.enum(["auto", "low", "high"]).optional(),
    ...cacheable,
  }),
};

const outputParts = {
  output_text: z.strictObject({
    type: text,
    text,
    annotations: z.array(z.unknown()).optional(),
    logprobs: z.array(z.unknown()).nullish(),
  }),
  refusal: z.strictObject({ type: text, refusal: text }),
};

const parts = (variants: Record<string, z.ZodType>) => z.union([text, z.array(tagged({ field: "type", variants }))]);

const message = (content: z.ZodType, role: string) =>
  z.strictObject({
    type: z.literal("message").optional(),
    id: (role === "assistant" ? id("msg") : text).nullish(),
    role: text,
    content,
    status,
    phase: z.enum(["commentary", "final_answer"]).nullish(),
  });

const toModel = message(parts(inputParts), "user");

const functionCall = z.strictObject({
  type: text,
  id: id("fc").nullish(),
  call_id: callId,
  name,
  arguments: text,
  namespace: text.optional(),
  caller: z.unknown().optional(),
  async: z.boolean().optional(),
  status,
});

const reasoning = z.strictObject({
  type: text,
  id: id("rs"),
  summary: z.array(z.strictObject({ type: z.literal("summary_text"), text })),
  content: z.array(z.strictObject({ type: z.literal("reasoning_text"), text })).nullish(),
  encrypted_content: text.nullish(),
  status,
});

/** Items of OpenAI's own tools are taken as they are: the simulator runs none of them. */
const hostedItems = [
  ["file_search_call", "computer_call", "computer_call_output", "web_search_call", "image_generation_call"],
  ["code_interpreter_call", "local_shell_call", "local_shell_call_output", "shell_call", "shell_call_output"],
  ["apply_patch_call", "apply_patch_call_output", "mcp_list_tools", "mcp_approval_request", "mcp_approval_response"],
  ["mcp_call", "custom_tool_call", "custom_tool_call_output", "compaction", "tool_search_call", "tool_search_output"],
].flat();

const items = tagged({
  field: "type",
  usual: "message",
  variants: {
    message: tagged({
      field: "role",
      variants: {
        user: toModel,
        system: toModel,
        developer: toModel,
        assistant: message(parts(outputParts), "assistant"),
      },
    }),
    function_call: functionCall,
    function_call_output: z.strictObject({
      type: text,
      id: text.nullish(),
      call_id: callId,
      output: parts(inputParts),
      name: text.nullish(),
      namespace: text.nullish(),
      caller: z.unknown().optional(),
      status,
    }),
    reasoning,
    item_reference: z.strictObject({ type: text, id: text }),
    ...Object.fromEntries(hostedItems.map((type) => [type, z.looseObject({ type: text })])),
  },
});

const hostedTools = [
  ["file_search", "computer", "computer_use_preview", "web_search", "web_search_preview", "mcp", "code_interpreter"],
  ["image_generation", "local_shell", "shell", "custom", "namespace", "tool_search", "apply_patch"],
].flat();

const tools = tagged({
  field: "type",
  variants: {
    function: z.strictObject({
      type: text,
      name,
      description: text.nullish(),
      parameters: schema.nullish(),
      output_schema: schema.nullish(),
      strict: z.boolean().nullish(),
      allowed_callers: z.array(text).nullish(),
      async: z.boolean().optional(),
      defer_loading: z.boolean().optional(),
    }),
    ...Object.fromEntries(hostedTools.map((type) => [type, z.looseObject({ type: text })])),
  },
});

const toolChoice = z.union([
  z.enum(["none", "auto", "required"]),
  tagged({
    field: "type",
    variants: {
      function: z.strictObject({ type: text, name: text }),
      allowed_tools: z.strictObject({ type: text, mode: z.enum(["auto", "required"]), tools: z.array(schema) }),
      custom: z.strictObject({ type: text, name: text }),
      ...Object.fromEntries(hostedTools.map((type) => [type, z.looseObject({ type: text })])),
    },
  }),
]);

const format = tagged({
  field: "type",
  variants: {
    text: z.strictObject({ type: text }),
    json_object: z.strictObject({ type: text }),
    json_schema: z.strictObject({
      type: text,
      name: z.string().regex(functionName).max(64),
      schema,
      description: text.optional(),
      strict: z.boolean().nullish(),
    }),
  },
});

const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
const summaries = z.enum(["auto", "concise", "detailed"]).nullish();

export const createSchema = z.strictObject({
  model: text,
  input: z.union([text, z.array(items)]).optional(),
  instructions: text.nullish(),
  background: z.boolean().nullish(),
  context_management: z.array(schema).nullish(),
  conversation: z.union([text, z.strictObject({ id: text })]).nullish(),
  include: z.array(text).nullish(),
  max_output_tokens: z.number().int().min(16).nullish(),
  max_tool_calls: z.number().int().nullish(),
  metadata: z.record(text, text).nullish(),
  moderation: schema.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  previous_response_id: text.nullish(),
  prompt: schema.nullish(),
  prompt_cache_key: text.nullish(),
  prompt_cache_options: schema.optional(),
  prompt_cache_retention: z.enum(["in_memory", "24h"]).nullish(),
  reasoning: z
    .strictObject({
      effort: z.enum(efforts).nullish(),
      summary: summaries,
      generate_summary: summaries,
      context: z.enum(["auto", "current_turn", "all_turns"]).nullish(),
      mode: text.optional(),
    })
    .nullish(),
  safety_identifier: text.nullish(),
  service_tier: z.enum(["auto", "default", "flex", "scale", "priority"]).nullish(),
  store: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_obfuscation: z.boolean().optional() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  text: z
    .strictObject({ format: format.optional(), verbosity: z.enum(["low", "medium", "high"]).nullish() })
    .optional(),
  tool_choice: toolChoice.optional(),
  tools: z.array(tools).optional(),
  top_logprobs: z.number().int().min(0).max(20).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  truncation: z.enum(["auto", "disabled"]).nullish(),
  user: text.optional(),
});

/** https://platform.openai.com/docs/api-reference/responses/input-tokens */
export const countSchema = createSchema
  .pick({
    model: true,
    input: true,
    instructions: true,
    conversation: true,
    parallel_tool_calls: true,
    previous_response_id: true,
    reasoning: true,
    text: true,
    tool_choice: true,
    tools: true,
    truncation: true,
  })
  .extend({ model: text.nullish() });

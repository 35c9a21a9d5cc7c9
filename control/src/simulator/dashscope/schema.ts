// What requests to DashScope's own API may hold: https://help.aliyun.com/zh/model-studio/qwen-api-via-dashscope.
// DashScope itself leaves unknown fields alone; they are refused here, so that nothing of another dialect slips
// through.
import { z } from "zod";

const text = z.string();
const object = z.record(text, z.unknown());

const toolCall = z.strictObject({
  id: text,
  type: z.literal("function"),
  index: z.number().int().optional(),
  function: z.strictObject({ name: text, arguments: text }),
});

const messageOf = (content: z.ZodType) =>
  z.strictObject({
    role: z.enum(["system", "user", "assistant", "tool"]),
    content: content.nullish(),
    name: text.optional(),
    reasoning_content: text.optional(),
    tool_calls: z.array(toolCall).optional(),
    tool_call_id: text.optional(),
    partial: z.boolean().optional(),
  });

/** Of the fields of a part one says what it is; the others set how it is read. */
const part = z.strictObject({
  text: text.optional(),
  image: text.optional(),
  video: z.union([text, z.array(text)]).optional(),
  audio: text.optional(),
  fps: z.number().optional(),
  min_pixels: z.number().int().optional(),
  max_pixels: z.number().int().optional(),
  enable_rotate: z.boolean().optional(),
});

const parameters = z.strictObject({
  result_format: z.enum(["text", "message"]).optional(),
  incremental_output: z.boolean().optional(),
  temperature: z.number().min(0).lt(2).optional(),
  top_p: z.number().gt(0).max(1).optional(),
  top_k: z.number().int().min(0).nullish(),
  seed: z.number().int().min(0).optional(),
  max_tokens: z.number().int().min(1).optional(),
  max_input_tokens: z.number().int().optional(),
  repetition_penalty: z.number().gt(0).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  stop: z.union([text, z.array(z.union([text, z.number().int()]))]).optional(),
  n: z.number().int().min(1).max(4).optional(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal("function"),
        function: z.strictObject({
          name: text.regex(/^[a-zA-Z0-9_-]{1,64}$/),
          description: text.optional(),
          parameters: object.optional(),
        }),
      }),
    )
    .optional(),
  tool_choice: z
    .union([
      z.enum(["auto", "none"]),
      z.strictObject({ type: z.literal("function"), function: z.strictObject({ name: text }) }),
    ])
    .optional(),
  parallel_tool_calls: z.boolean().optional(),
  response_format: z
    .strictObject({ type: z.enum(["text", "json_object", "json_schema"]), json_schema: object.optional() })
    .optional(),
  enable_thinking: z.boolean().optional(),
  preserve_thinking: z.boolean().optional(),
  thinking_budget: z.number().int().min(0).optional(),
  enable_search: z.boolean().optional(),
  search_options: object.optional(),
  enable_code_interpreter: z.boolean().optional(),
  logprobs: z.boolean().optional(),
  top_logprobs: z.number().int().min(0).max(5).optional(),
  translation_options: object.optional(),
  vl_high_resolution_images: z.boolean().optional(),
});

const generationOf = (content: z.ZodType) =>
  z.strictObject({
    model: text.min(1),
    input: z.strictObject({ messages: z.array(messageOf(content)).min(1).optional(), prompt: text.optional() }),
    parameters: parameters.optional(),
  });

export const textSchema = generationOf(text);
export const multimodalSchema = generationOf(z.union([text, z.array(part)]));

export const embeddingSchema = z.strictObject({
  model: text.min(1),
  input: z.strictObject({ texts: z.array(text.min(1)).min(1) }),
  parameters: z
    .strictObject({
      text_type: z.enum(["query", "document"]).optional(),
      dimension: z.number().int().min(64).max(4096).optional(),
      output_type: z.enum(["dense", "sparse", "dense&sparse"]).optional(),
      instruct: text.optional(),
    })
    .optional(),
});

export const rerankSchema = z.strictObject({
  model: text.min(1),
  input: z.strictObject({ query: text.min(1), documents: z.array(text).min(1).max(500) }),
  parameters: z
    .strictObject({
      return_documents: z.boolean().optional(),
      top_n: z.number().int().min(1).optional(),
      instruct: text.optional(),
    })
    .optional(),
});

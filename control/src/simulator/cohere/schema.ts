// What requests to Cohere's version 2 may hold: https://docs.cohere.com/reference/chat
import { z } from "zod";
import { tagged } from "../tagged.ts";

const text = z.string();
const object = z.record(text, z.unknown());
const byType = (variants: Record<string, z.ZodType>) => tagged({ field: "type", variants });
const textPart = z.strictObject({ type: text, text });
const document = z.strictObject({ type: text, document: z.strictObject({ id: text.optional(), data: z.unknown() }) });
const image = z.strictObject({
  type: text,
  image_url: z.strictObject({ url: text, detail: z.enum(["auto", "low", "high"]).optional() }),
});
const thinking = z.strictObject({ type: text, thinking: text });

const toolCall = z.strictObject({
  id: text,
  type: z.literal("function"),
  function: z.strictObject({ name: text, arguments: text }),
});

const message = tagged({
  field: "role",
  variants: {
    system: z.strictObject({ role: text, content: z.union([text, z.array(byType({ text: textPart }))]) }),
    user: z.strictObject({
      role: text,
      content: z.union([text, z.array(byType({ text: textPart, image_url: image }))]),
    }),
    assistant: z.strictObject({
      role: text,
      content: z.union([text, z.array(byType({ text: textPart, thinking }))]).nullish(),
      tool_plan: text.nullish(),
      tool_calls: z.array(toolCall).nullish(),
      citations: z.array(object).nullish(),
    }),
    tool: z.strictObject({
      role: text,
      tool_call_id: text,
      content: z.union([text, z.array(byType({ text: textPart, document }))]),
    }),
  },
});

export const chatSchema = z.strictObject({
  model: text.min(1),
  messages: z.array(message).min(1),
  stream: z.boolean().optional(),
  tools: z
    .array(
      z.strictObject({
        type: z.literal("function"),
        function: z.strictObject({ name: text.min(1), description: text.optional(), parameters: object.optional() }),
      }),
    )
    .optional(),
  strict_tools: z.boolean().optional(),
  tool_choice: z.enum(["REQUIRED", "NONE"]).optional(),
  documents: z.array(z.union([text, z.strictObject({ id: text.optional(), data: object })])).optional(),
  citation_options: z
    .strictObject({ mode: z.enum(["ENABLED", "DISABLED", "FAST", "ACCURATE", "OFF"]).optional() })
    .optional(),
  response_format: byType({
    text: z.strictObject({ type: text }),
    json_object: z.strictObject({ type: text, json_schema: object.optional(), schema: object.optional() }),
  }).optional(),
  safety_mode: z.enum(["CONTEXTUAL", "STRICT", "OFF"]).optional(),
  max_tokens: z.number().int().min(1).optional(),
  stop_sequences: z.array(text).max(5).optional(),
  temperature: z.number().min(0).max(1).optional(),
  seed: z.number().int().optional(),
  frequency_penalty: z.number().min(0).max(1).optional(),
  presence_penalty: z.number().min(0).max(1).optional(),
  k: z.number().min(0).max(500).optional(),
  p: z.number().min(0.01).max(0.99).optional(),
  logprobs: z.boolean().optional(),
  thinking: z
    .strictObject({ type: z.enum(["enabled", "disabled"]), token_budget: z.number().int().min(1).optional() })
    .optional(),
  priority: z.number().int().min(0).max(999).optional(),
});

export const embedSchema = z.strictObject({
  model: text.min(1),
  input_type: z.enum(["search_document", "search_query", "classification", "clustering", "image"]),
  texts: z.array(text).max(96).optional(),
  images: z.array(text).max(96).optional(),
  inputs: z
    .array(z.strictObject({ content: z.array(byType({ text: textPart, image_url: image })) }))
    .max(96)
    .optional(),
  max_tokens: z.number().int().optional(),
  output_dimension: z.literal([256, 512, 1024, 1536]).optional(),
  embedding_types: z.array(z.enum(["float", "int8", "uint8", "binary", "ubinary", "base64"])).optional(),
  truncate: z.enum(["NONE", "START", "END"]).optional(),
  priority: z.number().int().optional(),
});

export const rerankSchema = z.strictObject({
  model: text.min(1),
  query: text.min(1),
  documents: z.array(text).min(1).max(10_000),
  top_n: z.number().int().min(1).optional(),
  max_tokens_per_doc: z.number().int().min(1).optional(),
  priority: z.number().int().optional(),
});

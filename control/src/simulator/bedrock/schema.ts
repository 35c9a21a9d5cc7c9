// What a request to Converse may hold:
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
import { z } from "zod";
import { isGiven, type Json } from "../answer.ts";

const text = z.string();
const anyJson = z.record(text, z.unknown());
const bytes = z.string().regex(/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
const toolName = z
  .string()
  .regex(/^[a-zA-Z0-9_-]+$/)
  .min(1)
  .max(64);
const toolUseId = z
  .string()
  .regex(/^[a-zA-Z0-9_-]+$/)
  .min(1)
  .max(64);

/** Exactly one of the members is set, which says what the object is. */
function union(members: Record<string, z.ZodType>): z.ZodType {
  return z.record(text, z.unknown()).superRefine((value: Json, context) => {
    const names = Object.keys(value).filter((name) => isGiven(value[name]));
    const unknown = names.filter((name) => !Object.hasOwn(members, name));
    if (unknown.length > 0) context.addIssue({ code: "unrecognized_keys", keys: unknown, input: value });
    else if (names.length !== 1) context.addIssue({ code: "custom", message: "union", input: value });
    else {
      const [name = ""] = names;
      for (const issue of members[name]?.safeParse(value[name]).error?.issues ?? []) {
        context.addIssue({ ...issue, path: [name, ...issue.path] } as never);
      }
    }
  });
}

const s3 = z.strictObject({ uri: text, bucketOwner: text.optional() });
const media = { bytes, s3Location: s3 };
const image = z.strictObject({ format: z.enum(["png", "jpeg", "gif", "webp"]), source: union(media) });
const documentFormats = ["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"];
const document = z.strictObject({
  format: z.enum(documentFormats).optional(),
  name: z.string().min(1).max(200),
  source: union({ ...media, text, content: z.array(union({ text })) }),
  context: text.optional(),
  citations: z.strictObject({ enabled: z.boolean() }).optional(),
});
const video = z.strictObject({ format: text, source: union(media) });
const audio = z.strictObject({ format: text, source: union(media) });
const cachePoint = z.strictObject({ type: z.literal("default"), ttl: z.enum(["5m", "1h"]).optional() });
const guardContent = union({
  text: z.strictObject({ text, qualifiers: z.array(text).optional() }),
  image: z.strictObject({ format: z.enum(["png", "jpeg"]), source: union({ bytes }) }),
});
const searchResult = z.strictObject({
  source: text,
  title: text,
  content: z.array(z.strictObject({ text })),
  citations: z.strictObject({ enabled: z.boolean() }).optional(),
});

const block = union({
  text,
  image,
  document,
  video,
  audio,
  searchResult,
  cachePoint,
  guardContent,
  toolUse: z.strictObject({ toolUseId, name: toolName, input: anyJson, type: text.optional() }),
  toolResult: z.strictObject({
    toolUseId,
    content: z.array(union({ json: anyJson, text, image, document, video, searchResult })),
    status: z.enum(["success", "error"]).optional(),
    type: text.optional(),
  }),
  reasoningContent: union({
    reasoningText: z.strictObject({ text, signature: text.optional() }),
    redactedContent: bytes,
  }),
  citationsContent: anyJson,
});

const shared = {
  messages: z.array(z.strictObject({ role: z.enum(["user", "assistant"]), content: z.array(block) })).optional(),
  system: z.array(union({ text: z.string().min(1), guardContent, cachePoint })).optional(),
  toolConfig: z
    .strictObject({
      tools: z
        .array(
          union({
            toolSpec: z.strictObject({
              name: toolName,
              description: z.string().min(1).optional(),
              inputSchema: union({ json: anyJson }),
              strict: z.boolean().optional(),
            }),
            systemTool: z.strictObject({ name: text }),
            cachePoint,
          }),
        )
        .min(1),
      toolChoice: union({
        auto: z.strictObject({}),
        any: z.strictObject({}),
        tool: z.strictObject({ name: toolName }),
      }).optional(),
    })
    .optional(),
  additionalModelRequestFields: anyJson.optional(),
};

export const converseSchema = z.strictObject({
  ...shared,
  inferenceConfig: z
    .strictObject({
      maxTokens: z.number().int().min(1).optional(),
      temperature: z.number().min(0).max(1).optional(),
      topP: z.number().min(0).max(1).optional(),
      stopSequences: z.array(z.string().min(1)).max(2500).optional(),
    })
    .optional(),
  guardrailConfig: anyJson.optional(),
  promptVariables: anyJson.optional(),
  additionalModelResponseFieldPaths: z.array(text).optional(),
  requestMetadata: z.record(text, text).optional(),
  performanceConfig: z.strictObject({ latency: z.enum(["standard", "optimized"]) }).optional(),
  serviceTier: z.strictObject({ type: text }).optional(),
  outputConfig: z
    .strictObject({
      effort: text.optional(),
      textFormat: z
        .strictObject({
          type: z.literal("json_schema"),
          structure: union({
            jsonSchema: z.strictObject({ schema: text, name: text.optional(), description: text.optional() }),
          }),
        })
        .optional(),
    })
    .optional(),
});

export const countSchema = z.strictObject({
  input: union({ converse: z.strictObject(shared), invokeModel: z.strictObject({ body: bytes }) }),
});

export const titanSchema = z.strictObject({
  inputText: z.string().min(1),
  dimensions: z.literal([256, 512, 1024]).optional(),
  normalize: z.boolean().optional(),
  embeddingTypes: z.array(z.enum(["float", "binary"])).optional(),
});

export const cohereSchema = z.strictObject({
  texts: z.array(text).min(1).max(96).optional(),
  images: z.array(text).optional(),
  input_type: z.enum(["search_document", "search_query", "classification", "clustering", "image"]),
  truncate: z.enum(["NONE", "START", "END", "LEFT", "RIGHT"]).optional(),
  embedding_types: z.array(z.enum(["float", "int8", "uint8", "binary", "ubinary"])).optional(),
  output_dimension: z.number().int().optional(),
  max_tokens: z.number().int().optional(),
});

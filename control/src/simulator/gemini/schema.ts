// What requests to Gemini may hold, message for message: https://ai.google.dev/api/generate-content
import { z } from "zod";
import { anything, bool, bytes, double, int, map, message, oneOf, repeated, struct, text } from "./proto.ts";

const types = ["TYPE_UNSPECIFIED", "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL"];

/** Gemini's own schemas: a part of OpenAPI's, nothing else. */
const schema: z.ZodType = z.lazy(() =>
  message({
    type: z.preprocess((type) => (typeof type === "string" ? type.toUpperCase() : type), oneOf("Type", types)),
    format: text,
    title: text,
    description: text,
    nullable: bool,
    enum: repeated(text),
    items: schema,
    maxItems: int,
    minItems: int,
    properties: map(schema),
    required: repeated(text),
    minProperties: int,
    maxProperties: int,
    minimum: double,
    maximum: double,
    minLength: int,
    maxLength: int,
    pattern: text,
    example: anything,
    anyOf: repeated(schema),
    propertyOrdering: repeated(text),
    default: anything,
  }),
);

const blob = message({ mimeType: text, data: bytes, displayName: text });
const fileData = message({ mimeType: text, fileUri: text, displayName: text });
const resolutions = ["UNSPECIFIED", "LOW", "MEDIUM", "HIGH"].map((level) => `MEDIA_RESOLUTION_${level}`);

const part = message({
  text,
  inlineData: blob,
  fileData,
  functionCall: message({ id: text, name: text, args: struct, partialArgs: anything, willContinue: bool }),
  functionResponse: message({
    id: text,
    name: text,
    response: struct,
    parts: repeated(message({ inlineData: blob, fileData, mediaProcessing: anything })),
    scheduling: text,
    willContinue: bool,
  }),
  executableCode: message({ language: text, code: text, id: text }),
  codeExecutionResult: message({ outcome: text, output: text, id: text }),
  toolCall: anything,
  toolResponse: anything,
  audioTranscription: anything,
  thought: bool,
  thoughtSignature: bytes,
  videoMetadata: message({ startOffset: text, endOffset: text, fps: double }),
  mediaResolution: message({ level: text, numTokens: int }),
  mediaProcessing: anything,
  partMetadata: struct,
  speechMetadata: anything,
});

const content = message({ role: text, parts: repeated(part) });

const functionDeclaration = message({
  name: text,
  description: text,
  behavior: oneOf("FunctionDeclaration.Behavior", ["UNSPECIFIED", "BLOCKING", "NON_BLOCKING"]),
  parameters: schema,
  parametersJsonSchema: anything,
  response: schema,
  responseJsonSchema: anything,
});

const tool = message({
  functionDeclarations: repeated(functionDeclaration),
  googleSearch: struct,
  googleSearchRetrieval: struct,
  codeExecution: message({}),
  urlContext: message({}),
  computerUse: struct,
  fileSearch: struct,
  googleMaps: struct,
  mcpServers: anything,
  retrieval: struct,
  enterpriseWebSearch: struct,
});

const toolConfig = message({
  functionCallingConfig: message({
    mode: oneOf("FunctionCallingConfig.Mode", ["MODE_UNSPECIFIED", "AUTO", "ANY", "NONE", "VALIDATED"]),
    allowedFunctionNames: repeated(text),
    streamFunctionCallArguments: bool,
  }),
  retrievalConfig: struct,
  includeServerSideToolInvocations: bool,
});

const categories = ["HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT", "CIVIC_INTEGRITY"];
const thresholds = ["HARM_BLOCK_THRESHOLD_UNSPECIFIED", "BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE"];

const safetySetting = message({
  category: oneOf(
    "HarmCategory",
    categories.map((name) => `HARM_CATEGORY_${name}`),
  ),
  threshold: oneOf("SafetySetting.HarmBlockThreshold", [...thresholds, "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF"]),
});

const generationConfig = message({
  stopSequences: repeated(text),
  responseMimeType: text,
  responseModalities: repeated(oneOf("GenerationConfig.Modality", ["MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "AUDIO"])),
  responseSchema: schema,
  responseJsonSchema: anything,
  responseFormat: anything,
  candidateCount: int,
  maxOutputTokens: int,
  temperature: double,
  topP: double,
  topK: double,
  seed: int,
  presencePenalty: double,
  frequencyPenalty: double,
  responseLogprobs: bool,
  logprobs: int,
  enableEnhancedCivicAnswers: bool,
  audioTimestamp: bool,
  speechConfig: struct,
  imageConfig: struct,
  routingConfig: struct,
  modelSelectionConfig: struct,
  translationConfig: struct,
  audioTranscriptionConfig: struct,
  thinkingConfig: message({
    includeThoughts: bool,
    thinkingBudget: int,
    thinkingLevel: oneOf("ThinkingConfig.ThinkingLevel", [
      "THINKING_LEVEL_UNSPECIFIED",
      "MINIMAL",
      "LOW",
      "MEDIUM",
      "HIGH",
    ]),
  }),
  mediaResolution: oneOf("GenerationConfig.MediaResolution", resolutions),
});

const generateFields = {
  model: text,
  contents: repeated(content),
  systemInstruction: content,
  tools: repeated(tool),
  toolConfig,
  safetySettings: repeated(safetySetting),
  generationConfig,
  cachedContent: text,
  serviceTier: text,
  store: bool,
};

export const generateSchema = message(generateFields);
export const vertexGenerateSchema = message({
  ...generateFields,
  labels: map(text),
  modelArmorConfig: struct,
});

export const countSchema = message({
  model: text,
  contents: repeated(content),
  generateContentRequest: generateSchema,
});
export const vertexCountSchema = message({
  model: text,
  contents: repeated(content),
  instances: repeated(anything),
  systemInstruction: content,
  tools: repeated(tool),
  generationConfig,
});

const taskTypes = ["RETRIEVAL_QUERY", "RETRIEVAL_DOCUMENT", "SEMANTIC_SIMILARITY", "CLASSIFICATION", "CLUSTERING"];

const embedFields = {
  model: text,
  content,
  taskType: oneOf("TaskType", [
    "TASK_TYPE_UNSPECIFIED",
    ...taskTypes,
    "QUESTION_ANSWERING",
    "FACT_VERIFICATION",
    "CODE_RETRIEVAL_QUERY",
  ]),
  title: text,
  outputDimensionality: int,
  autoTruncate: bool,
  embedContentConfig: struct,
};

export const embedSchema = message(embedFields);
export const batchEmbedSchema = message({ model: text, requests: repeated(message(embedFields)) });

/**
 * Vertex AI's older way to embed:
 * https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
 */
export const predictSchema = z.strictObject({
  instances: z.array(
    z.strictObject({
      content: z.string(),
      task_type: z.string().optional(),
      taskType: z.string().optional(),
      title: z.string().optional(),
    }),
  ),
  parameters: z
    .strictObject({ outputDimensionality: z.number().int().optional(), autoTruncate: z.boolean().optional() })
    .optional(),
});

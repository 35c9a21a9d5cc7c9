// Gemini's embeddings, and Vertex AI's: https://ai.google.dev/api/embeddings
import { jsonAnswer, type Answer, type Json } from "../answer.ts";
import { countTokens } from "../tokens.ts";
import { vectorOf } from "../vectors.ts";
import { readRequest } from "./complaint.ts";
import { googleError } from "./errors.ts";
import { partsOf } from "./rules.ts";
import { batchEmbedSchema, embedSchema, predictSchema } from "./schema.ts";

const dimensionsDefault = 3072;

export function embedContent(body: Json): Answer {
  const read = readRequest(embedSchema, body);
  if ("status" in read) return read;
  const flaw = flawOf(read.json, "EmbedContentRequest");
  return flaw === null ? jsonAnswer({ embedding: { values: valuesOf(read.json) } }) : googleError(400, flaw);
}

export function batchEmbedContents(body: Json, model: string): Answer {
  const read = readRequest(batchEmbedSchema, body);
  if ("status" in read) return read;
  const requests = (read.json["requests"] ?? []) as Json[];
  if (requests.length === 0)
    return googleError(400, "* BatchEmbedContentsRequest.requests: at least one is required\n");
  for (const [index, request] of requests.entries()) {
    const place = `BatchEmbedContentsRequest.requests[${index}]`;
    const flaw = request["model"] === `models/${model}` ? flawOf(request, place) : wrongModel(place);
    if (flaw !== null) return googleError(400, flaw);
  }
  return jsonAnswer({ embeddings: requests.map((request) => ({ values: valuesOf(request) })) });
}

function wrongModel(place: string): string {
  return `* ${place}.model: unexpected model name format\n`;
}

function flawOf({ content }: Json, place: string): string | null {
  const parts = partsOf(content as Json | undefined);
  if (parts.length === 0) return `* ${place}.content: contents is not specified\n`;
  return parts.some((part) => part["text"] === "")
    ? `* ${place}.content.parts: contents.parts must not be empty.\n`
    : null;
}

function valuesOf({ content, outputDimensionality }: Json): number[] {
  const text = partsOf(content as Json)
    .map((part) => JSON.stringify(part))
    .join("\n");
  return [...vectorOf(text, Number(outputDimensionality ?? dimensionsDefault))];
}

/** Vertex AI's `predict`. */
export function predict(body: Json): Answer {
  const read = readRequest(predictSchema, body);
  if ("status" in read) return read;
  const dimensions = Number(
    (read.json["parameters"] as Json | undefined)?.["outputDimensionality"] ?? dimensionsDefault,
  );
  const predictions = (read.json["instances"] as Json[]).map(({ content }) => ({
    embeddings: {
      values: [...vectorOf(String(content), dimensions)],
      statistics: { truncated: false, token_count: countTokens(String(content)) },
    },
  }));
  return jsonAnswer({ predictions, metadata: { billableCharacterCount: 1 } });
}

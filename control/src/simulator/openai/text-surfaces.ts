// The small text surfaces: completions, embeddings, rerank, models.
// https://platform.openai.com/docs/api-reference (completions, embeddings, models); rerank as Cohere and Jina have it.
import { jsonAnswer, streamAnswer, type Answer, type Json } from "../answer.ts";
import type { Faults } from "../faults.ts";
import { doneEnded } from "../framing.ts";
import { generate, plainPrompt, simulatedModel } from "../generate.ts";
import { countInputTokens, countTokens } from "../tokens.ts";
import { encodeVector, vectorOf } from "../vectors.ts";
import { wordOverlap } from "../word-overlap.ts";
import { envelope } from "./chat.ts";
import { errorAnswer, missingParameter, type OpenaiRequest } from "./errors.ts";

export function answerCompletion(request: OpenaiRequest, faults: Faults): Answer {
  const { json } = request;
  if (json["prompt"] === undefined) return missingParameter("prompt");
  const generated = generate({
    ...plainPrompt,
    model: String(json["model"]),
    lastText: [json["prompt"]].flat().join(" "),
    tokensMax: Number(json["max_tokens"] ?? 0),
    stop: [json["stop"] ?? []].flat().map(String),
    faults,
  });
  const { words } = generated;
  const finish = ["length", "content_filter"].includes(generated.finish) ? generated.finish : "stop";
  const input = countInputTokens(json["prompt"]);
  const usage = { prompt_tokens: input, completion_tokens: words.length, total_tokens: input + words.length };
  const shared = envelope(request, "text_completion");
  const choice = (text: string, reason: string | null): Json => ({
    ...shared,
    choices: [{ text, index: 0, logprobs: null, finish_reason: reason }],
  });
  if (json["stream"] !== true) return jsonAnswer({ ...choice(words.join(""), finish), usage });
  const withUsage = (json["stream_options"] as Json | undefined)?.["include_usage"] === true;
  const chunks = [...words.map((word) => choice(word, null)), choice("", finish)];
  return streamAnswer(
    doneEnded,
    withUsage ? [...chunks.map((c) => ({ ...c, usage: null })), { ...shared, choices: [], usage }] : chunks,
  );
}

const dimensionsDefault = 1536;
const dimensionsMax = 4096;

export function answerEmbeddings({ json }: OpenaiRequest): Answer {
  const input = json["input"];
  if (input === undefined || input === "" || (Array.isArray(input) && input.length === 0))
    return missingParameter("input");
  const items = Array.isArray(input) && typeof input[0] !== "number" ? input : [input];
  const dimensions = Number(json["dimensions"] ?? dimensionsDefault);
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > dimensionsMax) {
    return errorAnswer(400, `'dimensions' must be between 1 and ${dimensionsMax}.`, "invalid_value", "dimensions");
  }
  const tokens = items.reduce((sum: number, item) => sum + embeddingTokens(item), 0);
  return jsonAnswer({
    object: "list",
    data: items.map((item, index) => ({
      object: "embedding",
      index,
      embedding: encodeVector(vectorOf(JSON.stringify(item), dimensions), json["encoding_format"]),
    })),
    model: simulatedModel(json["model"]),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  });
}

function embeddingTokens(item: unknown): number {
  return Array.isArray(item) ? item.length : countTokens(String(item));
}

export function answerRerank({ json }: OpenaiRequest): Answer {
  const { query, documents, model, top_n: topN, return_documents: withDocuments } = json;
  if (typeof query !== "string" || query === "") return missingParameter("query");
  if (!Array.isArray(documents) || documents.length === 0) return missingParameter("documents");
  const texts = documents.map((document) => (typeof document === "string" ? document : textOfDocument(document)));
  const results = texts
    .map((text, index) => ({
      index,
      relevance_score: wordOverlap(query, text),
      ...(withDocuments ? { document: { text } } : {}),
    }))
    .sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
    .slice(0, Number(topN ?? texts.length));
  const tokens = countTokens(query) * texts.length + countInputTokens(texts);
  return jsonAnswer({
    id: "rerank-simulated",
    model: simulatedModel(model),
    results,
    usage: { total_tokens: tokens },
    meta: { api_version: { version: "simulated" }, billed_units: { search_units: 1 } },
  });
}

function textOfDocument(document: unknown): string {
  return String((document as Json | null)?.["text"] ?? "");
}

const models = ["simulated-chat", "simulated-embedding", "simulated-image", "simulated-speech", "simulated-rerank"];

export function answerModels({ surface }: OpenaiRequest): Answer {
  const object = (id: string): Json => ({ id, object: "model", created: 1_735_689_600, owned_by: "weir-simulator" });
  const id = decodeURIComponent(surface.slice("models/".length));
  if (surface === "models") return jsonAnswer({ object: "list", data: models.map(object) });
  if (models.includes(id)) return jsonAnswer(object(id));
  return errorAnswer(404, `The model '${id}' does not exist`, "model_not_found", "model");
}

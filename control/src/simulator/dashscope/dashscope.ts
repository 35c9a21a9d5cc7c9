// DashScope's own API: `POST /api/v1/services/…`, with server-sent events when a header asks for them.
import { bearerOf, jsonAnswer, type Answer, type Json, type SimulatedRequest } from "../answer.ts";
import { complaintsAbout, type Complaint } from "../complaint.ts";
import { isKnownKey, modelInBody, type Access, type Family } from "../family.ts";
import type { Faults } from "../faults.ts";
import { countInputTokens, countTokens } from "../tokens.ts";
import { vectorOf } from "../vectors.ts";
import { wordOverlap } from "../word-overlap.ts";
import { algorithmError, dashscopeEnvelope, dashscopeError, requestId } from "./errors.ts";
import { answerGeneration } from "./generation.ts";
import { embeddingSchema, multimodalSchema, rerankSchema, textSchema } from "./schema.ts";

const surfaces = {
  "aigc/text-generation/generation": textSchema,
  "aigc/multimodal-generation/generation": multimodalSchema,
  "embeddings/text-embedding/text-embedding": embeddingSchema,
  "rerank/text-rerank/text-rerank": rerankSchema,
};

export class DashscopeFamily implements Family {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  answer(request: SimulatedRequest, faults: Faults): Answer {
    const { json, method, path } = request;
    const surface = path.replace("/api/v1/services/", "") as keyof typeof surfaces;
    const schema = surfaces[surface];
    if (method !== "POST" || !schema) return dashscopeError(404, "Not found");
    const key = bearerOf(request);
    if (key === null) return dashscopeError(401, "No API-key provided.");
    if (!isKnownKey(key, this.#access)) return dashscopeError(401, "Invalid API-key provided.");
    if (request.invalidJson) return dashscopeError(400, "Request body format invalid");
    const complaint = complaintsAbout(schema, json)[0];
    if (complaint) return refuseComplaint(complaint);
    if (surface === "embeddings/text-embedding/text-embedding") return embed(json);
    return surface === "rerank/text-rerank/text-rerank" ? rerank(json) : answerGeneration(request, faults);
  }

  modelOf = modelInBody;

  refuse(status: number, message: string): Answer {
    return dashscopeError(status, message);
  }

  errorEvent(status: number, message: string): Json {
    return dashscopeEnvelope(status, message);
  }
}

function refuseComplaint({ path, kind, field, expected }: Complaint): Answer {
  const place = [...path, ...(kind === "unknown" ? [field] : [])].map(String).join(".");
  if (kind === "unknown") return algorithmError(`Extra inputs are not permitted: ${place}`);
  if (kind === "missing") return dashscopeError(400, `Required parameter(s) missing or invalid: ${place}`);
  return algorithmError(`Input should be a valid ${expected}: ${place}`);
}

const textsMax = 10;
const dimensionDefault = 1024;

function embed(json: Json): Answer {
  const { texts } = json["input"] as { texts: string[] };
  if (texts.length > textsMax) {
    return algorithmError(
      `Value error, batch size is invalid, it should not be larger than ${textsMax}.: input.contents`,
    );
  }
  const dimension = Number((json["parameters"] as Json | undefined)?.["dimension"] ?? dimensionDefault);
  const embeddings = texts.map((text, index) => ({ text_index: index, embedding: [...vectorOf(text, dimension)] }));
  const usage = { total_tokens: countInputTokens(texts) };
  return jsonAnswer({ output: { embeddings }, usage, request_id: requestId });
}

function rerank(json: Json): Answer {
  const { query, documents } = json["input"] as { query: string; documents: string[] };
  const { top_n: topN, return_documents: withDocuments } = (json["parameters"] ?? {}) as Json;
  const results = documents
    .map((text, index) => ({
      index,
      relevance_score: wordOverlap(query, text),
      ...(withDocuments === true ? { document: { text } } : {}),
    }))
    .sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
    .slice(0, Number(topN ?? documents.length));
  const usage = { total_tokens: countTokens(query) + countInputTokens(documents) };
  return jsonAnswer({ output: { results }, usage, request_id: requestId });
}

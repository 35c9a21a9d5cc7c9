// Cohere's version 2: `POST /v2/chat`, `/v2/embed` and `/v2/rerank`.
import {
  bearerOf,
  digestOf,
  jsonAnswer,
  streamAnswer,
  type Answer,
  type Json,
  type SimulatedRequest,
} from "../answer.ts";
import { complaintsAbout, type Complaint } from "../complaint.ts";
import { isKnownKey, modelInBody, type Access, type Family } from "../family.ts";
import type { Faults } from "../faults.ts";
import { namedEvents, type Framing } from "../framing.ts";
import { generate } from "../generate.ts";
import { countInputTokens, countTokens } from "../tokens.ts";
import { encodeVector, vectorOf } from "../vectors.ts";
import { wordOverlap } from "../word-overlap.ts";
import { chatEvents, chatFlaw, promptOf, wholeChat } from "./chat.ts";
import { chatSchema, embedSchema, rerankSchema } from "./schema.ts";

const schemas = { chat: chatSchema, embed: embedSchema, rerank: rerankSchema };
const doneEnded: Framing = { ...namedEvents, end: [Buffer.from("data: [DONE]\n\n")] };

export class CohereFamily implements Family {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  answer(request: SimulatedRequest, faults: Faults): Answer {
    const { json } = request;
    if (request.method !== "POST") return cohereError(405, "method not allowed");
    if (bearerOf(request) === null) return cohereError(401, "no api key supplied");
    if (!isKnownKey(bearerOf(request), this.#access)) return cohereError(401, "invalid api token");
    if (request.invalidJson) return cohereError(400, "invalid json syntax: unexpected end of JSON input");
    const surface = (/(chat|embed|rerank)$/.exec(request.path)?.[1] ?? "chat") as keyof typeof schemas;
    const complaint = complaintsAbout(schemas[surface], json)[0];
    if (complaint) return cohereError(400, sentenceOf(complaint));
    if (surface === "embed") return embed(request);
    return surface === "rerank" ? rerank(request) : chat(request, faults);
  }

  modelOf = modelInBody;

  refuse(status: number, message: string): Answer {
    return cohereError(status, message);
  }

  /** A stream that fails ends as any other, and says so in its reason. */
  errorEvent(_: number, message: string): Json {
    return { type: "message-end", delta: { finish_reason: "ERROR", error: message } };
  }
}

function cohereError(status: number, message: string): Answer {
  return jsonAnswer({ id: "simulated", message }, status);
}

function sentenceOf({ path, kind, field, expected }: Complaint): string {
  const place = [...path, ...(kind === "unknown" ? [field] : [])].map(String).join(".");
  if (kind === "unknown") return `unknown field: parameter '${place}' is not a valid field`;
  return kind === "missing"
    ? `invalid request: required parameter '${place}' is missing`
    : `invalid request: parameter '${place}' is not valid: ${expected}`;
}

function chat(request: SimulatedRequest, faults: Faults): Answer {
  const { json } = request;
  const flaw = chatFlaw(json);
  if (flaw !== null) return cohereError(400, flaw);
  const generated = generate(promptOf(json, faults));
  const id = `simulated-${digestOf(request).slice(0, 24)}`;
  if (json["stream"] !== true) return jsonAnswer(wholeChat(json, id, generated, faults));
  return streamAnswer(doneEnded, chatEvents(json, id, generated, faults));
}

function embed(request: SimulatedRequest): Answer {
  const { json } = request;
  const given = ["texts", "images", "inputs"].filter((name) => ((json[name] ?? []) as unknown[]).length > 0);
  if (given.length !== 1) {
    return cohereError(400, "invalid request: exactly one of texts, images or inputs must be provided");
  }
  const inputs = json[given[0] ?? ""] as unknown[];
  const isImages = json["input_type"] === "image";
  if (isImages !== (given[0] === "images")) {
    return cohereError(400, `invalid request: input_type '${String(json["input_type"])}' is not valid for ${given[0]}`);
  }
  const vectors = inputs.map((input) => vectorOf(JSON.stringify(input), Number(json["output_dimension"] ?? 1024)));
  const types = (json["embedding_types"] ?? ["float"]) as string[];
  const tokens = countInputTokens(inputs);
  return jsonAnswer({
    id: `simulated-${digestOf(request).slice(0, 24)}`,
    embeddings: Object.fromEntries(types.map((type) => [type, vectors.map((vector) => encodeAs(vector, type))])),
    texts: given[0] === "texts" ? inputs : [],
    meta: {
      api_version: { version: "2" },
      billed_units: isImages ? { images: inputs.length } : { input_tokens: tokens },
    },
    response_type: "embeddings_by_type",
  });
}

/** Small integers stand for the components; binary packs eight signs into one. */
function encodeAs(vector: Float32Array, type: string): string | number[] {
  if (type === "float" || type === "base64") return encodeVector(vector, type);
  const offset = type === "uint8" || type === "ubinary" ? 128 : 0;
  if (type === "int8" || type === "uint8") return [...vector].map((value) => Math.round(value * 127) + offset);
  const signs: number[] = [...vector].map((value) => (value >= 0 ? 1 : 0));
  return Array.from({ length: signs.length / 8 }, (_, at) => {
    const byte = signs.slice(at * 8, at * 8 + 8).reduce((bits, sign) => bits * 2 + sign, 0);
    return byte + offset - 128;
  });
}

function rerank(request: SimulatedRequest): Answer {
  const { query, documents, top_n: topN } = request.json as { query: string; documents: string[]; top_n?: number };
  const results = documents
    .map((document, index) => ({ index, relevance_score: wordOverlap(query, document) }))
    .sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
    .slice(0, topN ?? documents.length);
  return jsonAnswer({
    id: `simulated-${digestOf(request).slice(0, 24)}`,
    results,
    meta: {
      api_version: { version: "2" },
      billed_units: { search_units: 1 },
      tokens: { input_tokens: countTokens(query) + countInputTokens(documents) },
    },
  });
}

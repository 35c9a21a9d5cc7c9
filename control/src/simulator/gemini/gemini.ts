// Gemini, by its own API with a key and on Vertex AI with a token: `…/models/{model}:{method}`.
import {
  bearerOf,
  digestOf,
  headerOf,
  isGiven,
  jsonAnswer,
  streamAnswer,
  type Answer,
  type Json,
  type SimulatedRequest,
} from "../answer.ts";
import { isKnownKey, type Access, type Family } from "../family.ts";
import type { Faults } from "../faults.ts";
import { dataLines } from "../framing.ts";
import { generate } from "../generate.ts";
import { readRequest } from "./complaint.ts";
import { batchEmbedContents, embedContent, predict } from "./embed.ts";
import { errorInfo, googleEnvelope, googleError, unauthenticated } from "./errors.ts";
import { promptOf } from "./prompt.ts";
import { jsonList, promptTokens, streamedResponse, wholeResponse } from "./response.ts";
import { requestFlaw } from "./rules.ts";
import { countSchema, generateSchema, vertexCountSchema, vertexGenerateSchema } from "./schema.ts";

interface Target {
  model: string;
  method: string;
  isVertex: boolean;
}

function targetOf({ path }: SimulatedRequest): Target {
  const [, model = "", method = ""] = /models\/([^/]+):(\w+)$/.exec(path) ?? [];
  return { model: decodeURIComponent(model), method, isVertex: path.includes("/projects/") };
}

export class GeminiFamily implements Family {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  answer(request: SimulatedRequest, faults: Faults): Answer {
    const target = targetOf(request);
    if (request.method !== "POST") return googleError(404, "Not Found");
    const refusal = this.#refuseCaller(request, target);
    if (refusal) return refusal;
    if (request.invalidJson) return googleError(400, "Invalid JSON payload received. Unexpected end of string.");
    const answer = this.#dispatch(request, target, faults);
    // A stream that is refused at once is a list of one error, unless it was to be events.
    const isList = target.method === "streamGenerateContent" && answer.status !== 200 && !isSse(request);
    return isList ? jsonAnswer([JSON.parse(String(answer.pieces[0]))], answer.status) : answer;
  }

  modelOf(request: SimulatedRequest): string {
    return targetOf(request).model;
  }

  refuse(status: number, message: string): Answer {
    return googleError(status, message);
  }

  errorEvent(status: number, message: string): Json {
    return googleEnvelope(status, message);
  }

  #refuseCaller(request: SimulatedRequest, { isVertex }: Target): Answer | null {
    if (isVertex) return this.#access.google.isValid(bearerOf(request)) ? null : unauthenticated();
    const key = headerOf(request, "x-goog-api-key") ?? new URLSearchParams(request.query).get("key");
    if (key === null && this.#access.google.isValid(bearerOf(request))) return null;
    if (!key) {
      return googleError(
        403,
        "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or " +
          "other form of API consumer identity to call this API.",
      );
    }
    if (isKnownKey(key, this.#access)) return null;
    return googleError(400, "API key not valid. Please pass a valid API key.", [errorInfo("API_KEY_INVALID")]);
  }

  #dispatch(request: SimulatedRequest, target: Target, faults: Faults): Answer {
    switch (target.method) {
      case "countTokens":
        return count(request.json, target);
      case "embedContent":
        return embedContent(request.json);
      case "batchEmbedContents":
        return batchEmbedContents(request.json, target.model);
      case "predict":
        return target.isVertex ? predict(request.json) : googleError(404, "Not Found");
      default:
        return generateContent(request, target, faults);
    }
  }
}

function isSse({ query }: SimulatedRequest): boolean {
  return new URLSearchParams(query).get("alt") === "sse";
}

function generateContent(request: SimulatedRequest, { model, method, isVertex }: Target, faults: Faults): Answer {
  const read = readRequest(isVertex ? vertexGenerateSchema : generateSchema, request.json);
  if ("status" in read) return read;
  const { json } = read;
  const flaw = requestFlaw(json, model);
  if (flaw !== null) return googleError(400, flaw);
  const input = {
    json,
    model,
    generated: generate(promptOf(json, model, faults)),
    cached: faults.cached,
    responseId: `simulated-${digestOf(request).slice(0, 16)}`,
    isVertex,
  };
  if (method === "generateContent") return jsonAnswer(wholeResponse(input));
  return streamAnswer(isSse(request) ? dataLines : jsonList, streamedResponse(input));
}

function count(body: Json, { model, isVertex }: Target): Answer {
  const read = readRequest(isVertex ? vertexCountSchema : countSchema, body);
  if ("status" in read) return read;
  const whole = read.json["generateContentRequest"] as Json | null | undefined;
  const counted = whole ?? read.json;
  if (whole && isGiven(read.json["contents"])) {
    return googleError(400, "Only one of contents and generate_content_request may be set.");
  }
  const flaw = isGiven(counted["instances"]) ? null : requestFlaw(counted, model);
  if (flaw !== null) return googleError(400, flaw);
  const tokens = promptTokens(counted);
  return jsonAnswer({ totalTokens: tokens, promptTokensDetails: [{ modality: "TEXT", tokenCount: tokens }] });
}

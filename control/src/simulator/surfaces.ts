// Which code answers which path. The path before the surface is free, since providers differ in it (`/v1`,
// `/openai/v1`, `/api/paas/v4`).
import type { IncomingMessage } from "node:http";
import { errorAnswer, jsonAnswer, type Answer, type Json, type SimulatedRequest } from "./answer.ts";
import { answerChat } from "./chat.ts";
import type { Faults } from "./faults.ts";
import { answerImageEdits, answerImages, answerSpeech, answerTranscription } from "./media-surfaces.ts";
import { ResponsesSurface } from "./responses.ts";
import { answerCompletion, answerEmbeddings, answerModels, answerRerank } from "./text-surfaces.ts";

type Answering = (request: SimulatedRequest, faults: Faults) => Answer | Promise<Answer>;

const surfacePattern = new RegExp(
  "/(chat/completions|completions|embeddings|rerank|images/(?:generations|edits|variations)|" +
    "audio/(?:speech|transcriptions|translations)|models(?:/.+)?|responses(?:/[^/]+){0,2}|healthz)/?$",
);

export class Surfaces {
  readonly #responses = new ResponsesSurface();
  readonly #posts: Record<string, Answering> = {
    "chat/completions": answerChat,
    completions: answerCompletion,
    embeddings: answerEmbeddings,
    rerank: answerRerank,
    "images/generations": answerImages,
    "images/edits": answerImageEdits,
    "images/variations": answerImageEdits,
    "audio/speech": answerSpeech,
    "audio/transcriptions": answerTranscription,
    "audio/translations": answerTranscription,
    responses: (request, faults) => this.#responses.create(request, faults),
  };

  parse(message: IncomingMessage, body: Buffer): SimulatedRequest {
    const path = (message.url ?? "/").split("?")[0] ?? "/";
    const contentType = message.headers["content-type"] ?? "";
    const { json, invalidJson } = parseJson(contentType, body);
    const surface = surfacePattern.exec(path)?.[1] ?? "";
    return { method: message.method ?? "GET", path, surface, contentType, body, json, invalidJson };
  }

  async answer(request: SimulatedRequest, faults: Faults): Promise<Answer> {
    const { method, surface, path } = request;
    const post = this.#posts[surface];
    if (post) return method === "POST" ? post(request, faults) : notAllowed(method);
    if (surface.startsWith("responses/")) return this.#responses.answerStored(request);
    if (surface.startsWith("models")) return method === "GET" ? answerModels(request) : notAllowed(method);
    if (surface === "healthz") return jsonAnswer({ status: "ok" });
    return errorAnswer(404, `Invalid URL (${method} ${path})`, null);
  }
}

function notAllowed(method: string): Answer {
  return errorAnswer(405, `Not allowed to ${method} on this path`, "method_not_supported");
}

function parseJson(contentType: string, body: Buffer): { json: Json; invalidJson: boolean } {
  if (!/\bjson\b/i.test(contentType) || body.length === 0) return { json: {}, invalidJson: false };
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
    return { json: isObject ? (value as Json) : {}, invalidJson: !isObject };
  } catch {
    return { json: {}, invalidJson: true };
  }
}

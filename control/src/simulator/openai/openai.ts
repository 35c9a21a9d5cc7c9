// OpenAI and all who speak as it does: which code answers which path. The path before the surface is free, since
// providers differ in it (`/v1`, `/openai/v1`, `/api/paas/v4`).
import { bearerOf, jsonAnswer, type Answer, type Json, type SimulatedRequest } from "../answer.ts";
import type { Access, Family } from "../family.ts";
import type { Faults } from "../faults.ts";
import { azureRefusal, deploymentOf, withAzureExtras } from "./azure.ts";
import { answerChat } from "./chat.ts";
import { errorAnswer, errorObject, type OpenaiRequest } from "./errors.ts";
import { answerImageEdits, answerImages, answerSpeech, answerTranscription } from "./media-surfaces.ts";
import { answerCompletion, answerEmbeddings, answerModels, answerRerank } from "./text-surfaces.ts";

type Answering = (request: OpenaiRequest, faults: Faults) => Answer | Promise<Answer>;

const surfacePattern = new RegExp(
  "/(chat/completions|completions|embeddings|rerank|images/(?:generations|edits|variations)|" +
    "audio/(?:speech|transcriptions|translations)|models(?:/.+)?|healthz)/?$",
);

const posts: Record<string, Answering> = {
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
};

export class OpenaiFamily implements Family {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  async answer(original: SimulatedRequest, faults: Faults): Promise<Answer> {
    const surface = surfacePattern.exec(original.path)?.[1] ?? "";
    const deployment = deploymentOf(original.path);
    const json = deployment === null ? original.json : { ...original.json, model: deployment };
    const request: OpenaiRequest = { ...original, json, surface };
    const refusal = deployment === null ? keyRefusal(request, this.#access) : azureRefusal(request, this.#access);
    if (refusal) return refusal;
    if (isJsonWanted(request) && request.invalidJson) {
      return errorAnswer(400, "We could not parse the JSON body of your request.", null);
    }
    const answer = await route(request, faults);
    return deployment === null ? answer : withAzureExtras(request, answer);
  }

  modelOf({ path, json }: SimulatedRequest): unknown {
    return deploymentOf(path) ?? json["model"];
  }

  refuse(status: number, message: string): Answer {
    return errorAnswer(status, message, "simulated_fault");
  }

  errorEvent(status: number, message: string): Json {
    return { error: errorObject(status, message, "simulated_fault") };
  }
}

function isJsonWanted({ contentType }: SimulatedRequest): boolean {
  return /\bjson\b/i.test(contentType);
}

/** Only when a key was given: who runs the quick start has none. */
export function keyRefusal(request: SimulatedRequest, { apiKey }: Access): Answer | null {
  if (apiKey === undefined || bearerOf(request) === apiKey) return null;
  return errorAnswer(401, "Incorrect API key provided.", "invalid_api_key");
}

function route(request: OpenaiRequest, faults: Faults): Answer | Promise<Answer> {
  const { method, surface, path } = request;
  const post = posts[surface];
  if (post) return method === "POST" ? post(request, faults) : notAllowed(method);
  if (surface.startsWith("models")) return method === "GET" ? answerModels(request) : notAllowed(method);
  if (surface === "healthz") return jsonAnswer({ status: "ok" });
  return errorAnswer(404, `Invalid URL (${method} ${path})`, null);
}

function notAllowed(method: string): Answer {
  return errorAnswer(405, `Not allowed to ${method} on this path`, "method_not_supported");
}

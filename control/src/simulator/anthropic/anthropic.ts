// Anthropic's API: `POST /v1/messages` and `/v1/messages/count_tokens`.
import { bearerOf, headerOf, type Answer, type Json, type SimulatedRequest } from "../answer.ts";
import { isKnownKey, modelInBody, type Access, type Family } from "../family.ts";
import type { Faults } from "../faults.ts";
import { versions } from "./api-version.ts";
import { errorAnswer, errorEnvelope } from "./errors.ts";
import { Messages } from "./messages.ts";

export class AnthropicFamily implements Family {
  readonly #access: Access;
  readonly #messages = new Messages();

  constructor(access: Access) {
    this.#access = access;
  }

  answer(request: SimulatedRequest, faults: Faults): Answer {
    const { method, path, json } = request;
    if (method !== "POST") return errorAnswer(405, "Method Not Allowed");
    const refusal = this.#refuseHeaders(request);
    if (refusal) return refusal;
    if (request.invalidJson) return errorAnswer(400, "The request body is not valid JSON");
    if (path.endsWith("/count_tokens")) return this.#messages.count(request, json);
    return this.#messages.create(request, json, faults);
  }

  modelOf = modelInBody;

  refuse(status: number, message: string): Answer {
    return errorAnswer(status, message);
  }

  errorEvent(status: number, message: string): Json {
    return errorEnvelope(status, message);
  }

  #refuseHeaders(request: SimulatedRequest): Answer | null {
    const key = headerOf(request, "x-api-key");
    const bearer = bearerOf(request);
    if (key === undefined && bearer === null) return errorAnswer(401, "x-api-key header is required");
    if (!isKnownKey(key ?? bearer, this.#access)) {
      return errorAnswer(401, key === undefined ? "Invalid bearer token" : "invalid x-api-key");
    }
    const version = headerOf(request, "anthropic-version");
    if (version === undefined) return errorAnswer(400, "anthropic-version: header is required");
    if (versions.includes(version)) return null;
    return errorAnswer(400, `anthropic-version: "${version}" is not a valid version`);
  }
}

// Anthropic's models on Vertex AI: the model stands in the path, the version in the body, and the token is Google's.
// https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai
import { bearerOf, type Answer, type Json, type SimulatedRequest } from "../answer.ts";
import type { Access, Family } from "../family.ts";
import type { Faults } from "../faults.ts";
import { googleError, unauthenticated } from "../gemini/errors.ts";
import { errorAnswer, errorEnvelope } from "./errors.ts";
import { Messages } from "./messages.ts";

const version = "vertex-2023-10-16";

export class VertexAnthropicFamily implements Family {
  readonly #access: Access;
  readonly #messages = new Messages();

  constructor(access: Access) {
    this.#access = access;
  }

  answer(request: SimulatedRequest, faults: Faults): Answer {
    const [, name = "", method = ""] = /models\/([^/]+):(\w+)$/.exec(request.path) ?? [];
    if (request.method !== "POST" || !["rawPredict", "streamRawPredict"].includes(method)) {
      return googleError(404, "Not found");
    }
    if (!this.#access.google.isValid(bearerOf(request))) return unauthenticated();
    if (request.invalidJson) return errorAnswer(400, "The request body is not valid JSON");
    const { anthropic_version: given, anthropic_beta: _, ...body } = request.json;
    if (given === undefined) return errorAnswer(400, "anthropic_version: Field required");
    if (given !== version) return errorAnswer(400, `anthropic_version: Input should be '${version}'`);
    if (name === "count-tokens") return this.#messages.count(request, body);
    if ("model" in body) return errorAnswer(400, "model: Extra inputs are not permitted");
    return this.#messages.create(request, { ...body, model: decodeURIComponent(name) }, faults);
  }

  modelOf({ path }: SimulatedRequest): string {
    return decodeURIComponent(/models\/([^/]+):\w+$/.exec(path)?.[1] ?? "");
  }

  /** What comes from Google and not from the model, such as an exhausted quota, is in Google's envelope. */
  refuse(status: number, message: string): Answer {
    return googleError(status, message);
  }

  errorEvent(status: number, message: string): Json {
    return errorEnvelope(status, message);
  }
}

// Amazon Bedrock's runtime: `POST /model/{id}/converse`, `converse-stream`, `invoke` and `count-tokens`.
import { jsonAnswer, streamAnswer, type Answer, type Json, type SimulatedRequest } from "../answer.ts";
import { complaintsAbout } from "../complaint.ts";
import type { Access, Family } from "../family.ts";
import type { Faults } from "../faults.ts";
import { generate } from "../generate.ts";
import { PromptCache, withCached } from "../prompt-cache.ts";
import { countInputTokens } from "../tokens.ts";
import { refuseCaller } from "./authorize.ts";
import { refuseConstraint } from "./complaint.ts";
import { converseAnswer } from "./converse.ts";
import { awsError, exceptionName, invalid } from "./errors.ts";
import { eventStream } from "./event-stream.ts";
import { invoke } from "./invoke.ts";
import { inputUsage, promptOf } from "./prompt.ts";
import { converseFlaw } from "./rules.ts";
import { converseSchema, countSchema } from "./schema.ts";

export class BedrockFamily implements Family {
  readonly #access: Access;
  readonly #cache = new PromptCache();

  constructor(access: Access) {
    this.#access = access;
  }

  async answer(request: SimulatedRequest, faults: Faults): Promise<Answer> {
    if (request.method !== "POST") return awsError(404, "", "UnknownOperationException");
    const refusal = await refuseCaller(request, this.#access);
    if (refusal) return refusal;
    if (request.invalidJson) return awsError(400, "Unable to parse the request body", "SerializationException");
    const { model, operation } = targetOf(request.path);
    const body = request.json;
    if (operation === "invoke") return invoke(model, body);
    if (operation === "count-tokens") return this.#count(model, body);
    const complaint = complaintsAbout(converseSchema, body)[0];
    if (complaint) return refuseConstraint(complaint, body);
    const flaw = converseFlaw(body, model);
    if (flaw !== null) return invalid(flaw);
    const generated = generate(promptOf(body, model, faults));
    const input = withCached(inputUsage(body, model, this.#cache), faults.cached);
    const { whole, events } = converseAnswer(generated, input, faults);
    return operation === "converse" ? jsonAnswer(whole) : streamAnswer(eventStream, events);
  }

  modelOf({ path }: SimulatedRequest): string {
    return targetOf(path).model;
  }

  refuse(status: number, message: string): Answer {
    return awsError(status, message);
  }

  errorEvent(status: number, message: string): Json {
    const name = exceptionName(status);
    return { [`${name.charAt(0).toLowerCase()}${name.slice(1)}`]: { message } };
  }

  #count(model: string, body: Json): Answer {
    const complaint = complaintsAbout(countSchema, body)[0];
    if (complaint) return refuseConstraint(complaint, body);
    const { converse, invokeModel } = body["input"] as Record<string, Json | undefined>;
    if (invokeModel) {
      const raw = Buffer.from(String(invokeModel["body"]), "base64").toString();
      return jsonAnswer({ inputTokens: countInputTokens(raw) });
    }
    const flaw = converseFlaw(converse ?? {}, model);
    if (flaw !== null) return invalid(flaw);
    const { fresh, written } = inputUsage(converse ?? {}, model, new PromptCache());
    return jsonAnswer({ inputTokens: fresh + written });
  }
}

function targetOf(path: string): { model: string; operation: string } {
  const [, , model = "", operation = ""] = path.split("/");
  return { model: decodeURIComponent(model), operation };
}

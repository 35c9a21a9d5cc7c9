// Messages as Anthropic's models answer them, wherever they are served: checking, generating, counting, threads.
import {
  digestOf,
  headerOf,
  jsonAnswer,
  streamAnswer,
  type Answer,
  type Json,
  type SimulatedRequest,
} from "../answer.ts";
import { complaintsAbout } from "../complaint.ts";
import type { Faults } from "../faults.ts";
import { namedEvents } from "../framing.ts";
import { generate } from "../generate.ts";
import { PromptCache, withCached } from "../prompt-cache.ts";
import { versionFlaw } from "./api-version.ts";
import { inputUsage } from "./cache-usage.ts";
import { sentenceOf } from "./complaint.ts";
import { errorAnswer, requestId } from "./errors.ts";
import { messageOf } from "./message.ts";
import { parameterFlaw } from "./parameters.ts";
import { promptOf } from "./prompt.ts";
import { betaCountSchema, betaCreateSchema, countSchema, createSchema } from "./schema.ts";
import { Threads } from "./threads.ts";
import { conversationFlaw } from "./turns.ts";

export class Messages {
  readonly #cache = new PromptCache();
  readonly #threads = new Threads();

  /** `body` is that of the request as Anthropic itself would get it. */
  create(request: SimulatedRequest, body: Json, faults: Faults): Answer {
    const complaint = complaintsAbout(isBeta(request) ? betaCreateSchema : createSchema, body)[0];
    if (complaint) return errorAnswer(400, sentenceOf(complaint, body));
    const outdated = versionFlaw(body, headerOf(request, "anthropic-version") ?? "");
    if (outdated !== null) return errorAnswer(400, outdated);
    const resumed = this.#threads.resume(body);
    if ("status" in resumed) return resumed;
    const { json } = resumed;
    const messages = json["messages"] as Json[];
    const model = String(json["model"]);
    const flaw = conversationFlaw(json, messages, model) ?? parameterFlaw(json, model);
    if (flaw !== null) return errorAnswer(400, flaw);
    const prompt = promptOf(json, messages, faults);
    const generated = generate(prompt);
    // Without tokens to spend the prompt is read, and cached, and that is all.
    if (json["max_tokens"] === 0)
      Object.assign(generated, { thinking: [], words: [], toolCalls: [], finish: "length" });
    const input = withCached(inputUsage(json, messages, this.#cache), faults.cached);
    const id = `msg_simulated_${digestOf(request).slice(0, 24)}`;
    const { whole, events } = messageOf({ json, id, generated, input, faults });
    if (json["thread"]) this.#threads.keep(id, json, whole["content"]);
    const answer = json["stream"] === true ? streamAnswer(namedEvents, events) : jsonAnswer(whole);
    return { ...answer, headers: { ...answer.headers, "request-id": requestId } };
  }

  count(request: SimulatedRequest, json: Json): Answer {
    const complaint = complaintsAbout(isBeta(request) ? betaCountSchema : countSchema, json)[0];
    if (complaint) return errorAnswer(400, sentenceOf(complaint, json));
    const messages = json["messages"] as Json[];
    const model = String(json["model"]);
    const flaw = conversationFlaw(json, messages, model) ?? parameterFlaw(json, model);
    if (flaw !== null) return errorAnswer(400, flaw);
    return jsonAnswer({
      input_tokens: inputUsage({ ...json, cache_control: null }, messages, new PromptCache()).fresh,
    });
  }
}

/** Fields of the betas are known to who asks for a beta, as the client's own beta methods do. */
function isBeta({ headers, query, json }: SimulatedRequest): boolean {
  const asked = headers["anthropic-beta"] ?? json["anthropic_beta"];
  return asked !== undefined || new URLSearchParams(query).get("beta") === "true";
}

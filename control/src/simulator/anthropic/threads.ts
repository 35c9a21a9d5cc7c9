// Conversations that Anthropic keeps between turns: a request in a thread sends the new messages only, the system
// prompt and the tools are those it began with, and every answer can be continued once.
import type { Answer, Json } from "../answer.ts";
import { errorAnswer } from "./errors.ts";

const keptMax = 100;

export class Threads {
  readonly #kept = new Map<string, Json>();
  readonly #continued = new Set<string>();

  /** The request with the whole conversation that it means, or a refusal. */
  resume(json: Json): { json: Json } | Answer {
    const thread = json["thread"] as Json | null | undefined;
    if (thread?.["type"] !== "continue") return { json };
    const id = String(thread["previous_message_id"]);
    if (this.#continued.has(id)) {
      return errorAnswer(400, "This response has already been continued.", { error_code: "thread_already_continued" });
    }
    const kept = this.#kept.get(id);
    if (!kept) return errorAnswer(404, `No Thread was found for ${id}.`, { error_code: "thread_not_found" });
    this.#continued.add(id);
    this.#kept.delete(id);
    const messages = [...(kept["messages"] as Json[]), ...(json["messages"] as Json[])];
    return { json: { ...json, ...kept, messages } };
  }

  /** `json` is what `resume` gave, `content` the answer to it. */
  keep(id: string, { system, tools, messages }: Json, content: unknown): void {
    if (this.#kept.size >= keptMax) this.#kept.clear();
    if (this.#continued.size >= keptMax) this.#continued.clear();
    const conversation = [...(messages as Json[]), { role: "assistant", content }];
    const began = { ...(system === undefined ? {} : { system }), ...(tools === undefined ? {} : { tools }) };
    this.#kept.set(id, { ...began, messages: conversation });
  }
}

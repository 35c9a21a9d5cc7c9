// Conversations that Anthropic keeps between turns: a request in a thread sends the new messages only, and every answer
// can be continued once.
import type { Answer, Json } from "../answer.ts";
import { errorAnswer } from "./errors.ts";

const keptMax = 100;

export class Threads {
  readonly #kept = new Map<string, Json[]>();
  readonly #continued = new Set<string>();

  /** The whole conversation that the request means, or a refusal. */
  resume(json: Json): { messages: Json[] } | Answer {
    const messages = json["messages"] as Json[];
    const thread = json["thread"] as Json | null | undefined;
    if (thread?.["type"] !== "continue") return { messages };
    const id = String(thread["previous_message_id"]);
    if (this.#continued.has(id)) {
      return errorAnswer(400, "This response has already been continued.", { error_code: "thread_already_continued" });
    }
    const kept = this.#kept.get(id);
    if (!kept) return errorAnswer(404, `No Thread was found for ${id}.`, { error_code: "thread_not_found" });
    this.#continued.add(id);
    this.#kept.delete(id);
    return { messages: [...kept, ...messages] };
  }

  keep(id: string, messages: Json[]): void {
    if (this.#kept.size >= keptMax) this.#kept.clear();
    if (this.#continued.size >= keptMax) this.#continued.clear();
    this.#kept.set(id, messages);
  }
}

// Answers already made, by the exact bytes of the request. It makes the provider cheap enough to stand behind a
// benchmark: what repeats is neither parsed nor serialised again.
import type { IncomingMessage } from "node:http";
import type { Answer } from "./answer.ts";
import type { Faults } from "./faults.ts";

export interface CachedAnswer {
  answer: Answer;
  faults: Faults;
}

const entriesMax = 64;
const bodyBytesMax = 64 * 1024;
/** The surfaces whose answer depends on the request alone. */
const cacheable = /\/(chat\/completions|completions|embeddings)$/;

export class AnswerCache {
  readonly #answers = new Map<string, CachedAnswer>();

  /** Null for what must not be cached. */
  key(message: IncomingMessage, body: Buffer): string | null {
    const { method, url = "", headers } = message;
    if (method !== "POST" || body.length > bodyBytesMax || !cacheable.test(url)) return null;
    const parts = [url, headers["content-type"], headers["x-simulate"], headers.authorization, headers["api-key"]];
    return `${parts.join("\n")}\n${body.toString("latin1")}`;
  }

  get(key: string | null): CachedAnswer | undefined {
    return key === null ? undefined : this.#answers.get(key);
  }

  set(key: string | null, answer: CachedAnswer): void {
    if (key === null) return;
    if (this.#answers.size >= entriesMax) this.#answers.clear();
    this.#answers.set(key, answer);
  }
}

// What a provider's prompt cache would hold: the digests of the prefixes that clients marked.
import { createHash } from "node:crypto";

const entriesMax = 1000;

export class PromptCache {
  readonly #seen = new Set<string>();

  /** Whether this prefix was there already; it is from now on. */
  take(prefix: unknown): boolean {
    const digest = createHash("sha256").update(JSON.stringify(prefix)).digest("base64");
    if (this.#seen.has(digest)) return true;
    if (this.#seen.size >= entriesMax) this.#seen.clear();
    this.#seen.add(digest);
    return false;
  }
}

// What a provider's prompt cache serves: up to the longest marked prefix that was seen before. The rest up to the last
// mark is written, what follows is neither.
import { createHash } from "node:crypto";
import { countInputTokens } from "./tokens.ts";

/** A piece of a prompt, in the order in which prefixes grow. */
export interface Segment {
  content: unknown;
  /** How long to keep the prefix that ends here; null for no mark. */
  mark: "5m" | "1h" | null;
}

export interface InputUsage {
  /** Neither read nor written. */
  fresh: number;
  read: number;
  written: number;
  /** Of what was written, what is kept for an hour. */
  writtenForHour: number;
}

const entriesMax = 1000;

export class PromptCache {
  readonly #seen = new Set<string>();

  usage(model: unknown, segments: Segment[], overhead: number): InputUsage {
    const tokens = segments.map(({ content }) => countInputTokens(content));
    const sum = (from: number, to: number): number => tokens.slice(from, to).reduce((total, count) => total + count, 0);
    const total = sum(0, tokens.length) + overhead;
    const ends = segments.flatMap(({ mark }, at) => (mark === null ? [] : [at + 1]));
    const last = ends.at(-1);
    if (last === undefined) return { fresh: total, read: 0, written: 0, writtenForHour: 0 };
    const prefix = (end: number): unknown => [model, ...segments.slice(0, end).map(({ content }) => content)];
    const known = ends.filter((end) => this.#take(prefix(end)));
    const read = sum(0, known.at(-1) ?? 0);
    const written = sum(0, last) - read;
    const writtenForHour = segments[last - 1]?.mark === "1h" ? written : 0;
    return { fresh: total - read - written, read, written, writtenForHour };
  }

  /** Whether this prefix was there already; it is from now on. */
  #take(prefix: unknown): boolean {
    const digest = createHash("sha256").update(JSON.stringify(prefix)).digest("base64");
    if (this.#seen.has(digest)) return true;
    if (this.#seen.size >= entriesMax) this.#seen.clear();
    this.#seen.add(digest);
    return false;
  }
}

/** Moves up to `count` tokens from the fresh to the read ones, for who asks for it by `x-simulate: cached-<count>`. */
export function withCached(usage: InputUsage, count: number): InputUsage {
  const moved = Math.min(count, usage.fresh);
  return { ...usage, fresh: usage.fresh - moved, read: usage.read + moved };
}

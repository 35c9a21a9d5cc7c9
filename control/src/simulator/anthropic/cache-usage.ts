// How much of a prompt Anthropic's cache would serve: up to the longest marked prefix that was seen before. The rest up
// to the last mark is written. https://platform.claude.com/docs/en/build-with-claude/prompt-caching
import type { Json } from "../answer.ts";
import type { PromptCache } from "../prompt-cache.ts";
import { countInputTokens } from "../tokens.ts";
import { turnsOf } from "./turns.ts";

export interface InputUsage {
  /** Neither read nor written. */
  fresh: number;
  read: number;
  written: number;
  /** Of what was written, what is kept for an hour. */
  writtenForHour: number;
}

const tokensPerMessage = 3;

export function inputUsage(json: Json, messages: Json[], cache: PromptCache): InputUsage {
  const segments = segmentsOf(json, messages);
  const tokens = segments.map(({ content }) => countInputTokens(content));
  const sum = (from: number, to: number): number => tokens.slice(from, to).reduce((total, count) => total + count, 0);
  const total = sum(0, tokens.length) + tokensPerMessage * messages.length;
  const marks = segments.flatMap(({ mark }, at) => (mark ? [{ mark, end: at + 1 }] : []));
  const last = marks.at(-1);
  if (!last) return { fresh: total, read: 0, written: 0, writtenForHour: 0 };
  const known = marks.filter(({ end }) => cache.take([json["model"], ...segments.slice(0, end).map((s) => s.content)]));
  const read = sum(0, known.at(-1)?.end ?? 0);
  const written = sum(0, last.end) - read;
  return { fresh: total - read - written, read, written, writtenForHour: last.mark["ttl"] === "1h" ? written : 0 };
}

interface Segment {
  /** Without its mark. */
  content: Json;
  mark: Json | null;
}

/** Tools, then the system's texts, then the messages' blocks: the order in which prefixes grow. */
function segmentsOf(json: Json, messages: Json[]): Segment[] {
  const system = typeof json["system"] === "string" ? [{ text: json["system"] }] : ((json["system"] ?? []) as Json[]);
  const blocks = turnsOf(messages).flatMap((turn) => turn.blocks.map(({ block }) => block));
  const segments = [...((json["tools"] ?? []) as Json[]), ...system, ...blocks].map((segment) => {
    const { cache_control: mark, ...content } = segment;
    return { content, mark: (mark as Json | null | undefined) ?? null };
  });
  const last = segments.at(-1);
  if (last && json["cache_control"]) last.mark ??= json["cache_control"] as Json;
  return segments;
}

// The tokens of a request to Anthropic: https://platform.claude.com/docs/en/build-with-claude/prompt-caching
import type { Json } from "../answer.ts";
import type { InputUsage, PromptCache, Segment } from "../prompt-cache.ts";
import { turnsOf } from "./turns.ts";

const tokensPerMessage = 3;

export function inputUsage(json: Json, messages: Json[], cache: PromptCache): InputUsage {
  return cache.usage(json["model"], segmentsOf(json, messages), tokensPerMessage * messages.length);
}

/** Tools, then the system's texts, then the messages' blocks, without their marks. */
function segmentsOf(json: Json, messages: Json[]): Segment[] {
  const system = typeof json["system"] === "string" ? [{ text: json["system"] }] : ((json["system"] ?? []) as Json[]);
  const blocks = turnsOf(messages).flatMap((turn) => turn.blocks.map(({ block }) => block));
  const segments = [...((json["tools"] ?? []) as Json[]), ...system, ...blocks].map((segment) => {
    const { cache_control: mark, ...content } = segment;
    return { content, mark: lifeOf(mark) };
  });
  const last = segments.at(-1);
  if (last) last.mark ??= lifeOf(json["cache_control"]);
  return segments;
}

function lifeOf(mark: unknown): Segment["mark"] {
  if (mark === null || mark === undefined) return null;
  return (mark as Json)["ttl"] === "1h" ? "1h" : "5m";
}

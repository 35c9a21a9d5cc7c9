// What a version of Anthropic's API refuses that the one before took.
// https://platform.claude.com/docs/en/api/versioning#version-history
import type { Json } from "../answer.ts";

export const versions = ["2023-01-01", "2023-06-01", "2026-10-21"];

/** The sentence of the error, or null. `version` is the header's. */
export function versionFlaw(json: Json, version: string): string | null {
  if (version < "2026-10-21") return null;
  const removed = ["temperature", "top_p", "top_k"].find((name) => name in json);
  if (removed) return `${removed}: Extra inputs are not permitted`;
  for (const [index, { role, content }] of ((json["messages"] ?? []) as Json[]).entries()) {
    const blocks = Array.isArray(content) ? (content as Json[]) : [];
    const at = blocks.findIndex((block) => isMisplaced(String(role), block));
    if (at < 0) continue;
    const what = role === "user" ? "`citations`" : "`document` blocks";
    return `messages.${index}.content.${at}: ${what} are not permitted in \`${String(role)}\` messages`;
  }
  return null;
}

function isMisplaced(role: string, { type, citations }: Json): boolean {
  if (role === "assistant") return type === "document";
  return role === "user" && type === "text" && Array.isArray(citations) && citations.length > 0;
}

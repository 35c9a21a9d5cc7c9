// Whether calls and results belong together where messages are OpenAI's: with `tool_calls`, and the role `tool`.
import type { Json } from "./answer.ts";

export interface ToolMismatch {
  /** The index of the message that is wrong: of the stray result, or of the calls that stay open. */
  index: number;
  kind: "stray-result" | "open-call";
  id: string;
}

export function toolMismatch(messages: Json[]): ToolMismatch | null {
  let open: string[] = [];
  let callsAt = 0;
  for (const [index, message] of messages.entries()) {
    if (message["role"] === "tool") {
      const id = String(message["tool_call_id"]);
      if (!open.includes(id)) return { index, kind: "stray-result", id };
      open = open.filter((other) => other !== id);
      continue;
    }
    if (open[0] !== undefined) return { index: callsAt, kind: "open-call", id: open[0] };
    open = ((message["tool_calls"] ?? []) as Json[]).map((call) => String(call["id"]));
    callsAt = index;
  }
  return open[0] === undefined ? null : { index: callsAt, kind: "open-call", id: open[0] };
}

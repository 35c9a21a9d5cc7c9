// The events of a streamed response: https://platform.openai.com/docs/api-reference/responses-streaming
import type { Json } from "../answer.ts";
import { namedEvents, type Framing } from "../framing.ts";
import type { Generated } from "../generate.ts";
import { argumentPieces } from "../tokens.ts";

/** Every event carries its number. */
export const numberedEvents: Framing = {
  ...namedEvents,
  frame: (events, at) =>
    namedEvents.frame(
      events.map((event, index) => ({ ...event, sequence_number: at + index })),
      at,
    ),
};

export function eventsOf(response: Json, generated: Generated): Json[] {
  const started = { ...response, status: "in_progress", output: [], usage: null, incomplete_details: null };
  const items = response["output"] as Json[];
  return [
    { type: "response.created", response: started },
    { type: "response.in_progress", response: started },
    ...items.flatMap((item, index) => itemEvents(item, index, generated)),
    { type: `response.${String(response["status"])}`, response },
  ];
}

function itemEvents(item: Json, index: number, generated: Generated): Json[] {
  const { opening, inner } = openItem(item, index, generated);
  return [
    { type: "response.output_item.added", output_index: index, item: { ...item, ...opening } },
    ...inner,
    { type: "response.output_item.done", output_index: index, item },
  ];
}

function openItem(item: Json, index: number, { thinking, words }: Generated): { opening: Json; inner: Json[] } {
  switch (item["type"]) {
    case "reasoning":
      return { opening: { summary: [] }, inner: reasoningEvents(item, index, thinking) };
    case "message":
      return { opening: { status: "in_progress", content: [] }, inner: textEvents(item, index, words) };
    default:
      return { opening: { status: "in_progress", arguments: "" }, inner: callEvents(item, index) };
  }
}

function reasoningEvents(item: Json, index: number, words: string[]): Json[] {
  const part = (item["summary"] as Json[])[0];
  if (!part) return [];
  const at = { item_id: item["id"], output_index: index, summary_index: 0 };
  return [
    { type: "response.reasoning_summary_part.added", ...at, part: { ...part, text: "" } },
    ...words.map((delta) => ({ type: "response.reasoning_summary_text.delta", ...at, delta })),
    { type: "response.reasoning_summary_text.done", ...at, text: part["text"] },
    { type: "response.reasoning_summary_part.done", ...at, part },
  ];
}

function textEvents(item: Json, index: number, words: string[]): Json[] {
  const at = { item_id: item["id"], output_index: index, content_index: 0 };
  const part = (item["content"] as Json[])[0] ?? {};
  const refused = part["type"] === "refusal";
  const empty = refused ? { refusal: "" } : { text: "" };
  const name = refused ? "refusal" : "output_text";
  const extra = refused ? {} : { logprobs: [] };
  const whole = refused ? { refusal: part["refusal"] } : { text: part["text"] };
  return [
    { type: "response.content_part.added", ...at, part: { ...part, ...empty } },
    ...words.map((delta) => ({ type: `response.${name}.delta`, ...at, delta, ...extra })),
    { type: `response.${name}.done`, ...at, ...whole, ...extra },
    { type: "response.content_part.done", ...at, part },
  ];
}

function callEvents(item: Json, index: number): Json[] {
  const at = { item_id: item["id"], output_index: index };
  const text = String(item["arguments"]);
  return [
    ...argumentPieces(text).map((delta) => ({ type: "response.function_call_arguments.delta", ...at, delta })),
    { type: "response.function_call_arguments.done", ...at, arguments: text, name: item["name"] },
  ];
}

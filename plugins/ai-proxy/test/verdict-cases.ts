// What providers answer inside a plan, and what becomes of it.
import type { Message } from "./fixture.ts";
import {
  chat,
  completion,
  done,
  error,
  events,
  failed,
  gemini,
  geminiEnd,
  geminiNative,
  good,
  goodStream,
  json,
  messageEnd,
  messageStart,
  native,
  overloaded,
  piece,
  responses,
  stream,
  textDelta,
} from "./planned-messages.ts";
import type { Plan, PlannedAnswer } from "./planned.ts";

export interface Case {
  targets: string[];
  request: Message;
  first: PlannedAnswer;
  second?: PlannedAnswer;
  wishes?: Partial<Plan>;
  log: string[];
}

const toB = (request: Message, first: PlannedAnswer, reason: string, second = goodStream): Case => ({
  targets: ["a", "b"],
  request,
  first,
  second,
  log: [`a ${first.reset ? 0 : (first.status ?? 200)} ${reason}`, "b 200"],
});
const stays = (request: Message, first: PlannedAnswer, reason = ""): Case => ({
  targets: ["a", "b"],
  request,
  first,
  log: [`a ${first.status ?? 200}${reason}`],
});
const from = (cluster: string, each: Case): Case => ({
  ...each,
  targets: [cluster, "b"],
  log: [each.log[0]!.replace("a", cluster), ...each.log.slice(1)],
});
const wishing = (wishes: Partial<Plan>, each: Case): Case => ({ ...each, wishes });

export const cases: Record<string, Case> = {
  "a stream with an error first": toB(chat(stream), events(error), "error"),
  "a stream with an error behind its role": toB(
    chat(stream),
    events(piece({ role: "assistant", content: "" }), error),
    "error",
  ),
  "a stream with content behind an error": toB(chat(stream), events(error, piece({ content: "Late" })), "error"),
  "a stream of nothing": toB(chat(stream), events(""), "no_answer"),
  "a stream that ends within its first event": toB(chat(stream), events('data: {"choices":[{"del'), "no_answer"),
  "a stream that is reset before its first token": toB(
    chat(stream),
    { ...events(piece({ role: "assistant" })), reset: true },
    "no_answer",
  ),
  "an empty stream": toB(
    chat(stream),
    events(piece({ role: "assistant", content: "" }), piece({}, "stop"), done),
    "empty",
  ),
  "an empty stream where that is fine": wishing(
    { emptyAnswer: false },
    stays(chat(stream), events(piece({}, "stop"), done)),
  ),
  "a stream that hits the limit at once": stays(chat({ ...stream, max_tokens: 1 }), events(piece({}, "length"), done)),
  "a filtered stream": stays(chat(stream), events(piece({ role: "assistant" }), piece({}, "content_filter"), done)),
  "a filtered stream where that matters": wishing(
    { contentFilter: true },
    toB(chat(stream), events(piece({ role: "assistant" }), piece({}, "content_filter"), done), "content_filter"),
  ),
  "a stream that calls a tool": stays(
    chat(stream),
    events(
      piece({ tool_calls: [{ index: 0, id: "t", function: { name: "f", arguments: "" } }] }),
      piece({}, "tool_calls"),
      done,
    ),
  ),
  "a stream with an error behind its first token": stays(chat(stream), events(piece({ content: "Hal" }), error)),
  "a stream cut behind its first token": stays(chat(stream), events(piece({ content: "Hal" }))),
  "a good stream": stays(chat(stream), goodStream),
  "JSON in place of a stream": toB(chat(stream), json(error), "error"),
  "responses with an error first": toB(
    responses(stream),
    events(
      { type: "response.created", response: { status: "in_progress", error: null } },
      { type: "error", message: "x" },
    ),
    "error",
    events(
      { type: "response.output_text.delta", delta: "Hi from b" },
      { type: "response.completed", response: { status: "completed", usage: null } },
    ),
  ),
  "responses that fail": toB(
    responses(stream),
    events(
      { type: "response.created", response: { status: "in_progress" } },
      { type: "response.failed", response: { status: "failed", error: { message: "x" } } },
    ),
    "error",
    events(
      { type: "response.output_text.delta", delta: "Hi from b" },
      { type: "response.completed", response: { status: "completed" } },
    ),
  ),
  "good responses": stays(
    responses(stream),
    events(
      { type: "response.output_text.delta", delta: "Hi from b" },
      { type: "response.completed", response: { status: "completed", usage: null } },
    ),
  ),
  "Anthropic's error first, translated": from("claude", toB(chat(stream), events(messageStart, overloaded), "error")),
  "Anthropic's error first": { ...from("claude", toB(native(stream), events(messageStart, overloaded), "error")) },
  "Anthropic's empty turn, translated": from(
    "claude",
    toB(chat(stream), events(messageStart, messageEnd("end_turn")), "empty"),
  ),
  "Anthropic's refusal where that matters": wishing(
    { contentFilter: true },
    from("claude", toB(chat(stream), events(messageStart, messageEnd("refusal")), "content_filter")),
  ),
  "Anthropic's stream, cut before its first token": from("claude", toB(chat(stream), events(messageStart), "error")),
  "Anthropic's good stream, translated": from(
    "claude",
    stays(chat(stream), events(messageStart, textDelta, messageEnd("end_turn"))),
  ),
  "Anthropic's good stream": from(
    "claude",
    stays(native(stream), events(messageStart, textDelta, messageEnd("end_turn"))),
  ),
  "Gemini's error first": from(
    "gemini",
    toB(geminiNative, events({ error: { code: 503, message: "x", status: "UNAVAILABLE" } }), "error"),
  ),
  "Gemini's empty stream": from("gemini", toB(geminiNative, events(geminiEnd("STOP")), "empty")),
  "Gemini's blocked prompt where that matters": wishing(
    { contentFilter: true },
    from("gemini", toB(geminiNative, events({ promptFeedback: { blockReason: "SAFETY" } }), "content_filter")),
  ),
  "Gemini's good stream": from("gemini", stays(geminiNative, events(gemini({ text: "Hi from b" }), geminiEnd("STOP")))),
  "a whole answer that is truncated": toB(chat(), json('{"choices":[{"message":{"content":"Hi"}}'), "error", good),
  "a whole answer that is an error": toB(chat(), json(error), "error", good),
  "an empty whole answer": toB(
    chat(),
    json(completion({ content: null, refusal: null, annotations: [] })),
    "empty",
    good,
  ),
  "a whole answer without choices": toB(chat(), json({ object: "chat.completion", choices: [] }), "empty", good),
  "an empty whole answer at the limit": stays(chat(), json(completion({ content: "" }, "length"))),
  "a filtered whole answer where that matters": wishing(
    { contentFilter: true },
    toB(chat(), json(completion({ content: "Par" }, "content_filter")), "content_filter", good),
  ),
  "a web page": toB(chat(), { status: 200, headers: { "content-type": "text/html" }, body: "<p>Hi" }, "error", good),
  "no body": toB(chat(), { status: 200, headers: { "content-length": "0" } }, "no_answer", good),
  "a call without content": stays(chat(), json(completion({ content: null, tool_calls: [{ id: "t" }] }, "tool_calls"))),
  "a response that only thinks": toB(
    responses(),
    json({ object: "response", status: "completed", error: null, output: [{ type: "reasoning", summary: [] }] }),
    "empty",
    json({
      object: "response",
      status: "completed",
      output: [{ type: "message", content: [{ type: "output_text", text: "Hi from b" }] }],
    }),
  ),
  "a response that waits in a queue": stays(
    responses(),
    json({ object: "response", status: "queued", error: null, output: [] }),
  ),
  "Anthropic's empty message, translated": from(
    "claude",
    toB(chat(), json({ type: "message", content: [], stop_reason: "end_turn", usage: {} }), "empty", good),
  ),
  "Anthropic's error inside a 200, translated": from(
    "claude",
    toB(chat(), json({ type: "error", error: { type: "api_error", message: "x" } }), "error", good),
  ),
  "embeddings that are an error": toB(
    { path: "/v1/embeddings", body: '{"model":"m","input":"x"}' },
    json(error),
    "error",
    json({ object: "list", data: [], model: "Hi from b" }),
  ),
  "embeddings without vectors": stays(
    { path: "/v1/embeddings", body: '{"model":"m","input":"x"}' },
    json({ object: "list", data: [] }),
  ),
  "a status of the list": toB(chat(), failed(503), "status", good),
  "a status without a body": toB(chat(), { status: 502, headers: {} }, "status", good),
  "a caller's own mistake": stays(chat(), failed(400, "No such field"), " status"),
  "a caller's own mistake that is listed": wishing({ statuses: ["4xx"] }, toB(chat(), failed(404), "status", good)),
  "a server's error that is not listed": wishing({ statuses: ["429"] }, stays(chat(), failed(500), " status")),
  "a key that is not accepted": wishing({ statuses: [] }, toB(chat(), failed(403), "status", good)),
};

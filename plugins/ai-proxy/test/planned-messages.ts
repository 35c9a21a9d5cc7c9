// What the tests of plans send, and how their providers answer.
import type { Message } from "./fixture.ts";
import type { Plan, PlannedAnswer } from "./planned.ts";

export const target = (name: string, more: object = {}) => ({
  provider: `p-${name}`,
  authority: `${name}.example`,
  ...more,
});
export const configuration = (key = "fake-provider-key") => ({
  responseHeaders: true,
  targets: {
    a: target("a", {
      credential: { header: "authorization", prefix: "Bearer ", value: key },
      modelMapping: [{ match: "any", pattern: "", model: "mapped" }],
    }),
    b: target("b"),
    claude: target("claude", { dialect: "anthropic", surfaces: ["messages"] }),
    gemini: target("gemini", {
      dialect: "gemini",
      basePath: "/v1beta",
      surfaces: ["generateContent", "streamGenerateContent"],
    }),
    last: { provider: "weir", lastResort: { text: 'Sorry, "later"' } },
  },
});

export const plan = (...clusters: string[]): Plan => ({ targets: clusters.map((cluster) => ({ cluster })) });
export const messages = [{ role: "user", content: "Hi" }];
export const chat = (more: object = {}): Message => ({ body: JSON.stringify({ model: "m", messages, ...more }) });
export const jsonHeaders = { "content-type": "application/json" };
export const json = (body: unknown, status = 200): PlannedAnswer => ({
  status,
  headers: jsonHeaders,
  body: typeof body === "string" ? body : JSON.stringify(body),
});
export const failed = (status: number, message = "Down", headers = {}): PlannedAnswer => ({
  ...json({ error: { message, type: "server_error", param: null, code: null } }, status),
  headers: { ...jsonHeaders, ...headers },
});
export const events = (...list: (object | string)[]): PlannedAnswer => ({
  status: 200,
  headers: { "content-type": "text/event-stream" },
  body: list.map((each) => (typeof each === "string" ? each : `data: ${JSON.stringify(each)}\n\n`)).join(""),
});
export const completion = (message: object, finish_reason = "stop", model = "served") => ({
  ...{ id: "c", object: "chat.completion", created: 1, model },
  choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason }],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
});
export const good = json(completion({ content: "Hi from b" }));
export const piece = (delta: object, finish_reason: string | null = null) => ({
  ...{ id: "c", object: "chat.completion.chunk", created: 1, model: "served" },
  choices: [{ index: 0, delta, finish_reason }],
});
export const done = "data: [DONE]\n\n";
export const goodStream = events(piece({ content: "Hi from b" }), piece({}, "stop"), done);
export const error = { error: { message: "Broken", type: "server_error", param: null, code: null } };

export const anthropicEvent = (type: string, more: object = {}): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
export const messageStart = anthropicEvent("message_start", {
  message: { id: "m", type: "message", role: "assistant", model: "c", content: [], usage: { input_tokens: 1 } },
});
export const messageEnd = (stop_reason: string): string =>
  anthropicEvent("message_delta", { delta: { stop_reason }, usage: { output_tokens: 0 } }) +
  anthropicEvent("message_stop");
export const textDelta = anthropicEvent("content_block_delta", {
  index: 0,
  delta: { type: "text_delta", text: "Hi from b" },
});
export const overloaded = anthropicEvent("error", { error: { type: "overloaded_error", message: "Full" } });
export const gemini = (...parts: object[]) => ({
  candidates: [{ content: { role: "model", parts } }],
  modelVersion: "g",
});
export const geminiEnd = (finishReason: string) => ({ candidates: [{ content: { parts: [] }, finishReason }] });
export const stream = { stream: true };

export const responses = (more: object = {}): Message => ({
  path: "/v1/responses",
  body: JSON.stringify({ model: "m", input: "Hi", ...more }),
});
export const native = (more: object = {}): Message => ({
  path: "/v1/messages",
  body: JSON.stringify({ model: "m", max_tokens: 9, messages, ...more }),
});
export const geminiNative: Message = {
  path: "/v1beta/models/m:streamGenerateContent?alt=sse",
  body: JSON.stringify({ contents: [{ role: "user", parts: [{ text: "Hi" }] }] }),
};

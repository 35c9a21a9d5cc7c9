// Requests that end in every other way: answers whose tokens are not told or absurd, streams that break off anywhere,
// clients that leave at each stage, and surfaces that are no chat. What was used is known from nowhere but the
// gateway, or from the provider where it tells.
import { open, send, type HttpAnswer, type HttpRequest } from "../http-client.ts";

/** Whose count it is: the provider's, the gateway's, now this and now that, or there is nothing to count. */
type Source = "reported" | "estimated" | "unknown" | "none";

type Asked = Pick<HttpRequest, "path" | "body" | "headers"> & { json?: Record<string, unknown> };

interface Oddity {
  request: (text: string, number: number) => Asked;
  simulate?: string;
  source: Source;
  /** When the client leaves: after so many milliseconds, or when it has seen something of a stream. */
  leaves?: number | "within";
}

const user = (content: string): object[] => [{ role: "user", content }];
const chat = (text: string, more: object = {}) => ({
  path: "/v1/chat/completions",
  json: { model: "priced", messages: user(text), ...more },
});
const streamed = (text: string) => chat(text, { stream: true });
const either = (text: string, number: number) => chat(text, { stream: number % 2 === 0 });
const messages = (text: string, number: number) => ({
  path: "/v1/messages",
  json: { model: "claude-haiku-4-5", messages: user(text), max_tokens: 500, stream: number % 2 === 0 },
});
const responses = (text: string, number: number) => ({
  path: "/v1/responses",
  json: { model: "priced", input: text, stream: number % 2 === 0 },
});
const gemini = (text: string, number: number) => ({
  path: `/v1beta/models/gemini-2.5-flash:${number % 2 === 0 ? "generateContent" : "streamGenerateContent?alt=sse"}`,
  json: { contents: [{ role: "user", parts: [{ text }] }] },
});
const embeddings = (text: string) => ({ path: "/v1/embeddings", json: { model: "priced", input: text } });

const boundary = "a-boundary-that-is-in-no-part";

/** A file and what goes with it, as multipart. */
function form(path: string, fields: Record<string, string>, [field, name]: [string, string]): Asked {
  const partOf = (head: string, body: string): string =>
    `--${boundary}\r\ncontent-disposition: form-data; ${head}\r\n\r\n${body}\r\n`;
  const parts = Object.entries({ model: "priced", ...fields }).map(([key, value]) => partOf(`name="${key}"`, value));
  const file = partOf(`name="${field}"; filename="${name}"`, "whatever is in it");
  const headers = { "content-type": `multipart/form-data; boundary=${boundary}` };
  return { path, headers, body: `${parts.join("")}${file}--${boundary}--\r\n` };
}
const transcription =
  (surface: string, fields: Record<string, string> = {}) =>
  (): Asked =>
    form(`/v1/audio/${surface}`, fields, ["file", "talk.wav"]);
const embedded = (text: string) => ({ content: { parts: [{ text }] } });

const surfaces = { chat: either, messages, responses, gemini, embeddings };
const usageFaults = ["missing", "negative", "huge", "string"];

/** Each surface with each way to tell nothing of tokens. */
const untold = Object.entries(surfaces).flatMap(([surface, request]) =>
  usageFaults.map((fault): [string, Oddity] => [
    `${surface}, usage ${fault}`,
    { request, simulate: `usage-${fault}`, source: "estimated" },
  ]),
);

const slow = "words-400, chunk-delay-10";

export const oddities: Record<string, Oddity> = {
  ...Object.fromEntries(untold),
  responses: { request: responses, source: "reported" },
  gemini: { request: gemini, source: "reported" },
  completions: {
    request: (prompt) => ({ path: "/v1/completions", json: { model: "priced", prompt } }),
    source: "reported",
  },
  rerank: {
    request: (query) => ({ path: "/v1/rerank", json: { model: "ranker", query, documents: [query, "another"] } }),
    source: "reported",
  },
  images: {
    request: (prompt) => ({ path: "/v1/images/generations", json: { model: "priced", prompt } }),
    source: "reported",
  },
  speech: {
    request: (input) => ({ path: "/v1/audio/speech", json: { model: "priced", input, voice: "alloy" } }),
    source: "estimated",
  },
  "speech, streamed": {
    request: (input) => ({
      path: "/v1/audio/speech",
      json: { model: "priced", input, voice: "alloy", stream_format: "sse" },
    }),
    source: "reported",
  },
  transcription: { request: transcription("transcriptions"), source: "reported" },
  "transcription, streamed": { request: transcription("transcriptions", { stream: "true" }), source: "reported" },
  "transcription as text": {
    request: transcription("transcriptions", { response_format: "srt" }),
    source: "estimated",
  },
  translation: { request: transcription("translations"), source: "reported" },
  "image edits": {
    request: (prompt) => form("/v1/images/edits", { prompt }, ["image", "weir.png"]),
    source: "reported",
  },
  embedContent: {
    request: (text) => ({ path: "/v1beta/models/gemini-embedding-001:embedContent", json: embedded(text) }),
    source: "estimated",
  },
  batchEmbedContents: {
    request: (text) => ({
      path: "/v1beta/models/gemini-embedding-001:batchEmbedContents",
      json: {
        requests: [text, "another"].map((one) => ({ model: "models/gemini-embedding-001", ...embedded(one) })),
      },
    }),
    source: "estimated",
  },
  "tools/call": {
    request: (city, number) => ({
      path: "/mcp/weather",
      json: { jsonrpc: "2.0", id: number, method: "tools/call", params: { name: "forecast", arguments: { city } } },
    }),
    source: "none",
  },
  "cut before its headers": { request: either, simulate: "drop-before-headers", source: "unknown" },
  "cut after its headers": { request: either, simulate: "drop-after-headers", source: "unknown" },
  "cut in its middle": { request: messages, simulate: "drop-mid-stream", source: "unknown" },
  "failing in its middle": { request: streamed, simulate: "error-mid-stream", source: "unknown" },
  "failing in a 200": { request: either, simulate: "error-in-200", source: "unknown" },
  malformed: { request: streamed, simulate: "malformed-sse", source: "unknown" },
  empty: { request: either, simulate: "empty-body", source: "unknown" },
  "left before an answer": { request: either, simulate: "hang", source: "unknown", leaves: 80 },
  "left before it is whole": {
    request: (text) => chat(text),
    simulate: "first-byte-delay-200",
    source: "unknown",
    leaves: 80,
  },
  "left at any moment": { request: streamed, simulate: "words-40, chunk-delay-3", source: "unknown", leaves: 60 },
  "left within responses": {
    request: (text) => responses(text, 0),
    simulate: slow,
    source: "unknown",
    leaves: "within",
  },
  "left within messages": { request: (text) => messages(text, 0), simulate: slow, source: "unknown", leaves: "within" },
};

export interface SentOddity {
  source: Source;
  /** What the provider has told: input and output; null where it tells nothing that counts. */
  told: [number, number] | null;
}

/** Sends one, and does with it as its kind says. */
export async function sendOddity(
  gateway: { url: string; simulatorUrl: string },
  { kind, text, number, headers }: { kind: string; text: string; number: number; headers: Record<string, string> },
): Promise<SentOddity> {
  const { request, simulate, leaves, source } = oddities[kind]!;
  const wanted = request(text, number);
  await finish(
    gateway.url,
    { ...wanted, headers: { ...headers, ...wanted.headers, ...(simulate && { "x-simulate": simulate }) } },
    leaves,
  );
  if (source !== "reported") return { source, told: null };
  const direct = { ...wanted, path: wanted.path.replace("streamGenerateContent?alt=sse", "generateContent") };
  const keys = { authorization: "Bearer x", "x-goog-api-key": "x" };
  const answer = await send(gateway.simulatorUrl, {
    ...direct,
    ...(wanted.json && { json: { ...wanted.json, stream: undefined } }),
    headers: { ...keys, ...wanted.headers },
  });
  return { source, told: toldBy(answer) };
}

async function finish(url: string, request: HttpRequest, leaves: Oddity["leaves"]): Promise<void> {
  if (leaves === undefined) return void (await send(url, request).catch(() => undefined));
  if (leaves === "within") {
    const answer = await open(url, request);
    await answer.seen("data:").catch(() => undefined);
    return answer.leave();
  }
  await send(url, { ...request, signal: AbortSignal.timeout(leaves) }).catch(() => undefined);
}

/** Of a stream's events the last, but for the end's mark. */
function lastEvent(text: string): unknown {
  return JSON.parse([...text.matchAll(/^data: (\{.*)$/gm)].at(-1)?.[1] ?? "{}");
}

interface Usage {
  prompt_tokens?: number;
  completion_tokens?: number;
  input_tokens?: number;
  output_tokens?: number;
  total_tokens?: number;
}

function toldBy({ json, text }: HttpAnswer): [number, number] {
  const { usage, usageMetadata } = (json ?? lastEvent(text)) as {
    usage?: Usage;
    usageMetadata?: Record<string, number>;
  };
  if (usageMetadata) {
    const { promptTokenCount = 0, candidatesTokenCount = 0, thoughtsTokenCount = 0 } = usageMetadata;
    return [promptTokenCount, candidatesTokenCount + thoughtsTokenCount];
  }
  const { prompt_tokens, completion_tokens, input_tokens, output_tokens, total_tokens = 0 } = usage ?? {};
  const input = prompt_tokens ?? input_tokens;
  return input === undefined ? [total_tokens, 0] : [input, completion_tokens ?? output_tokens ?? 0];
}

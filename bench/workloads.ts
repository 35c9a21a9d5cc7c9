// What is sent. Each workload is one request, repeated; the simulated provider answers at once.
export interface Workload {
  name: string;
  /** Where to, unless it is a chat. */
  path?: string;
  headers: Record<string, string>;
  body: string;
  /** Requests per round and gateway. */
  requests: number;
  connections: number;
}

const question = "Explain how a weir measures the flow of a river, and why its crest is sharp. ";

function chat(model: string, characters: number, extra: object = {}): string {
  const content = question.repeat(Math.ceil(characters / question.length)).slice(0, characters);
  return JSON.stringify({ model, messages: [{ role: "user", content }], temperature: 0.2, ...extra });
}

/** A role chunk, 48 words and a finish chunk: 50 events, sent as fast as they can be written. */
const fiftyChunks = { "x-simulate": "words-48" };

/** The same, each arriving by itself, as a model makes them: Envoy and the plugin are woken for every one. */
const fiftyPacedChunks = { "x-simulate": "words-48, chunk-delay-2" };

export const workloads: Workload[] = [
  { name: "chat, 1 KB", headers: {}, body: chat("bench", 900), requests: 4000, connections: 8 },
  { name: "chat, 1 KB, model mapped", headers: {}, body: chat("mapped", 900), requests: 4000, connections: 8 },
  { name: "chat, 17 KB", headers: {}, body: chat("bench", 17_000), requests: 3000, connections: 8 },
  {
    name: "stream of 50 chunks, at once",
    headers: fiftyChunks,
    body: chat("bench", 900, { stream: true }),
    requests: 1500,
    connections: 8,
  },
  {
    name: "stream of 50 chunks, one by one",
    headers: fiftyPacedChunks,
    body: chat("bench", 900, { stream: true }),
    requests: 800,
    connections: 32,
  },
];

// What is sent. Each workload is one request body, repeated; the simulated provider answers at once.
export interface Workload {
  name: string;
  body: string;
  /** Requests per round and gateway. */
  requests: number;
  connections: number;
}

const question = "Explain how a weir measures the flow of a river, and why its crest is sharp. ";

function chat(characters: number, extra: object): string {
  const content = question.repeat(Math.ceil(characters / question.length)).slice(0, characters);
  return JSON.stringify({ model: "bench", messages: [{ role: "user", content }], temperature: 0.2, ...extra });
}

/** `max_tokens` is what makes the simulated provider answer with that many words, one a chunk when it streams. */
export const workloads: Workload[] = [
  { name: "chat request, 1 KB", body: chat(900, { max_tokens: 16 }), requests: 4000, connections: 8 },
  { name: "chat request, 17 KB", body: chat(17_000, { max_tokens: 16 }), requests: 3000, connections: 8 },
  { name: "stream of 50 chunks", body: chat(900, { max_tokens: 50, stream: true }), requests: 1200, connections: 8 },
];

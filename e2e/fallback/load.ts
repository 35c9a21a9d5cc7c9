// Requests without a pause, while something happens to the gateway, and what became of them.
import type { Gateway } from "../gateway.ts";
import { send, type HttpAnswer } from "../http-client.ts";

export interface Outcomes {
  /** `200 by alpha`, with the number of times. */
  counts: Map<string, number>;
  total: number;
  /** Answers that were not whole, or no success. */
  failures: string[];
}

/** Sends streamed and whole requests from `clients` places until `during` is over. */
export async function underLoad(
  gateway: Gateway,
  model: string,
  clients: number,
  during: () => Promise<void>,
): Promise<Outcomes> {
  const outcomes: Outcomes = { counts: new Map(), total: 0, failures: [] };
  const over = new AbortController();
  const client = async (number: number): Promise<void> => {
    for (let count = 0; !over.signal.aborted; count++)
      note(outcomes, await request(gateway, model, (number + count) % 2 === 0));
  };
  const all = Array.from({ length: clients }, (_, number) => client(number));
  try {
    await during();
  } finally {
    over.abort();
    await Promise.all(all);
  }
  return outcomes;
}

async function request(gateway: Gateway, model: string, stream: boolean): Promise<HttpAnswer | Error> {
  const json = { model, stream, messages: [{ role: "user", content: "Hello" }] };
  return send(gateway.url, { path: "/v1/chat/completions", json }).catch((error: Error) => error);
}

function note(outcomes: Outcomes, answer: HttpAnswer | Error): void {
  outcomes.total++;
  if (answer instanceof Error) return void outcomes.failures.push(answer.message);
  const outcome = `${answer.status} by ${String(answer.headers["x-weir-target"])}`;
  outcomes.counts.set(outcome, (outcomes.counts.get(outcome) ?? 0) + 1);
  const isWhole = answer.complete && (answer.json !== undefined || answer.text.endsWith("data: [DONE]\n\n"));
  if (answer.status !== 200 || !isWhole) outcomes.failures.push(`${outcome}: ${answer.text.slice(-200)}`);
}

// `openai` and `anthropic` from PyPI. They run in one Python process, `python/driver.py`, which is asked in lines of
// JSON, many at a time.
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Answer, Client, Failure, Outcome, Place } from "./client.ts";

interface Reply {
  id: number;
  answers: Answer[];
  result?: unknown;
  failure?: Failure;
}

/** A failed request, as the other process describes it. */
class PythonFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`${failure.class}: ${failure.message}`);
    this.failure = failure;
  }
}

export class PythonDriver {
  #child: ChildProcess | null = null;
  #lastId = 0;
  readonly #waiting = new Map<number, (reply: Reply | null) => void>();
  #said = "";

  /** `packages` is what `installPythonPackages` gave. */
  start(packages: string): void {
    const env = { ...process.env, PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: "1" };
    const child = spawn("python3", [join(import.meta.dirname, "python", "driver.py")], { env });
    child.stderr.on("data", (chunk: Buffer) => (this.#said += chunk.toString()));
    child.on("close", () => this.#giveUp());
    createInterface({ input: child.stdout }).on("line", (line) => {
      const reply = JSON.parse(line) as Reply;
      this.#waiting.get(reply.id)?.(reply);
      this.#waiting.delete(reply.id);
    });
    this.#child = child;
  }

  /** Resolves to what the method gives; rejects with a `PythonFailure`. */
  async call(place: Place, request: { client: string; method: string; argument: unknown }): Promise<unknown> {
    const child = this.#child;
    if (!child?.stdin) throw new Error("The Python driver is not started");
    const id = ++this.#lastId;
    const { url, model } = place;
    child.stdin.write(`${JSON.stringify({ id, url, model, ...request })}\n`);
    const reply = await new Promise<Reply | null>((resolve) => this.#waiting.set(id, resolve));
    if (!reply) throw new Error(`The Python driver ended: ${this.#said}`);
    place.answers.push(...reply.answers);
    if (reply.failure) throw new PythonFailure(reply.failure);
    return reply.result;
  }

  /** The driver ends when nothing more can come. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.on("close", resolve));
    child.stdin?.end();
    await ended;
  }

  #giveUp(): void {
    for (const resolve of this.#waiting.values()) resolve(null);
    this.#waiting.clear();
  }
}

export function pythonClients(driver: PythonDriver): Client[] {
  const rows = [
    {
      key: "openai-chat",
      name: "openai for Python, chat completions",
      dialect: "openai-chat" as const,
      finishes: { stop: "stop", length: "length" },
    },
    {
      key: "openai-responses",
      name: "openai for Python, responses",
      dialect: "openai-responses" as const,
      finishes: { stop: "completed", length: "incomplete" },
    },
    {
      key: "anthropic",
      name: "anthropic for Python",
      dialect: "anthropic" as const,
      finishes: { stop: "end_turn", length: "max_tokens" },
    },
  ];
  return rows.map(({ key: client, ...row }) => {
    const call = (place: Place, method: string, argument: unknown) => driver.call(place, { client, method, argument });
    return {
      ...row,
      showsThoughts: true,
      failures: {
        badRequest: "BadRequestError",
        rateLimit: "RateLimitError",
        brokenStream: client === "anthropic" ? "APIStatusError" : "APIError",
      },
      describe: (error) => (error as PythonFailure).failure,
      ask: (place, ask) => call(place, "ask", ask) as Promise<Outcome>,
      ...(client === "anthropic"
        ? { countTokens: (place, text) => call(place, "countTokens", text) as Promise<number> }
        : { embed: (place, texts) => call(place, "embed", texts) as Promise<number[][]> }),
    } satisfies Client;
  });
}

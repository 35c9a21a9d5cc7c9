// The bundled simulated provider: an OpenAI-compatible HTTP server that calls no model and says so in every answer.
// `weir run` starts it for a `simulated` provider; the end-to-end tests and the benchmark use it as their upstream.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { errorAnswer, type Answer, type SimulatedRequest } from "./answer.ts";
import { AnswerCache } from "./answer-cache.ts";
import { noFaults, readFaults, type Faults } from "./faults.ts";
import { readRequest } from "./read-request.ts";
import { sendAnswer, wasDropped } from "./send-answer.ts";
import { Surfaces } from "./surfaces.ts";

export interface SimulatorOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Default 127.0.0.1. */
  address?: string;
  /** When given, a request without this key is answered 401. */
  apiKey?: string;
  /** How many requests `requests` keeps, the newest; default 1000. 0 records nothing, for long runs and benchmarks. */
  recordMax?: number;
}

/** What arrived, for assertions. */
export interface ReceivedRequest {
  method: string;
  /** With the query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The client closed the connection before the answer's end. */
  aborted: boolean;
  /** The answer is over: sent whole, dropped or aborted. */
  finished: boolean;
}

export interface Simulator {
  /** Without a path: `http://127.0.0.1:41234`. */
  url: string;
  port: number;
  /** Oldest first. Empty it between tests with `requests.length = 0`. */
  requests: ReceivedRequest[];
  close(): Promise<void>;
}

const requestsRecorded = 1000;

/** Throws what `listen` throws, such as EADDRINUSE. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const requests: ReceivedRequest[] = [];
  const handler = new Handler(requests, options);
  const server = createServer((request, response) => void handler.handle(request, response));
  server.keepAliveTimeout = 60_000;
  const address = options.address ?? "127.0.0.1";
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, address, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${address.includes(":") ? `[${address}]` : address}:${port}`,
    port,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

class Handler {
  readonly #requests: ReceivedRequest[];
  readonly #options: SimulatorOptions;
  readonly #surfaces = new Surfaces();
  readonly #cache = new AnswerCache();

  constructor(requests: ReceivedRequest[], options: SimulatorOptions) {
    this.#requests = requests;
    this.#options = options;
  }

  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readRequest(message);
      if (body === null) return;
      this.#record(message, response, body);
      const { answer, faults } = await this.#answer(message, body);
      await sendAnswer(response, answer, faults);
    } catch (error) {
      // A fault of the simulator itself: the client must get an answer that a test will trip over.
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (response.headersSent) response.destroy();
      else await sendAnswer(response, errorAnswer(500, message, "simulator_bug"), noFaults);
    }
  }

  #record(message: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const max = this.#options.recordMax ?? requestsRecorded;
    if (max === 0) return;
    const received: ReceivedRequest = {
      method: message.method ?? "",
      path: message.url ?? "",
      headers: message.headers,
      body,
      aborted: false,
      finished: false,
    };
    response.on("close", () => {
      received.finished = true;
      received.aborted = !response.writableFinished && !wasDropped(response);
    });
    if (this.#requests.push(received) > max) this.#requests.shift();
  }

  async #answer(message: IncomingMessage, body: Buffer): Promise<{ answer: Answer; faults: Faults }> {
    const key = this.#cache.key(message, body);
    const known = this.#cache.get(key);
    if (known) return known;
    const request = this.#surfaces.parse(message, body);
    const header = message.headers["x-simulate"];
    const faults = readFaults(Array.isArray(header) ? header.join(",") : header, request.json["model"]);
    if (typeof faults === "string") return { answer: errorAnswer(400, faults, "unknown_fault"), faults: noFaults };
    const answer = this.#refusal(message, request) ?? (await this.#surfaces.answer(request, faults));
    this.#cache.set(key, { answer, faults });
    return { answer, faults };
  }

  #refusal(message: IncomingMessage, request: SimulatedRequest): Answer | null {
    const { apiKey } = this.#options;
    if (apiKey && message.headers.authorization !== `Bearer ${apiKey}`) {
      return errorAnswer(401, "Incorrect API key provided.", "invalid_api_key");
    }
    return request.invalidJson ? errorAnswer(400, "We could not parse the JSON body of your request.", null) : null;
  }
}

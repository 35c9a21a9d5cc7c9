// The bundled simulated providers: an HTTP server that calls no model and says so in every answer. `weir run` starts it
// for a `simulated` provider; the end-to-end tests and the benchmark use it as their upstream.
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { jsonAnswer } from "./answer.ts";
import { AnswerCache, type CachedAnswer } from "./answer-cache.ts";
import { applyFaults } from "./apply-faults.ts";
import { simulatedAws, type SimulatedAws } from "./bedrock/aws-credentials.ts";
import { Families } from "./families.ts";
import type { Access } from "./family.ts";
import { noFaults, readFaults } from "./faults.ts";
import { SimulatedGoogle } from "./gemini/google-tokens.ts";
import { createServer } from "./http-server.ts";
import { parseRequest, readBody } from "./read-request.ts";
import { sendAnswer, wasDropped, wasSentWhole } from "./send-answer.ts";

export interface SimulatorOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Default 127.0.0.1. */
  address?: string;
  /** When given, a request without this key is refused; else any key will do, and OpenAI's surfaces need none. */
  apiKey?: string;
  /** The AWS credentials that requests to Bedrock must be signed with. */
  aws?: SimulatedAws;
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
  /** What to sign requests to Bedrock with. */
  aws: SimulatedAws;
  /** The service account that its token endpoint knows, and how long its tokens live. */
  google: SimulatedGoogle;
  close(): Promise<void>;
}

const requestsRecorded = 1000;

/** Throws what `listen` throws, such as EADDRINUSE. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const requests: ReceivedRequest[] = [];
  const access: Access = {
    apiKey: options.apiKey,
    aws: options.aws ?? simulatedAws,
    google: new SimulatedGoogle(),
  };
  const handler = new Handler(requests, access, options.recordMax ?? requestsRecorded);
  const server = createServer((request, response) => void handler.handle(request, response));
  const address = options.address ?? "127.0.0.1";
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, address, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://${address.includes(":") ? `[${address}]` : address}:${port}`;
  access.google.tokenUri = `${url}/token`;
  return { url, port, requests, aws: access.aws, google: access.google, close: () => server.end() };
}

class Handler {
  readonly #requests: ReceivedRequest[];
  readonly #recordMax: number;
  readonly #families: Families;
  readonly #cache = new AnswerCache();

  constructor(requests: ReceivedRequest[], access: Access, recordMax: number) {
    this.#requests = requests;
    this.#recordMax = recordMax;
    this.#families = new Families(access);
  }

  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readBody(message);
      if (body === null) return;
      this.#record(message, response, body);
      const { answer, faults } = await this.#answer(message, body);
      await sendAnswer(response, answer, faults);
    } catch (error) {
      // A fault of the simulator itself: the client must get an answer that a test will trip over.
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (response.headersSent) response.destroy();
      else await sendAnswer(response, jsonAnswer({ error: { message, code: "simulator_bug" } }, 500), noFaults);
    }
  }

  #record(message: IncomingMessage, response: ServerResponse, body: Buffer): void {
    if (this.#recordMax === 0) return;
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
      received.aborted = !wasSentWhole(response) && !wasDropped(response);
    });
    if (this.#requests.push(received) > this.#recordMax) this.#requests.shift();
  }

  async #answer(message: IncomingMessage, body: Buffer): Promise<CachedAnswer> {
    const key = this.#cache.key(message, body);
    const known = this.#cache.get(key);
    if (known) return known;
    const request = parseRequest(message, body);
    const family = await this.#families.of(request.path);
    const faults = readFaults(message.headers, family.modelOf(request));
    if (typeof faults === "string") return { answer: family.refuse(400, faults), faults: noFaults };
    const answer = applyFaults(await family.answer(request, faults), faults, family);
    this.#cache.set(key, { answer, faults });
    return { answer, faults };
  }
}

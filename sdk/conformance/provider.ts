// The provider behind the real Envoy: answers the n-th request as the n-th exchange says, and keeps what it got.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { EventLog } from "./event-log.ts";
import { inPairs } from "./http-client.ts";
import { exchangesOf, pairsOf, type Exchange, type ProviderScript, type Scenario } from "./scenario.ts";
import { listen, type RunningServer } from "./servers.ts";
import { seenHeaders, type SeenMessage } from "./transcript.ts";

export class Provider {
  readonly seen = new Map<number, SeenMessage>();
  readonly #exchanges: Exchange[];
  readonly #log: EventLog;
  /** Which exchange is under way; the runner says so. */
  exchange = 0;

  constructor(scenario: Scenario, log: EventLog) {
    this.#exchanges = exchangesOf(scenario);
    this.#log = log;
  }

  start(): Promise<RunningServer> {
    const server = createServer((request, response) => void this.#serve(request, response));
    return listen(server);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const script: Exchange["provider"] = this.#exchanges[this.exchange]?.provider ?? {};
    const seen = { headers: seenHeaders(requestLine(request)), body: "", trailers: [] as string[], isBroken: true };
    this.seen.set(this.exchange, seen);
    const early = script !== "silent" && script.after === "headers" ? this.#answer(response, script) : null;
    try {
      for await (const chunk of request) seen.body += chunk;
    } catch {
      return;
    }
    seen.trailers = seenHeaders(inPairs(request.rawTrailers));
    seen.isBroken = !request.complete;
    if (!early && script !== "silent") await this.#answer(response, script);
  }

  async #answer(response: ServerResponse, script: ProviderScript): Promise<void> {
    const { socket } = response;
    await pause(script.delayMs ?? 0);
    if (script.reset === "before headers") return void socket?.destroy();
    const body = script.body ?? (script.status === undefined ? ["ok"] : undefined);
    await this.#log.step("> responseHeaders", () => sendHead(response, script, body !== undefined));
    for (const piece of body ?? []) await this.#log.step("> responseBody", () => response.write(piece));
    if (script.reset === "after body") return void socket?.destroy();
    if (script.trailers) response.addTrailers(pairsOf(script.trailers));
    if (!script.stays) response.end();
  }
}

function sendHead(response: ServerResponse, script: ProviderScript, hasBody: boolean): void {
  response.sendDate = false;
  for (const [name, value] of pairsOf(script.headers)) response.appendHeader(name, value);
  if (!hasBody && !script.trailers) response.setHeader("content-length", "0");
  response.writeHead(script.status ?? 200).flushHeaders();
}

function requestLine(request: IncomingMessage): [string, string][] {
  return [[":method", request.method!], [":path", request.url!], ...inPairs(request.rawHeaders)];
}

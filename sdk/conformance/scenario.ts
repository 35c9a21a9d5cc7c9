// A scenario: plugins with their scripts, what client and provider do, what must come of it. Data, run on both hosts.
import type { Summary } from "./transcript.ts";

/** Milliseconds between two things that happen, where nothing else keeps them apart. */
export const pieceGapMs = 25;

export type Fields = Record<string, string | string[]>;

/** A plugin of the scenario, running the script plugin; the language of scripts is in plugins/script/assembly. */
export interface PluginSetup {
  script: string;
  /** Default "downstream". */
  position?: "downstream" | "upstream";
  /** Default: one VM for all scenarios that give none. */
  vmId?: string;
  environment?: Record<string, string>;
  /** Default true. */
  allowOnHeadersStopIteration?: boolean;
  failurePolicy?: "FAIL_CLOSED" | "FAIL_OPEN" | "FAIL_RELOAD";
  /** Milliseconds. */
  reloadIntervalMs?: number;
}

/** The client's side of an exchange. The message ends with its last part. */
export interface ClientScript {
  /** `:method`, `:path` and `:authority` have defaults. */
  headers?: Fields;
  /** Pieces, sent one after another. Absent: headers only. */
  body?: string[];
  trailers?: Fields;
  /** The body is sent only when the stream is answered and gone. */
  answerFirst?: boolean;
  /** Milliseconds to wait before the exchange. */
  waitMs?: number;
  /** The client leaves, this long after it has sent everything. */
  leavesAfterMs?: number;
}

/** The provider's side. Default: 200 with the body "ok" once it has the whole request. */
export interface ProviderScript {
  status?: number;
  headers?: Fields;
  /** Pieces. Absent: headers only. */
  body?: string[];
  trailers?: Fields;
  /** Milliseconds between the request and the answer. */
  delayMs?: number;
  /** "end" (default): answers when the request is complete; "headers": as soon as it begins. */
  after?: "end" | "headers";
  /** Breaks the connection: in place of an answer, or after the body given here. */
  reset?: "before headers" | "after body";
  /** The answer is left without its end. */
  stays?: boolean;
}

export interface Exchange {
  client?: ClientScript;
  /** "silent": never answers. */
  provider?: ProviderScript | "silent";
  /** Another exchange, from begin to end, while this one's provider has not answered yet. */
  meanwhile?: Exchange;
}

/** How a callout's cluster answers. */
export interface CalloutScript {
  status?: number;
  headers?: Fields;
  body?: string;
  trailers?: Fields;
  delayMs?: number;
}

/** How a gRPC service answers: each message with `prefix` before it, then its status. */
export interface GrpcScript {
  metadata?: Fields;
  /** Absent: messages are not answered. */
  prefix?: string;
  status?: number;
  message?: string;
  trailers?: Fields;
  /** Ends after so many messages, or when the plugin has finished sending (default). */
  endsAfter?: number;
}

export interface Scenario {
  name: string;
  plugins: PluginSetup[];
  /** One after another, each on a connection of its own. Default: one plain GET. */
  exchanges?: Exchange[];
  /** In place of HTTP exchanges: pieces that the client sends over TCP; the provider echoes each in capitals. */
  tcp?: { client: string[]; closes: "client" | "plugin" };
  /** "silent": accepts and never answers. "refused": nobody listens. "reset": breaks the connection off. */
  clusters?: Record<string, CalloutScript | "silent" | "refused" | "reset" | "reset after headers">;
  grpc?: Record<string, GrpcScript>;
  /** Bytes that may be held in each direction. */
  bufferLimit?: number;
  /** Counters and gauges to read at the end. */
  metrics?: string[];
  /** Milliseconds that pass after the last exchange, for timers. */
  settleMs?: number;
  /** What must come of it on both hosts. They are also compared with each other in everything. */
  expect: Partial<Summary>;
}

/** A complete scenario is also its own documentation: write `scenarios([...])` as the default export of a file. */
export function scenarios(list: Scenario[]): Scenario[] {
  return list;
}

/** All exchanges, each before what happens meanwhile. */
export function exchangesOf(scenario: Scenario): Exchange[] {
  return (scenario.exchanges ?? [{}]).flatMap((exchange) => [
    exchange,
    ...(exchange.meanwhile ? [exchange.meanwhile] : []),
  ]);
}

/** Headers as pairs; an array gives a header several times. */
export function pairsOf(fields: Fields = {}): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]));
}

/** A request's headers with the defaults filled in. */
export function requestHeadersOf(client: ClientScript = {}): [string, string][] {
  const method = client.body ? "POST" : "GET";
  return pairsOf({ ":authority": "gateway", ":path": "/", ":method": method, ...client.headers });
}

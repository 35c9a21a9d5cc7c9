// Requests to the compiled plugin on the Node host, and what becomes of them.
import { expect } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";

export const startMs = Date.UTC(2026, 8, 1, 12);

export interface Request {
  path?: string;
  method?: string;
  headers?: [string, string][];
  body?: object | string | null;
  /** What plugins in front have found out: `consumer`, `route`, `target`, … */
  known?: Record<string, string>;
  address?: string;
  worker?: number;
  xds?: Record<string, unknown>;
}

export const chatBody = (content: string, more: object = {}): object => ({
  model: "gpt-4.1",
  messages: [{ role: "user", content }],
  ...more,
});

export function open(
  plugin: Plugin,
  { known = {}, address = "192.0.2.7:4711", worker = 0, ...more }: Request,
): HttpStream {
  const filterState = new Map<string, Uint8Array>();
  for (const [name, value] of Object.entries(known)) filterState.set(`wasm.weir.${name}`, Buffer.from(value));
  const properties = { source: { address }, xds: { route_name: "chat", cluster_name: "openai.1", ...more.xds } };
  return plugin.openStream({ properties, filterState, worker, bufferLimit: 1_000_000 });
}

export function send(plugin: Plugin, request: Request = {}): HttpStream {
  const { path = "/v1/chat/completions", method = "POST", headers = [], body = chatBody("Hello") } = request;
  const type: [string, string][] = body === null ? [] : [["content-type", "application/json"]];
  const all: [string, string][] = [
    [":method", method],
    [":path", path],
    [":authority", "gateway"],
    ...type,
    ...headers,
  ];
  const text = body === null ? undefined : typeof body === "string" ? body : JSON.stringify(body);
  return open(plugin, request).sendRequest(all, text);
}

/** The provider has answered, and the targets' plugin has published what it used. */
export function answer(stream: HttpStream, usage: Record<string, number> = {}, status = "200"): HttpStream {
  publish(stream, usage);
  return stream.sendResponse([[":status", status]], "{}");
}

export function publish(stream: HttpStream, usage: Record<string, number>): void {
  for (const [name, count] of Object.entries(usage)) {
    stream.filterState.set(`wasm.weir.${name}`, Buffer.from(String(count)));
  }
}

export function stateOf(stream: HttpStream): Record<string, string> {
  const entries = [...stream.filterState].map(([name, value]) => [name.replace("wasm.weir.", ""), value] as const);
  return Object.fromEntries(entries.map(([name, value]) => [name, Buffer.from(value).toString()]));
}

export function expectPassed(stream: HttpStream): void {
  expect(stream.localReply).toBeNull();
  expect(stream.sentUpstream.ended).toBe(true);
}

export function expectLimited(stream: HttpStream): void {
  expect(stream.localReply).toMatchObject({ status: 429, details: "weir_rate_limit_exceeded" });
  expect(stream.sentUpstream.headers).toBeNull();
}

/** `limit remaining reset` of the response, by what is counted. */
export function rateOf(stream: HttpStream, what: "requests" | "tokens"): string {
  const header = (name: string) => stream.sentDownstream.header(`x-ratelimit-${name}-${what}`) ?? "-";
  return [header("limit"), header("remaining"), header("reset")].join(" ");
}

type Written = Record<string, unknown>;

/** A limit as the control plane writes it. */
export const limit = (name: string, windows: Written[], more: Written = {}): Written => ({ name, windows, ...more });

export const window = (unit: string, amount: number, period = "minute", algorithm = "slidingWindow"): Written =>
  unit === "concurrentRequests" ? { unit, limit: amount } : { unit, limit: amount, period, algorithm };

// Requests to the compiled plugin on the Node host, and what has become of them.
import { expect } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";

export interface Request {
  path?: string;
  headers?: Record<string, string>;
  body?: object | string;
  /** Filter state that plugins in front have set. */
  state?: Record<string, string>;
}

export function route(name: string, models: string[], clusters: string[], more: object = {}): object {
  const targets = clusters.map((cluster, index) => ({ cluster, weight: index === 0 ? 1 : 0 }));
  return { name, models, targets, match: { pathPrefixes: ["/v1", "/v1beta"] }, ...more };
}

export function send(plugin: Plugin, { path = "/v1/chat/completions", headers = {}, body = {}, state = {} }: Request) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const given: Record<string, string> = { ":method": "POST", ":path": path, ":authority": "gateway" };
  given["content-type"] = "application/json";
  given["content-length"] = String(Buffer.byteLength(text));
  const filterState = new Map(
    Object.entries(state).map(([name, value]): [string, Uint8Array] => [`wasm.weir.${name}`, Buffer.from(value)]),
  );
  return plugin.openStream({ filterState }).sendRequest(Object.entries({ ...given, ...headers }), text);
}

export const stateOf = (stream: HttpStream, name: string): string =>
  Buffer.from(stream.filterState.get(`wasm.weir.${name}`) ?? "").toString();

interface Step {
  cluster: string;
  asked?: string;
}

/** `openai as gpt-4.1`: the plan's steps, or the one target where there is no plan. */
export function stepsOf(stream: HttpStream): string[] {
  expect(stream.localReply && stream.sentDownstream.text).toBeNull();
  const plan = stateOf(stream, "plan");
  if (plan === "") return [stateOf(stream, "target")];
  const { targets } = JSON.parse(plan) as { targets: Step[] };
  expect(stateOf(stream, "target")).toBe(targets[0]!.cluster);
  return targets.map(({ cluster, asked }) => (asked === undefined ? cluster : `${cluster} as ${asked}`));
}

export function errorOf(stream: HttpStream): { status: string; code?: string; param?: string; message: string } {
  const { error } = JSON.parse(stream.sentDownstream.text) as { error: { message: string } };
  return { ...error, status: stream.sentDownstream.header(":status")! };
}

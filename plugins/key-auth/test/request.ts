// Requests to the compiled plugin on the Node host, and what becomes of them.
import { createHash } from "node:crypto";
import { expect } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";

export const hashOf = (key: string): string => createHash("sha256").update(key).digest("hex");
export const startMs = Date.UTC(2026, 8, 1);

export const configuration = {
  headers: ["x-team-key"],
  query: "access",
  consumers: [
    { name: "search", organization: "acme", team: "search-team", user: "ada@acme.example" },
    { name: "billing" },
  ],
  keys: [
    { name: "ci", consumer: 0, sha256: hashOf("wk-ci") },
    { name: "old", consumer: 0, sha256: hashOf("wk-old"), expiresMs: startMs + 5000 },
    { name: "off", consumer: 1, sha256: hashOf("wk-off"), disabled: true },
    { name: "small", consumer: 1, sha256: hashOf("wk-small"), models: "gpt-*\no3" },
    { name: "one-route", consumer: 1, sha256: hashOf("wk-route"), routes: "chat\nbatch" },
    { name: "office", consumer: 1, sha256: hashOf("wk-office"), networks: "192.0.2.0/24\n2001:db8::/33\n198.51.100.7" },
  ],
};

export interface Request {
  method?: string;
  path?: string;
  headers?: [string, string][];
  address?: string;
  body?: string;
  /** The claims that Envoy has verified, by issuer. */
  claims?: Record<string, Record<string, string | number>>;
  /** What Envoy's route says of itself. */
  route?: Record<string, string>;
}

export function sendTo(
  plugin: Plugin,
  { method = "POST", path = "/v1/chat/completions", headers = [], ...more }: Request,
): HttpStream {
  const { body = "{}", address = "192.0.2.7:4711", route = { routes: "chat" }, claims = {} } = more;
  const properties = {
    source: { address },
    metadata: { filter_metadata: { "envoy.filters.http.jwt_authn": claims } },
    xds: { route_metadata: { filter_metadata: { weir: route } } },
  };
  const all: [string, string][] = [[":method", method], [":path", path], [":authority", "gateway"], ...headers];
  return plugin.openStream({ properties }).sendRequest(all, method === "GET" ? undefined : body);
}

export const bearer = (key: string): [string, string][] => [["authorization", `Bearer ${key}`]];

export function stateOf(stream: HttpStream): Record<string, string> {
  const entries = [...stream.filterState].map(([name, value]) => [name.replace("wasm.weir.", ""), value] as const);
  return Object.fromEntries(entries.map(([name, value]) => [name, Buffer.from(value).toString()]));
}

export function expectPassed(stream: HttpStream, consumer: string): void {
  expect(stream.localReply).toBeNull();
  const own = stream.sentUpstream.headers?.filter(([name]) => name.startsWith("x-weir-"));
  expect(own).toEqual([["x-weir-consumer", consumer]]);
}

export function expectRefused(stream: HttpStream, status: number, details: string): void {
  expect(stream.localReply).toMatchObject({ status, details });
  expect(stream.sentUpstream.headers).toBeNull();
}

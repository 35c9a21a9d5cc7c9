// Runs an exchange through the compiled plugin on the Node host, where its pieces may be cut anywhere.
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import type { Fixture, Message } from "./fixture.ts";

export async function loadHost(): Promise<WasmHost> {
  return WasmHost.load(await buildPlugin("ai-proxy"));
}

export function openAttempt(plugin: Plugin, target: string, filterState = new Map<string, Uint8Array>()): HttpStream {
  return plugin.openStream({
    position: "upstream",
    properties: { xds: { cluster_name: target } },
    filterState,
    bufferLimit: 64 * 1024 * 1024,
  });
}

export interface Cuts {
  /** Where the request's and the answer's body are cut, in bytes. */
  request?: number[];
  answer?: number[];
}

/** The fixture's exchange, its bodies cut into pieces. */
export function runFixture(plugin: Plugin, fixture: Fixture, cuts: Cuts = {}): HttpStream {
  const stream = openAttempt(plugin, fixture.target);
  const { request, answer } = fixture;
  stream.requestHeaders(requestHeaders(request), { endOfStream: request.body === undefined });
  sendPieces(request, cuts.request, (piece, endOfStream) => stream.requestBody(piece, { endOfStream }));
  if (!answer || stream.localReply) return stream;
  stream.responseHeaders([[":status", String(answer.status)], ...fields(answer)], {
    endOfStream: answer.body === undefined,
  });
  sendPieces(answer, cuts.answer, (piece, endOfStream) => stream.responseBody(piece, { endOfStream }));
  return stream;
}

export function requestHeaders(request: Message): [string, string][] {
  return [
    [":method", request.method ?? "POST"],
    [":path", request.path ?? "/v1/chat/completions"],
    [":authority", "gateway.example"],
    ...fields({ ...request, headers: { "content-type": "application/json", ...request.headers } }),
  ];
}

/** An empty value leaves a header out; `auto` is the body's length. */
export function fields({ headers = {}, body = "" }: Message): [string, string][] {
  return Object.entries(headers)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => [name, value === "auto" ? String(Buffer.byteLength(body)) : value]);
}

function sendPieces(message: Message, cuts: number[] = [], send: (piece: Uint8Array, last: boolean) => void): void {
  if (message.body === undefined) return;
  const bytes = Buffer.from(message.body);
  const ends = [...cuts.filter((cut) => cut > 0 && cut < bytes.length), bytes.length];
  ends.forEach((end, i) => send(bytes.subarray(ends[i - 1] ?? 0, end), i === ends.length - 1));
}

/** What the plugin makes where a provider gives an answer no id. */
const madeId = /^msg_[0-9a-f]{24}$/;

/** Filter state `weir.*` but for what attempts keep for one another. */
export function propertiesOf(stream: HttpStream): Record<string, string> {
  const textOf = (value: Uint8Array): string => Buffer.from(value).toString().replace(madeId, "msg_made");
  const entries = [...stream.filterState]
    .map(([name, value]) => [name.replace(/^wasm\.weir\./, ""), textOf(value)] as const)
    .filter(([name]) => name !== "saved_headers");
  return Object.fromEntries(entries);
}

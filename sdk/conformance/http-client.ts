// The client of the real Envoy: sends a request piece by piece and tells what came back.
import { request, type ClientRequest, type IncomingMessage } from "node:http";
import type { EventLog } from "./event-log.ts";
import { pairsOf, requestHeadersOf, type ClientScript } from "./scenario.ts";
import { seenHeaders, type SeenMessage } from "./transcript.ts";

/** An answer that has not ended by then does not come. */
const patienceMs = 5000;

export type ClientSaw = SeenMessage & { status: number };

export async function exchangeWith(port: number, script: ClientScript, log: EventLog): Promise<ClientSaw> {
  const sent = open(port, script);
  const answer = answerTo(sent);
  await send(sent, script, log);
  const leave = setTimeout(() => sent.destroy(), script.leavesAfterMs ?? patienceMs);
  const saw = await answer;
  clearTimeout(leave);
  sent.destroy();
  return saw;
}

function open(port: number, script: ClientScript): ClientRequest {
  const headers = requestHeadersOf(script);
  const pseudo = Object.fromEntries(headers.filter(([name]) => name.startsWith(":")));
  const sent = request({ host: "127.0.0.1", port, method: pseudo[":method"]!, path: pseudo[":path"]!, agent: false });
  sent.setNoDelay(true);
  sent.setHeader("host", pseudo[":authority"]!);
  for (const [name, value] of headers) if (!name.startsWith(":")) sent.appendHeader(name, value);
  if (script.body || script.trailers) sent.setHeader("transfer-encoding", "chunked");
  return sent;
}

async function send(sent: ClientRequest, script: ClientScript, log: EventLog): Promise<void> {
  if (script.body) await log.step(script.answerFirst ? "> delete" : "> requestHeaders", () => sent.flushHeaders());
  for (const piece of script.body ?? []) await log.step("> requestBody", () => sent.write(piece));
  if (script.trailers) sent.addTrailers(pairsOf(script.trailers));
  if (script.leavesAfterMs === undefined) sent.end();
  else await log.step("> request", () => sent.end());
}

function answerTo(sent: ClientRequest): Promise<ClientSaw> {
  return new Promise((resolve) => {
    const none = { status: 0, headers: [], body: "", trailers: [], isBroken: true };
    sent.on("error", () => resolve(none));
    sent.on("close", () => resolve(none));
    sent.on("response", (response) => resolve(read(response)));
  });
}

async function read(response: IncomingMessage): Promise<ClientSaw> {
  let body = "";
  response.setEncoding("utf8");
  try {
    for await (const chunk of response) body += chunk;
  } catch {
    // Broken off: `complete` says so.
  }
  return {
    status: response.statusCode ?? 0,
    headers: seenHeaders(inPairs(response.rawHeaders)),
    body,
    trailers: seenHeaders(inPairs(response.rawTrailers)),
    isBroken: !response.complete,
  };
}

/** Node gives raw headers as one flat list, bytes as characters; here they are UTF-8. */
export function inPairs(raw: string[]): [string, string][] {
  const text = (bytes: string) => Buffer.from(bytes, "latin1").toString("utf8");
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) pairs.push([raw[i]!, text(raw[i + 1]!)]);
  return pairs;
}

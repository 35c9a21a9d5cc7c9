// Runs a scenario on the Node host.
import type { CalloutFault, CalloutReply, HttpCall } from "../host/http-callout.ts";
import type { GrpcCall } from "../host/grpc-callout.ts";
import type { HttpStream } from "../host/http-stream.ts";
import type { Plugin } from "../host/plugin.ts";
import type { SentMessage } from "../host/sent.ts";
import { WasmHost } from "../host/wasm-host.ts";
import {
  pairsOf,
  pieceGapMs,
  requestHeadersOf,
  type CalloutScript,
  type Exchange,
  type GrpcScript,
  type ProviderScript,
  type Scenario,
} from "./scenario.ts";
import { seenHeaders, seenLog, type SeenExchange, type SeenMessage, type Transcript } from "./transcript.ts";

/** As on the Envoy of these tests. */
const infoLevel = 2;
/** A stream that has not ended after this much virtual time will not. */
const patienceMs = 1500;

export async function runOnNode(scenario: Scenario, module: { bytes: Uint8Array<ArrayBuffer> }): Promise<Transcript> {
  const callouts: string[] = [];
  const host = await WasmHost.load(module, {
    logLevel: infoLevel,
    clusters: clustersOf(scenario, callouts),
    grpcClusters: Object.fromEntries(
      Object.entries(scenario.grpc ?? {}).map(([name, script]) => [name, service(script)]),
    ),
  });
  const plugins = scenario.plugins.map((setup, i) =>
    host.startPlugin({ ...setup, name: String(i), vmId: setup.vmId ?? "shared", configuration: setup.script }),
  );
  const exchanges: SeenExchange[] = [];
  const tcp = scenario.tcp ? runTcp(scenario, plugins[0]!) : { client: "", provider: "" };
  if (!scenario.tcp)
    for (const exchange of scenario.exchanges ?? [{}])
      exchanges.push(...runExchange(host, plugins, scenario, exchange));
  host.advance(scenario.settleMs ?? 0);
  return {
    exchanges,
    logs: plugins.map((plugin) =>
      host.logs
        .filter((entry) => entry.plugin === plugin.options.name && entry.level >= infoLevel)
        .map((entry) => seenLog(entry.message)),
    ),
    callouts,
    metrics: Object.fromEntries((scenario.metrics ?? []).map((name) => [name, host.metrics.value(name)])),
    tcp,
  };
}

function runExchange(host: WasmHost, plugins: Plugin[], scenario: Scenario, exchange: Exchange): SeenExchange[] {
  const { client = {}, provider = {} } = exchange;
  host.advance(client.waitMs ?? 0);
  const position = scenario.plugins[0]!.position ?? "downstream";
  const stream = host.openStream(plugins, {
    position,
    ...(scenario.bufferLimit && { bufferLimit: scenario.bufferLimit }),
  });
  const answer = { begun: false };
  const step = (action: () => void) => {
    host.advance(pieceGapMs);
    action();
    if (provider !== "silent") answerFromProvider(host, stream, provider, answer);
  };
  const { body, trailers } = client;
  step(() => stream.requestHeaders(requestHeadersOf(client), { endOfStream: !body && !trailers }));
  for (const piece of body ?? []) step(() => stream.requestBody(piece));
  if (trailers) step(() => stream.requestTrailers(pairsOf(trailers)));
  else if (body) step(() => stream.requestBody("", { endOfStream: true }));
  const meanwhile = exchange.meanwhile ? runExchange(host, plugins, scenario, exchange.meanwhile) : [];
  for (let ms = 0; ms < (client.leavesAfterMs ?? patienceMs) && !stream.isOver; ms += 10) step(() => host.advance(10));
  if (client.leavesAfterMs !== undefined) stream.disconnect();
  return [seenExchange(stream), ...meanwhile];
}

function answerFromProvider(
  host: WasmHost,
  stream: HttpStream,
  script: ProviderScript,
  answer: { begun: boolean },
): void {
  const { sentUpstream } = stream;
  const isDue = script.after === "headers" ? sentUpstream.headers !== null : sentUpstream.ended;
  if (answer.begun || stream.isOver || !isDue) return;
  answer.begun = true;
  if (script.delayMs) host.clock.schedule(script.delayMs, () => answerWith(stream, script));
  else answerWith(stream, script);
}

function answerWith(stream: HttpStream, script: ProviderScript): void {
  if (script.reset === "before headers") return void stream.upstreamReset();
  const body = script.body ?? (script.status === undefined ? ["ok"] : undefined);
  const { trailers } = script;
  const headers: [string, string][] = [[":status", String(script.status ?? 200)], ...pairsOf(script.headers)];
  if (!body && !trailers) headers.push(["content-length", "0"]);
  stream.responseHeaders(headers, { endOfStream: !body && !trailers });
  for (const piece of body ?? []) stream.responseBody(piece);
  if (script.stays) return;
  if (script.reset === "after body") stream.upstreamReset();
  else if (trailers) stream.responseTrailers(pairsOf(trailers));
  else if (body) stream.responseBody("", { endOfStream: true });
}

function seenExchange(stream: HttpStream): SeenExchange {
  const { sentDownstream, sentUpstream, responseCode, responseCodeDetails, filterState } = stream;
  const note = filterState.get("wasm.note");
  return {
    client: { ...seen(sentDownstream), status: sentDownstream.status },
    provider: sentUpstream.headers ? seen(sentUpstream) : null,
    accessLog: `${responseCode} ${responseCodeDetails} ${note ? Buffer.from(note).toString() : "-"}`,
  };
}

function seen(message: SentMessage): SeenMessage {
  return {
    headers: seenHeaders(message.headers ?? []),
    body: message.text,
    trailers: seenHeaders(message.trailers ?? []),
    isBroken: !message.ended,
  };
}

function clustersOf(scenario: Scenario, callouts: string[]) {
  const entries = Object.entries(scenario.clusters ?? {});
  return Object.fromEntries(
    entries.map(([name, script]) => [name, (call: HttpCall) => calloutReply(call, script, callouts)]),
  );
}

function calloutReply(
  call: HttpCall,
  script: CalloutScript | CalloutFault | "silent",
  callouts: string[],
): CalloutReply | CalloutFault | undefined {
  if (script === "refused") return "refused";
  callouts.push(`${call.cluster} ${call.header(":method")} ${call.header(":path")} ${call.text}`);
  if (script === "silent") return undefined;
  if (typeof script === "string") return script;
  const { trailers, ...reply } = script;
  return { ...reply, headers: pairsOf(script.headers), ...(trailers && { trailers: pairsOf(trailers) }) };
}

function service(script: GrpcScript) {
  return (call: GrpcCall) => {
    let messages = 0;
    const end = () => call.close(script.status ?? 0, script.message ?? "", pairsOf(script.trailers));
    call.onMessage = (message) => {
      messages++;
      const text = Buffer.from(message).toString();
      if (script.prefix !== undefined && (call.isStream || !script.status)) call.send(script.prefix + text);
      if (messages === script.endsAfter) end();
    };
    call.onEnd = () => {
      if (script.endsAfter === undefined) end();
    };
    if (call.isStream) call.sendMetadata(pairsOf({ "content-type": "application/grpc", ...script.metadata }));
    if (script.endsAfter === 0) end();
  };
}

function runTcp(scenario: Scenario, plugin: Plugin): Transcript["tcp"] {
  const tcp = plugin.openTcp();
  let answered = 0;
  for (const piece of scenario.tcp!.client) {
    tcp.downstreamData(piece);
    const text = tcp.upstreamText.slice(answered);
    answered = tcp.upstreamText.length;
    if (text) tcp.upstreamData(text.toUpperCase());
  }
  if (scenario.tcp!.closes === "client")
    tcp.downstreamData("", { endOfStream: true }).upstreamData("", { endOfStream: true });
  return { client: tcp.downstreamText, provider: tcp.upstreamText };
}

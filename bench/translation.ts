// `npm run bench -- translation`: what a translation costs in V8, as Node has it. A request's translation is told as a
// multiple of its mere scan in the same run, a stream's in microseconds for each chunk. Behind each of them garbage is
// collected where it is due, as the plugin's dispatcher does, and that is counted.
// Writes bench/results/translation.md.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Case, type Codec, eventsOf, fixtures, loadCodec } from "../dialects/test/codec.ts";
import { median } from "./load.ts";
import { clientRequests } from "./translation-requests.ts";

const rounds = 41;
const batch = 20;
const warmup = 500;
const encoder = new TextEncoder();

/** Runs `run` so many times and returns the microseconds of one. */
function microsOf(times: number, run: () => void): number {
  const started = performance.now();
  for (let i = 0; i < times; i++) run();
  return ((performance.now() - started) * 1000) / times;
}

/** Calls an export that gives 0 for a fault, and then the collector. */
function counted(codec: Codec, name: string): () => void {
  return () => {
    if (!codec.harness.number(name)) throw new Error(`${name} failed`);
    codec.harness.number("collectIfDue");
  };
}

/** In turn, so that a machine whose speed drifts does not bend the ratio. */
function requestRow(codec: Codec, client: string, provider: string, bytes: Uint8Array): string {
  codec.harness.number("measure", client, provider, bytes);
  const scan = counted(codec, "scanOnce");
  const translate = counted(codec, "translateOnce");
  microsOf(batch, translate);
  const samples = Array.from({ length: rounds }, () => [microsOf(batch, scan), microsOf(batch, translate)] as const);
  const ratio = median(samples.map(([scanned, translated]) => translated / scanned));
  const micros = median(samples.map(([, translated]) => translated));
  const size = (bytes.length / 1024).toFixed(1);
  return `| ${client} | ${provider} | ${size} KB | ${micros.toFixed(1)} µs | ${ratio.toFixed(1)} × |`;
}

/** All translations once, so that V8 has compiled them before the first is measured. */
function warmUp(codec: Codec): void {
  for (const [client, body] of Object.entries(clientRequests)) {
    for (const provider of codec.providers) {
      codec.harness.number("measure", client, provider, encoder.encode(JSON.stringify(body)));
      microsOf(warmup, counted(codec, "translateOnce"));
    }
  }
}

function requestRows(codec: Codec): string[] {
  warmUp(codec);
  return Object.entries(clientRequests).flatMap(([client, body]) => {
    const bytes = encoder.encode(JSON.stringify(body));
    return codec.providers.map((provider) => requestRow(codec, client, provider, bytes));
  });
}

/** The whole stream, a chunk for each event, without reading what comes out. */
function streamOnce(codec: Codec, one: Case, client: string, chunks: Uint8Array[]): void {
  codec.harness.number("open", one.dialect, client, 1, 0);
  for (const chunk of chunks) {
    codec.harness.number("push", chunk);
    codec.harness.number("collectIfDue");
  }
  codec.harness.number("finish");
}

function streamRow(codec: Codec, one: Case, client: string): string {
  const chunks = eventsOf(one).map(({ bytes }) => bytes);
  const run = (): void => streamOnce(codec, one, client, chunks);
  microsOf(warmup / 4, run);
  const micros = median(Array.from({ length: rounds }, () => microsOf(batch, run))) / chunks.length;
  return `| ${one.dialect} | ${client} | ${one.name} | ${chunks.length} | ${micros.toFixed(1)} µs |`;
}

/** The longest stream of each provider's fixtures with text or calls. */
function streamRows(codec: Codec): string[] {
  return codec.providers.flatMap((provider) => {
    const own = fixtures("streams").filter((one) => one.dialect === provider && /^text|tool/.test(one.name));
    const longest = own.toSorted((a, b) => b.text.length - a.text.length)[0];
    return longest ? codec.clients.map((client) => streamRow(codec, longest, client)) : [];
  });
}

/** Measures and writes the tables. */
export async function benchTranslation(): Promise<string> {
  const codec = await loadCodec();
  const report = [
    "| client | provider | request | translation | of its scan |\n| --- | --- | ---: | ---: | ---: |",
    ...requestRows(codec),
    "\n| provider | client | stream | chunks | a chunk |\n| --- | --- | --- | ---: | ---: |",
    ...streamRows(codec),
  ].join("\n");
  const folder = join(import.meta.dirname, "results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "translation.md"), `${report}\n`);
  return report;
}

// `npm run bench -- translation`: what a translation costs in V8, as Node has it. A request's translation is told as a
// multiple of its mere scan in the same run, a stream's in microseconds for each chunk.
// Writes bench/results/translation.md.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Codec, fixtures, loadCodec } from "../dialects/test/codec.ts";
import { median } from "./load.ts";
import { clientRequests } from "./translation-requests.ts";

const rounds = 15;
const times = 200;
const encoder = new TextEncoder();

/** Microseconds of one of `count` things that `run` does, the median of the rounds. */
function microsOf(count: number, run: () => void): number {
  run();
  const samples = Array.from({ length: rounds }, () => {
    const started = performance.now();
    run();
    return ((performance.now() - started) * 1000) / count;
  });
  return median(samples);
}

function requestRows(codec: Codec): string[] {
  const { harness } = codec;
  return Object.entries(clientRequests).flatMap(([client, body]) => {
    const bytes = encoder.encode(JSON.stringify(body));
    return codec.providers.map((provider) => {
      // In turn, so that a machine whose speed drifts does not bend the ratio.
      const ratios: number[] = [];
      const micros: number[] = [];
      for (let i = 0; i < 3; i++) {
        const scan = microsOf(times, () => harness.number("scanTimes", bytes, times));
        const whole = microsOf(times, () => harness.number("requestTimes", client, provider, bytes, times));
        ratios.push(whole / scan);
        micros.push(whole);
      }
      const size = (bytes.length / 1024).toFixed(1);
      return `| ${client} | ${provider} | ${size} KB | ${median(micros).toFixed(1)} µs | ${median(ratios).toFixed(1)} × |`;
    });
  });
}

/** The longest stream of each provider's fixtures, repeated. */
function streamRows(codec: Codec): string[] {
  return codec.providers.flatMap((provider) => {
    const own = fixtures("streams").filter((one) => one.dialect === provider && /^text|tool/.test(one.name));
    const one = own.toSorted((a, b) => b.text.length - a.text.length)[0];
    if (!one) return [];
    const chunks = codec.chunksOf(one);
    return codec.clients.map((client) => {
      const micros = microsOf(chunks.length * 20, () => {
        for (let i = 0; i < 20; i++) codec.stream(provider, client, chunks);
      });
      return `| ${provider} | ${client} | ${chunks.length} | ${micros.toFixed(1)} µs |`;
    });
  });
}

/** Measures and writes the tables. */
export async function benchTranslation(): Promise<string> {
  const codec = await loadCodec();
  const report = [
    "| client | provider | request | translation | of its scan |\n| --- | --- | ---: | ---: | ---: |",
    ...requestRows(codec),
    "\n| provider | client | chunks | a chunk |\n| --- | --- | ---: | ---: |",
    ...streamRows(codec),
  ].join("\n");
  const folder = join(import.meta.dirname, "results");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "translation.md"), `${report}\n`);
  return report;
}

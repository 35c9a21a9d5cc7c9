// The VM that counts limits traps between reserving and settling: nobody settles the request any more, and what it has
// set aside ends with its lease. The plugin is Weir's own but for two changes: it traps where a request asks for it,
// and its lease lives for five seconds in place of thirty minutes.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { findPlugins } from "../control/src/cli/plugin-files.ts";
import type { CounterStatus } from "../control/src/counters/counter-status.ts";
import { compileModule, repositoryRoot } from "../tools/build-plugins.ts";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send, type HttpAnswer } from "./http-client.ts";

const leaseMs = 5_000;
const relative = join(".cache", "limit-trap", "assembly");
const folder = join(repositoryRoot, relative);
let gateway: Gateway;

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(repositoryRoot, "plugins", "token-ratelimit", "assembly"), folder, { recursive: true });
  change("counter.ts", "MINUTE_MS: i64 = 60_000", "MINUTE_MS: i64 = 1_000");
  change("counter.ts", "LEASE_MINUTES: i64 = 30", `LEASE_MINUTES: i64 = ${leaseMs / 1000}`);
  const hook = "onResponseHeaders(count: u32, endOfStream: bool): HeadersStatus {";
  change("stream.ts", hook, `${hook}\n    if (requestHeaders.getText("x-trap")) unreachable();`);
  const { path } = await compileModule(join(relative, "index.ts"));
  const others = (await findPlugins()).filter(({ name }) => name !== "token-ratelimit");
  const plugins = [...others, { name: "token-ratelimit", path }];
  gateway = await startGateway(configuration, {}, { plugins });
});
afterAll(() => gateway?.stop());

function change(file: string, from: string, to: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  expect(text.split(from), `${file} has ${from} once`).toHaveLength(2);
  writeFileSync(path, text.replace(from, to));
}

const configuration = `${gatewayBlock}
ledger: {}
providers: [{ name: alpha, type: vllm, baseUrl: "@SIMULATOR@/v1" }]
routes: [{ name: all, targets: [{ provider: alpha }] }]
limits:
  - name: small
    match: { headers: { x-case: trapped } }
    windows: [{ unit: totalTokens, limit: 1000, per: day }, { unit: concurrentRequests, limit: 2 }]
`;

function ask(headers: Record<string, string>, maxTokens: number): Promise<HttpAnswer> {
  const json = { model: "m", max_tokens: maxTokens, messages: [{ role: "user", content: "Hello" }] };
  return send(gateway.url, { path: "/v1/chat/completions", json, headers });
}

async function counter(): Promise<CounterStatus | undefined> {
  const { counters } = (await (await fetch(`${gateway.weir.controlUrl}/limits`)).json()) as {
    counters: CounterStatus[];
  };
  return counters[0];
}

const tokensOf = ({ json }: HttpAnswer): number => (json as { usage: { total_tokens: number } }).usage.total_tokens;

test("what it has set aside stays so, and ends with its lease; others are counted to the token", async () => {
  const headers = { "x-case": "trapped" };
  const before = await ask(headers, 100);
  const used = tokensOf(before);
  const trappedAt = performance.now();
  expect((await ask({ ...headers, "x-trap": "now" }, 600)).status).toBeGreaterThanOrEqual(500);
  // The next of this limit are refused by what the lost one may use, in whichever worker.
  await vi.waitFor(async () => expect((await ask(headers, 600)).status).toBe(429), { timeout: 3_000, interval: 50 });
  await vi.waitFor(
    async () => {
      const kept = await counter();
      expect(kept).toMatchObject({ underWay: 1 });
      expect(kept!.windows[0]!.used).toBeGreaterThan(used + 600);
    },
    { timeout: 4_000 },
  );
  await vi.waitFor(async () => expect((await ask(headers, 600)).status).toBe(200), { timeout: 10_000, interval: 100 });
  expect(performance.now() - trappedAt).toBeGreaterThan(leaseMs - 1_000);
  // Of what was lost nothing is left, as in the ledger: the same request twice is the same tokens twice.
  await vi.waitFor(
    async () => expect(await counter()).toMatchObject({ underWay: 0, windows: [{ used: 2 * used }, {}] }),
    { timeout: 5_000 },
  );
}, 60_000);

// What tokens cost, by the plugin and by the ledger: both keep to fixtures/costs.json, and agree on anything else.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { costNanoUsd, tokenKinds, type TokenCounts, type TokenPrices } from "../../../control/src/model/price.ts";
import { Harness } from "../../../sdk/test/harness.ts";
import { compileModule } from "../../../tools/build-plugins.ts";

interface Case {
  name: string;
  price: TokenPrices;
  tiers?: ({ aboveInputTokens: number } & TokenPrices)[];
  cases: { counts: TokenCounts; nanoUsd: string }[];
}

const cases = JSON.parse(readFileSync(join(import.meta.dirname, "../fixtures/costs.json"), "utf8")) as Case[];

let harness: Harness;
beforeAll(async () => {
  const { bytes } = await compileModule("plugins/token-ratelimit/test/assembly/price.ts", [
    "--config",
    "sdk/test/asconfig.json",
  ]);
  harness = new Harness(new WebAssembly.Module(bytes));
});

type Priced = Pick<Case, "price" | "tiers">;

const json = (value: object): Uint8Array => Buffer.from(JSON.stringify(value));
const ofPlugin = ({ price, tiers = [] }: Priced, counts: TokenCounts): bigint =>
  BigInt(harness.bigint("cost", json({ ...price, tiers }), json(counts)));
const ofLedger = ({ price, tiers = [] }: Priced, counts: TokenCounts): bigint => {
  const own = tiers.map(({ aboveInputTokens, ...picoUsd }) => ({ aboveInputTokens, picoUsd }));
  return costNanoUsd({ picoUsd: price, tiers: own }, counts);
};

describe.each(cases)("$name", (priced) => {
  test.each(priced.cases)("$counts", ({ counts, nanoUsd }) => {
    expect(ofLedger(priced, counts)).toBe(BigInt(nanoUsd));
    expect(ofPlugin(priced, counts)).toBe(BigInt(nanoUsd));
  });
});

test("at random", () => {
  const seed = Number(process.env.WEIR_TEST_SEED ?? Date.now() % 1_000_000_000);
  console.log(`token-ratelimit price: WEIR_TEST_SEED=${seed}`);
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
  const some = <T>(make: () => T): T | undefined => (next(3) ? make() : undefined);
  for (let i = 0; i < 3000; i++) {
    const kinds = (below: number) =>
      Object.fromEntries(tokenKinds.flatMap((kind) => some(() => [[kind, next(below)]]) ?? []));
    const prices = () => ({ input: next(1e8), output: next(1e8), ...kinds(1e8) }) as TokenPrices;
    const tiers = [100, 1000].slice(next(3)).map((aboveInputTokens) => ({ aboveInputTokens, ...prices() }));
    const counts = kinds(2000) as TokenCounts;
    expect(ofPlugin({ price: prices(), tiers: [] }, {})).toBe(0n);
    const priced = { price: prices(), tiers };
    expect(ofPlugin(priced, counts), JSON.stringify({ priced, counts })).toBe(ofLedger(priced, counts));
  }
});

test("what is too large to count is as large as the largest limit", () => {
  const price = { input: 10_000_000_000_000, output: 10_000_000_000_000 };
  expect(ofPlugin({ price }, { input: 2_147_483_647, output: 2_147_483_647 })).toBe(9_000_000_000_000_000n);
});

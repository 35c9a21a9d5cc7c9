// Every row is a fact with a source; and what the lookup makes of names as providers and clients write them.
import { expect, test } from "vitest";
import { fromConfiguration, modelFacts, type ModelRow } from "../../model/model-facts.ts";
import { tokenKinds } from "../../model/price.ts";
import { providerTypes } from "../providers.ts";
import { rowsOf } from "./list.ts";
import { modelLists } from "./lists.ts";

const rows = modelLists.flatMap(rowsOf);
const date = /^20\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

test("lists are of providers of the catalogue, each of one list", () => {
  const types = modelLists.flatMap(({ providers }) => providers);
  expect(types.filter((type) => !providerTypes.includes(type))).toEqual([]);
  expect(new Set(types).size).toBe(types.length);
});

test.each(modelLists.map((list) => [list.providers.join(), list] as const))("models of %s", (_, list) => {
  const names = list.models.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const row of rowsOf(list)) checkRow(row);
});

function checkRow({ name, source, date: when, shutdownDate, price, contextWindow, outputTokensMax }: ModelRow): void {
  expect(source, name).toMatch(/^https:\/\//);
  expect(when, name).toMatch(date);
  if (shutdownDate !== null) expect(shutdownDate, name).toMatch(date);
  for (const limit of [contextWindow, outputTokensMax]) if (limit !== null) expect(limit, name).toBeGreaterThan(0);
  const tiers = price!.tiers;
  for (const prices of [price!.picoUsd, ...tiers.map((tier) => tier.picoUsd)]) {
    // Nothing is free here; only embeddings have no output.
    expect(prices.input + prices.output, name).toBeGreaterThan(0);
    for (const kind of tokenKinds) expect(prices[kind] ?? 1, `${name} ${kind}`).toSatisfy(isPrice(kind));
    expect(prices.cacheRead ?? 0, name).toBeLessThanOrEqual(prices.input);
  }
  const bounds = tiers.map((tier) => tier.aboveInputTokens);
  expect(bounds, name).toEqual([...bounds].sort((a, b) => a - b));
}

function isPrice(kind: string) {
  return (price: number) => Number.isSafeInteger(price) && (price > 0 || kind === "output");
}

const usd = (provider: string, name: string, all: readonly ModelRow[] = rows) => {
  const facts = modelFacts(all, { name: "target", provider }, name);
  return facts && facts.price && facts.price.picoUsd.input / 1e6;
};

test.each([
  ["openai", "gpt-4.1", 2],
  ["openai", "gpt-4.1-2025-04-14", 2],
  ["openai", "gpt-4o-2024-05-13", 5],
  ["openai", "gpt-4.1-0414", null],
  ["openai", "ft:gpt-4.1-2025-04-14:acme::abc", null],
  ["openai", "gpt-4.1-mini-2025-13-14", null],
  ["anthropic", "claude-haiku-4-5-20251001", 1],
  ["claude", "claude-opus-4-5", 5],
  ["openai", "claude-opus-4-5", null],
  ["vertex", "claude-opus-4-5@20251101", 5],
  ["gemini", "models/gemini-2.5-pro", 1.25],
  ["bedrock", "anthropic.claude-haiku-4-5-20251001-v1:0", 1.1],
  ["bedrock", "us.anthropic.claude-haiku-4-5-20251001-v1:0", 1.1],
  ["bedrock", "global.anthropic.claude-haiku-4-5-20251001-v1:0", 1],
  ["grok", "grok-4.3", 1.25],
  ["vllm", "gpt-4.1", null],
])("at %s, %s costs %s", (provider, name, expected) => {
  expect(usd(provider, name)).toBe(expected);
});

const configured = (name: string, input: number, given: Partial<ModelRow> = {}): ModelRow => ({
  name,
  providers: null,
  targets: null,
  contextWindow: null,
  outputTokensMax: null,
  price: { picoUsd: { input: input * 1e6, output: 1e6 }, tiers: [] },
  shutdownDate: null,
  source: fromConfiguration,
  date: "",
  ...given,
});

test("the configuration comes before the catalogue: a name, then the longest prefix, a target before all", () => {
  const own = [
    configured("gpt-*", 10),
    configured("gpt-4*", 20),
    configured("gpt-4o", 30),
    configured("gpt-4o", 40, { targets: ["target"] }),
    configured("gpt-4o", 50, { targets: ["other"] }),
  ];
  const all = [...own, ...rows];
  expect(usd("openai", "gpt-4o-2024-08-06", all)).toBe(40);
  expect(usd("openai", "gpt-4o-mini", all)).toBe(20);
  expect(usd("openai", "gpt-5", all)).toBe(10);
  expect(usd("openai", "o3", all)).toBe(2);
});

test("a row that leaves something open is filled in, a price only as a whole", () => {
  const all = [configured("gpt-4.1", 1), configured("gpt-4.1", 1, { price: null, outputTokensMax: 100 }), ...rows];
  const facts = modelFacts(all, { name: "target", provider: "openai" }, "gpt-4.1")!;
  expect(facts).toMatchObject({ contextWindow: 1_047_576, outputTokensMax: 100, shutdownDate: "2027-01-14" });
  expect(facts.price!.picoUsd).toEqual({ input: 1e6, output: 1e6 });
});

import { expect, test } from "vitest";
import { comparePrices } from "./compare-prices.ts";
import type { ModelRow } from "./model-facts.ts";
import type { Model, Route } from "./model.ts";
import { plainGateway, plainNames, plainRoute, plainTarget } from "./test/plain.ts";

const row = (name: string, input: number, output: number, more: Partial<ModelRow> = {}): ModelRow => ({
  ...{ name, providers: null, targets: null, contextWindow: null, outputTokensMax: null, shutdownDate: null },
  ...{ price: { picoUsd: { input, output }, tiers: [] }, source: "configuration", date: "", ...more },
});

function modelWith(route: Partial<Route>): { route: Route; model: Model } {
  const whole = { ...plainRoute("r", "a"), ...route };
  const targets = [
    { ...plainTarget, name: "a", modelMapping: [{ match: "exact", pattern: "chat", model: "big" } as const] },
    { ...plainTarget, name: "b" },
  ];
  const models = [
    row("big", 2_000_000, 8_000_000),
    row("small", 100_000, 400_000),
    row("small", 50_000, 400_000, { targets: ["b"] }),
    row("gpt-*", 1, 1),
    row("free", 0, 0, { price: null }),
    row("gold", 900_000_000, 900_000_000),
  ];
  return {
    route: whole,
    model: {
      gateway: plainGateway,
      auth: null,
      targets,
      routes: [whole],
      names: plainNames,
      limits: [],
      budgets: [],
      webhooks: [],
      ledger: null,
      admin: null,
      lastResorts: [],
      models,
    },
  };
}

test("a target whose model the route names has one price", () => {
  const { route, model } = modelWith({ models: ["chat"] });
  expect(comparePrices(route, { target: "a", model: "big" }, model)).toEqual({ price: 14_000_000 });
  expect(comparePrices(route, { target: "a", model: "gold" }, model)).toEqual({ price: 2 ** 31 - 1 });
});

test("else it goes by the client's names, mapped as the target maps them", () => {
  const { route, model } = modelWith({ models: ["chat", "small"] });
  expect(comparePrices(route, { target: "a", model: null }, model)).toEqual({
    prices: { chat: 14_000_000, small: 700_000 },
  });
  expect(comparePrices(route, { target: "b", model: null }, model)).toEqual({ prices: { small: 550_000 } });
});

test("a pattern stands for what is known of its models, and no model is priced that is unknown", () => {
  const { route, model } = modelWith({ models: ["s*", "fr*"] });
  expect(comparePrices(route, { target: "b", model: null }, model)).toEqual({ prices: { small: 550_000 } });
  expect(comparePrices(route, { target: "b", model: "free" }, model)).toEqual({});
  expect(comparePrices(route, { target: "c", model: null }, model)).toEqual({});
});

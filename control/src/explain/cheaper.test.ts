import { expect, test } from "vitest";
import { parseConfig } from "../config/load-config.ts";
import { explain } from "./explain.ts";
import type { RequestToExplain } from "./explanation.ts";
import { formatExplanation } from "./format-explanation.ts";

const yaml = `
providers:
  - { name: large, type: vllm, baseUrl: "http://127.0.0.1:8000/v1" }
  - { name: small, type: vllm, baseUrl: "http://127.0.0.1:8001/v1" }
  - { name: spare, type: vllm, baseUrl: "http://127.0.0.1:8002/v1" }
routes:
  - { name: large, models: [large-1, large-2], targets: [{ provider: large }] }
  - { name: small, models: [small-1, small-2], targets: [{ provider: small }], fallbacks: [{ provider: spare }] }
consumers:
  - name: search
    keys:
      - { name: all, sha256: "${"1".repeat(64)}" }
      - { name: large, sha256: "${"2".repeat(64)}", models: ["large-*"] }
ledger: {}
limits:
  - { name: tokens, match: { model: "large-*" }, windows: [{ unit: totalTokens, limit: 9, per: day }], onExceeded: { model: small-1 } }
  - { name: shadow, shadow: true, windows: [{ unit: requests, limit: 9, per: day }], onExceeded: { model: small-1 } }
  - { name: plain, windows: [{ unit: requests, limit: 9, per: day }] }
budgets:
  - { name: money, match: { model: large-1 }, unit: totalTokens, limit: 5, per: day, onExceeded: { model: small-2 } }
`;
const { model, problems } = parseConfig(yaml, "weir.yaml", { env: {} });
if (!model) throw new Error(JSON.stringify(problems));
const served = model;
const ask = (request: Partial<RequestToExplain>) =>
  explain(served, { path: "/v1/chat/completions", caller: "search/all", ...request });

const byLimit = { of: "limit", name: "tokens", model: "small-1", route: "small", targets: ["small", "spare"] };
const byBudget = { ...byLimit, of: "budget", name: "money", model: "small-2" };

test("the ways by budgets and limits that are for the model", () => {
  expect(problems).toEqual([]);
  expect(ask({ model: "large-1" }).cheaper).toMatchObject([byBudget, byLimit]);
  expect(ask({ model: "large-2" }).cheaper).toMatchObject([byLimit]);
  expect(ask({ model: "small-1" }).cheaper).toEqual([]);
});

test("also where the path names the model, and not for what is no chat", () => {
  expect(ask({ path: "/v1beta/models/large-2:streamGenerateContent" }).cheaper).toMatchObject([byLimit]);
  expect(ask({ path: "/v1/embeddings", model: "large-2" }).cheaper).toEqual([]);
});

test("who may not use the cheaper model is refused", () => {
  const { cheaper } = ask({ model: "large-1", caller: "search/large" });
  expect(cheaper).toMatchObject([
    { name: "money", route: null, refusal: 'The key may not use the model "small-2"', targets: [] },
    { name: "tokens", route: null, targets: [] },
  ]);
});

test("are printed below the attempts", () => {
  const text = formatExplanation(ask({ model: "large-1" }), { color: false });
  expect(text).toContain("→ where the budget money is exceeded: small-2, route small: small, then spare\n");
  expect(text).toContain("→ where the limit tokens is exceeded: small-1, route small: small, then spare\n");
});

// What becomes of requests with the keys of a configuration.
import { describe, expect, test } from "vitest";
import { parseConfig } from "../config/load-config.ts";
import type { Model } from "../model/model.ts";
import { callersOf } from "./caller.ts";
import { explain } from "./explain.ts";
import type { RequestToExplain } from "./explanation.ts";
import { formatExplanation } from "./format-explanation.ts";

const hash = (digit: string) => `"${digit.repeat(64)}"`;
const yaml = `
providers: [{ name: a, type: vllm, baseUrl: "http://a.test/v1" }]
consumers:
  - name: team
    keys:
      - { name: all, sha256: ${hash("1")} }
      - { name: off, sha256: ${hash("2")}, disabled: true }
      - { name: past, sha256: ${hash("3")}, expires: "2020-01-01T00:00:00Z" }
      - { name: gpt, sha256: ${hash("4")}, models: ["gpt-*"] }
      - { name: second, sha256: ${hash("5")}, routes: [second] }
routes:
  - { name: first, models: [gpt-4o, o3], targets: [{ provider: a }] }
  - { name: second, models: [o3, llama], targets: [{ provider: a }] }
  - { name: direct, match: { pathPrefix: /direct/v1 }, targets: [{ provider: a }] }
  - { name: open, match: { pathPrefix: /open/v1 }, auth: none, targets: [{ provider: a }] }
`;
const { model } = parseConfig(yaml, "weir.yaml", { env: {} });
const served: Model = model!;
const ask = (request: Partial<RequestToExplain>) => explain(served, { path: "/v1/chat/completions", ...request });

describe("explain() for a key", () => {
  test.each<[string, Partial<RequestToExplain>, number | null, string | null]>([
    ["nobody's in particular", { model: "o3" }, null, "first"],
    ["one that may do everything", { model: "o3", caller: "team/all" }, null, "first"],
    ["a disabled one", { model: "o3", caller: "team/off" }, 401, null],
    ["an expired one", { model: "o3", caller: "team/past" }, 401, null],
    ["one that may use the model", { model: "gpt-4o", caller: "team/gpt" }, null, "first"],
    ["one that may not", { model: "o3", caller: "team/gpt" }, 404, null],
    ["one that may use another route", { model: "o3", caller: "team/second" }, null, "second"],
    ["one that may use no route for the model", { model: "gpt-4o", caller: "team/second" }, 404, null],
    ["one that may not use the path", { model: "o3", caller: "team/second", path: "/direct/v1/embeddings" }, 404, null],
    [
      "an expired one where none is needed",
      { model: "o3", caller: "team/past", path: "/open/v1/embeddings" },
      null,
      "open",
    ],
    ["its list of models", { method: "GET", caller: "team/gpt", path: "/v1/models" }, 200, null],
    ["a model that is listed", { method: "GET", caller: "team/gpt", path: "/v1/models/gpt-4o" }, 200, null],
    ["a model that is not listed for it", { method: "GET", caller: "team/gpt", path: "/v1/models/o3" }, 404, null],
    ["a model of another route", { method: "GET", caller: "team/second", path: "/v1/models/gpt-4o" }, 404, null],
    [
      "a list of models that it may not see",
      { method: "GET", caller: "team/second", path: "/direct/v1/models" },
      404,
      null,
    ],
    ["an expired one at no path that is there", { caller: "team/past", path: "/nothing" }, 401, null],
    ["a good one at no path that is there", { caller: "team/all", path: "/nothing" }, 404, null],
  ])("%s", (_what, request, status, route) => {
    const explanation = ask(request);
    expect(explanation.answer?.status ?? null).toBe(status);
    expect(explanation.route).toBe(route);
  });

  test("says whether one is needed", () => {
    expect(ask({ model: "o3" }).needsKey).toBe(true);
    expect(ask({ model: "o3", path: "/open/v1/chat/completions" }).needsKey).toBe(false);
    expect(ask({ path: "/nothing" }).needsKey).toBe(true);
    expect(formatExplanation(ask({ model: "o3" }), { color: false })).toContain("(a key is needed");
    const named = formatExplanation(ask({ model: "o3", caller: "team/second" }), { color: false });
    expect(named).toContain("(with the key team/second)");
    expect(named).toContain("✗ route first: the key may not use it");
  });
});

test("callersOf() names every key", () => {
  expect(callersOf(served)).toEqual(["team/all", "team/off", "team/past", "team/gpt", "team/second"]);
});

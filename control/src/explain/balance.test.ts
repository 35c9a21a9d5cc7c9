import { describe, expect, test } from "vitest";
import { parseConfig } from "../config/load-config.ts";
import { explain } from "./explain.ts";
import type { RequestToExplain, RunningTarget } from "./explanation.ts";
import { formatExplanation } from "./format-explanation.ts";

const { model, problems } = parseConfig(
  `
gateway: { requestOptions: true }
providers:
  - { name: a, type: vllm, baseUrl: "http://10.0.0.1:8000/v1", modelMapping: { "m": mapped } }
  - { name: b, type: vllm, baseUrl: "http://10.0.0.2:8000/v1" }
  - { name: c, type: vllm, baseUrl: "http://10.0.0.3:8000/v1" }
  - { name: d, type: vllm, baseUrl: "http://10.0.0.4:8000/v1" }
models:
  - { name: mapped, provider: a, price: { input: 2, output: 8 } }
  - { name: m, provider: b, price: { input: 1, output: 4 } }
  - { name: m, provider: d, price: { input: 0.1, output: 0.1 } }
  - { name: same, price: { input: 1, output: 4 } }
routes:
  - name: cheap
    models: [m, other]
    targets: [{ provider: a, weight: 9 }, { provider: b }, { provider: c }, { provider: d, weight: 0 }]
    balance: cheapest
    fallbacks: [{ provider: d, model: own }]
  - { name: alike, models: [same], targets: [{ provider: a }, { provider: b }], balance: cheapest }
  - { name: busy, models: [busy], targets: [{ provider: a, weight: 2 }, { provider: b }], balance: leastBusy }
  - { name: fast, models: [fast], targets: [{ provider: a, model: x }, { provider: b }], balance: fastest }
  - { name: plain, models: [plain], targets: [{ provider: a, weight: 3 }, { provider: b }], fallbacks: [{ provider: c }] }
`,
  "weir.yaml",
  { env: {} },
);
if (!model || problems.length > 0) throw new Error(JSON.stringify(problems));
const served = model;
const ask = (request: Partial<RequestToExplain>) => explain(served, { path: "/v1/chat/completions", ...request });
const order = (request: Partial<RequestToExplain>) =>
  ask(request).attempts.map(({ target, because }) => `${target}: ${because}`);
const text = (request: Partial<RequestToExplain>) => formatExplanation(ask(request), { color: false });

const now: RunningTarget[] = [
  {
    target: "a",
    state: "available",
    requestsActive: 3,
    speeds: [
      { model: "x", operation: "chat", of: "first_token", milliseconds: 210 },
      { model: "x", operation: "chat", of: "answer", milliseconds: 900 },
      { model: "plain", operation: "chat", of: "hundred_tokens", milliseconds: 1500 },
    ],
  },
  { target: "b", state: "resting", requestsActive: 0, speeds: [] },
];

describe("cheapest", () => {
  test("has an order, by the model that is asked for", () => {
    expect(order({ model: "m" })).toEqual([
      "b: the cheapest",
      "a: dearer than those before",
      "c: its price is not known, so what has one goes first",
      "d: weight 0, tried after a failure",
      "d: fallback 1",
    ]);
    expect(text({ model: "m" })).toContain("  chooses    b, the cheapest (cheapest)\n");
    expect(ask({ model: "m" }).plan?.choice.map(({ percent }) => percent)).toEqual([null, null, null, null]);
  });

  test("says where chance decides, and where no price is known", () => {
    expect(order({ model: "same" })).toEqual([
      "a: the cheapest, as is another: chance decides",
      "b: as cheap, as is another: chance decides",
    ]);
    expect(order({ model: "other" })[0]).toBe("a: its price is not known, so what has one goes first");
    expect(text({ model: "other" })).toContain("  chooses    any, for no price is known (cheapest)\n");
  });
});

describe("what only a running Weir knows", () => {
  test("is said to be so", () => {
    expect(text({ model: "busy" })).toContain(
      `  chooses    the one with the fewest requests under way for its weight (leastBusy)
  now        only a running Weir knows: --control <url> asks one
`,
    );
    expect(order({ model: "busy" })[0]).toMatch(/^a: begins when it has the fewest requests/);
    expect(order({ model: "fast" })[1]).toMatch(/^b: begins when it has been the fastest of late/);
  });

  test("is shown where one was asked, as the balance goes by it", () => {
    expect(text({ model: "busy", now })).toContain(
      `(leastBusy)
  now        a: available, 3 under way
             b: resting, 0 under way
`,
    );
    expect(text({ model: "fast", now })).toContain("  now        a as x: available, 3 under way, usually 900 ms\n");
    const stream = { model: "fast", body: { stream: true }, now };
    expect(text(stream)).toContain("  now        a as x: available, 3 under way, usually 210 ms\n");
    expect(text({ model: "plain", now })).toContain(
      "75 % a, 25 % b (weighted)\n  now        a: available, 3 under way\n",
    );
  });
});

describe("a wish for speed", () => {
  const wish = (provider: object, more: object = {}) => ({ model: "plain", body: { provider }, ...more });

  test("makes one choice of targets and fallbacks", () => {
    const { plan, attempts } = ask(wish({ sort: "latency" }));
    expect(plan).toMatchObject({ balance: "fastest", choice: [{ target: "a" }, { target: "b" }, { target: "c" }] });
    expect(attempts.map(({ target }) => target)).toEqual(["a", "b", "c"]);
    expect(ask({ model: "plain", body: { providerOptions: { gateway: { sort: "ttft" } } } }).plan?.balance).toBe(
      "fastest",
    );
    const throughput = ask(wish({ sort: { by: "throughput" } }, { now }));
    expect(throughput.plan).toMatchObject({ balance: "throughput", choice: [{ now: { usualMs: 1500 } }, {}, {}] });
    expect(text(wish({ sort: "tps" }))).toContain("  chooses    the one whose tokens have come fastest of late");
  });

  test.each([[{ sort: "exacto" }], [{ sort: { by: "price", partition: "none" } }], [{ sort: { by: 5 } }]])(
    "that is none is refused: %j",
    (provider) => {
      expect(ask(wish(provider)).answer).toMatchObject({ status: 400 });
    },
  );
});

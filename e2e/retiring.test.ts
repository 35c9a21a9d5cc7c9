// Targets and last resorts that come and go under load, on a real Envoy: a request that has begun goes on by the plan
// that it has, and what nobody needs any more is gone a while later.
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { gatewayBlock } from "./configurations.ts";
import { underLoad, type Outcomes } from "./fallback/load.ts";
import { startGateway, type Gateway } from "./gateway.ts";

const keptMs = 2_000;
/** Longer than a change takes to be in force: most plans are of a configuration that is no more when they go on. */
const failing = "simulate-status-500+delay-60";
let gateway: Gateway;

function configuration({ lastResort = "", spare = "spare" }): string {
  return `${gatewayBlock}
providers:
  - { name: alpha, type: vllm, baseUrl: "@SIMULATOR@/alpha/v1", circuitBreaker: { consecutiveErrors: 0 } }
  - { name: ${spare}, type: vllm, baseUrl: "@SIMULATOR@/${spare}/v1" }
routes:
  - { name: last, models: ["simulate-*"], targets: [{ provider: alpha }], ${lastResort && `lastResort: { text: ${lastResort} }`} }
  - { name: spare, models: [spare], targets: [{ provider: alpha, model: ${failing} }], fallbacks: [{ provider: ${spare} }] }
`;
}

beforeAll(async () => {
  gateway = await startGateway(configuration({}), {}, { control: { keptMs } });
});
afterAll(async () => {
  await gateway?.stop();
});

function whileChanging(model: string, at: (change: number) => string): Promise<Outcomes> {
  return underLoad(gateway, model, 6, async () => {
    for (let change = 0; change < 30; change++) {
      await gateway.configure(at(change));
      await pause(50);
    }
  });
}

async function clusters(): Promise<string[]> {
  const answer = await gateway.weir.envoy?.askAdmin("/clusters?format=json");
  // Weir's own cluster is the control plane.
  const { cluster_statuses } = JSON.parse(answer?.body ?? "{}") as { cluster_statuses: { name: string }[] };
  return cluster_statuses
    .map(({ name }) => name.replace(/\..*/, ""))
    .filter((name) => name !== "weir")
    .sort();
}

test("a last resort with another text fails no request", async () => {
  await gateway.configure(configuration({ lastResort: "first" }));
  const outcomes = await whileChanging(failing, (change) => configuration({ lastResort: `text${change % 3}` }));
  expect(outcomes.failures).toEqual([]);
  expect([...outcomes.counts.keys()]).toEqual(["200 by last-resort"]);
  expect(outcomes.total).toBeGreaterThan(50);
}, 60_000);

test("one that comes or goes answers, or leaves the provider's error as it is", async () => {
  const outcomes = await whileChanging(failing, (change) => configuration({ lastResort: change % 2 ? "now" : "" }));
  expect(outcomes.failures.filter((failure) => !failure.includes('"code":"simulated_fault"'))).toEqual([]);
  expect(outcomes.counts.get("200 by last-resort")).toBeGreaterThan(10);
  expect(outcomes.failures.length).toBeGreaterThan(10);
  // Whoever has a plan with a last resort gets it: none was told to go on and could not.
  await pause(1_200);
  const entries = (await gateway.accessLog()).trim().split("\n");
  const attempts = entries.map((line) => JSON.parse(line)["weir.attempts"] as string | undefined);
  const planned = attempts.filter((list) => list !== undefined);
  expect(planned.length).toBeGreaterThan(10);
  expect(planned.filter((list) => !list.includes('"target":"last-resort"'))).toEqual([]);
}, 60_000);

test("a fallback that becomes another fails no request, and is gone when nobody can need it any more", async () => {
  await gateway.configure(configuration({ spare: "spare0" }));
  const outcomes = await whileChanging("spare", (change) => configuration({ spare: `spare${change % 2}` }));
  expect(outcomes.failures).toEqual([]);
  expect([...outcomes.counts.keys()].sort()).toEqual(["200 by spare0", "200 by spare1"]);
  await gateway.configure(configuration({ spare: "spare2" }));
  expect(await clusters()).toContain("spare1");
  await vi.waitFor(async () => expect(await clusters()).toEqual(["alpha", "spare2"]), 3 * keptMs);
}, 60_000);

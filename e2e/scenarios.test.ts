// Runs every scenario of `scenarios/` on a real Envoy behind the real control plane. Neighbours with the same
// configuration share it; another configuration is a reload of the running gateway, as it is in life.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { oneProvider } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { runSteps } from "./run-steps.ts";
import type { Scenario } from "./scenario.ts";

const folder = join(import.meta.dirname, "scenarios");
const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway(oneProvider);
});
afterAll(() => gateway?.stop());

for (const file of files) {
  const { scenarios } = (await import(join(folder, file))) as { scenarios: Scenario[] };
  describe(file.replace(".ts", ""), () => {
    for (const { name, config, steps } of scenarios) {
      test(name, async () => {
        await gateway.configure(config ?? oneProvider);
        await runSteps(gateway, steps);
      });
    }
  });
}

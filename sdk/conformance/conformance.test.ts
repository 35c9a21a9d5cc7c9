// Every scenario runs on the Node host and on a real Envoy. Both must come to the same transcript, and to the expected.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { compileModule, type CompiledModule } from "../../tools/build-plugins.ts";
import { runOnEnvoy } from "./envoy-run.ts";
import { runOnNode } from "./node-run.ts";
import type { Scenario } from "./scenario.ts";
import { summary, type Transcript } from "./transcript.ts";

const folder = join(import.meta.dirname, "scenarios");
const files = readdirSync(folder)
  .filter((file) => file.endsWith(".ts"))
  .sort();
const groups = await Promise.all(
  files.map(async (file) => ({ file, scenarios: (await import(join(folder, file))).default as Scenario[] })),
);
const all = groups.flatMap((group) => group.scenarios);

let module: CompiledModule;
const onEnvoy = new Map<Scenario, Transcript | Error>();

beforeAll(async () => {
  module = await compileModule("sdk/conformance/plugins/script/assembly/index.ts");
  const transcripts = await runOnEnvoy(all, module.path);
  for (const [i, transcript] of transcripts.entries()) onEnvoy.set(all[i]!, transcript);
});

describe.each(groups)("$file", ({ scenarios }) => {
  test.each(scenarios)("$name", async (scenario) => {
    const envoy = onEnvoy.get(scenario);
    if (envoy instanceof Error) throw envoy;
    expect(summary(envoy!), "on Envoy").toMatchObject(scenario.expect);
    const node = await runOnNode(scenario, module);
    expect(node, "on the Node host, against Envoy").toEqual(envoy);
  });
});

test("every scenario has a name of its own", () => {
  const names = all.map((scenario) => scenario.name);
  expect(new Set(names).size).toBe(names.length);
});

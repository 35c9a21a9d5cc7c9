// Whatever a configuration says, what is built from it is taken: by Envoy's definitions, and by the plugins' own
// readers, which refuse a configuration as a whole. SEED replays a run.
import { beforeAll, expect, test } from "vitest";
import { parseConfig } from "../control/src/config/load-config.ts";
import { damaged, goodTexts, randomOf } from "../control/src/config/test/damage.ts";
import { fakeServiceAccount } from "../control/src/config/test/service-account.ts";
import type { Model } from "../control/src/model/model.ts";
import { encodeResource } from "../control/src/xds/registry.ts";
import { typeUrls, type Resources } from "../control/src/xds/resources.ts";
import { translate } from "../control/src/xds/translate.ts";
import { WasmHost } from "../sdk/host/wasm-host.ts";
import { buildPlugin } from "../tools/build-plugins.ts";

const env = {
  CI_KEY: "wk-from-the-environment-of-ci",
  OPENAI_API_KEY: "fake-key",
  REGION: "eu",
  PORT: "8080",
  ADDRESS: "::1",
};
const plugins = {
  "ai-proxy": { kind: "local", path: "/ai-proxy.wasm" },
  "ai-fallback": { kind: "local", path: "/ai-fallback.wasm" },
  budget: { kind: "local", path: "/budget.wasm" },
  "key-auth": { kind: "local", path: "/key-auth.wasm" },
  "token-ratelimit": { kind: "local", path: "/token-ratelimit.wasm" },
  recorder: { kind: "local", path: "/recorder.wasm" },
  "mcp-bridge": { kind: "local", path: "/mcp-bridge.wasm" },
} as const;

const hosts = new Map<string, WasmHost>();
beforeAll(async () => {
  for (const name of Object.keys(plugins)) hosts.set(`weir.${name}`, await WasmHost.load(await buildPlugin(name)));
});

interface WasmExtension {
  typed_config: { config?: { configuration: { value: string } } };
}

function expectTaken(model: Model, text: string): void {
  const resources: Resources = translate(model, { plugins, reveal: (secret) => secret.reveal() });
  try {
    for (const [typeUrl, list] of Object.entries(resources))
      for (const { resource } of list) encodeResource(typeUrl, resource);
    for (const { name, resource } of resources[typeUrls.extension] ?? []) {
      // The others are Envoy's own filters, or plugins that are not needed.
      const { config } = (resource as unknown as WasmExtension).typed_config;
      if (config) hosts.get(name)?.startPlugin({ name, configuration: config.configuration.value });
    }
  } catch (cause) {
    throw new Error(`Refused: ${String(cause)}\n${text}`, { cause });
  }
}

const readFile = (path: string): string => (path.endsWith(".json") ? fakeServiceAccount() : "fake-key");

const modelOf = (text: string): Model | null => parseConfig(text, "weir.yaml", { env, readFile }).model;

test("good configurations are taken", () => {
  for (const text of goodTexts) expectTaken(modelOf(text)!, text);
});

test("what is left of damaged ones is taken", () => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 1_000_000);
  console.log(`seed ${seed}`);
  const random = randomOf(seed);
  let count = 0;
  for (let round = 0; round < 1500; round++) {
    const text = damaged(round, random);
    const model = modelOf(text);
    if (!model) continue;
    expectTaken(model, text);
    count++;
  }
  expect(count).toBeGreaterThan(50);
});

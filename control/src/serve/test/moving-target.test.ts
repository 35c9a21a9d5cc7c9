// Changes under load, with the real plugins. A target moves between two providers: no request fails, and neither
// provider ever sees the other's key. Plugins come and go with the routes that need them: no request fails either.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EnvoyProcess } from "../../../../envoy/envoy-process.ts";
import { compileModule } from "../../../../tools/build-plugins.ts";
import type { Model } from "../../model/model.ts";
import { plainAuth, plainGateway, plainNames } from "../../model/test/plain.ts";
import { Secret } from "../../model/secret.ts";
import type { PluginSource } from "../../xds/plugin-source.ts";
import { transition } from "../../xds/transition.ts";
import { translate } from "../../xds/translate.ts";
import { AdsServer } from "../ads-server.ts";
import { freePort } from "../../../../envoy/test/ports.ts";
import { isInForce, route, startEnvoy, startProvider, target, until } from "./gateway.ts";

const rounds = 10;
const clients = 4;
const clientKey = "a-client's-key-for-tests";

interface Provider {
  port: number;
  close(): void;
  keys: Set<string | undefined>;
}

const ads = new AdsServer();
const plugins: Record<string, PluginSource> = {};
const providers: Provider[] = [];
let envoy: EnvoyProcess;
let model: Model;

async function provider(): Promise<Provider> {
  const keys = new Set<string | undefined>();
  const started = await startProvider((request, response) => {
    keys.add(request.headers.authorization);
    request.resume().on("end", () => response.setHeader("content-type", "application/json").end('{"choices":[]}'));
  });
  return { ...started, keys };
}

/** The model in which provider `i` serves: one route goes straight to it, the other by the model's name. */
function modelAt(i: number): Model {
  const secret = new Secret(`fake-key-${i}`, { kind: "literal" });
  const credential = { kind: "header", header: "authorization", prefix: "Bearer ", secret } as const;
  const gateway = model?.gateway ?? { ...plainGateway, port: 0, bodyBytesMax: 1024 * 1024 };
  const named = route("named", { target: "main", models: ["some-model"] });
  return {
    limits: [],
    names: plainNames,
    lastResorts: [],
    models: [],
    budgets: [],
    webhooks: [],
    ledger: null,
    admin: null,
    auth: null,
    gateway,
    targets: [target("main", providers[i]!.port, { credential })],
    routes: [route("main"), named],
  };
}

async function publish(next: Model): Promise<void> {
  const stages = transition(model, next).map((stage) => translate(stage, { plugins, reveal: (s) => s.reveal() }));
  model = next;
  expect(ads.publish(...stages)).toEqual([]);
}

beforeAll(async () => {
  for (const name of ["ai-proxy", "key-auth", "budget", "ai-fallback", "token-ratelimit", "recorder", "mcp-bridge"]) {
    const { bytes } = await compileModule(`plugins/${name}/assembly/index.ts`);
    plugins[name] = { kind: "inline", bytes };
  }
  providers.push(await provider(), await provider());
  const first = modelAt(0);
  first.gateway.port = await freePort();
  await publish(first);
  envoy = await startEnvoy("moving", (await ads.listen({ token: null })).port, "DELTA_GRPC");
  await until("it is in force", () => isInForce(ads));
});

afterAll(async () => {
  await envoy.stop();
  await ads.close();
  for (const { close } of providers) close();
});

async function ask(path: string): Promise<string> {
  const body = JSON.stringify({ model: "some-model", messages: [] });
  const headers = { "content-type": "application/json", authorization: `Bearer ${clientKey}` };
  const url = `http://127.0.0.1:${model.gateway.port}/${path}/chat/completions`;
  const response = await fetch(url, { method: "POST", body, headers });
  return `${path} ${response.status} ${response.ok ? "" : await response.text()}`.trimEnd();
}

test("no request fails, and each provider sees its own key alone", async () => {
  const outcomes = new Set<string>();
  const over = new AbortController();
  const load = Array.from({ length: clients }, async (_, i) => {
    while (!over.signal.aborted) outcomes.add(await ask(i % 2 ? "main" : "named"));
  });
  for (let round = 1; round <= rounds; round++) {
    await publish(modelAt(round % 2));
    await until("the move is in force", () => isInForce(ads));
  }
  over.abort();
  await Promise.all(load);
  expect([...outcomes].sort()).toEqual(["main 200", "named 200"]);
  expect([...providers[0]!.keys]).toEqual(["Bearer fake-key-0"]);
  expect([...providers[1]!.keys]).toEqual(["Bearer fake-key-1"]);
});

/** The first model, with a key asked for and a plan made, or neither. */
function modelWith(isGuarded: boolean): Model {
  const base = modelAt(0);
  if (!isGuarded) return { ...base, routes: [route("main")] };
  const anything = { models: null, routes: null, networks: null };
  const sha256 = createHash("sha256").update(clientKey).digest("hex");
  const keys = [{ name: "key", sha256, hmac: null, expiresMs: null, disabled: false, ...anything }];
  const consumers = [{ name: "consumer", organization: null, team: null, user: null, keys, ...anything }];
  const auth = { ...plainAuth, consumers };
  return { ...base, auth, routes: [{ ...route("main"), totalTimeoutMs: 60_000 }] };
}

test("plugins come and go with the routes that need them, without a failed request", async () => {
  const outcomes = new Set<string>();
  const over = new AbortController();
  const load = Array.from({ length: clients }, async () => {
    while (!over.signal.aborted) outcomes.add(await ask("main"));
  });
  for (let round = 1; round <= rounds; round++) {
    await publish(modelWith(round % 2 === 1));
    await until("the change is in force", () => isInForce(ads));
  }
  over.abort();
  await Promise.all(load);
  expect([...outcomes]).toEqual(["main 200"]);
});

// Fifty streams stay whole while everything around them changes: plugin configuration, plugin code, other clusters,
// routes, and the cluster that they themselves run on.
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EnvoyProcess } from "../../../../envoy/envoy-process.ts";
import type { Model } from "../../model/model.ts";
import { plainGateway, plainNames } from "../../model/test/plain.ts";
import { AdsServer } from "../ads-server.ts";
import { freePort } from "../../../../envoy/test/ports.ts";
import { isInForce, resourcesOf, route, startEnvoy, startProvider, target, until } from "./gateway.ts";

const streamsCount = 50;
const eventsCount = 40;
const eventEveryMs = 50;

let ads: AdsServer;
let envoy: EnvoyProcess;
let model: Model;
let provider: { port: number; close(): void };

beforeAll(async () => {
  provider = await startProvider(async (request, response) => {
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (let i = 0; i < eventsCount; i++) {
      response.write(`data: ${i}\n\n`);
      await pause(eventEveryMs);
    }
    response.end("data: [DONE]\n\n");
  });
  const gateway = { ...plainGateway, port: await freePort(), bodyBytesMax: 1024 * 1024 };
  model = {
    names: plainNames,
    lastResorts: [],
    models: [],
    limits: [],
    budgets: [],
    webhooks: [],
    ledger: null,
    admin: null,
    auth: null,
    gateway,
    targets: [target("one", provider.port)],
    routes: [route("one")],
  };
  ads = new AdsServer();
  ads.publish(await resourcesOf(model));
  const { port } = await ads.listen({ token: null });
  envoy = await startEnvoy("streams", port, "DELTA_GRPC");
  await until("it is in force", () => isInForce(ads));
});

afterAll(async () => {
  await envoy.stop();
  await ads.close();
  provider.close();
});

async function stream(onOpen: () => void): Promise<string> {
  const url = `http://127.0.0.1:${model.gateway.port}/one/chat/completions`;
  const response = await fetch(url, { method: "POST", body: "{}" });
  onOpen();
  return response.text();
}

async function publish(next: Model): Promise<void> {
  ads.publish(await resourcesOf(next));
  await until("the change is in force", () => isInForce(ads));
}

test("no stream is dropped", async () => {
  let open = 0;
  const streams = Array.from({ length: streamsCount }, () => stream(() => open++));
  await until("all are open", () => open === streamsCount);
  const [one] = model.targets;
  if (!one) throw new Error("The model has a target");
  for (let round = 0; round < 8; round++) {
    await publish({ ...model, targets: [{ ...one, quirks: [`round-${round}`] }] });
  }
  await publish({ ...model, targets: [one, target("two", provider.port)], routes: [route("one"), route("two")] });
  await publish({ ...model, targets: [{ ...one, timeouts: { ...one.timeouts, connectMs: 2000 } }] });
  await publish({ ...model, targets: [target("two", provider.port)], routes: [route("two")] });

  const whole = Array.from({ length: eventsCount }, (_, i) => `data: ${i}\n\n`).join("") + "data: [DONE]\n\n";
  for (const text of await Promise.all(streams)) expect(text).toBe(whole);
});

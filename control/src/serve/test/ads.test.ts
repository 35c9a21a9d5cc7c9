// The server against real Envoys, over both forms of the protocol: what is published is served, what is refused is
// shown and does no harm, and a server that comes back finds its Envoys where they were.
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EnvoyProcess } from "../../../../envoy/envoy-process.ts";
import type { Model } from "../../model/model.ts";
import { plainGateway, plainNames } from "../../model/test/plain.ts";
import { type Resources, typeUrls } from "../../xds/resources.ts";
import { transition } from "../../xds/transition.ts";
import { AdsServer } from "../ads-server.ts";
import { freePort } from "../../../../envoy/test/ports.ts";
import { isInForce, resourcesOf, route, startEnvoy, startProvider, target, type Transport, until } from "./gateway.ts";

const path = "chat/completions";

interface Fixture {
  model: Model;
  ads: AdsServer;
  port: number;
  envoy: EnvoyProcess;
  provider: { port: number; close(): void };
  url: string;
}

let fixture: Fixture;

async function start(transport: Transport): Promise<Fixture> {
  const provider = await startProvider((request, response) => {
    request.resume().on("end", () => response.end(`${request.url} at a provider`));
  });
  const gateway = { ...plainGateway, port: await freePort(), bodyBytesMax: 1024 * 1024 };
  const model: Model = {
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
    targets: [target("one", provider.port)],
    routes: [route("one")],
  };
  const ads = new AdsServer();
  ads.publish(await resourcesOf(model));
  const { port } = await ads.listen({ token: null });
  const envoy = await startEnvoy("envoy-1", port, transport);
  return { model, ads, port, envoy, provider, url: `http://127.0.0.1:${gateway.port}` };
}

async function post(name: string): Promise<Response> {
  return fetch(`${fixture.url}/${name}/${path}`, { method: "POST", body: "{}" });
}

/** The digest by which the probe shows the configuration that a request ran on. */
function digestOf(resources: Resources): string {
  const extension = resources[typeUrls.extension]!.find(({ name }) => name === "weir.ai-proxy")!;
  const { value } = (extension.resource as any).typed_config.config.configuration;
  return createHash("sha256").update(value).digest("hex");
}

async function publishAndSettle(model: Model): Promise<Resources> {
  const stages = await Promise.all(transition(fixture.model, model).map(resourcesOf));
  fixture.ads.publish(...stages);
  fixture.model = model;
  await until("Envoy runs on the new resources", () => isInForce(fixture.ads));
  return stages.at(-1)!;
}

async function versionsSent(): Promise<Record<string, number>> {
  const { body } = await fixture.envoy.askAdmin("/stats?filter=update_success");
  return Object.fromEntries([...body.matchAll(/^(\S+): (\d+)$/gm)].map(([, name, value]) => [name, Number(value)]));
}

describe.each(["DELTA_GRPC", "GRPC"] as const)("over %s", (transport) => {
  beforeEach(async () => {
    fixture = await start(transport);
  });
  afterEach(async () => {
    await fixture.envoy.stop();
    await fixture.ads.close();
    fixture.provider.close();
  });

  test("an Envoy receives everything and serves", async () => {
    const response = await post("one");
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(`/one/${path} at a provider`);
    await until("the last answer has come", () => isInForce(fixture.ads));
    expect(fixture.ads.status()).toMatchObject([{ id: "envoy-1", version: "1.40.0", disconnectedAt: null }]);
  });

  test("a change of plugin configuration reaches the next request, and no listener or cluster changes", async () => {
    await until("the first resources are in force", () => isInForce(fixture.ads));
    const { model } = fixture;
    const before = await fixture.envoy.askAdmin("/stats?filter=(cluster_modified|listener_modified)$");
    const changed = await publishAndSettle({
      ...model,
      targets: [{ ...model.targets[0]!, quirks: ["noStreamOptions"] }],
    });
    expect((await post("one")).headers.get("x-configuration")).toBe(digestOf(changed));
    const after = await fixture.envoy.askAdmin("/stats?filter=(cluster_modified|listener_modified)$");
    expect(after.body).toBe(before.body);
  });

  test("a target moves to a new cluster and the old one goes, without a failed request", async () => {
    const { model, provider } = fixture;
    const outcomes = new Map<number, number>();
    const over = new AbortController();
    const load = (async () => {
      while (!over.signal.aborted) {
        const { status } = await post("one");
        outcomes.set(status, (outcomes.get(status) ?? 0) + 1);
      }
    })();
    for (const name of ["two", "three", "four"]) {
      await publishAndSettle({
        ...model,
        targets: [target(name, provider.port)],
        routes: [route("one", { target: name })],
      });
    }
    over.abort();
    await load;
    expect([...outcomes.keys()]).toEqual([200]);
    const { body } = await fixture.envoy.askAdmin("/clusters?format=json");
    const clusters = JSON.parse(body).cluster_statuses.map((cluster: { name: string }) => cluster.name);
    expect(clusters.filter((name: string) => name !== "weir.xds")).toEqual([expect.stringMatching(/^four\./)]);
  });

  test("a refused plugin configuration is shown with Envoy's words, and the last good one goes on", async () => {
    const { model, ads } = fixture;
    const good = (await post("one")).headers.get("x-configuration");
    const bad = { ...model, targets: [{ ...model.targets[0]!, quirks: ["refuse-this"] }] };
    ads.publish(await resourcesOf(bad));
    const rejected = () => ads.status()[0]!.resources.filter(({ state }) => state === "rejected");
    await until("the refusal is known", () => rejected().length > 0);
    expect(rejected()).toMatchObject([{ kind: "extension", name: "weir.ai-proxy" }]);
    expect(rejected()[0]!.message).toMatch(/wasm/i);
    expect(ads.rejections).toBeGreaterThan(0);
    expect((await post("one")).headers.get("x-configuration")).toBe(good);

    const mended = await publishAndSettle({ ...model, targets: [{ ...model.targets[0]!, quirks: ["mended"] }] });
    expect((await post("one")).headers.get("x-configuration")).toBe(digestOf(mended));
    expect(rejected()).toEqual([]);
  });

  test("a refused cluster keeps none of its neighbours from being served", async () => {
    const { model, ads, provider } = fixture;
    const names = ["two", "three", "four", "five"];
    const tls = { sni: "x.test", caFile: "/does/not/exist.pem" };
    const targets = [...model.targets, target("bad", 1, { tls }), ...names.map((name) => target(name, provider.port))];
    ads.publish(await resourcesOf({ ...model, targets, routes: targets.map(({ name }) => route(name)) }));
    await until("all good ones serve", async () => {
      const answers = await Promise.all(names.map(post));
      return answers.every(({ status }) => status === 200);
    });
    const rejected = ads.status()[0]!.resources.filter(({ state }) => state === "rejected");
    expect(rejected).toMatchObject([{ kind: "cluster", name: expect.stringMatching(/^bad\./) }]);
    expect(rejected[0]!.message).toContain("/does/not/exist.pem");
    expect((await post("bad")).status).toBe(503);
  });

  test("a server that comes back sends nothing that Envoy has, and what is new", async () => {
    await until("the first resources are in force", () => isInForce(fixture.ads));
    const { model } = fixture;
    await restart(model);
    const before = await versionsSent();
    await until("Envoy is back", () => isInForce(fixture.ads));
    expect((await post("one")).status).toBe(200);
    expect(await versionsSent()).toEqual(before);

    const changed = await publishAndSettle({ ...model, targets: [{ ...model.targets[0]!, quirks: ["later"] }] });
    expect((await post("one")).headers.get("x-configuration")).toBe(digestOf(changed));
  });

  test("a second Envoy is told the same, and each has its own status", async () => {
    const { model, ads } = fixture;
    await until("the first is in force", () => isInForce(ads));
    const second = await startEnvoy("envoy-2", fixture.port, transport);
    try {
      await until("both are in force", () => ads.status().length === 2 && isInForce(ads));
      await publishAndSettle({ ...model, targets: [{ ...model.targets[0]!, quirks: ["both"] }] });
      expect(ads.status().map(({ id }) => id)).toEqual(["envoy-1", "envoy-2"]);
    } finally {
      await second.stop();
    }
    await until("its leaving is seen", () => ads.status().some(({ disconnectedAt }) => disconnectedAt !== null));
    expect(ads.status().find(({ id }) => id === "envoy-2")?.disconnectedAt).not.toBeNull();
  });
});

/** Ends the server and starts another on the same port. */
async function restart(model: Model): Promise<void> {
  const { port } = fixture;
  await fixture.ads.close();
  fixture.ads = new AdsServer();
  fixture.ads.publish(await resourcesOf(model));
  await fixture.ads.listen({ port, token: null });
}

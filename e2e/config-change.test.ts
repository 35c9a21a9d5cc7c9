// A configuration changes while streams are open: none is dropped, and the next request runs on the new one.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { oneProvider, twoProviders } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send, type HttpAnswer, type OpenAnswer } from "./http-client.ts";

const path = "/v1/chat/completions";

let gateway: Gateway;
beforeEach(async () => {
  gateway = await startGateway(oneProvider);
});
afterEach(() => gateway?.stop());

function openStream(words: number, chunkDelayMs: number): Promise<OpenAnswer> {
  return open(gateway.url, {
    path,
    headers: { "x-simulate": `words-${words}, chunk-delay-${chunkDelayMs}` },
    json: { model: "public-model", stream: true, messages: [{ role: "user", content: "Hello" }] },
  });
}

function expectWhole(answer: HttpAnswer, words: number): void {
  expect(answer).toMatchObject({ status: 200, complete: true });
  expect(answer.text).toContain(`simulated-${words}"`);
  expect(answer.text).toMatch(/data: \[DONE\]\n\n$/);
}

/** The name by which the provider now sees the client's `public-model`. */
async function mappedModel(): Promise<unknown> {
  gateway.simulator.requests.length = 0;
  await send(gateway.url, { path, json: { model: "public-model", messages: [{ role: "user", content: "Hello" }] } });
  const body = gateway.simulator.requests[0]?.body.toString() ?? "{}";
  return (JSON.parse(body) as { model: unknown }).model;
}

function withMapping(model: string): string {
  return oneProvider.replace("upstream-model", model);
}

describe("a change of configuration", () => {
  test("drops none of 50 open streams", async () => {
    const streams = await Promise.all(Array.from({ length: 50 }, () => openStream(60, 40)));
    await Promise.all(streams.map((stream) => stream.seen("simulated-2")));
    await gateway.configure(withMapping("changed-model").replace("fake-alpha-key", "fake-other-key"));
    expect(await mappedModel()).toBe("changed-model");
    expect(gateway.simulator.requests[0]?.headers.authorization).toBe("Bearer fake-other-key");
    await gateway.configure(twoProviders);
    for (const stream of streams) expectWhole(await stream.whole, 60);
  });

  test("100 times during one stream leaves it whole, and the last one is in force", async () => {
    const stream = await openStream(250, 20);
    await stream.seen("simulated-1");
    for (let round = 1; round <= 100; round += 1) await gateway.configure(withMapping(`round-${round}`));
    expect(await mappedModel()).toBe("round-100");
    expectWhole(await stream.whole, 250);
    expect(await gateway.envoyCounter("listener_manager.listener_modified")).toBe(0);
    expect(await gateway.envoyCounter("listener_manager.listener_in_place_updated")).toBe(0);
  });

  test("adds a provider, then removes it while it streams", async () => {
    await gateway.configure(twoProviders);
    const claude = { model: "claude-sonnet", messages: [{ role: "user", content: "Hello" }] };
    expect(await send(gateway.url, { path, json: claude })).toMatchObject({ status: 200 });
    const stream = await open(gateway.url, {
      path,
      headers: { "x-simulate": "words-40, chunk-delay-40" },
      json: { ...claude, stream: true },
    });
    await stream.seen("simulated-2");
    await gateway.configure(
      twoProviders.replace(/ {2}- \{ name: beta.*\n/, "").replace(/ {2}- name: claude[\s\S]*/, ""),
    );
    expect(await send(gateway.url, { path, json: claude })).toMatchObject({ status: 404 });
    expectWhole(await stream.whole, 40);
  });
});

describe("a configuration that cannot be used", () => {
  test.each([
    ["is half written", oneProvider.slice(0, oneProvider.indexOf("modelMapping") + 5)],
    ["is empty", ""],
    ["is not YAML", "providers: [\n  {{{"],
    ["is not UTF-8", Buffer.from([0x70, 0x3a, 0x20, 0xff, 0xfe])],
  ])("and %s leaves the last good one in force, and says why", async (_what, text) => {
    gateway.writeConfig(text);
    await gateway.reported(/weir\.yaml/);
    expect(await mappedModel()).toBe("upstream-model");
    await gateway.configure(withMapping("mended-model"));
    expect(await mappedModel()).toBe("mended-model");
  });

  test("because it is gone leaves the last good one in force", async () => {
    gateway.removeConfig();
    await gateway.reported(/weir\.yaml/);
    expect(await mappedModel()).toBe("upstream-model");
    await gateway.configure(withMapping("returned-model"));
    expect(await mappedModel()).toBe("returned-model");
  });

  test("in one part is served in all others", async () => {
    const broken = `${twoProviders.replace('"claude-*"', '""')}  - { name: 7, absent: true }\n`;
    gateway.writeConfig(broken);
    await gateway.reported(/absent/);
    const json = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }] };
    expect(await send(gateway.url, { path, json })).toMatchObject({ status: 200 });
  });
});

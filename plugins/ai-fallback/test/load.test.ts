// ai-fallback on the Node host: requests that count at their targets while they are under way.
import { beforeEach, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";

const module = await buildPlugin("ai-fallback");
let host: WasmHost;
beforeEach(async () => {
  host = await WasmHost.load(module);
});

const limits = { a: 2, b: 1 };
const targets = [{ cluster: "a", weight: 90 }, { cluster: "b" }, { cluster: "c" }];

function start(route: object = { targets }, maxConcurrentRequests: object = limits, from = host): Plugin {
  const whole = { name: "r", match: { pathPrefixes: ["/v1"] }, models: ["*"], ...route };
  return from.startPlugin({ configuration: { maxConcurrentRequests, routes: [whole] } });
}

function send(plugin: Plugin): HttpStream {
  const headers: [string, string][] = [
    [":method", "POST"],
    [":path", "/v1/chat/completions"],
    [":authority", "gateway"],
    ["content-type", "application/json"],
  ];
  return plugin.openStream().sendRequest(headers, '{"model":"m"}');
}

const stateOf = (stream: HttpStream, name: string): string =>
  Buffer.from(stream.filterState.get(`wasm.weir.${name}`) ?? "").toString();
const firstOf = (stream: HttpStream): string => stateOf(stream, "target");
const orderOf = (stream: HttpStream): string[] =>
  (JSON.parse(stateOf(stream, "plan")) as { targets: { cluster: string }[] }).targets.map(({ cluster }) => cluster);

/** The shares of a cluster's count that are in the store. */
function sharesOf(cluster: string): number[] {
  const bytes = Buffer.from(host.sharedData.get("", `weir.requests.${cluster}`)?.value ?? "");
  return Array.from({ length: bytes.length / 24 }, (_, share) => Number(bytes.readBigInt64LE(share * 24 + 16)));
}

describe("a target with a limit", () => {
  test("is passed over while it is full, and takes requests again when some have ended", () => {
    const plugin = start();
    const streams = [send(plugin), send(plugin), send(plugin), send(plugin)];
    expect(streams.map(firstOf).sort()).toEqual(["a", "a", "b", "c"]);
    expect(orderOf(send(plugin))).toEqual(["c", "a", "b"]);
    streams.find((stream) => firstOf(stream) === "b")!.sendResponse([[":status", "200"]], "{}");
    expect(sharesOf("b")).toEqual([]);
    const counts = Array.from({ length: 20 }, () => send(plugin)).map(firstOf);
    expect(counts.filter((first) => first === "b")).toHaveLength(1);
    expect(counts).not.toContain("a");
  });

  test("tells the targets' plugin what to count by", () => {
    const plan = JSON.parse(
      stateOf(send(start({ targets: [{ cluster: "c" }], fallbacks: [{ cluster: "b" }] })), "plan"),
    );
    expect(plan).toMatchObject({
      targets: [{ cluster: "c" }, { cluster: "b", maxConcurrentRequests: 1 }],
      holder: expect.any(Number),
    });
    expect(plan.targets[0]).not.toHaveProperty("maxConcurrentRequests");
  });

  test("refuses in the client's form where it is the only one, and the last resort goes before that", () => {
    const plugin = start({ targets: [{ cluster: "b" }] });
    send(plugin);
    expect(send(plugin).localReply).toMatchObject({ status: 503, details: "weir_providers_busy" });
    const resort = start({ targets: [{ cluster: "b" }], lastResort: { cluster: "last" } });
    expect(orderOf(send(resort))).toEqual(["last", "b"]);
  });

  test("gives back the place that the request has moved to", () => {
    const plugin = start({ targets: [{ cluster: "c" }], fallbacks: [{ cluster: "b" }] });
    const stream = send(plugin);
    const other = send(start({ targets: [{ cluster: "b" }] }));
    expect(sharesOf("b")).toEqual([1]);
    stream.filterState.set("wasm.weir.step", Buffer.from("1"));
    other.sendResponse([[":status", "200"]], "{}");
    expect(sharesOf("b")).toEqual([]);
    stream.sendResponse([[":status", "200"]], "{}");
    expect(stateOf(stream, "step")).toBe("-");
  });
});

describe("a count", () => {
  test("is one over all instances, and each gives back its own", () => {
    const plugins = [start(), start({ targets, totalTimeoutMs: 1000 })];
    const streams = plugins.map(send);
    expect(streams.map(firstOf)).toEqual(["a", "a"]);
    expect(sharesOf("a")).toEqual([1, 1]);
    expect(firstOf(send(plugins[0]!))).not.toBe("a");
    streams[0]!.sendResponse([[":status", "200"]], "{}");
    expect(sharesOf("a")).toEqual([1]);
  });

  test("lasts as long as its request, however long that is", () => {
    const plugin = start();
    const stream = send(plugin);
    host.clock.advance(10 * 60_000);
    expect(sharesOf("a")).toEqual([1]);
    send(plugin);
    expect(firstOf(send(plugin))).not.toBe("a");
    stream.sendResponse([[":status", "200"]], "{}");
    expect(firstOf(send(plugin))).toBe("a");
  });

  test("forgets the share of an instance that is no more", async () => {
    const gone = await WasmHost.load(module, { seed: 2 });
    const plugin = start(undefined, undefined, gone);
    send(plugin);
    send(plugin);
    // As a trap leaves it: nobody renews the share, and nobody gives it back.
    host.sharedData.set("", "weir.requests.a", gone.sharedData.get("", "weir.requests.a")!.value, 0);
    const heir = start();
    expect(firstOf(send(heir))).not.toBe("a");
    host.clock.advance(20_001);
    expect(firstOf(send(heir))).toBe("a");
    expect(sharesOf("a")).toEqual([1]);
  });

  test("is set right when nothing is under way, whatever was counted", () => {
    const plugin = start();
    const stream = send(plugin);
    const stuck = host.sharedData.get("", "weir.requests.a")!.value;
    stream.sendResponse([[":status", "200"]], "{}");
    host.sharedData.set("", "weir.requests.a", stuck, 0);
    host.clock.advance(4_000);
    expect(sharesOf("a")).toEqual([]);
  });
});

describe("leastBusy", () => {
  const counted = { a: 0, b: 0, c: 0 };

  test("takes the one with the fewest requests for its weight, and ranks the others alike", () => {
    const plugin = start({ targets: [{ cluster: "a", weight: 2 }, { cluster: "b" }], balance: "leastBusy" }, counted);
    const counts: Record<string, number> = {};
    for (let i = 0; i < 30; i++) {
      const first = firstOf(send(plugin));
      counts[first] = (counts[first] ?? 0) + 1;
    }
    expect(counts).toEqual({ a: 20, b: 10 });
    const three = start(
      { targets: [{ cluster: "a" }, { cluster: "b" }, { cluster: "c" }], balance: "leastBusy" },
      counted,
    );
    expect(orderOf(send(three))).toEqual(["c", "b", "a"]);
  });

  test("leaves ties to chance, and what takes no traffic to the end", () => {
    const plugin = start(
      { targets: [{ cluster: "a", weight: 0 }, { cluster: "b" }, { cluster: "c" }], balance: "leastBusy" },
      counted,
    );
    const firsts = new Set<string>();
    for (let i = 0; i < 40; i++) {
      const stream = send(plugin);
      firsts.add(firstOf(stream));
      expect(orderOf(stream).at(-1)).toBe("a");
      stream.sendResponse([[":status", "200"]], "{}");
    }
    expect([...firsts].sort()).toEqual(["b", "c"]);
  });

  test("leaves the choice to an affinity that a request has", () => {
    const route = {
      targets: [{ cluster: "a" }, { cluster: "b" }],
      balance: "leastBusy",
      affinity: { by: "conversation" },
    };
    const plugin = start(route, counted);
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "Hi" }] });
    const firsts = Array.from({ length: 8 }, () => {
      const headers: [string, string][] = [
        [":method", "POST"],
        [":path", "/v1/chat/completions"],
        ["content-type", "application/json"],
      ];
      return firstOf(plugin.openStream().sendRequest(headers, body));
    });
    expect(new Set(firsts).size).toBe(1);
  });
});

describe("fastest", () => {
  const speed = (cluster: string, ms: number): void => {
    const surface = 0;
    const value = Buffer.from(`${ms * 1e6} ${host.clock.nowNanos}`);
    host.sharedData.set("", `weir.speed.${cluster}//${surface}`, value, 0);
  };

  test("takes the one that answers soonest, and any now and then", () => {
    const plugin = start({ targets: [{ cluster: "a" }, { cluster: "b" }], balance: "fastest" }, {});
    speed("a", 300);
    speed("b", 200);
    const firsts = Array.from({ length: 400 }, () => firstOf(send(plugin)));
    const explored = firsts.filter((first) => first === "a").length;
    // Half of one in twenty.
    expect(explored).toBeGreaterThan(0);
    expect(explored).toBeLessThan(30);
  });

  test("tries first what it knows nothing of, and says that answers are to be measured", () => {
    const plugin = start({ targets: [{ cluster: "a" }, { cluster: "b" }], balance: "fastest" }, {});
    speed("a", 1);
    const firsts = Array.from({ length: 100 }, () => send(plugin));
    expect(firsts.filter((stream) => firstOf(stream) === "b").length).toBeGreaterThan(80);
    expect(JSON.parse(stateOf(firsts[0]!, "plan"))).toMatchObject({ measures: "firstToken" });
  });
});

test("cheapest goes by the client's model, and tries what has no known price last", () => {
  const plugin = start(
    {
      targets: [
        { cluster: "a", weight: 9, prices: { m: 300, other: 1 } },
        { cluster: "b" },
        { cluster: "c", price: 200, model: "x" },
        { cluster: "d", weight: 0, price: 1 },
      ],
      fallbacks: [{ cluster: "e" }],
      balance: "cheapest",
    },
    {},
  );
  expect(orderOf(send(plugin))).toEqual(["c", "a", "b", "d", "e"]);
});

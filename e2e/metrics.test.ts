// What operators see of targets on a real Envoy: its Prometheus statistics with OpenTelemetry's names, and the states
// of circuit breakers, which outlast configurations and end without a restart.
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { startCountingProvider, type CountingProvider } from "./balance/counting-provider.ts";
import { gatewayBlock } from "./configurations.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { open, send, type HttpAnswer } from "./http-client.ts";

let gateway: Gateway;
let own: CountingProvider;

function configuration(key = "key-a", weight = 1): string {
  return [
    gatewayBlock,
    "providers:",
    `  - { name: alpha, type: openai, baseUrl: "@SIMULATOR@/alpha/v1", apiKeys: [{ key: ${key}, name: a }] }`,
    '  - { name: beta, type: openai, baseUrl: "@SIMULATOR@/beta/v1", apiKey: key-b }',
    `  - { name: own, type: vllm, baseUrl: "http://127.0.0.1:${own.port}/v1", circuitBreaker: { maxConcurrentRequests: 1, consecutiveErrors: 3, statuses: [500], ejectionTime: 2s, ejectionTimeMax: 2s } }`,
    "routes:",
    `  - { name: fails, models: [fails], targets: [{ provider: alpha, model: simulate-status-500, weight: ${weight} }], fallbacks: [{ provider: beta }] }`,
    "  - { name: limited, models: [limited], targets: [{ provider: alpha, model: simulate-status-429 }], fallbacks: [{ provider: beta }] }",
    "  - { name: refused, models: [refused], targets: [{ provider: alpha, model: simulate-status-401 }], fallbacks: [{ provider: beta }] }",
    "  - { name: both, models: [both], targets: [{ provider: alpha }], fallbacks: [{ provider: beta }] }",
    "  - { name: own, models: [own], targets: [{ provider: own }], fallbacks: [{ provider: beta }] }",
    "  - { name: direct, match: { pathPrefix: /direct/v1 }, targets: [{ provider: beta }] }",
  ].join("\n");
}

beforeAll(async () => {
  own = await startCountingProvider();
  gateway = await startGateway(configuration());
});
afterAll(async () => {
  await gateway?.stop();
  own?.close();
});

function ask(model: string, { stream = false, root = "/v1" } = {}): Promise<HttpAnswer> {
  const json = { model, stream, messages: [{ role: "user", content: "Hello" }] };
  return send(gateway.url, { path: `${root}/chat/completions`, json });
}

/** The values of a metric, by its labels. */
async function metric(name: string): Promise<Map<string, number>> {
  const answer = await gateway.weir.envoy?.askAdmin("/stats/prometheus");
  const lines = (answer?.body ?? "").split("\n").filter((line) => line.startsWith(`${name}{`));
  return new Map(lines.map((line) => [/\{(.*)\}/.exec(line)![1]!, Number(line.split(" ").at(-1))]));
}

async function valueOf(name: string, ...labels: string[]): Promise<number> {
  const all = await metric(name);
  const found = [...all].filter(([text]) => labels.every((label) => text.includes(label)));
  if (found.length === 0) throw new Error(`${name} has none with ${labels.join()}: ${[...all.keys()].join("\n")}`);
  return found.reduce((sum, [, value]) => sum + value, 0);
}

async function stateOf(target: string): Promise<string | undefined> {
  const status = (await (await fetch(`${gateway.weir.controlUrl}/status`)).json()) as {
    targets: { target: string; state: string }[];
  };
  return status.targets.find((one) => one.target === target)?.state;
}

describe("Envoy's statistics", () => {
  test("tell of attempts and why they were given up, by target", async () => {
    for (let i = 0; i < 3; i++) expect((await ask("fails")).headers["x-weir-target"]).toBe("beta");
    await ask("gpt-x", { root: "/direct/v1" });
    const retried = [
      'weir_target="alpha/a"',
      'weir_outcome="retried"',
      'weir_reason="status"',
      'http_response_status_code="500"',
    ];
    await vi.waitFor(async () => expect(await valueOf("weir_attempts", ...retried)).toBe(3));
    expect(await valueOf("weir_attempts", 'weir_target="beta"', 'weir_outcome="served"')).toBe(4);
  });

  test("tell of tokens and times, by provider, target and model, a direct route's as well", async () => {
    const labels = [
      'gen_ai_provider_name="openai"',
      'weir_target="beta"',
      'gen_ai_request_model="measured"',
      'gen_ai_operation_name="chat"',
    ];
    await ask("measured", { root: "/direct/v1" });
    await ask("measured", { root: "/direct/v1", stream: true });
    // Envoy puts the threads' histograms together every five seconds.
    await vi.waitFor(async () => {
      expect(await valueOf("gen_ai_client_operation_duration_milliseconds_count", ...labels)).toBe(2);
      expect(await valueOf("gen_ai_server_time_to_first_token_milliseconds_count", ...labels)).toBe(1);
      for (const kind of ["input", "output"]) {
        expect(
          await valueOf("gen_ai_client_token_usage_sum", ...labels, `gen_ai_token_type="${kind}"`),
        ).toBeGreaterThan(0);
      }
    }, 12_000);
  });

  test("do not take a client that leaves for a failure", async () => {
    const leaving = new AbortController();
    const headers = { "x-simulate": "delay-4000" };
    const json = { model: "left", messages: [] };
    const request = { path: "/direct/v1/chat/completions", headers, json, signal: leaving.signal };
    const answer = open(gateway.url, request).catch(() => null);
    await vi.waitFor(() => expect(gateway.simulator.requests.at(-1)?.body.toString()).toContain("left"));
    leaving.abort();
    await answer;
    await vi.waitFor(async () => expect(await valueOf("weir_attempts", 'weir_outcome="abandoned"')).toBe(1));
  });
});

describe("weir status", () => {
  test("shows a target that rests after a 429, until it has answered again", async () => {
    await ask("limited");
    expect(await stateOf("alpha/a")).toBe("resting");
    await gateway.configure(configuration("key-a", 2));
    expect(await stateOf("alpha/a")).toBe("resting");
    await vi.waitFor(async () => expect(await stateOf("alpha/a")).toBe("halfOpen"), 5_000);
    expect((await ask("both")).headers["x-weir-target"]).toBe("alpha/a");
    expect(await stateOf("alpha/a")).toBe("available");
  });

  test("shows one whose key is refused, across changes, until the key is another", async () => {
    await ask("refused");
    expect(await stateOf("alpha/a")).toBe("resting");
    expect((await ask("both")).headers["x-weir-target"]).toBe("beta");
    await gateway.configure(configuration("key-a", 3));
    expect((await ask("both")).headers["x-weir-target"]).toBe("beta");
    await gateway.configure(configuration("key-c", 3));
    await vi.waitFor(async () => expect(await stateOf("alpha/a")).toBe("available"), 5_000);
    expect((await ask("both")).headers["x-weir-target"]).toBe("alpha/a");
  });

  test("shows one that is full", async () => {
    own.delayMs = 1_000;
    const answer = ask("own");
    await vi.waitFor(async () => expect(await stateOf("own")).toBe("full"), 2_000);
    expect((await ask("own")).headers["x-weir-target"]).toBe("beta");
    expect((await answer).headers["x-weir-target"]).toBe("own");
    expect(await stateOf("own")).toBe("available");
  });

  test("shows one that is ejected, across changes, and it comes back by itself", async () => {
    Object.assign(own, { delayMs: 0, status: 500 });
    for (let i = 0; i < 4; i++) expect((await ask("own")).headers["x-weir-target"]).toBe("beta");
    expect(await stateOf("own")).toBe("refusing");
    await gateway.configure(configuration("key-c", 4));
    expect(await stateOf("own")).toBe("refusing");
    own.status = 200;
    const metrics = await (await fetch(`${gateway.weir.controlUrl}/metrics`)).text();
    expect(metrics).toContain('weir_target_state{target="own",state="refusing"} 1');
    await vi.waitFor(async () => expect((await ask("own")).headers["x-weir-target"]).toBe("own"), 10_000);
    expect(await stateOf("own")).toBe("available");
  });
});

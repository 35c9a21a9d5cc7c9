// Limits that envoyproxy/ratelimit counts: what it is asked and charged, and which of its answers are none.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RateLimitRequest } from "../../../control/src/limits/descriptor.ts";
import { envoyRegistry } from "../../../control/src/xds/registry.ts";
import type { GrpcCall } from "../../../sdk/host/grpc-callout.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import {
  answer,
  chatBody,
  expectLimited,
  expectPassed,
  limit,
  rateOf,
  send,
  startMs,
  stateOf,
  window,
} from "./request.ts";

const messageOf = (name: string) => envoyRegistry().getMessage(`envoy.service.ratelimit.v3.${name}`)!;
const service = { type: "envoyproxy", cluster: "limits", domain: "weir", timeoutMs: 50 };
const tokens = limit("tokens", [window("totalTokens", 1000, "day", "calendar")]);
const requests = limit("requests", [window("requests", 2, "minute", "calendar")], {
  match: [{ by: "consumer", match: "each" }],
});
const known = { consumer: "ada" };
const bounded = { known, body: chatBody("Hello", { max_tokens: 100 }) };

interface Status {
  code: number;
  currentLimit?: object;
  limitRemaining?: number;
  durationUntilReset?: object;
}

let module: { bytes: Uint8Array<ArrayBuffer> };
let host: WasmHost;
let plugin: Plugin;
let asked: string[][];
/** What each descriptor is answered, in order. */
let statuses: Status[];
/** In their place, call for call. */
let inTurn: Status[][];
let isGarbage: boolean;

const fine = (limitRemaining: number): Status => ({
  code: 1,
  currentLimit: { requestsPerUnit: 5, unit: 2 },
  limitRemaining,
  durationUntilReset: { seconds: 40n },
});
const over = (): Status => ({ ...fine(0), code: 2 });

function take(call: GrpcCall): void {
  call.onMessage = (message) => {
    const request = fromBinary(messageOf("RateLimitRequest"), message) as unknown as RateLimitRequest;
    asked.push(
      request.descriptors.map(({ entries, hitsAddend }) => {
        return `${entries.map(({ key, value }) => `${key}=${value}`).join(" ")} +${hitsAddend}`;
      }),
    );
    const schema = messageOf("RateLimitResponse");
    const given = { overallCode: 1, statuses: inTurn.shift() ?? statuses };
    const response = create(schema, given as Record<string, unknown>);
    call.send(isGarbage ? "\u0012\u0007garbage" : toBinary(schema, response));
  };
}

beforeAll(async () => void (module = await buildPlugin("token-ratelimit")));
beforeEach(async () => {
  host = await WasmHost.load(module, { startMs, grpcClusters: { limits: take } });
  plugin = host.startPlugin({ configuration: { service, limits: [requests, tokens] } });
  asked = [];
  isGarbage = false;
  inTurn = [];
  statuses = [fine(1), fine(700)];
});

const counter = `counter=${Buffer.from("ada").toString("base64")}`;
const ofRequests = `limit=requests window=requests/minute/calendar ${counter}`;
const ofTokens = "limit=tokens window=totalTokens/day/calendar";

test("a request counts when it asks, its tokens when it is over", () => {
  const stream = send(plugin, bounded);
  expectPassed(stream);
  expect(asked).toEqual([[`${ofRequests} +1`, `${ofTokens} +0`]]);
  answer(stream, { input_tokens: 7, output_tokens: 20 });
  expect(rateOf(stream, "requests")).toBe("2 1 40s");
  expect(rateOf(stream, "tokens")).toBe("1000 700 40s");
  expect(asked.slice(1)).toEqual([[`${ofTokens} +27`]]);
});

test("a request that used nothing is charged nothing", () => {
  answer(send(plugin, bounded));
  expect(asked).toHaveLength(1);
});

test("over the limit of requests it is refused, and charged nothing", () => {
  statuses = [over(), fine(700)];
  const refused = send(plugin, bounded);
  expectLimited(refused);
  expect(refused.sentDownstream.header("retry-after")).toBe("40");
  expect(stateOf(refused)["limits"]).toBe('["requests"]');
  expect(asked).toHaveLength(1);
});

test("what may be used must fit into what is left", () => {
  statuses = [fine(1), fine(99)];
  const refused = send(plugin, bounded);
  expectLimited(refused);
  expect(refused.sentDownstream.text).toContain("The limit tokens of 1000 totalTokens per day is reached: 99 left");
  const never = send(plugin, { known, body: chatBody("Hello", { max_tokens: 2000 }) });
  expect(never.sentDownstream.header("x-should-retry")).toBe("false");
});

test("a limit in shadow fires, refuses nothing, and is charged", () => {
  plugin = host.startPlugin({ configuration: { service, limits: [{ ...tokens, shadow: true }] } });
  statuses = [fine(3)];
  const stream = answer(send(plugin, bounded), { input_tokens: 7, output_tokens: 20 });
  expectPassed(stream);
  expect(stateOf(stream)["limits"]).toBe('["tokens"]');
  expect(asked[1]).toEqual([`${ofTokens} +27`]);
});

test("one that goes to a cheaper model counts once where it has asked before, and is charged there", () => {
  const moving = { ...tokens, cheaperModel: "mini" };
  const small = { ...tokens, name: "small", match: [{ by: "model", match: "exact", pattern: "mini" }] };
  plugin = host.startPlugin({ configuration: { service, limits: [requests, moving, small] } });
  inTurn = [
    [fine(1), fine(99)],
    [fine(1), fine(700)],
  ];
  const plan = { targets: [{ cluster: "local.2", asked: "mini" }] };
  const cheaper = JSON.stringify([{ model: "mini", route: "small", planned: "mini", retries: 1, plan }]);
  const stream = send(plugin, { ...bounded, known: { ...known, cheaper } });
  expectPassed(stream);
  expect(stateOf(stream)).toMatchObject({ target: "local.2", exceeded: "tokens", limits: '["tokens"]' });
  answer(stream, { input_tokens: 7, output_tokens: 20 });
  const ofSmall = "limit=small window=totalTokens/day/calendar";
  expect(asked).toEqual([
    [`${ofRequests} +1`, `${ofTokens} +0`],
    [`${ofRequests} +0`, `${ofSmall} +0`],
    [`${ofSmall} +27`],
  ]);
});

describe("no answer", () => {
  test.each<[string, () => void]>([
    ["without a limit of its own", () => void (statuses = [{ code: 1 }, fine(700)])],
    ["with too few rows", () => void (statuses = [fine(1)])],
    ["with too many", () => void (statuses = [fine(1), fine(1), fine(1)])],
    ["that is garbage", () => void (isGarbage = true)],
  ])("%s: it is counted here", (_what, prepare) => {
    prepare();
    expectPassed(answer(send(plugin, bounded)));
    expectPassed(answer(send(plugin, bounded)));
    expectLimited(send(plugin, bounded));
    expect(asked).toHaveLength(3);
  });
});

test("names what is wrong in its configuration", () => {
  const wrong = { service: { ...service, type: "other" }, limits: [tokens] };
  expect(() => host.startPlugin({ configuration: wrong })).toThrow("service.type must be a known word");
});

// Tokens that Envoy has verified: whose requests they make, beside keys.
import { beforeAll, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { bearer, configuration, expectPassed, expectRefused, sendTo, stateOf, type Request } from "./request.ts";

const tokens = [
  { claims: "jwt0", name: "sub", organization: "org", team: "https://example.com/team", user: "email" },
  { claims: "jwt1", name: "client_id" },
];
const limits = { models: "gpt-*", routes: "chat", networks: "192.0.2.0/24" };
const consumers = [...configuration.consumers, { name: "limited", team: "of-the-file", ...limits }];

let host: WasmHost;
let plugin: Plugin;
beforeAll(async () => {
  host = await WasmHost.load(await buildPlugin("key-auth"));
  plugin = host.startPlugin({ configuration: { ...configuration, tokens, consumers } });
});

const send = (request: Request): HttpStream => sendTo(plugin, { headers: bearer("eyJ.a.b"), ...request });

describe("a token", () => {
  test("names its bearer, with what the issuer's claims say", () => {
    const jwt0 = { sub: "search", org: "acme", "https://example.com/team": "t", email: "ada@acme.example", other: "x" };
    const stream = send({ claims: { jwt0 } });
    expectPassed(stream, "search");
    expect(stateOf(stream)).toEqual({ consumer: "search", organization: "acme", team: "t", user: "ada@acme.example" });
  });

  test("may name somebody whom the configuration does not know", () => {
    const stream = send({ claims: { jwt1: { client_id: "späte-gäste" } } });
    expect(stream.localReply).toBeNull();
    expect(stateOf(stream)).toEqual({ consumer: "späte-gäste" });
  });

  test("has the limits of the consumer that it names", () => {
    const claims = { jwt0: { sub: "limited" } };
    expect(stateOf(send({ claims }))).toEqual({
      consumer: "limited",
      team: "of-the-file",
      models: "gpt-*",
      routes: "chat",
    });
    expectRefused(send({ claims, address: "203.0.113.1:1" }), 403, "weir_address_not_allowed");
    expectRefused(send({ claims, route: { routes: "batch" } }), 404, "weir_route_not_allowed");
  });

  test("and a key may not stand beside each other", () => {
    const headers: [string, string][] = [...bearer("eyJ.a.b"), ["x-api-key", "wk-ci"]];
    expectRefused(send({ claims: { jwt0: { sub: "search" } }, headers }), 401, "weir_different_api_keys");
  });

  test.each<[string, Record<string, string | number>]>([
    ["nobody", { other: "x" }],
    ["an empty name", { sub: "" }],
    ["a number", { sub: 7 }],
    ["a name with a line break", { sub: "a\r\nx-weir-consumer: b" }],
    ["a very long name", { sub: "x".repeat(257) }],
  ])("that names %s is no better than a key that nobody has", (_what, jwt0) => {
    expectRefused(send({ claims: { jwt0 } }), 401, "weir_invalid_api_key");
  });

  test("that Envoy could not verify is no better either", () => {
    expectRefused(send({}), 401, "weir_invalid_api_key");
    expectRefused(send({ claims: { jwt7: { sub: "search" } } }), 401, "weir_invalid_api_key");
  });
});

test("keys are taken as ever", () => {
  expectPassed(send({ headers: bearer("wk-ci") }), "search");
});

test.each<[string, unknown]>([
  ["tokens must be a list", { tokens: 7 }],
  ["tokens[0].claims must be a text that is not empty", { tokens: [{ name: "sub" }] }],
  ["tokens[1].name must be a text that is not empty", { tokens: [tokens[0], { claims: "jwt1" }] }],
  [
    "consumers[0] must be an object whose networks are networks",
    { tokens, consumers: [{ name: "a", networks: "x" }], keys: [] },
  ],
])("names what is wrong in its configuration: %s", (problem, more) => {
  const wrong = { ...configuration, ...(more as object) };
  expect(() => host.startPlugin({ configuration: wrong })).toThrow(`key-auth: ${problem}`);
});

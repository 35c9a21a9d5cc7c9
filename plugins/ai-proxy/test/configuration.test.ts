// Configurations: what is wrong is refused and named; what is unknown is left alone.
import { beforeAll, describe, expect, test } from "vitest";
import type { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { loadHost, openAttempt, requestHeaders } from "./exchange.ts";

let host: WasmHost;
beforeAll(async () => {
  host = await loadHost();
});

const withTarget = (target: unknown): object => ({ targets: { a: target } });
const withMapping = (mapping: unknown): object => withTarget({ modelMapping: [{ match: "any", model: "" }, mapping] });
const withCredential = (credential: unknown): object => withTarget({ credential });

const refused: [string, unknown][] = [
  ["the configuration is not valid JSON at byte 1", "{"],
  ["the configuration is not valid JSON at byte 0", ""],
  ["the configuration must be an object", "[]"],
  ["targets must be an object", {}],
  ["targets must be an object", { targets: [] }],
  ["silent must be true or false", { silent: "yes", targets: {} }],
  ["bodyBytesMax must be a whole number from 1 to 2147483647", { bodyBytesMax: 0, targets: {} }],
  ["bodyBytesMax must be a whole number from 1 to 2147483647", { bodyBytesMax: "1", targets: {} }],
  ["bodyBytesMax must be a whole number from 1 to 2147483647", { bodyBytesMax: 1.5, targets: {} }],
  ["targets.a must be an object", withTarget([])],
  ["targets.a.provider must be a text", withTarget({ provider: 1 })],
  ["targets.a.dialect must be the name of a dialect that providers speak", withTarget({ dialect: "klingon" })],
  ["targets.a.basePath must be a path that begins with a slash", withTarget({ basePath: "v1" })],
  ["targets.a.paths must be an object", withTarget({ paths: "x" })],
  ["targets.a.paths.rerank must be a path that begins with a slash", withTarget({ paths: { rerank: "x" } })],
  ["targets.a.surfaces must be a list", withTarget({ surfaces: "x" })],
  ["targets.a.headers must be a list", withTarget({ headers: {} })],
  ["targets.a.headers[0] must be an object", withTarget({ headers: ["x"] })],
  ["targets.a.headers[0].name must be a text that is not empty", withTarget({ headers: [{ value: "x" }] })],
  [
    "targets.a.headers[1].name must be a header name in lower case",
    withTarget({
      headers: [
        { name: "a", value: "b" },
        { name: "A", value: "b" },
      ],
    }),
  ],
  ["targets.a.headers[0].value must be a header value", withTarget({ headers: [{ name: "a", value: "b\r\nc: d" }] })],
  ["targets.a.credential.header must be a text that is not empty", withCredential({ value: "x" })],
  ["targets.a.credential.header must be a header name in lower case", withCredential({ header: ":path", value: "x" })],
  ["targets.a.credential.value must be a text that is not empty", withCredential({ header: "authorization" })],
  ["targets.a.credential.value must be a header value", withCredential({ header: "authorization", value: "a\nb" })],
  ["targets.a.modelMapping[1] must be an object", withMapping(null)],
  ["targets.a.modelMapping[1].match must be a text that is not empty", withMapping({ model: "x" })],
  [
    "targets.a.modelMapping[1].match must be one of exact, prefix, regex, any",
    withMapping({ match: "glob", model: "x" }),
  ],
  ["targets.a.modelMapping[1].model must be a text", withMapping({ match: "any", model: 7 })],
  [
    "targets.a.modelMapping[1].pattern must be a regular expression of the supported syntax",
    withMapping({ match: "regex", pattern: "(", model: "x" }),
  ],
  ["targets.a.quirks must be a text", withTarget({ quirks: [1] })],
];

test.each(refused)("%s", (problem, configuration) => {
  const text = typeof configuration === "string" ? configuration : JSON.stringify(configuration);
  expect(() => host.startPlugin({ configuration: text })).toThrow(`ai-proxy: ${problem}`);
});

test("unknown fields, null ones and unknown quirks are no mistake", () => {
  const target = { surprise: 1, provider: null, credential: null, quirks: ["ofTomorrow"], modelMapping: null };
  expect(() => host.startPlugin({ configuration: { later: {}, targets: { a: target } } })).not.toThrow();
});

test("the credential is in no message", () => {
  host.logs.length = 0;
  const credential = { header: "authorization", value: "fake-secret-key\n" };
  expect(() => host.startPlugin({ configuration: withCredential(credential) })).toThrow();
  expect(host.messages().join()).not.toContain("fake-secret-key");
});

describe("a credential out of the environment", () => {
  const configuration = withCredential({ header: "authorization", prefix: "Bearer ", environment: "A_KEY" });

  test("is sent", () => {
    const plugin = host.startPlugin({ configuration, environment: { B_KEY: "b", A_KEY: "fake-a" }, vmId: "with" });
    const stream = openAttempt(plugin, "a").sendRequest(requestHeaders({}), '{"model":"m"}');
    expect(stream.sentUpstream.header("authorization")).toBe("Bearer fake-a");
  });

  test("that is not there costs this target alone, and is named", () => {
    const both = { targets: { ...(configuration as { targets: object }).targets, b: {} } };
    const plugin = host.startPlugin({ configuration: both, vmId: "without" });
    expect(host.messages().at(-1)).toBe("ai-proxy: targets.a.credential.environment: the variable A_KEY is not set");
    const refusedStream = openAttempt(plugin, "a").sendRequest(requestHeaders({}), '{"model":"m"}');
    expect(refusedStream.localReply).toMatchObject({ status: 500, details: "weir_missing_credential" });
    const stream = openAttempt(plugin, "b").sendRequest(requestHeaders({}), '{"model":"m"}');
    expect(stream.sentUpstream.ended).toBe(true);
  });
});

test("a cluster without a target is logged", () => {
  const plugin = host.startPlugin({ configuration: { targets: {} }, vmId: "none" });
  const stream = openAttempt(plugin, "stranger").sendRequest(requestHeaders({}), '{"model":"m"}');
  expect(stream.localReply).toMatchObject({ status: 500, details: "weir_unknown_target" });
  expect(host.messages()).toContain("ai-proxy: no target is configured for cluster stranger");
});

test("hundreds of targets are told apart", () => {
  const names = Array.from({ length: 500 }, (_, i) => `target-${i}`);
  const targets = Object.fromEntries(names.map((name) => [name, { authority: `${name}.example` }]));
  const plugin = host.startPlugin({ configuration: { targets }, vmId: "many" });
  for (const name of names) {
    const stream = openAttempt(plugin, name).sendRequest(requestHeaders({}), '{"model":"m"}');
    expect(stream.sentUpstream.header(":authority")).toBe(`${name}.example`);
  }
});

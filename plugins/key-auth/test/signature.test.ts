// Requests with HMAC signatures on the Node host, in both forms: whose they are, and what is wrong with others.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { seededRandom } from "../../../sdk/test/random.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import {
  bearer,
  configuration,
  expectPassed,
  expectRefused,
  hashOf,
  sendTo,
  startMs,
  stateOf,
  type Request,
} from "./request.ts";
import { base64Of, dateOf, secret, signatures, signer, signForApisix, signForCa } from "./signing.ts";

const signed = { ...configuration, signatures, signers: [signer] };

let module: { bytes: Uint8Array<ArrayBuffer> };
let host: WasmHost;
let plugin: Plugin;
beforeAll(async () => void (module = await buildPlugin("key-auth")));
beforeEach(async () => {
  host = await WasmHost.load(module, { startMs });
  plugin = host.startPlugin({ configuration: signed });
});

const send = (request: Request): HttpStream => sendTo(plugin, request);
const configure = (rules: object, signers: object[] = [signer]): void =>
  void (plugin = host.startPlugin({
    configuration: { ...configuration, signatures: { ...signatures, ...rules }, signers },
  }));
/** The same request with one header changed, added, or (null) taken away. */
const with_ = (request: Request, name: string, value: string | null): Request => {
  const others = (request.headers ?? []).filter(([other]) => other !== name);
  return { ...request, headers: value === null ? others : [...others, [name, value]] };
};
const body = '{"model":"gpt-4o"}';
const form = { "content-type": "application/x-www-form-urlencoded" };

describe("a signed request is its signer's", () => {
  test.each<[string, Request]>([
    ["in APISIX's form", signForApisix()],
    ["by SHA-1", signForApisix({ algorithm: "hmac-sha1" })],
    ["by SHA-512", signForApisix({ algorithm: "hmac-sha512" })],
    ["with more headers", signForApisix({ names: "date @request-target Host x-a", headers: { "x-a": "1" } })],
    ["with a query", signForApisix({ path: "/v1/chat/completions?a=b%20c&a" })],
    [
      "with a digest",
      signForApisix({
        body,
        headers: { digest: `SHA-256=${base64Of("sha256", body)}` },
        names: "@request-target date digest",
      }),
    ],
    [
      "with several digests",
      signForApisix({
        body,
        headers: {
          digest: `MD5=x, sha-512=${base64Of("sha512", body)},SHA-256=${base64Of("sha256", body)}`,
        },
      }),
    ],
    ["in Alibaba's form", signForCa()],
    ["in it, by SHA-1", signForCa({ method: "HmacSHA1" })],
    ["in it, by its date", signForCa({ names: [], headers: { date: dateOf(startMs), "x-ca-timestamp": "1" } })],
    ["in it, by a date with an offset", signForCa({ headers: { date: `${dateOf(startMs)}+00:00` } })],
    ["in it, by seconds", signForCa({ headers: { "x-ca-timestamp": String(startMs / 1000) } })],
    ["in it, with a digest", signForCa({ body, headers: { "content-md5": base64Of("md5", body) } })],
    [
      "in it, with parameters",
      signForCa({
        path: "/v1/chat/completions?b=2&a=%31&b=3",
        pathAndParameters: "/v1/chat/completions?a=1&b=2",
      }),
    ],
    [
      "in it, with an empty parameter as the documents say",
      signForCa({ path: "/v1/chat/completions?b=&a", pathAndParameters: "/v1/chat/completions?a&b" }),
    ],
    [
      "in it, with an empty parameter as Higress does",
      signForCa({ path: "/v1/chat/completions?b=&a", pathAndParameters: "/v1/chat/completions?a=&b=" }),
    ],
    [
      "in it, with a form",
      signForCa({
        headers: form,
        body: "b=x%20y&c=3&a=0",
        path: "/v1/chat/completions?a=1",
        pathAndParameters: "/v1/chat/completions?a=1&b=x y&c=3",
      }),
    ],
  ])("%s", (_what, request) => {
    const stream = send(request);
    expectPassed(stream, "search");
    expect(stateOf(stream)).toMatchObject({ consumer: "search", key: "signer", organization: "acme" });
    const names = stream.sentUpstream.headers?.map(([name]) => name) ?? [];
    expect(names.filter((name) => /^x-ca-|^authorization$|digest|md5/.test(name))).toEqual([]);
  });

  // Higress's own test has these: plugins/wasm-cpp/extensions/hmac_auth/plugin_test.cc, 2026-11.
  test.each<[string, number, Request]>([
    [
      "without a body",
      1646365291734,
      {
        method: "GET",
        path: "/Third/Tools/checkSign",
        headers: [
          ["accept", "application/json"],
          ["content-type", "application/json"],
          ["x-ca-timestamp", "1646365291734"],
          ["x-ca-nonce", "787dd0c2-7bd8-41cd-9c19-62c05ea524a2"],
          ["x-ca-key", "appKey"],
          ["x-ca-signature-headers", "x-ca-key,x-ca-nonce,x-ca-timestamp"],
          ["x-ca-signature", "EdJSFAMOWyXZOpXhevZnjuS0ZafnwnCqaSk5hz+tXo8="],
        ],
      },
    ],
    [
      "with a form",
      1646646682418,
      {
        path: "/Third/User/getNyAccessToken",
        body: "nickname=nickname&room_id=6893&uuid=uuid&photo=photo",
        headers: [
          ["accept", "application/json"],
          ["content-type", "application/x-www-form-urlencoded"],
          ["x-ca-timestamp", "1646646682418"],
          ["x-ca-nonce", "ca5a6753-b76c-4fff-a9d9-e5bb643e8cdf"],
          ["x-ca-key", "appKey"],
          ["x-ca-signature-headers", "x-ca-key,x-ca-nonce,x-ca-timestamp"],
          ["x-ca-signature", "gmf9xq0hc95Hmt+7G+OocS009ka3v1v0rvfshKzYc3w="],
        ],
      },
    ],
  ])("as published %s", async (_what, atMs, request) => {
    host = await WasmHost.load(module, { startMs: atMs });
    configure({}, [{ ...signer, sha256: hashOf("appKey"), secret: "appSecret" }]);
    expectPassed(send(request), "search");
  });
});

describe("a request is not its signer's", () => {
  const apisix = signForApisix();
  const ca = signForCa();
  const withDigest = signForApisix({ body, headers: { digest: `SHA-256=${base64Of("sha256", body)}` } });
  test.each<[string, Request, string]>([
    ["by another secret", signForApisix({ secret: "another" }), "weir_invalid_signature"],
    ["by nobody's key id", signForApisix({ keyId: "nobody" }), "weir_unknown_key_id"],
    ["by nobody's in Alibaba's form", signForCa({ keyId: "nobody" }), "weir_unknown_key_id"],
    ["by another method", { ...apisix, method: "PUT" }, "weir_invalid_signature"],
    ["for another path", { ...apisix, path: "/v1/embeddings" }, "weir_invalid_signature"],
    ["with another query", { ...ca, path: `${ca.path}?a` }, "weir_invalid_signature"],
    ["with another date", with_(apisix, "date", dateOf(startMs + 1000)), "weir_invalid_signature"],
    [
      "with a header beside a signed one",
      { ...ca, headers: [...(ca.headers ?? []), ["accept", "x"]] },
      "weir_invalid_signature",
    ],
    ["by an algorithm that is none", with_(ca, "x-ca-signature-method", "HmacMD5"), "weir_invalid_signature"],
    ["without a signature", with_(ca, "x-ca-signature", null), "weir_invalid_signature"],
    ["with an empty header", with_(apisix, "authorization", "Signature "), "weir_unknown_key_id"],
    ["with half a header", with_(apisix, "authorization", 'Signature keyId="search-app'), "weir_invalid_signature"],
    ["without a date", with_(apisix, "date", null), "weir_clock_skewed"],
    ["too late", signForApisix({ headers: { date: dateOf(startMs - 301_000) } }), "weir_clock_skewed"],
    ["too early", signForApisix({ headers: { date: dateOf(startMs + 301_000) } }), "weir_clock_skewed"],
    ["with a strange date", signForApisix({ headers: { date: "yesterday" } }), "weir_clock_skewed"],
    ["with a strange time", signForCa({ headers: { "x-ca-timestamp": "99999999999999999999" } }), "weir_clock_skewed"],
    ["with a time that is not signed", signForCa({ names: [] }), "weir_incomplete_signature"],
    ["with a path that is not signed", signForApisix({ names: "date" }), "weir_incomplete_signature"],
    ["with nothing signed", signForApisix({ names: "" }), "weir_incomplete_signature"],
    ["with another body", { ...withDigest, body: `${body} ` }, "weir_invalid_digest"],
    ["with a digest of no known kind", signForApisix({ headers: { digest: "MD5=x" } }), "weir_invalid_digest"],
    ["with another MD5", signForCa({ headers: { "content-md5": base64Of("md5", body) } }), "weir_invalid_digest"],
    [
      "with another form",
      { ...signForCa({ headers: form, body: "a=1", pathAndParameters: "/v1/chat/completions?a=1" }), body: "a=2" },
      "weir_invalid_signature",
    ],
    ["with a key beside it", with_(apisix, "x-api-key", "wk-ci"), "weir_different_api_keys"],
  ])("%s", (_what, request, details) => {
    const stream = send(request);
    expectRefused(stream, 401, details);
    if (details !== "weir_different_api_keys") expect(stateOf(stream)).toEqual({});
  });

  test("and an unknown key id reads like a wrong signature", () => {
    const text = (request: Request): string => send(request).sentDownstream.text;
    expect(text(signForApisix({ keyId: "nobody" }))).toBe(text(signForApisix({ secret: "another" })));
  });

  test("where nobody signs", () => {
    configure({}, []);
    expectRefused(send(signForApisix()), 401, "weir_missing_api_key");
  });

  test("whatever bytes the headers have", () => {
    const random = seededRandom("signatures");
    for (let i = 0; i < 500; i++) {
      const request = random.below(2) ? signForApisix() : signForCa();
      const headers = request.headers ?? [];
      const [name, value] = headers[random.below(headers.length)] ?? ["", ""];
      const at = random.below(value.length);
      const changed = value.slice(0, at) + String.fromCharCode(33 + random.below(94)) + value.slice(at + 1);
      const status = send(with_(request, name, changed)).localReply?.status ?? 200;
      // A letter's case in a name or a scheme, and headers that nobody signs, may differ.
      const isSame = changed === value || /host|names|authorization|signature-headers/.test(name);
      if (!isSame) expect(status, `${name}: ${changed}`).toBe(401);
    }
  });
});

test("a client of Alibaba's form is told what should have been signed, for one line", () => {
  const stream = send(signForCa({ secret: "another", headers: { accept: "é" } }));
  const hint = stream.sentDownstream.headers?.find(([name]) => name === "x-ca-error-message")?.[1];
  const expected = `POST#??##application/json##x-ca-nonce:#x-ca-timestamp:${startMs}#/v1/chat/completions`;
  expect(hint).toBe(`Server StringToSign:\`${expected}\``);
  expect(JSON.stringify(stream.localReply)).not.toContain(secret);
});

describe("a nonce", () => {
  const once = (nonce: string, more: object = {}): Request => signForCa({ headers: { "x-ca-nonce": nonce, ...more } });

  test("is good once, whatever worker or configuration sees it", () => {
    expectPassed(send(once("n1")), "search");
    expectRefused(send(once("n1")), 401, "weir_repeated_nonce");
    configure({ clockSkewMs: 400_000 });
    expectRefused(send(once("n1")), 401, "weir_repeated_nonce");
    expectPassed(send(once("n2")), "search");
  });

  test("is another signer's as well", () => {
    configure({}, [signer, { ...signer, name: "other", sha256: hashOf("other") }]);
    expectPassed(send(once("n1")), "search");
    expectPassed(send(signForCa({ keyId: "other", headers: { "x-ca-nonce": "n1" } })), "search");
  });

  test("is not used up by who cannot sign, nor by a body that is another", () => {
    expectRefused(send(with_(once("n1"), "x-ca-signature", "AAAA")), 401, "weir_invalid_signature");
    const request = once("n1", { "content-md5": base64Of("md5", body) });
    expectRefused(send({ ...request, body: "other" }), 401, "weir_invalid_digest");
    expectPassed(send({ ...request, body }), "search");
  });

  test("is forgotten when its request would be too old", () => {
    configure({ clockSkewMs: 1000 });
    const request = (): Request => once("n1", { "x-ca-timestamp": String(host.clock.nowMs) });
    expectPassed(send(request()), "search");
    host.clock.advance(900);
    expectRefused(send(request()), 401, "weir_repeated_nonce");
  });

  test("must be there where it is asked for, and signed", () => {
    configure({ requireNonce: true });
    expectPassed(send(once("n1")), "search");
    expectRefused(send(signForCa()), 401, "weir_incomplete_signature");
    expectRefused(
      send(signForCa({ names: ["x-ca-timestamp"], headers: { "x-ca-nonce": "n2" } })),
      401,
      "weir_incomplete_signature",
    );
    const names = "@request-target date x-ca-nonce";
    expectPassed(send(signForApisix({ names, headers: { "x-ca-nonce": "n3" } })), "search");
    expectRefused(send(signForApisix({ names, headers: { "x-ca-nonce": "n3" } })), 401, "weir_repeated_nonce");
  });

  test("has a bounded store, and none is taken that it cannot hold", () => {
    // Keys of the store, found by trying, that are one place.
    const names = Array.from({ length: 40_000 }, (_, i) => `m${i}`);
    const hash = (nonce: string): Buffer => Buffer.from(hashOf(`search-app\0${nonce}`), "hex");
    const place = (nonce: string): number => hash(nonce).readUInt16BE(16) % 4096;
    const wanted = place("m0");
    const alike = names.filter((nonce) => place(nonce) === wanted);
    expect(alike.length).toBeGreaterThan(3);
    const [first = "", second = "", third = ""] = alike;
    expectPassed(send(once(first)), "search");
    const stored = host.sharedData.get("", `weir.key-auth.nonces.${wanted}`);
    const entry = Buffer.from(stored?.value ?? []);
    expect(entry).toHaveLength(20);
    const full = Buffer.concat(
      Array.from({ length: 512 }, (_, i) =>
        Buffer.concat([Buffer.alloc(14), Buffer.from([i >> 8, i & 255]), entry.subarray(16)]),
      ),
    );
    host.sharedData.set("", `weir.key-auth.nonces.${wanted}`, full, 0);
    expectRefused(send(once(second)), 503, "weir_nonce_store_full");
    host.clock.advance(601_000);
    expectPassed(send(once(third, { "x-ca-timestamp": String(host.clock.nowMs) })), "search");
    expect(host.sharedData.get("", `weir.key-auth.nonces.${wanted}`)?.value).toHaveLength(20);
  });
});

test("a body must have a digest where that is asked for, in the signature", () => {
  configure({ requireDigest: true });
  const digest = { digest: `SHA-256=${base64Of("sha256", body)}` };
  expectPassed(send(signForApisix({ body, headers: digest, names: "@request-target date digest" })), "search");
  expectRefused(send(signForApisix({ body, headers: digest })), 401, "weir_incomplete_signature");
  expectRefused(send(signForApisix({ body })), 401, "weir_incomplete_signature");
  expectRefused(send(signForCa({ body })), 401, "weir_incomplete_signature");
  expectPassed(send(signForCa({ body, headers: { "content-md5": base64Of("md5", body) } })), "search");
  expectPassed(send({ ...signForApisix({ method: "GET" }), method: "GET" }), "search");
});

test("only the algorithms that are allowed are taken", () => {
  configure({ algorithms: ["hmac-sha512"] });
  expectPassed(send(signForApisix({ algorithm: "hmac-sha512" })), "search");
  expectRefused(send(signForApisix()), 401, "weir_invalid_signature");
});

test("the limits of a signer are those of any key", () => {
  configure({}, [
    { ...signer, disabled: true },
    { ...signer, sha256: hashOf("office"), networks: "10.0.0.0/8" },
    { ...signer, sha256: hashOf("old"), expiresMs: startMs },
    { ...signer, sha256: hashOf("small"), models: "gpt-*" },
  ]);
  expectRefused(send(signForApisix()), 401, "weir_disabled_api_key");
  expectRefused(send(signForApisix({ keyId: "office" })), 403, "weir_address_not_allowed");
  expectRefused(send(signForApisix({ keyId: "old" })), 401, "weir_expired_api_key");
  const route = { routes: "chat", list: '[{"id":"gpt-4o","routes":"chat","entry":"{\\"id\\":\\"gpt-4o\\"}"}]' };
  const list = send({ ...signForApisix({ keyId: "small", method: "GET", path: "/v1/models" }), method: "GET", route });
  expect(list.localReply?.details).toBe("weir_model_list");
});

test("key ids are no keys, keys no key ids", () => {
  expectRefused(send({ headers: bearer("search-app") }), 401, "weir_invalid_api_key");
  expectRefused(send(signForApisix({ keyId: "wk-ci" })), 401, "weir_unknown_key_id");
  expectPassed(send({ headers: bearer("wk-ci") }), "search");
});

describe("a secret of the environment", () => {
  const { secret: _secret, ...withoutSecret } = signer;
  const start = (environment: Record<string, string>): void => {
    const signers = [{ ...withoutSecret, environment: "SEARCH_SECRET" }];
    plugin = host.startPlugin({ configuration: { ...signed, signers }, environment, vmId: "another" });
  };

  test("is as good", () => {
    start({ SEARCH_SECRET: secret });
    expectPassed(send(signForApisix()), "search");
  });

  test("that is not there is nobody's, not even the empty one's", () => {
    start({});
    expect(host.messages().join("\n")).toContain("the variable SEARCH_SECRET is not set");
    expectRefused(send(signForApisix({ secret: "" })), 401, "weir_invalid_signature");
  });
});

test.each<[string, object]>([
  ["signatures must be an object", { signatures: [] }],
  [
    "signatures.clockSkewMs must be a whole number from 1 to 86400000",
    { signatures: { ...signatures, clockSkewMs: 0 } },
  ],
  ["signatures.algorithms must be names of algorithms", { signatures: { ...signatures, algorithms: ["hmac-md5"] } }],
  ["signatures.signedHeaders must be a text", { signatures: { ...signatures, signedHeaders: [1] } }],
  ["signatures.requireNonce must be true or false", { signatures: { ...signatures, requireNonce: 1 } }],
  ["signatures.nonceHeader must be a text that is not empty", { signatures: { ...signatures, nonceHeader: "" } }],
  ["signers must be a list", { signers: 1 }],
  ["signers[0].secret must be a text that is not empty", { signers: [{ ...signer, secret: "" }] }],
  ["signers[0] must be an object with a name", { signers: [{ ...signer, name: "" }] }],
  ["signers[1].sha256 must be a hash that no other signer has", { signers: [signer, signer] }],
])("names what is wrong in its configuration: %s", (problem, more) => {
  const wrong = { ...signed, ...more };
  expect(() => host.startPlugin({ configuration: wrong })).toThrow(`key-auth: ${problem}`);
});

test("memory is flat", () => {
  configure({ clockSkewMs: 1000 });
  const sendMany = (count: number): number => {
    for (let i = 0; i < count; i++) {
      if (i % 100 === 0) host.clock.advance(50);
      const headers = { "x-ca-timestamp": String(host.clock.nowMs), "x-ca-nonce": `${host.clock.nowMs}-${i}` };
      const stream = send(signForCa({ headers }));
      expect(stream.localReply).toBeNull();
      stream.disconnect();
    }
    return plugin.root().vm.memory.buffer.byteLength;
  };
  const before = sendMany(3000);
  expect(sendMany(10_000)).toBe(before);
});

test("no secret is in any log", () => {
  for (const request of [signForApisix(), signForApisix({ secret: "another" }), signForCa()]) send(request);
  expect(host.messages().join("\n")).not.toContain(secret);
});

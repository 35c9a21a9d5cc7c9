// Credentials that are made for requests: AWS signatures, checked by AWS's own signer, and Google's access tokens.
import { createHash, createHmac, createVerify, generateKeyPairSync } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { beforeEach, describe, expect, test } from "vitest";
import type { CalloutReply, CalloutFault, HttpCall } from "../../../sdk/host/http-callout.ts";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { openAttempt, requestHeaders } from "./exchange.ts";

const body = '{"model":"m"}';
const inEnvironment = (name: string): object => ({ environment: name });

function target(more: object): object {
  return { provider: "p", authority: "p.example", basePath: "/base", surfaces: ["chat/completions"], ...more };
}

function sent(stream: HttpStream): Record<string, string> {
  return Object.fromEntries(stream.sentUpstream.headers ?? []);
}

describe("an AWS account", () => {
  const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  const credential = {
    kind: "aws",
    region: "eu-west-1",
    accessKeyId: { value: "AKIDEXAMPLE" },
    secretAccessKey: inEnvironment("AWS_SECRET_ACCESS_KEY"),
    sessionToken: { value: "fake-session-token" },
  };
  const paths = { "chat/completions": "/model/{model}/x?b=1&a" };
  let host: WasmHost;
  beforeEach(async () => {
    host = await WasmHost.load(await buildPlugin("ai-proxy"));
  });

  class Sha256 {
    readonly #hash;
    constructor(key?: Parameters<typeof createHmac>[1]) {
      this.#hash = key === undefined ? createHash("sha256") : createHmac("sha256", key);
    }
    update(data: Parameters<ReturnType<typeof createHash>["update"]>[0]): void {
      this.#hash.update(data);
    }
    async digest(): Promise<Uint8Array> {
      return this.#hash.digest();
    }
  }

  async function expected(model: string, text: string, date: Date): Promise<string | undefined> {
    const signer = new SignatureV4({
      service: "bedrock",
      region: "eu-west-1",
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: secret, sessionToken: "fake-session-token" },
      sha256: Sha256 as never,
      applyChecksum: false,
    });
    const signed = await signer.sign(
      {
        method: "POST",
        protocol: "https:",
        hostname: "p.example",
        path: `/model/${encodeURIComponent(model)}/x`,
        query: { a: "", b: "1" },
        headers: { host: "p.example" },
        body: text,
      },
      { signingDate: date },
    );
    return signed.headers["authorization"];
  }

  test.each(["m", "anthropic.claude-v2:1", "arn:aws:bedrock:eu-west-1:1:inference-profile/x%y é"])(
    "signs a request for %j as AWS does",
    async (model) => {
      const plugin = host.startPlugin({
        configuration: { targets: { a: target({ paths, credential }) } },
        environment: { AWS_SECRET_ACCESS_KEY: secret },
      });
      const text = JSON.stringify({ model });
      const headers = requestHeaders({ headers: { authorization: "Bearer fake-client-key", "x-amz-date": "old" } });
      const stream = openAttempt(plugin, "a").sendRequest(headers, text);
      const date = new Date(host.clock.nowMs);
      expect(sent(stream)).toMatchObject({
        authorization: await expected(model, text, date),
        "x-amz-date": date.toISOString().replace(/[-:]|\.\d+/g, ""),
        "x-amz-security-token": "fake-session-token",
      });
    },
  );

  test("leaves nothing behind for the next provider", () => {
    const plugin = host.startPlugin({
      configuration: { targets: { a: target({ paths, credential }), b: target({}) } },
      environment: { AWS_SECRET_ACCESS_KEY: secret },
    });
    const filterState = new Map<string, Uint8Array>();
    const first = openAttempt(plugin, "a", filterState).sendRequest(requestHeaders({}), body);
    const second = openAttempt(plugin, "b", filterState).sendRequest(first.sentUpstream.headers ?? [], body);
    expect(second.sentUpstream.headers?.map(([name]) => name)).not.toContain("authorization");
    expect(JSON.stringify(second.sentUpstream.headers)).not.toMatch(/amz|AKID|fake-session-token/);
  });

  test("whose variable is not set is answered 500", () => {
    const plugin = host.startPlugin({ configuration: { targets: { a: target({ paths, credential }) } } });
    const stream = openAttempt(plugin, "a").sendRequest(requestHeaders({}), body);
    expect(stream.localReply).toMatchObject({ status: 500, details: "weir_missing_credential" });
  });
});

describe("a Google service account", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const account = {
    type: "service_account",
    client_email: "weir@example.iam.gserviceaccount.com",
    private_key: privateKey,
    private_key_id: "key-1",
    token_uri: "https://oauth2.googleapis.com/token",
  };
  const credential = {
    kind: "google",
    serviceAccount: inEnvironment("ACCOUNT"),
    tokenCluster: "tokens",
    tokenAuthority: "oauth2.googleapis.com",
  };
  let host: WasmHost;
  let plugin: Plugin;
  let answer: (call: HttpCall) => CalloutReply | CalloutFault | undefined;
  let given = 0;

  async function start(json: string = JSON.stringify(account), workers = 1): Promise<void> {
    const clusters = { tokens: (call: HttpCall) => answer(call) };
    host = await WasmHost.load(await buildPlugin("ai-proxy"), { clusters, workers });
    plugin = host.startPlugin({
      configuration: { targets: { a: target({ credential }), b: target({}) } },
      environment: { ACCOUNT: json },
    });
  }

  const token = (expires_in = 3600): CalloutReply => {
    given += 1;
    return { status: 200, body: JSON.stringify({ access_token: `fake-token-${given}`, expires_in }) };
  };
  const open = (): HttpStream => openAttempt(plugin, "a").sendRequest(requestHeaders({}), body);
  const authorization = (stream: HttpStream): string | undefined => sent(stream)["authorization"];

  beforeEach(async () => {
    given = 0;
    answer = () => token();
    await start();
  });

  test("is exchanged for a token with an assertion that it signs", () => {
    const stream = open();
    expect(authorization(stream)).toBe("Bearer fake-token-1");
    expect(stream.sentUpstream).toMatchObject({ text: body, ended: true });
    const [call] = host.httpCalls;
    expect(Object.fromEntries(call?.headers ?? [])).toMatchObject({
      ":method": "POST",
      ":path": "/token",
      ":authority": "oauth2.googleapis.com",
      "content-type": "application/x-www-form-urlencoded",
    });
    const form = new URLSearchParams(call?.text);
    expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
    const [header, claims, signature] = form.get("assertion")!.split(".") as [string, string, string];
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());
    const now = Math.floor(host.clock.nowMs / 1000);
    expect(read(header)).toEqual({ alg: "RS256", typ: "JWT", kid: "key-1" });
    expect(read(claims)).toEqual({
      iss: account.client_email,
      scope: "https://www.googleapis.com/auth/cloud-platform",
      aud: account.token_uri,
      iat: now,
      exp: now + 3600,
    });
    const verify = createVerify("RSA-SHA256").update(`${header}.${claims}`);
    expect(verify.verify(publicKey, signature, "base64url")).toBe(true);
  });

  test("is asked once for all requests that wait, however their bodies come", () => {
    answer = () => undefined;
    const streams = [
      open(),
      open(),
      openAttempt(plugin, "a").requestHeaders(requestHeaders({})).requestBody('{"model"'),
    ];
    const gone = open().disconnect();
    expect(streams.map(authorization)).toEqual([undefined, undefined, undefined]);
    expect(host.httpCalls).toHaveLength(1);
    host.httpCalls[0]?.reply(token());
    streams[2]?.requestBody(':"m"}', { endOfStream: true });
    for (const stream of streams) {
      expect(authorization(stream)).toBe("Bearer fake-token-1");
      expect(stream.sentUpstream).toMatchObject({ text: body, ended: true });
    }
    expect(gone.sentUpstream.headers).toBeNull();
    expect(host.httpCalls).toHaveLength(1);
  });

  test("has its token kept, and renewed ahead while the old one serves", () => {
    open();
    host.clock.advance(3_000_000);
    expect(authorization(open())).toBe("Bearer fake-token-1");
    host.clock.advance(400_000);
    answer = () => undefined;
    expect(authorization(open())).toBe("Bearer fake-token-1");
    expect(authorization(open())).toBe("Bearer fake-token-1");
    expect(host.httpCalls).toHaveLength(2);
    host.httpCalls[1]?.reply(token());
    expect(authorization(open())).toBe("Bearer fake-token-2");
    host.clock.advance(3_600_000);
    answer = () => token();
    expect(authorization(open())).toBe("Bearer fake-token-3");
  });

  test("gives one token to all workers and to the next configuration", async () => {
    await start(JSON.stringify(account), 2);
    for (const worker of [0, 1, 1]) {
      const stream = plugin.openStream({ position: "upstream", properties: { xds: { cluster_name: "a" } }, worker });
      expect(authorization(stream.sendRequest(requestHeaders({}), body))).toBe("Bearer fake-token-1");
    }
    plugin = host.startPlugin({
      configuration: { targets: { a: target({ credential }), c: target({}) } },
      environment: { ACCOUNT: JSON.stringify(account) },
    });
    expect(authorization(open())).toBe("Bearer fake-token-1");
    expect(host.httpCalls).toHaveLength(1);
  });

  test.each<[string, CalloutReply | CalloutFault]>([
    ["refuses", { status: 400, body: '{"error":"invalid_grant","error_description":"Invalid JWT Signature."}' }],
    ["answers nonsense", { status: 200, body: "<html>" }],
    ["gives a token that has expired", { status: 200, body: '{"access_token":"fake","expires_in":0}' }],
    ["is not there", "refused"],
    ["breaks off", "reset after headers"],
    ["is late", { ...token(), delayMs: 11_000 }],
  ])("whose token endpoint %s is a failure of the gateway, said in the log", (_what, reply) => {
    answer = () => reply;
    const stream = open();
    host.clock.advance(10_000);
    expect(stream.localReply).toMatchObject({ status: 502, details: "weir_token_unavailable" });
    expect(stream.sentUpstream.headers).toBeNull();
    const log = host.messages().join("\n");
    expect(log).toContain(account.client_email);
    expect(log).not.toMatch(/PRIVATE KEY|fake-token/);
  });

  test("is not asked in a loop after a failure, and asked again later", () => {
    answer = () => ({ status: 503 });
    for (let i = 0; i < 5; i++) expect(open().localReply).toMatchObject({ status: 502 });
    expect(host.httpCalls).toHaveLength(1);
    host.clock.advance(1000);
    answer = () => token();
    expect(authorization(open())).toBe("Bearer fake-token-1");
  });

  test("with a key that cannot sign is said in the log", async () => {
    await start(JSON.stringify({ ...account, private_key: "no key" }));
    expect(open().localReply).toMatchObject({ status: 502 });
    expect(host.messages().join("\n")).toContain("cannot be used");
  });

  test("that is no service account is refused with the configuration", async () => {
    await expect(start("{}")).rejects.toThrow(
      "targets.a.credential.serviceAccount must be the JSON of a service account's key",
    );
  });

  test("has its token struck out of what a provider repeats", () => {
    const stream = open();
    stream.sendResponse([[":status", "400"]], "bad token: fake-token-1");
    expect(JSON.parse(stream.sentDownstream.text).error.message).toBe("bad token: ***");
  });

  test("leaves its token to no other provider", () => {
    const filterState = new Map<string, Uint8Array>();
    const first = openAttempt(plugin, "a", filterState).sendRequest(requestHeaders({}), body);
    const second = openAttempt(plugin, "b", filterState).sendRequest(first.sentUpstream.headers ?? [], body);
    expect(authorization(second)).toBeUndefined();
  });
});

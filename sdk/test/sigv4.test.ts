// AWS signatures: AWS's published vectors, then AWS's own signer as the reference.
// Vectors: https://github.com/awslabs/aws-c-auth/tree/main/tests/aws-signing-test-suite/v4
import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Harness, loadHarness } from "./harness.ts";
import { seededRandom } from "./random.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("aws");
});

const random = seededRandom("sigv4");
const emptyHash = createHash("sha256").update("").digest("hex");
const [keyId, secret] = ["AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"];
const token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
const vectorNanos = BigInt(Date.UTC(2015, 7, 30, 12, 36)) * 1_000_000n;

interface Request {
  method?: string;
  path?: string;
  query?: string;
  hash?: string;
  headers?: [string, string][];
}

const host: [string, string] = ["Host", "example.amazonaws.com"];

function prepare({ method = "GET", path = "/", query = "", hash = emptyHash, headers = [host] }: Request): void {
  harness.number("openRequest", method, path, query, hash);
  for (const [name, value] of headers) harness.number("addHeader", name, value);
}

/** The authorization header of the request. */
function sign(request: Request, nanos = vectorNanos): string {
  prepare(request);
  return harness.text("sign", nanos)!.split("\n")[0]!;
}

beforeEach(() => {
  harness.number("openSigner", "us-east-1", "service");
  harness.number("setCredentials", keyId, secret, "");
});

describe("AWS's published vector", () => {
  const form = "Param1=value1";
  const formHash = createHash("sha256").update(form).digest("hex");
  const unreserved = "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  test.each<[string, Request, string]>([
    ["get-vanilla", {}, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
    [
      "get-header-key-duplicate",
      { headers: [host, ["My-Header1", "value2"], ["My-Header1", "value2"], ["My-Header1", "value1"]] },
      "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea",
    ],
    [
      "get-header-value-multiline",
      { headers: [host, ["My-Header1", "value1\n  value2\n     value3"]] },
      "cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd",
    ],
    [
      "get-header-value-trim",
      {
        headers: [["My-Header2", ' "a   b   c"'], ["My-Header1", " value1"], host],
      },
      "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ],
    ["get-utf8", { path: "/ሴ" }, "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"],
    ["get-unreserved", { path: `/${unreserved}` }, "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"],
    [
      "get-relative-normalized",
      { path: "/example/.." },
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    ],
    [
      "get-relative-relative-normalized",
      { path: "/example1/example2/../.." },
      "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    ],
    [
      "get-slashes-normalized",
      { path: "//example//" },
      "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
    ],
    [
      "get-slash-pointless-dot-normalized",
      { path: "/./example" },
      "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5",
    ],
    [
      "get-space-normalized",
      { path: "/example space/" },
      "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741",
    ],
    [
      "get-vanilla-query-order-encoded",
      { query: "Param-3=Value3&Param=Value2&%E1%88%B4=Value1" },
      "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
    ],
    ["get-vanilla-utf8-query", { query: "ሴ=bar" }, "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"],
    [
      "post-vanilla-query",
      { method: "POST", query: form },
      "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
    ],
    [
      "post-x-www-form-urlencoded",
      {
        method: "POST",
        hash: formHash,
        headers: [
          ["Content-Type", "application/x-www-form-urlencoded"],
          host,
          ["Content-Length", "13"],
          ["x-amz-content-sha256", formHash],
        ],
      },
      "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b",
    ],
  ])("%s", (_name, request, signature) => {
    expect(sign(request).split("Signature=")[1]).toBe(signature);
  });

  test("get-vanilla-with-session-token", () => {
    harness.number("setCredentials", keyId, secret, token);
    prepare({});
    expect(harness.text("sign", vectorNanos)!.split("\n")).toEqual([
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, " +
        "SignedHeaders=host;x-amz-date;x-amz-security-token, " +
        "Signature=07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
      "20150830T123600Z",
      token,
    ]);
  });
});

describe("the canonical request", () => {
  test("has the names of Bedrock's models encoded twice", () => {
    prepare({ method: "POST", path: "/model/us.anthropic.claude-3-7-sonnet-20250219-v1%3A0/converse" });
    expect(harness.text("canonical", 0)!.split("\n")[1]).toBe(
      "/model/us.anthropic.claude-3-7-sonnet-20250219-v1%253A0/converse",
    );
  });

  test("has the path as it stands for S3", () => {
    prepare({ path: "/bucket//a%20b/../c" });
    expect(harness.text("canonical", 1)!.split("\n")[1]).toBe("/bucket//a%20b/../c");
  });

  test.each([
    ["", ""],
    ["a", "a="],
    ["a=", "a="],
    ["b=2&a=2&a=1&&a", "a=&a=1&a=2&b=2"],
    ["a=b=c", "a=b%3Dc"],
    ["a=%7e%2f+%2B%zz", "a=~%2F%2B%2B%25zz"],
    ["aa=1&a-=1&a=1", "a=1&a-=1&aa=1"],
  ])("has the query %j as %j", (query, expected) => {
    prepare({ query });
    expect(harness.text("canonical", 0)!.split("\n")[2]).toBe(expected);
  });
});

describe("dates", () => {
  function dateOf(ms: number): string {
    return harness.text("date", BigInt(ms) * 1_000_000n)!;
  }

  function isoOf(ms: number): string {
    return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");
  }

  test("of each day around 200 years", () => {
    for (let day = 0; day < 73_049; ++day) {
      const ms = day * 86_400_000 + random.below(86_400_000);
      if (dateOf(ms) !== isoOf(ms)) expect.fail(`${dateOf(ms)} is not ${isoOf(ms)}`);
    }
  });

  test.each([0, 951_782_399_999, 951_782_400_000, 4_107_542_399_000, 18_446_744_073_709])("of %i ms", (ms) => {
    expect(dateOf(ms)).toBe(isoOf(ms));
  });
});

class NodeSha256 {
  #hash;
  constructor(key?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = key ? createHmac("sha256", key as Uint8Array) : createHash("sha256");
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return Uint8Array.from(this.#hash.digest());
  }
  reset(): void {}
}

describe("AWS's own signer agrees", () => {
  const words = [
    "a",
    "Z",
    "0",
    "-",
    ".",
    "_",
    "~",
    ":",
    "/",
    "%",
    " ",
    "é",
    "😀",
    "+",
    "&",
    "=",
    "!",
    "'",
    "(",
    "*",
    "@",
  ];
  const models = [
    "anthropic.claude-3-5-sonnet-20241022-v2:0",
    "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-6-v1",
    "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3%d4",
    "meta.llama3-3-70b-instruct-v1:0",
  ];

  function randomText(size: number): string {
    return Array.from({ length: random.below(size) }, () => random.of(words)).join("");
  }

  function encoded(text: string): string {
    return encodeURIComponent(text).replace(
      /[!'()*]/g,
      (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  }

  function randomPath(): string {
    if (random.below(2)) return `/model/${encoded(random.of(models))}/converse${random.of(["", "-stream"])}`;
    return `/${Array.from({ length: random.below(5) }, () => random.of([encoded(randomText(8)), ".", "..", ""])).join("/")}`;
  }

  async function expected(service: string, region: string, sessionToken: string, ms: number, request: object) {
    const signer = new SignatureV4({
      credentials: { accessKeyId: keyId, secretAccessKey: secret, ...(sessionToken ? { sessionToken } : {}) },
      region,
      service,
      sha256: NodeSha256,
      uriEscapePath: service !== "s3",
      applyChecksum: false,
    });
    const signed = await signer.sign(request as Parameters<typeof signer.sign>[0] & { body: string }, {
      signingDate: new Date(ms),
    });
    return (signed as unknown as { headers: Record<string, string> }).headers;
  }

  test("on random requests", async () => {
    for (let round = 0; round < 300; ++round) {
      const service = random.of(["bedrock", "bedrock", "s3", "sts"]);
      const region = random.of(["us-east-1", "eu-central-1"]);
      const sessionToken = random.of(["", token]);
      const ms = random.below(4_000_000) * 1_000_000;
      const method = random.of(["POST", "GET"]);
      const path = randomPath();
      const body = randomText(30);
      const names = new Set(Array.from({ length: random.below(4) }, () => `k${randomText(3)}`));
      const query = Object.fromEntries([...names].map((name) => [name, random.of([randomText(6), ["b", "a", ""]])]));
      const headers: Record<string, string> = {
        host: `${service}.${region}.amazonaws.com`,
        "X-Custom": ` ${randomText(9)}  b\t c `,
        "content-type": "application/json",
      };
      const raw = Object.entries(query).flatMap(([name, value]) =>
        [value].flat().map((each) => `${encoded(name)}=${encoded(each)}`),
      );
      const signed = await expected(service, region, sessionToken, ms, {
        method,
        protocol: "https:",
        hostname: headers["host"],
        path,
        query,
        headers,
        body,
      });
      harness.number("openSigner", region, service);
      harness.number("setCredentials", keyId, secret, sessionToken);
      const hash = createHash("sha256").update(body).digest("hex");
      prepare({ method, path, query: raw.toReversed().join("&"), hash, headers: Object.entries(headers).toReversed() });
      const [authorization, date, sent] = harness.text("sign", BigInt(ms) * 1_000_000n + 999_999n)!.split("\n");
      expect([authorization, date, sent], `${method} ${path}?${raw.join("&")}`).toEqual([
        signed["authorization"],
        signed["x-amz-date"],
        signed["x-amz-security-token"] ?? "",
      ]);
    }
  });

  test("when the day, the token and then the secret change between requests of one signer", async () => {
    harness.number("openSigner", "us-east-1", "bedrock");
    const day = 86_400_000;
    const headers = { host: "bedrock-runtime.us-east-1.amazonaws.com" };
    for (const [ms, sessionToken] of [
      [day, ""],
      [2 * day - 1, ""],
      [2 * day, token],
      [day, token],
    ] as const) {
      const request = { method: "GET", protocol: "https:", hostname: headers.host, path: "/", query: {}, headers };
      const signed = await expected("bedrock", "us-east-1", sessionToken, ms, request);
      harness.number("setCredentials", keyId, secret, sessionToken);
      expect(sign({ headers: Object.entries(headers) }, BigInt(ms) * 1_000_000n)).toBe(signed["authorization"]);
    }
    const before = sign({ headers: Object.entries(headers) }, BigInt(day) * 1_000_000n);
    harness.number("setCredentials", keyId, `${secret}x`, token);
    expect(sign({ headers: Object.entries(headers) }, BigInt(day) * 1_000_000n)).not.toBe(before);
  });
});

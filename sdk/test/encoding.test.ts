// Base64, hex and percent-encoding: the vectors of RFC 4648, then Node's own codecs as the reference.
import { beforeAll, describe, expect, test } from "vitest";
import { type Harness, loadHarness } from "./harness.ts";
import { seededRandom } from "./random.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("bytes");
});

const random = seededRandom("encoding");

describe("base64", () => {
  // RFC 4648 §10.
  const vectors = {
    "": "",
    f: "Zg==",
    fo: "Zm8=",
    foo: "Zm9v",
    foob: "Zm9vYg==",
    fooba: "Zm9vYmE=",
    foobar: "Zm9vYmFy",
  };

  test.each(Object.entries(vectors))("the vector %j", (plain, encoded) => {
    expect(harness.text("base64", plain)).toBe(encoded);
    expect(harness.text("fromBase64", encoded)).toBe(plain);
    expect(harness.text("base64Url", plain)).toBe(encoded.replaceAll("=", ""));
    expect(harness.text("fromBase64Url", encoded)).toBe(plain);
    expect(harness.text("fromBase64Url", encoded.replaceAll("=", ""))).toBe(plain);
  });

  test("as Buffer does", () => {
    for (let round = 0; round < 500; ++round) {
      const bytes = Buffer.from(random.bytes(round % 70));
      expect(harness.text("base64", bytes)).toBe(bytes.toString("base64"));
      expect(harness.text("base64Url", bytes)).toBe(bytes.toString("base64url"));
      expect(harness.bytes("fromBase64", bytes.toString("base64"))).toEqual(bytes);
      expect(harness.bytes("fromBase64Url", bytes.toString("base64url"))).toEqual(bytes);
    }
  });

  test.each([
    "Z",
    "Zg",
    "Zg=",
    "Zg===",
    "=Zg=",
    "Z===",
    "====",
    "Zh==",
    "Zm9=",
    "Zm 9v",
    "Zm9v\n",
    "Zm-_",
    "Zg==Zg==",
    "é===",
  ])("refuses %j", (text) => {
    expect(harness.bytes("fromBase64", text)).toBeNull();
  });

  test.each(["Z", "Zg=", "Zg===", "Zh", "Zm9", "+/+/", "Zm9v====", "=", "==", "Z g"])(
    "refuses %j as base64url",
    (text) => {
      expect(harness.bytes("fromBase64Url", text)).toBeNull();
    },
  );

  test("only what encodes to the same text is accepted", () => {
    const alphabet = Buffer.from("AZaz09+/=-_ ");
    for (let round = 0; round < 5000; ++round) {
      const text = Buffer.from(random.bytes(random.below(9), alphabet)).toString();
      const decoded = harness.bytes("fromBase64", text);
      const isCanonical = Buffer.from(text, "base64").toString("base64") === text;
      expect(decoded !== null, text).toBe(isCanonical);
    }
  });
});

describe("hex", () => {
  test("as Buffer does, and decodes either case", () => {
    const bytes = Buffer.from(Uint8Array.from({ length: 256 }, (_, index) => index));
    expect(harness.text("hex", bytes)).toBe(bytes.toString("hex"));
    expect(harness.bytes("fromHex", bytes.toString("hex"))).toEqual(bytes);
    expect(harness.bytes("fromHex", bytes.toString("hex").toUpperCase())).toEqual(bytes);
  });

  test.each(["0", "0g", "g0", "0x", " 00", "00 ", "@0", "`0", "/0", ":0"])("refuses %j", (text) => {
    expect(harness.bytes("fromHex", text)).toBeNull();
  });
});

describe("percent-encoding", () => {
  test("encodes all but unreserved characters, as encodeURIComponent with !'()* added", () => {
    const text = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).join("") + "é日😀";
    const expected = encodeURIComponent(text).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    );
    expect(harness.text("percent", text)).toBe(expected);
    expect(harness.text("fromPercent", expected)).toBe(text);
  });

  test.each([
    ["%", "%"],
    ["%4", "%4"],
    ["%4G%41", "%4GA"],
    ["%%41", "%A"],
    ["a+b%2bc", "a+b+c"],
    ["%e2%82%AC", "€"],
    ["plain", "plain"],
  ])("decodes %j to %j", (text, expected) => {
    expect(harness.text("fromPercent", text)).toBe(expected);
  });

  test("decodes forms as URLSearchParams does", () => {
    for (const text of ["a+b%2Bc", "+", "%20+", "+%41+"]) {
      expect(harness.text("fromForm", text)).toBe(new URLSearchParams(`x=${text}`).get("x"));
    }
  });

  test("gives back any bytes", () => {
    for (let round = 0; round < 300; ++round) {
      const bytes = Buffer.from(random.bytes(random.below(60)));
      expect(harness.bytes("fromPercent", harness.bytes("percent", bytes)!)).toEqual(bytes);
    }
  });
});

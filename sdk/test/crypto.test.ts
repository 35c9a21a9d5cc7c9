// SHA-256 and HMAC: the published vectors, then node:crypto as the reference.
import { createCipheriv, createHash, createHmac } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { type Harness, loadHarness } from "./harness.ts";
import { seededRandom } from "./random.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("bytes");
});

const random = seededRandom("crypto");

describe("SHA-256", () => {
  // FIPS 180-4 examples (NIST CSRC), the last being a million letters a.
  test.each([
    ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
    ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
    [
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
    ],
    ["a".repeat(1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"],
  ])("the vector %#", (message, expected) => {
    expect(harness.bytes("digest", message)!.toString("hex")).toBe(expected);
  });

  test("every length around the blocks' edges, whole and in parts", () => {
    for (let size = 0; size < 200; ++size) {
      const message = random.bytes(size);
      const expected = createHash("sha256").update(message).digest();
      expect(harness.bytes("digest", message)).toEqual(expected);
      expect(harness.bytes("digestInParts", message, 1 + random.below(130))).toEqual(expected);
    }
  });
});

describe("HMAC-SHA-256", () => {
  // RFC 4231 §4.2–4.8; case 5 is about truncation and left out.
  test.each([
    [
      "0b".repeat(20),
      Buffer.from("Hi There").toString("hex"),
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ],
    [
      Buffer.from("Jefe").toString("hex"),
      Buffer.from("what do ya want for nothing?").toString("hex"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ],
    ["aa".repeat(20), "dd".repeat(50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
    [
      "0102030405060708090a0b0c0d0e0f10111213141516171819",
      "cd".repeat(50),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ],
    [
      "aa".repeat(131),
      Buffer.from("Test Using Larger Than Block-Size Key - Hash Key First").toString("hex"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ],
    [
      "aa".repeat(131),
      Buffer.from(
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.",
      ).toString("hex"),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ],
  ])("the vector %#", (key, message, expected) => {
    expect(harness.bytes("hmac", Buffer.from(key, "hex"), Buffer.from(message, "hex"))!.toString("hex")).toBe(expected);
  });

  test("every key length around a block, whole and in parts", () => {
    for (let size = 0; size < 140; ++size) {
      const [key, message] = [random.bytes(size), random.bytes(random.below(300))];
      const expected = createHmac("sha256", key).update(message).digest();
      expect(harness.bytes("hmac", key, message)).toEqual(expected);
      expect(harness.bytes("hmacInParts", key, message, 1 + random.below(90))).toEqual(expected);
    }
  });
});

describe("other hashes", () => {
  // RFC 1321 §A.5, FIPS 180-4 examples (NIST CSRC).
  test.each<[number, string, string]>([
    [0, "", "d41d8cd98f00b204e9800998ecf8427e"],
    [0, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
    [1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
    [1, "a".repeat(1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"],
    [
      2,
      "abc",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
    ],
  ])("the vector %#", (hash, message, expected) => {
    expect(harness.bytes("otherDigest", message, hash)!.toString("hex")).toBe(expected);
  });

  test("every length around the blocks' edges", () => {
    for (let size = 0; size < 280; ++size) {
      const message = random.bytes(size);
      for (const [hash, name] of ["md5", "sha1", "sha512"].entries()) {
        expect(harness.bytes("otherDigest", message, hash)).toEqual(createHash(name).update(message).digest());
      }
    }
  });

  test("HMAC with every key length around a block", () => {
    for (let size = 0; size < 270; ++size) {
      const [key, message] = [random.bytes(size), random.bytes(random.below(300))];
      for (const [hash, name] of ["sha1", "sha256", "sha512"].entries()) {
        const expected = createHmac(name, key).update(message).digest();
        expect(harness.bytes("otherHmac", key, message, hash)).toEqual(expected);
      }
    }
  });
});

describe("equalBytes", () => {
  test("tells every differing bit, and lengths", () => {
    const secret = Buffer.from(random.bytes(40));
    expect(harness.number("equal", secret, secret)).toBe(1);
    expect(harness.number("equal", new Uint8Array(), new Uint8Array())).toBe(1);
    expect(harness.number("equal", secret, secret.subarray(1))).toBe(0);
    for (let bit = 0; bit < 320; ++bit) {
      const other = Buffer.from(secret);
      other[bit >> 3]! ^= 1 << (bit & 7);
      expect(harness.number("equal", secret, other)).toBe(0);
    }
  });
});

describe("ChaCha20-Poly1305", () => {
  const seal = (key: Uint8Array, nonce: Uint8Array, context: Uint8Array, plain: Uint8Array) =>
    harness.bytes("aead", key, context, Buffer.concat([nonce, plain]), 0)!;
  const open = (key: Uint8Array, nonce: Uint8Array, context: Uint8Array, sealed: Uint8Array) =>
    harness.bytes("aead", key, context, Buffer.concat([nonce, sealed]), 1);

  test("the vector of RFC 8439 §2.8.2", () => {
    const text =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
    const key = Buffer.from(Array.from({ length: 32 }, (_, i) => 0x80 + i));
    const nonce = Buffer.from("070000004041424344454647", "hex");
    const sealed = seal(key, nonce, Buffer.from("50515253c0c1c2c3c4c5c6c7", "hex"), Buffer.from(text));
    expect(sealed.subarray(0, 16).toString("hex")).toBe("d31a8d34648e60db7b86afbc53ef7ec2");
    expect(sealed.subarray(-16).toString("hex")).toBe("1ae10b594f09e26a7e902ecbd0600691");
  });

  test("every length around the blocks' edges, as node:crypto has it", () => {
    for (let size = 0; size < 200; ++size) {
      const [key, nonce, context] = [random.bytes(32), random.bytes(12), random.bytes(random.below(40))];
      const plain = random.bytes(size);
      const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
      cipher.setAAD(context, { plaintextLength: size });
      const expected = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      expect(seal(key, nonce, context, plain)).toEqual(expected);
      expect(open(key, nonce, context, expected)).toEqual(Buffer.from(plain));
    }
  });

  // RFC 8439 §A.3: sums that only just carry, with a key r that makes them so.
  test("numbers at the modulus", () => {
    for (const byte of [0x00, 0x01, 0xfb, 0xff]) {
      const [key, nonce] = [Buffer.alloc(32, byte), Buffer.alloc(12, byte)];
      const plain = Buffer.alloc(64, byte);
      const cipher = createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: 16 });
      const expected = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      expect(seal(key, nonce, new Uint8Array(), plain)).toEqual(expected);
    }
  });

  test("opens nothing of which any bit is another, nor what is too short", () => {
    const [key, nonce, context] = [random.bytes(32), random.bytes(12), random.bytes(5)];
    const sealed = seal(key, nonce, context, random.bytes(9));
    for (const [place, bytes] of [key, nonce, context, sealed].entries()) {
      for (let bit = 0; bit < bytes.length * 8; ++bit) {
        const other = Buffer.from(bytes);
        other[bit >> 3]! ^= 1 << (bit & 7);
        const [k, n, c, s] = [key, nonce, context, sealed].map((each, at) => (at === place ? other : each));
        expect(open(k!, n!, c!, s!)).toBeNull();
      }
    }
    expect(open(key, nonce, context, sealed.subarray(1))).toBeNull();
    expect(open(key, nonce, context, sealed.subarray(0, 15))).toBeNull();
    expect(open(key.subarray(1), nonce, context, sealed)).toBeNull();
    expect(open(key, nonce, context, new Uint8Array())).toBeNull();
  });
});

describe("Writer", () => {
  test("grows, also while it reads from itself", () => {
    const expected = (piece: string, times: number) => {
      let text = "";
      for (let i = 0; i < times; ++i) {
        text += piece;
        text += text.slice(0, 3);
      }
      return text;
    };
    expect(harness.text("growth", "abcdefg", 300)).toBe(expected("abcdefg", 300));
  });

  test("is empty after take, and what was taken stays", () => {
    expect(harness.text("takeTwice", "one", "two")).toBe("one0two");
  });
});

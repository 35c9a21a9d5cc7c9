// AWS event streams and CRC-32: AWS's own codec and zlib as the reference, every cut, and every kind of damage.
// Source: https://smithy.io/2.0/aws/amazon-eventstream.html
import { crc32 } from "node:zlib";
import { EventStreamCodec, Int64 } from "@smithy/eventstream-codec";
import { beforeAll, describe, expect, test } from "vitest";
import { type Harness, loadHarness } from "./harness.ts";
import { type Random, seededRandom } from "./random.ts";

type Message = Parameters<EventStreamCodec["encode"]>[0];
type Headers = Message["headers"];

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("aws");
});

const random = seededRandom("event-stream");
const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes).toString()),
  (text) => Buffer.from(text),
);
const messageBytesMax = 1 << 20;
const [unexpectedEnd, tooLarge, invalidFormat] = [1, 7, 11];
const headerTypes = [
  "boolean",
  "boolean",
  "byte",
  "short",
  "integer",
  "long",
  "binary",
  "string",
  "timestamp",
  "uuid",
] as const;

/** The current header as AWS's codec has it. */
function currentValue(type: number): Headers[string]["value"] {
  const bytes = harness.bytes("headerBytes", 1)!;
  switch (headerTypes[type]) {
    case "boolean":
      return harness.number("headerIsTrue") === 1;
    case "binary":
      return Uint8Array.from(bytes);
    case "string":
      return harness.bytes("headerBytes", 2)!.toString();
    case "long":
      expect(harness.bigint("headerInteger")).toBe(bytes.readBigInt64BE());
      return new Int64(Uint8Array.from(bytes));
    case "timestamp":
      return new Date(Number(harness.bigint("headerInteger")));
    case "uuid":
      return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    default:
      return Number(harness.bigint("headerInteger"));
  }
}

function currentHeaders(): Headers {
  const headers: Headers = {};
  for (let isFirst = 1; harness.number("nextHeader", isFirst); isFirst = 0) {
    const type = harness.number("headerType");
    // Bytes, for those of a damaged message need not be UTF-8.
    headers[harness.bytes("headerBytes", 0)!.toString()] = {
      type: headerTypes[type],
      value: currentValue(type),
    } as Headers[string];
  }
  return headers;
}

interface Result {
  messages: Message[];
  raw: Buffer;
  fault: number;
}

/** All messages of the chunks, and the fault of the stream or of its end. */
function split(chunks: Uint8Array[]): Result {
  const messages: Message[] = [];
  const raws: Buffer[] = [];
  harness.number("open", messageBytesMax);
  for (const chunk of chunks) {
    harness.number("push", chunk);
    while (harness.number("next")) {
      raws.push(harness.bytes("field", 0)!);
      messages.push({ headers: currentHeaders(), body: Uint8Array.from(harness.bytes("field", 1)!) });
    }
  }
  return { messages, raw: Buffer.concat(raws), fault: harness.number("finish") };
}

function randomHeader(source: Random): Headers[string] {
  const type = source.of(["boolean", "byte", "short", "integer", "long", "binary", "string", "timestamp", "uuid"]);
  const bytes = Buffer.from(source.bytes(16));
  const values: Record<string, unknown> = {
    boolean: source.below(2) === 1,
    byte: bytes.readInt8(),
    short: bytes.readInt16BE(),
    integer: bytes.readInt32BE(),
    long: new Int64(Uint8Array.from(bytes.subarray(0, 8))),
    binary: source.bytes(source.below(300)),
    string: "é😀x".repeat(source.below(40)),
    timestamp: new Date(source.below(2 ** 31) * 1000 + source.below(1000)),
    uuid: bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"),
  };
  return { type, value: values[type] } as Headers[string];
}

function randomMessage(source: Random): Message {
  const names = Array.from({ length: source.below(5) }, (_, i) => `${":".repeat(source.below(2))}name-${i}`);
  const headers = Object.fromEntries(names.map((name) => [name, randomHeader(source)]));
  return { headers, body: source.bytes(source.below(3) ? source.below(80) : source.below(2000)) };
}

const event: Message = {
  headers: {
    ":message-type": { type: "string", value: "event" },
    ":event-type": { type: "string", value: "contentBlockDelta" },
  },
  body: Uint8Array.from(Buffer.from('{"delta":{"text":"hé😀"}}')),
};
const everyType: Message = {
  headers: {
    yes: { type: "boolean", value: true },
    no: { type: "boolean", value: false },
    byte: { type: "byte", value: -128 },
    short: { type: "short", value: -32_768 },
    integer: { type: "integer", value: -2_147_483_648 },
    long: { type: "long", value: Int64.fromNumber(-9_007_199_254_740_991) },
    binary: { type: "binary", value: Uint8Array.of(0, 255) },
    string: { type: "string", value: "ä" },
    timestamp: { type: "timestamp", value: new Date(1_785_000_000_123) },
    uuid: { type: "uuid", value: "00112233-4455-6677-8899-aabbccddeeff" },
  },
  body: new Uint8Array(),
};
const empty: Message = { headers: {}, body: new Uint8Array() };

describe("CRC-32", () => {
  test("is zlib's, whole and in parts", () => {
    // The check value that catalogues of CRCs give.
    expect(harness.bigint("crc", "123456789", "")).toBe(0xcbf43926n);
    for (let size = 0; size < 300; ++size) {
      const bytes = random.bytes(size);
      const cut = random.below(size + 1);
      expect(harness.bigint("crc", bytes.subarray(0, cut), bytes.subarray(cut))).toBe(BigInt(crc32(bytes)));
    }
  });
});

describe("a stream of messages", () => {
  const stream = Buffer.concat([event, everyType, empty, event].map((message) => codec.encode(message)));
  const expected: Result = { messages: [event, everyType, empty, event], raw: stream, fault: 0 };

  test("is read whole", () => {
    expect(split([stream])).toEqual(expected);
  });

  test("is read byte by byte", () => {
    expect(split(Array.from(stream, (byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  test("is read under every cut in two", () => {
    for (let cut = 0; cut <= stream.length; ++cut) {
      const chunks = [stream.subarray(0, cut), stream.subarray(cut)];
      expect(split(chunks), `cut at ${cut}`).toEqual(expected);
    }
  });

  test("that ends in the middle of a message is a fault", () => {
    const whole = new Set([0]);
    let end = 0;
    for (const message of expected.messages) whole.add((end += codec.encode(message).length));
    for (let size = 0; size <= stream.length; ++size) {
      expect(split([stream.subarray(0, size)]).fault, `${size} bytes`).toBe(whole.has(size) ? 0 : unexpectedEnd);
    }
  });
});

test("random messages under random cuts are what AWS's codec reads", () => {
  for (let round = 0; round < 400; ++round) {
    const encoded = Array.from({ length: random.below(5) }, () => codec.encode(randomMessage(random)));
    const stream = Buffer.concat(encoded);
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < stream.length;) {
      const size = 1 + random.below(random.of([3, 20, 600]));
      chunks.push(stream.subarray(at, at + size));
      at += size;
    }
    const messages = encoded.map((bytes) => codec.decode(bytes));
    expect(split(chunks)).toEqual({
      messages: messages.map(({ headers, body }) => ({ headers, body: Uint8Array.from(body) })),
      raw: stream,
      fault: 0,
    });
  }
});

describe("damage", () => {
  const stream = Buffer.concat([event, everyType].map((message) => codec.encode(message)));
  const first = codec.encode(event).length;

  test("of any bit is a fault, and what came before it is read", () => {
    for (let bit = 0; bit < stream.length * 8; ++bit) {
      const damaged = Buffer.from(stream);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      const { messages, fault } = split([damaged.subarray(0, 40), damaged.subarray(40)]);
      expect(messages, `bit ${bit}`).toEqual(bit >> 3 < first ? [] : [event]);
      expect(fault, `bit ${bit}`).toBe(invalidFormat);
      expect(harness.number("faultAt")).toBe(bit >> 3 < first ? 0 : first);
    }
  });

  test("ends the stream: nothing is read after it", () => {
    const damaged = Buffer.from(stream);
    damaged[first - 1]! ^= 1;
    harness.number("open", messageBytesMax);
    harness.number("push", damaged);
    expect([harness.number("next"), harness.number("faultCode")]).toEqual([0, invalidFormat]);
    harness.number("push", stream);
    expect([harness.number("next"), harness.number("faultCode")]).toEqual([0, invalidFormat]);
  });

  /** A message with right checksums, whatever its sizes and headers say. */
  function forged(headers: Uint8Array, total = headers.length + 16, headersSize = headers.length): Buffer {
    const bytes = Buffer.alloc(headers.length + 16);
    bytes.writeUInt32BE(total, 0);
    bytes.writeUInt32BE(headersSize, 4);
    bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
    bytes.set(headers, 12);
    bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), headers.length + 12);
    return bytes;
  }

  test.each([
    ["less than its frame", forged(new Uint8Array(), 15, 0)],
    ["no size at all", forged(new Uint8Array(), 0, 0)],
    ["headers larger than the message", forged(new Uint8Array(), 16, 1)],
    ["headers larger than numbers go", forged(new Uint8Array(), 16, 2 ** 32 - 1)],
    ["a header of an unknown type", forged(Uint8Array.of(1, 97, 10))],
    ["a header without a name", forged(Uint8Array.of(0, 0))],
    ["a header cut in its name", forged(Uint8Array.of(9, 97))],
    ["a header without a type", forged(Uint8Array.of(1, 97))],
    ["a number cut short", forged(Uint8Array.of(1, 97, 4, 0, 0, 0))],
    ["a string without its length", forged(Uint8Array.of(1, 97, 7, 0))],
    ["a string longer than the headers", forged(Uint8Array.of(1, 97, 7, 0, 2, 97))],
    ["an identifier cut short", forged(Uint8Array.of(1, 97, 9, ...new Uint8Array(15)))],
  ])("that checksums do not show is a fault: %s", (_name, bytes) => {
    expect(split([bytes])).toMatchObject({ messages: [], fault: invalidFormat });
  });

  test("random bytes never trap", () => {
    for (let round = 0; round < 2000; ++round) {
      const bytes = random.bytes(random.below(60));
      if (round % 2) split([forged(bytes)]);
      else split([bytes]);
    }
  });
});

describe("limits", () => {
  const withBody = (size: number) => codec.encode({ headers: {}, body: new Uint8Array(size - 16) });

  test("of a message are told by its prelude, before it has come", () => {
    harness.number("open", 100);
    harness.number("push", withBody(100));
    expect([harness.number("next"), harness.number("faultCode")]).toEqual([1, 0]);
    harness.number("push", withBody(101).subarray(0, 12));
    expect([harness.number("next"), harness.number("faultCode"), harness.number("faultAt")]).toEqual([
      0,
      tooLarge,
      100,
    ]);
  });

  test("of headers are 128 KiB", () => {
    const value = new Uint8Array(32_767);
    // Of each header 5 bytes are name, type and length.
    const padding = { type: "binary", value: value.subarray(0, 131_072 - 3 * 32_772 - 5) } as const;
    const large = { type: "binary", value } as const;
    const fits = codec.encode({ headers: { a: large, b: large, c: large, d: padding }, body: new Uint8Array() });
    expect(fits.length).toBe(131_072 + 16);
    expect(split([fits]).messages.length).toBe(1);
    const tooMany = { a: large, b: large, c: large, d: padding, e: { type: "boolean", value: true } as const };
    expect(split([codec.encode({ headers: tooMany, body: new Uint8Array() })]).fault).toBe(tooLarge);
  });
});

describe("chunks and copies", () => {
  const bytes = Buffer.from(codec.encode(event));

  test("a message that lies whole in a chunk is a view of it, also behind one that does not", () => {
    harness.number("open", messageBytesMax);
    harness.number("push", bytes.subarray(0, 50));
    expect(harness.number("next")).toBe(0);
    const chunk = harness.buffer(Buffer.concat([bytes.subarray(50), bytes, bytes.subarray(0, 5)]));
    harness.number("push", chunk);
    expect([harness.number("next"), harness.number("isViewOf", chunk)]).toEqual([1, 0]);
    expect([harness.number("next"), harness.number("isViewOf", chunk)]).toEqual([1, 1]);
    expect([harness.number("next"), harness.number("pending")]).toEqual([0, 5]);
  });

  test("chunks pushed before the first is read are all read", () => {
    harness.number("open", messageBytesMax);
    for (let at = 0; at < bytes.length; at += 7) harness.number("push", bytes.subarray(at, at + 7));
    expect(harness.number("pending")).toBe(bytes.length);
    expect([harness.number("next"), harness.number("next"), harness.number("pending")]).toEqual([1, 0, 0]);
  });

  test("headers are found by name, the last of duplicates", () => {
    const twice = Buffer.from([1, 97, 7, 0, 1, 120, 1, 98, 0, 1, 97, 7, 0, 1, 121]);
    const message = Buffer.from(codec.encode({ headers: {}, body: twice }));
    message.writeUInt32BE(twice.length, 4);
    message.writeUInt32BE(crc32(message.subarray(0, 8)), 8);
    message.writeUInt32BE(crc32(message.subarray(0, -4)), message.length - 4);
    harness.number("open", messageBytesMax);
    harness.number("push", message);
    expect(harness.number("next")).toBe(1);
    expect(["a", "b", "c"].map((name) => harness.number("find", name))).toEqual([1, 1, 0]);
    expect(["a", "b", "c"].map((name) => harness.text("text", name))).toEqual(["y", "", ""]);
  });
});

test("a stream of any length leaves the memory flat", () => {
  const stream = Buffer.concat(Array.from({ length: 50 }, () => codec.encode(event)));
  harness.number("splitTimes", stream, 1000);
  harness.collect();
  const before = harness.memorySize;
  for (let round = 0; round < 10; ++round) {
    harness.number("splitTimes", stream, 1000);
    harness.collect();
  }
  expect(harness.memorySize).toBe(before);
});

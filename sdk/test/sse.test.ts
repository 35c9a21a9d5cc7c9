// SSE: a corpus of streams under every cut into two chunks and every byte alone, against a plain reading of the
// specification's algorithm. Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
import { beforeAll, describe, expect, test } from "vitest";
import { type Harness, loadHarness } from "./harness.ts";
import { seededRandom } from "./random.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("sse");
});

const random = seededRandom("sse");
const eventBytesMax = 1 << 20;
const tooLarge = 7;

interface Event {
  raw: string;
  event: string;
  data: string;
  id: string;
  retryMs: number;
  hasData: boolean;
  isComment: boolean;
  isComplete: boolean;
}

function current(): Event {
  const [raw, event, data, id] = [0, 1, 2, 3].map((which) => harness.bytes("field", which)!.toString("latin1"));
  const flags = harness.number("flags");
  return {
    raw: raw!,
    event: event!,
    data: data!,
    id: id!,
    retryMs: harness.number("retryMs"),
    hasData: (flags & 1) !== 0,
    isComment: (flags & 2) !== 0,
    isComplete: (flags & 4) !== 0,
  };
}

/** All events of the chunks, the rest at the end included. */
function split(chunks: Uint8Array[]): Event[] {
  const events: Event[] = [];
  harness.number("open", eventBytesMax);
  for (const chunk of chunks) {
    harness.number("push", chunk);
    while (harness.number("next")) events.push(current());
  }
  if (harness.number("finish")) events.push(current());
  return events;
}

/**
 * The fields of the dispatched events as the specification's algorithm finds them, line by line over the whole stream.
 */
function reference(stream: string): Pick<Event, "event" | "data" | "id" | "retryMs">[] {
  const events: Pick<Event, "event" | "data" | "id" | "retryMs">[] = [];
  let fields = { event: "", data: [] as string[], id: "", retryMs: -1 };
  const lines = stream.replace(/^\u00EF\u00BB\u00BF/, "").split(/\r\n|\n|\r/);
  // What follows the last line end is an unfinished line.
  for (const line of lines.slice(0, -1)) {
    if (line === "") {
      if (fields.data.length) events.push({ ...fields, data: fields.data.join("\n") });
      fields = { event: "", data: [], id: "", retryMs: -1 };
      continue;
    }
    const [, name, value] = /^([^:]*)(?::[ ]?([^]*))?$/.exec(line)!;
    if (name === "event") fields.event = value ?? "";
    if (name === "data") fields.data.push(value ?? "");
    if (name === "id" && !value?.includes("\0")) fields.id = value ?? "";
    if (name === "retry" && /^\d+$/.test(value ?? "")) fields.retryMs = Number(value);
  }
  return events;
}

/**
 * What is the same however the stream was cut: everything but which event has the LF of a CR LF that a cut fell into.
 */
function dispatched(events: Event[]): Pick<Event, "event" | "data" | "id" | "retryMs">[] {
  return events
    .filter((event) => event.hasData && event.isComplete)
    .map(({ event, data, id, retryMs }) => ({ event, data, id, retryMs }));
}

const corpus: Record<string, string> = {
  nothing: "",
  "one event": "data: a\n\n",
  OpenAI: 'data: {"id":"1","choices":[{"delta":{"content":"hé😀"}}]}\n\ndata: {"id":"1"}\n\ndata: [DONE]\n\n',
  Anthropic: 'event: message_start\ndata: {"type":"message_start"}\n\nevent: ping\ndata: {"type":"ping"}\n\n',
  "CR LF": "event: a\r\ndata: 1\r\ndata: 2\r\n\r\ndata: 3\r\n\r\n",
  CR: "event: a\rdata: 1\rdata: 2\r\rdata: 3\r\r",
  "mixed line ends": "data: 1\r\n\ndata: 2\n\r\ndata: 3\r\rdata: 4\n\rdata: 5\r\n\r\n",
  "byte order mark": "\uFEFFdata: a\n\ndata: b\n\n",
  "byte order mark alone on its line": "\uFEFF\ndata: a\n\n",
  "two byte order marks": "\uFEFF\uFEFFdata: a\n\ndata: b\n\n",
  "byte order mark later": "data: a\n\n\uFEFFdata: b\n\ndata: c\n\n",
  comments: ": hello\n\n:\n\n:a\ndata: x\n: b\n\n",
  "blank lines": "\n\n\ndata: a\n\n\n\n\r\r\r\ndata: b\n\n",
  "no space": "data:a\ndata:  b\nevent:e\n\n",
  "no colon": "data\ndata\n\ndata\n\nevent\ndata:x\n\n",
  "unknown fields": "foo: bar\ndatax: 1\ndat: 2\nDATA: 3\n data: 4\ndata: 5\n\n",
  colons: "data: a:b: c\nevent::\n\n",
  "id and retry":
    "id: 1\nretry: 1500\ndata: a\n\nid\ndata: b\n\nid: a\0b\nid: 7\nid: x\0\ndata: c\n\nretry: 1x\nretry: -5\nretry\ndata:d\n\n",
  "last field wins": "event: a\nevent: b\ndata: 1\nid: 1\nid: 2\n\n",
  "separators that are text": "data: a\u2028b\u2029c\u0085d\u000Be\u000Cf\n\n",
  "an empty event": "event: x\n\ndata: y\n\n",
  "empty data lines": "data:\ndata:\n\ndata: \n\n",
  "cut in a line": "data: a\n\ndata: unfin",
  "cut in an event": "data: a\n\ndata: b\n",
  "cut after CR": "data: a\r",
  "cut in a byte order mark": "\u00EF\u00BB",
  "long lines": `data: ${"x".repeat(70)}\ndata: ${"y".repeat(33)}\n\n: ${"z".repeat(50)}\n\n`,
};

/** As bytes in a string; cases that hold bytes already are given in Latin-1. */
function bytesOf(text: string): Buffer {
  return text.startsWith("\u00EF") ? Buffer.from(text, "latin1") : Buffer.from(text);
}

describe.each(Object.entries(corpus))("%s", (_name, text) => {
  const bytes = bytesOf(text);
  const latin = bytes.toString("latin1");

  const expected = { raw: latin, events: reference(latin), fault: 0 };

  /** What comes out of the chunks. */
  function read(...chunks: Uint8Array[]): typeof expected {
    const events = split(chunks);
    const raw = events.map((event) => event.raw).join("");
    return { raw, events: dispatched(events), fault: harness.number("faultCode") };
  }

  test("whole", () => {
    expect(read(bytes)).toEqual(expected);
  });

  test("each byte alone", () => {
    expect(read(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  test("every cut in two", () => {
    for (let cut = 0; cut <= bytes.length; ++cut) {
      expect(read(bytes.subarray(0, cut), bytes.subarray(cut)), `cut at ${cut}`).toEqual(expected);
    }
  });

  test("every cut in three of its beginning", () => {
    const size = Math.min(bytes.length, 24);
    for (let first = 0; first <= size; ++first) {
      for (let second = first; second <= size; ++second) {
        const chunks = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
        expect(read(...chunks), `cuts at ${first} and ${second}`).toEqual(expected);
      }
    }
  });
});

test("random streams under random cuts", () => {
  const pieces = [
    "data: ",
    "data",
    "event: x",
    "id: 1",
    ":",
    " ",
    "\n",
    "\n",
    "\n\n",
    "\r",
    "\r\n",
    "\r\n\r\n",
    "é",
    "x".repeat(20),
    "\uFEFF",
    "\0",
  ];
  for (let round = 0; round < 3000; ++round) {
    const bytes = Buffer.from(Array.from({ length: random.below(30) }, () => random.of(pieces)).join(""));
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const size = 1 + random.below(12);
      chunks.push(bytes.subarray(at, at + size));
      at += size;
    }
    const events = split(chunks);
    const latin = bytes.toString("latin1");
    expect(events.map((event) => event.raw).join("")).toBe(latin);
    expect(dispatched(events), JSON.stringify(latin)).toEqual(reference(latin));
  }
});

describe("chunks and copies", () => {
  test("events that lie whole in a chunk are views of it, also behind one that does not", () => {
    harness.number("open", eventBytesMax);
    harness.number("push", "data: fir");
    expect(harness.number("next")).toBe(0);
    const chunk = harness.buffer(Buffer.from("st\n\ndata: second\n\ndata: third\n\ndata: fo"));
    harness.number("push", chunk);
    expect([harness.number("next"), harness.number("isViewOf", chunk), current().data]).toEqual([1, 0, "first"]);
    expect([harness.number("next"), harness.number("isViewOf", chunk), current().data]).toEqual([1, 1, "second"]);
    expect([harness.number("next"), harness.number("isViewOf", chunk), current().data]).toEqual([1, 1, "third"]);
    expect([harness.number("next"), harness.number("pending")]).toEqual([0, 8]);
  });

  test("an event is not held back for an LF that may follow its last CR", () => {
    harness.number("open", eventBytesMax);
    harness.number("push", "data: a\r\n\r");
    expect([harness.number("next"), current().raw]).toEqual([1, "data: a\r\n\r"]);
    harness.number("push", "\ndata: b\r\n\r\n");
    expect([harness.number("next"), current().raw, current().data]).toEqual([1, "\ndata: b\r\n\r\n", "b"]);
    expect(harness.number("finish")).toBe(0);
  });

  test("chunks pushed before the first is read are all read", () => {
    harness.number("open", eventBytesMax);
    for (const chunk of ["data: a\n\nda", "ta: b", "\n", "\ndata: c\n\n"]) harness.number("push", chunk);
    expect(harness.number("pending")).toBe(27);
    const data: string[] = [];
    while (harness.number("next")) data.push(current().data);
    expect(data).toEqual(["a", "b", "c"]);
    expect(harness.number("pending")).toBe(0);
  });

  test("comments and events without data are told apart", () => {
    const events = split([Buffer.from(": keep-alive\n\nevent: x\n\n\ndata\n\ndata: cut")]);
    expect(events.map((event) => [event.isComment, event.hasData, event.isComplete])).toEqual([
      [true, false, true],
      [false, false, true],
      [false, false, true],
      [false, true, true],
      [false, true, false],
    ]);
  });

  test("nothing is taken after finish", () => {
    harness.number("open", eventBytesMax);
    harness.number("push", "data: a\n\ndata");
    harness.number("next");
    expect([harness.number("finish"), current().raw]).toEqual([1, "data"]);
    harness.number("push", "data: b\n\n");
    expect([harness.number("next"), harness.number("finish"), harness.number("pending")]).toEqual([0, 0, 0]);
  });
});

describe("the limit of an event", () => {
  const fits = `data: ${"a".repeat(24)}\n\n`;
  const tooLong = `data: ${"b".repeat(25)}\n\n`;

  test("is the same under every cut, and no byte is lost", () => {
    const stream = Buffer.from(fits + fits + tooLong + fits);
    for (let cut = 0; cut <= stream.length; ++cut) {
      harness.number("open", 32);
      const raw: string[] = [];
      const unread: string[] = [];
      for (const chunk of [stream.subarray(0, cut), stream.subarray(cut)]) {
        if (harness.number("faultCode")) unread.push(chunk.toString());
        harness.number("push", chunk);
        while (harness.number("next")) raw.push(current().raw);
      }
      expect(raw, `cut at ${cut}`).toEqual([fits, fits]);
      expect(harness.number("faultCode")).toBe(tooLarge);
      if (harness.number("finish")) raw.push(current().raw);
      expect([...raw, ...unread].join("")).toBe(stream.toString());
    }
  });

  test("holds for an event that never ends: memory stays bounded", () => {
    harness.number("open", 1000);
    for (let i = 0; i < 100_000; ++i) {
      harness.number("push", "x".repeat(100));
      harness.number("next");
    }
    expect(harness.number("faultCode")).toBe(tooLarge);
    expect(harness.number("pending")).toBe(1100);
  });
});

describe("writeSseEvent", () => {
  test.each([
    ["", "a", "data: a\n\n"],
    ["e", "a", "event: e\ndata: a\n\n"],
    ["", "", "data: \n\n"],
    ["", "a\nb", "data: a\ndata: b\n\n"],
    ["", "a\r\nb\rc\n", "data: a\ndata: b\ndata: c\ndata: \n\n"],
    ["e\ndata: forged", "x", "event: e\ndata: x\n\n"],
  ])("%j with %j", (name, data, expected) => {
    expect(harness.text("write", name, data)).toBe(expected);
  });

  test("is read back as the same event", () => {
    for (let round = 0; round < 500; ++round) {
      const data = Array.from({ length: random.below(8) }, () => random.of(["a", " ", "\n", ":", "é", "data: x"])).join(
        "",
      );
      const [event] = split([harness.bytes("write", "name", data)!]);
      expect(event).toMatchObject({ event: "name", data: Buffer.from(data).toString("latin1"), isComplete: true });
    }
  });
});

test("a stream of any length leaves the memory flat", () => {
  const stream = 'data: {"choices":[{"delta":{"content":"hello"}}]}\n\n'.repeat(50);
  harness.number("splitTimes", stream, 1000);
  harness.collect();
  const before = harness.memorySize;
  for (let round = 0; round < 20; ++round) {
    harness.number("splitTimes", stream, 1000);
    harness.collect();
  }
  expect(harness.memorySize).toBe(before);
});

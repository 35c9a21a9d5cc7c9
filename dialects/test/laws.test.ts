// Laws that hold for every fixture: chunks do not matter, nothing is lost by a round trip, and nothing traps.
import { beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../sdk/test/random.ts";
import { bytesOf, type Codec, fixtures, loadCodec } from "./codec.ts";
import { mutate } from "./mutate.ts";
import { countEnds } from "./stream-ends.ts";

let codec: Codec;
/** What may be said in another way: roles, flags, older forms of calls, the end where there are calls, ids of items. */
const isRenamed =
  /^(function(_call)?|null|(input_)?text|true|false|stop|assistant|system|enum|completed|thinking|reasoning(_text)?|(msg|rs|fc)_\w+)$/;

/** The data of each event: U+2028 is text, not a line end. */
function dataLines(stream: string): string[] {
  return stream.split("\n").flatMap((line) => (line.startsWith("data: ") ? [line.slice(6)] : []));
}

/** Every text, number and flag in a value. */
function leaves(value: unknown): string[] {
  if (value === null || value === undefined) return [];
  return typeof value === "object" ? Object.values(value).flatMap(leaves) : [String(value)];
}

beforeAll(async () => {
  codec = await loadCodec();
});

describe("a stream", () => {
  test.each(fixtures("streams"))(
    "$dialect/$name gives the same bytes, and drops the same, however it is cut",
    (one) => {
      const bytes = bytesOf(one);
      for (const target of codec.clients) {
        const told = (chunks: Uint8Array[]): string =>
          codec.stream(one.dialect, target, chunks).join("") + codec.lastDropped();
        const whole = told([bytes]);
        const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
        expect(told(single)).toBe(whole);
        for (let cut = 1; cut < bytes.length; ++cut) {
          if (told([bytes.subarray(0, cut), bytes.subarray(cut)]) !== whole) expect.fail(`Differs when cut at ${cut}`);
        }
      }
    },
  );

  test.each(fixtures("streams"))("$dialect/$name ends once, with an end or an error", (one) => {
    for (const target of codec.clients) {
      const { ends, errors } = countEnds(target, codec.wholeStream(one, target));
      expect(ends + errors).toBe(1);
    }
  });

  test.each(fixtures("streams"))("$dialect/$name cut short is an error, never a success", (one) => {
    const bytes = bytesOf(one);
    for (const target of codec.clients) {
      const text = codec.stream(one.dialect, target, [bytes.subarray(0, bytes.length >> 2)]).join("");
      expect(countEnds(target, text)).toEqual({ ends: 0, errors: 1 });
    }
  });
});

/** What a stream of chat completions says in all. */
interface Said {
  content: string;
  reasoning_content: string;
  refusal: string;
  arguments: string[];
  finish: string | null;
}

interface Message {
  content?: string | null;
  reasoning_content?: string;
  refusal?: string | null;
  tool_calls?: { index?: number; function: { arguments: string } }[];
}

/** Adds up the first choice's messages, or deltas. */
function said(messages: { message: Message; finish: string | null }[]): Said {
  const all: Said = { content: "", reasoning_content: "", refusal: "", arguments: [], finish: null };
  for (const { message, finish } of messages) {
    all.content += message.content ?? "";
    all.reasoning_content += message.reasoning_content ?? "";
    all.refusal += message.refusal ?? "";
    message.tool_calls?.forEach((call, i) => {
      const at = call.index ?? i;
      all.arguments[at] = (all.arguments[at] ?? "") + call.function.arguments;
    });
    all.finish = finish ?? all.finish;
  }
  return all;
}

describe("a stream put together", () => {
  test.each(fixtures("streams"))("$dialect/$name says what its events say", (one) => {
    const stream = codec.wholeStream(one, "openai-chat");
    const lost = codec.lastDropped();
    const whole = codec.collect(one, "openai-chat");
    if (countEnds("openai-chat", stream).errors) return expect(whole).toBe("");
    const events = dataLines(stream).filter((data) => data !== "[DONE]");
    const choices = events.flatMap((data) => (JSON.parse(data) as { choices: StreamedChoice[] }).choices);
    const deltas = choices.filter(({ index }) => index === 0);
    const { message, finish_reason } = (JSON.parse(whole) as { choices: [WholeChoice] }).choices[0];
    expect(said([{ message, finish: finish_reason }])).toEqual(
      said(deltas.map(({ delta, finish_reason: finish }) => ({ message: delta, finish }))),
    );
    for (const name of lost.split(",")) expect(codec.lastDropped()).toContain(name);
  });
});

interface StreamedChoice {
  index: number;
  delta: Message;
  finish_reason: string | null;
}

interface WholeChoice {
  message: Message;
  finish_reason: string | null;
}

describe("a round trip in one dialect", () => {
  test.each(fixtures("requests"))("requests: $dialect/$name", (one) => {
    if (!codec.isBoth(one.dialect)) return;
    const first = codec.request(one.dialect, one.dialect, one.text, true);
    if (first.status) return;
    const second = codec.request(one.dialect, one.dialect, first.text, true);
    expect(second.text).toBe(first.text);
  });

  test.each(fixtures("responses"))("responses: $dialect/$name", (one) => {
    if (!codec.isBoth(one.dialect)) return;
    const first = codec.response(one.dialect, one.dialect, one.text);
    expect(codec.response(one.dialect, one.dialect, first.text).text).toBe(first.text);
  });

  test.each(fixtures("streams"))("streams: $dialect/$name", (one) => {
    if (!codec.isBoth(one.dialect)) return;
    const first = codec.wholeStream(one, one.dialect);
    const again = codec.wholeStream({ ...one, text: first }, one.dialect);
    expect(again).toBe(first);
  });
});

describe("in one dialect nothing is lost", () => {
  const requests = fixtures("requests").filter((one) => !/^refused|foreign$/.test(one.name));

  test.each(requests)("of the request $dialect/$name but what is named", (one) => {
    if (!codec.isBoth(one.dialect)) return;
    const { text, dropped } = codec.request(one.dialect, one.dialect, one.text, true);
    // Google's names stand in capitals or not.
    const kept = leaves(JSON.parse(text)).join("\0").toLowerCase();
    const source = JSON.parse(one.text) as Record<string, unknown>;
    for (const name of dropped.split(",")) delete source[name];
    const missing = leaves(source).filter((leaf) => !isRenamed.test(leaf) && !kept.includes(leaf.toLowerCase()));
    expect(missing).toEqual([]);
  });

  test.each(fixtures("responses"))("of the response $dialect/$name", (one) => {
    if (!codec.isBoth(one.dialect)) return;
    const kept = leaves(JSON.parse(codec.response(one.dialect, one.dialect, one.text).text)).join("\0");
    const { choices, content, output, usage, candidates } = JSON.parse(one.text) as Record<string, unknown>;
    const said = Array.isArray(candidates) ? candidates.map((each: { content: unknown }) => each.content) : [];
    const missing = leaves([choices, content, output, usage, said]).filter(
      (leaf) => !isRenamed.test(leaf) && !kept.includes(leaf),
    );
    expect(missing).toEqual([]);
  });
});

describe("hostile input", () => {
  const random = seededRandom("dialects");
  const rounds = 60;

  test("never traps and never gives broken JSON", () => {
    for (const one of [...fixtures("requests"), ...fixtures("responses"), ...fixtures("errors")]) {
      for (let i = 0; i < rounds; ++i) {
        const body = mutate(one.text, random);
        if (one.kind === "requests") {
          for (const target of codec.providers) JSON.parse(codec.request(one.dialect, target, body).text);
          continue;
        }
        for (const target of codec.clients) {
          JSON.parse(codec.error(one.dialect, target, body, 400).text);
          const answer = codec.response(one.dialect, target, body).text;
          if (answer) JSON.parse(answer);
        }
      }
    }
  });

  test("never traps a stream and never gives broken events", () => {
    for (const one of fixtures("streams")) {
      for (let i = 0; i < rounds; ++i) {
        const body = bytesOf({ ...one, text: mutate(one.text, random) });
        for (const target of codec.clients) {
          const text = codec.stream(one.dialect, target, [body]).join("");
          for (const data of dataLines(text)) if (data !== "[DONE]") JSON.parse(data);
        }
      }
    }
  });
});

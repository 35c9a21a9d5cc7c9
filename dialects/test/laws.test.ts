// Laws that hold for every fixture: chunks do not matter, nothing is lost by a round trip, and nothing traps.
import { beforeAll, describe, expect, test } from "vitest";
import { Random } from "../../sdk/test/random.ts";
import { type Codec, fixtures, loadCodec } from "./codec.ts";
import { mutate } from "./mutate.ts";

let codec: Codec;
const encoder = new TextEncoder();

beforeAll(async () => {
  codec = await loadCodec();
});

describe("a stream", () => {
  test.each(fixtures("streams"))("$dialect/$name gives the same bytes however it is cut", (one) => {
    const bytes = encoder.encode(one.text);
    for (const target of codec.names) {
      const whole = codec.stream(one.dialect, target, [bytes]).join("");
      const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
      expect(codec.stream(one.dialect, target, single).join("")).toBe(whole);
      for (let cut = 1; cut < bytes.length; ++cut) {
        const chunks = [bytes.subarray(0, cut), bytes.subarray(cut)];
        if (codec.stream(one.dialect, target, chunks).join("") !== whole) expect.fail(`Differs when cut at ${cut}`);
      }
    }
  });

  test.each(fixtures("streams"))("$dialect/$name ends once, with an end or an error", (one) => {
    for (const target of codec.names) {
      const text = codec.wholeStream(one, target);
      const ends = text.match(/^data: \[DONE\]$|"type":"message_stop"|^data: \{("type":"error",)?"error":/gm) ?? [];
      expect(ends).toHaveLength(1);
    }
  });

  test.each(fixtures("streams"))("$dialect/$name cut short is an error, never a success", (one) => {
    const bytes = encoder.encode(one.text);
    for (const target of codec.names) {
      const text = codec.stream(one.dialect, target, [bytes.subarray(0, bytes.length >> 2)]).join("");
      expect(text).toMatch(/"error":\{/);
      expect(text).not.toMatch(/\[DONE\]|message_stop/);
    }
  });
});

describe("a round trip in one dialect", () => {
  test.each(fixtures("requests"))("requests: $dialect/$name", (one) => {
    const first = codec.request(one.dialect, one.dialect, one.text, true);
    const second = codec.request(one.dialect, one.dialect, first.text, true);
    expect(second.text).toBe(first.text);
  });

  test.each(fixtures("responses"))("responses: $dialect/$name", (one) => {
    const first = codec.response(one.dialect, one.dialect, one.text);
    expect(codec.response(one.dialect, one.dialect, first.text).text).toBe(first.text);
  });

  test.each(fixtures("streams"))("streams: $dialect/$name", (one) => {
    const first = codec.wholeStream(one, one.dialect);
    const again = codec.wholeStream({ ...one, text: first }, one.dialect);
    expect(again).toBe(first);
  });
});

describe("hostile input", () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  const rounds = 60;

  test(`never traps and never gives broken JSON (SEED=${seed})`, () => {
    const random = new Random(seed);
    for (const one of [...fixtures("requests"), ...fixtures("responses"), ...fixtures("errors")]) {
      for (let i = 0; i < rounds; ++i) {
        const body = mutate(one.text, random);
        for (const target of codec.names) {
          JSON.parse(codec.request(one.dialect, target, body).text);
          JSON.parse(codec.error(one.dialect, target, body, 400).text);
          const answer = codec.response(one.dialect, target, body).text;
          if (answer) JSON.parse(answer);
        }
      }
    }
  });

  test(`never traps a stream and never gives broken events (SEED=${seed})`, () => {
    const random = new Random(seed);
    for (const one of fixtures("streams")) {
      for (let i = 0; i < rounds; ++i) {
        const body = encoder.encode(mutate(one.text, random));
        for (const target of codec.names) {
          const text = codec.stream(one.dialect, target, [body]).join("");
          for (const [, data] of text.matchAll(/^data: (.*)$/gm)) if (data !== "[DONE]") JSON.parse(data ?? "");
        }
      }
    }
  });
});

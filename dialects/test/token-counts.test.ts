// Token counting from any surface to any provider and back, and the estimate where no provider counts.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../sdk/test/random.ts";
import { mutate } from "./mutate.ts";
import { countableProviders, countableSurfaces, countRequest, countTargets } from "./surface-targets.ts";
import { casesOf, loadSurfaces, namesOf, tell } from "./surfaces.ts";

const harness = await loadSurfaces();
const surfaces = namesOf(harness, "countSurfaces");
const providers = namesOf(harness, "countDialects");
const readable = countableSurfaces(harness);
const writable = countableProviders(harness);
const requests = casesOf("counts", "requests", surfaces).filter((one) => readable.includes(one.source));
const responses = casesOf("counts", "responses", providers);

test("every surface and every provider has fixtures, and a provider its chat", () => {
  for (const surface of readable) expect(requests.filter((one) => one.source === surface).length).toBeGreaterThan(5);
  for (const name of providers) expect(responses.filter((one) => one.source === name).length).toBeGreaterThan(1);
  expect(Object.keys(countTargets).toSorted()).toEqual(providers.toSorted());
});

describe("an estimate", () => {
  const texts = JSON.parse(readFileSync(join(import.meta.dirname, "token-texts.json"), "utf8")) as {
    name: string;
    text: string;
    tokens: number;
  }[];
  const errors = texts.map(({ name, text, tokens }) => ({
    name,
    error: harness.number("textTokens", text) / tokens - 1,
  }));

  test.each(errors)("of $name is not far off", ({ error }) => {
    expect(Math.abs(error)).toBeLessThan(0.34);
  });

  test.each(texts)("of $name is never below the least, which no tokenizer undercuts", ({ text, tokens }) => {
    const least = harness.number("textTokensLeast", text);
    expect(least).toBeLessThanOrEqual(tokens);
    expect(least).toBeGreaterThan(0);
  });

  test("the least of English prose is not much below its tokens", () => {
    const english = texts.find(({ name }) => /english|prose/i.test(name)) ?? texts[0]!;
    expect(harness.number("textTokensLeast", english.text) / english.tokens).toBeGreaterThan(0.65);
  });

  test("is close on average", () => {
    expect(errors.reduce((sum, { error }) => sum + Math.abs(error), 0) / errors.length).toBeLessThan(0.08);
  });

  // Pieces shorter than 16 bytes are taken character by character.
  const expectSame = (text: string): void => {
    const byCharacter = harness.number("textMeasure", text, 1);
    for (const size of [7, 16, 33, 100_000]) {
      expect(harness.number("textMeasure", text, size), JSON.stringify(text)).toBe(byCharacter);
    }
  };

  test("does not depend on how many characters are looked at at once", () => {
    for (const { text } of texts) expectSame(text);
  });

  test("of random texts does not either", () => {
    const random = seededRandom("text-meter");
    const letters = [
      "e",
      "e",
      "e",
      "t",
      "q",
      "E",
      "T",
      "1",
      "1",
      "2",
      " ",
      " ",
      "\n",
      "\t",
      ".",
      "{",
      "é",
      "水",
      "ก",
      "🙂",
    ];
    for (let round = 0; round < 2000; round++) {
      // Few kinds at once make long runs of each.
      const some = Array.from({ length: 1 + random.below(5) }, () => letters[random.below(letters.length)]!);
      expectSame(Array.from({ length: random.below(120) }, () => some[random.below(some.length)]!).join(""));
    }
  });

  test("does not depend on how a text is escaped", () => {
    const bodyWith = (content: string): string =>
      `{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"${content}"}]}`;
    for (const { text } of texts) {
      const plain = JSON.stringify(text).slice(1, -1);
      const escaped = plain.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
      const of = (content: string): number => harness.number("countEstimate", surfaces[0] ?? "", bodyWith(content));
      expect(of(escaped)).toBe(of(plain));
    }
  });

  test("grows with the text and is never negative", () => {
    let last = 0;
    for (let size = 0; size < 400; ++size) {
      const tokens = harness.number("textTokens", "Ein Wehr 水 12345 — ok!\n\n  x".repeat(20).slice(0, size));
      expect(tokens).toBeGreaterThanOrEqual(last);
      last = tokens;
    }
  });
});

test("hostile input never traps and never gives broken JSON", () => {
  const random = seededRandom("token-counts");
  for (let i = 0; i < 60; ++i) {
    for (const one of requests) {
      const body = mutate(one.text, random);
      for (const name of writable) countRequest(harness, one.source, name, body);
      expect(harness.number("countEstimate", one.source, body)).toBeGreaterThanOrEqual(-1);
    }
    for (const one of responses) {
      for (const surface of surfaces) tell(harness, "countResponse", one.source, surface, mutate(one.text, random));
    }
    const bytes = random.bytes(random.below(200));
    expect(harness.number("textTokens", bytes)).toBeGreaterThanOrEqual(0);
  }
});

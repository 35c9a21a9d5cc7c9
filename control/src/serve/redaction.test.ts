// Secrets in the words of an Envoy that refuses what it was sent.
import { expect, test } from "vitest";
import { fakeServiceAccount } from "../config/test/service-account.ts";
import { Secret } from "../model/secret.ts";
import { Redaction } from "./redaction.ts";

function redactionOf(...values: string[]): Redaction {
  const redaction = new Redaction();
  for (const value of values) redaction.reveal(new Secret(value, { kind: "literal" }));
  return redaction;
}

test("a secret is taken out wherever it stands, and however it is quoted", () => {
  const value = 'key-with-"quotes"';
  const quoted = JSON.stringify(value);
  const text = [value, quoted, JSON.stringify(quoted)].join(" and ");
  expect(redactionOf(value).apply(text)).toBe(String.raw`[redacted] and "[redacted]" and "\"[redacted]\""`);
});

test("of two secrets that begin alike nothing is left", () => {
  expect(redactionOf("key-1", "key-12345").apply("it says key-12345")).toBe("it says [redacted]");
});

test("words without a secret stay, even when a secret is a short word", () => {
  expect(redactionOf("in", "some-key").apply("refused in a word")).toBe("refused in a word");
});

test("a part of a key file is found without the rest", () => {
  const redaction = new Redaction();
  redaction.reveal(new Secret(fakeServiceAccount(), { kind: "literal" }));
  const said = redaction.apply('Not valid near "ZnJvbS10aGUtZW52aXJvbm1lbnQ=\\n-----END"');
  expect(said).toBe('Not valid near "[redacted]\\n-----END"');
});

// No credential is ever committed; fixtures use obvious fakes.
import { expect, test } from "vitest";
import { linesWhere, repositoryFiles } from "./repository.ts";

/** Shapes of real credentials: OpenAI, Anthropic, Google, AWS, GitHub, Slack, xAI, Groq, and private keys. */
const shapes = [
  /\bsk-[A-Za-z0-9_-]{16,}/,
  /\bAIza[A-Za-z0-9_-]{30,}/,
  /\bAKIA[A-Z0-9]{16}\b/,
  /\bgh[pousr]_[A-Za-z0-9]{30,}/,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
  /\b(xai|gsk)[-_][A-Za-z0-9]{20,}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
];
const fake = /fake|test|example|marker|secret|client|provider|dummy|your|0000|1234/i;

/** Real ones are random, so they have a digit; a private key is told by its first line alone. */
function looksReal(line: string): boolean {
  return shapes.some((shape) => {
    const found = shape.exec(line)?.[0];
    return found !== undefined && /^-----|\d/.test(found) && !fake.test(found);
  });
}

test("nothing looks like a real credential", () => {
  const files = repositoryFiles().filter((file) => !/\.(binpb|wasm|png|ico)$|package-lock\.json$/.test(file));
  const found = files
    .filter((file) => file !== "tools/tidy/secrets.test.ts")
    .flatMap((file) => linesWhere(file, looksReal));
  expect(found).toEqual([]);
});

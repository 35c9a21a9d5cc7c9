// Reranking from its surface to any provider and back: golden cases, and nothing that traps.
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../sdk/test/random.ts";
import { expectGolden } from "./golden-file.ts";
import { mutate } from "./mutate.ts";
import { casesOf, loadSurfaces, namesOf, orphansOf, tell } from "./surfaces.ts";

const harness = await loadSurfaces();
const surfaces = namesOf(harness, "rerankSurfaces");
const providers = namesOf(harness, "rerankDialects");
const requests = casesOf("reranks", "requests", surfaces);
const responses = casesOf("reranks", "responses", providers);
/** What a client said about documents in the answer. */
const wishes = { "as the provider likes": -1, "with documents": 1, "without documents": 0 };

/** What targets of this dialect are called in configurations. */
function targetOf(provider: string): string {
  return provider === "jina" ? "openai-chat" : provider;
}

describe("golden", () => {
  test.each(requests)("request of $source: $name", (one) => {
    const told = providers.map((name) => [name, tell(harness, "rerankRequest", one.source, targetOf(name), one.text)]);
    expectGolden(one, Object.fromEntries(told));
  });

  test.each(responses)("response of $source: $name", (one) => {
    const told = surfaces.flatMap((surface) =>
      Object.entries(wishes).map(([wish, value]) => [
        `${surface} ${wish}`,
        tell(harness, "rerankResponse", one.source, surface, one.text, value),
      ]),
    );
    expectGolden(one, Object.fromEntries(told));
  });

  test("every golden file has its case", () => {
    expect([...orphansOf("reranks", "requests"), ...orphansOf("reranks", "responses")]).toEqual([]);
  });
});

test("every surface and every provider has fixtures", () => {
  for (const surface of surfaces) expect(requests.filter((one) => one.source === surface).length).toBeGreaterThan(9);
  for (const name of providers) expect(responses.filter((one) => one.source === name).length).toBeGreaterThan(1);
});

test("targets of either of OpenAI's dialects rerank in Jina's form", () => {
  for (const name of ["openai-chat", "openai-responses"]) expect(harness.text("rerankPath", name)).toBe("/rerank");
  expect(harness.text("rerankPath", "anthropic")).toBe("");
});

test("hostile input never traps and never gives broken JSON", () => {
  const random = seededRandom("reranks");
  for (let i = 0; i < 100; ++i) {
    for (const one of requests) {
      for (const name of providers) {
        const text = harness.text("rerankRequest", one.source, targetOf(name), mutate(one.text, random));
        if (text) JSON.parse(text);
      }
    }
    for (const one of responses) {
      for (const surface of surfaces) {
        const wish = random.below(3) - 1;
        const text = harness.text("rerankResponse", one.source, surface, mutate(one.text, random), wish);
        if (text) JSON.parse(text);
      }
    }
  }
});

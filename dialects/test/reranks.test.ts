// Reranking from its surface to any provider and back: nothing traps.
import { expect, test } from "vitest";
import { seededRandom } from "../../sdk/test/random.ts";
import { mutate } from "./mutate.ts";
import { rerankTarget } from "./surface-targets.ts";
import { casesOf, loadSurfaces, namesOf } from "./surfaces.ts";

const harness = await loadSurfaces();
const surfaces = namesOf(harness, "rerankSurfaces");
const providers = namesOf(harness, "rerankDialects");
const requests = casesOf("reranks", "requests", surfaces);
const responses = casesOf("reranks", "responses", providers);
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
        const text = harness.text("rerankRequest", one.source, rerankTarget(name), mutate(one.text, random));
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

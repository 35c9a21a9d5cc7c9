// Golden cases of what is not chat: each fixture in every translation, in the file beside it, `<case>.golden.json`.
// GOLDEN=update rewrites them and deletes those without a case.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  countableProviders,
  countableSurfaces,
  countRequest,
  documentWishes,
  embeddingRequest,
  embeddingTargets,
  inputsOf,
  rerankTarget,
} from "./surface-targets.ts";
import { type Case, casesOf, loadSurfaces, namesOf, orphansOf, tell, type Told } from "./surfaces.ts";

const isUpdate = process.env.GOLDEN === "update";
const harness = await loadSurfaces();

/** Compares a case's translations with the file beside it: a line for each name, or one where all are alike. */
function expectGolden(one: Case, translations: [name: string, told: Told][]): void {
  const path = join(one.folder, `${one.name}.golden.json`);
  const texts = translations.map(([, told]) => JSON.stringify(told));
  const isSame = texts.length > 1 && texts.every((text) => text === texts[0]);
  const names = isSame ? ["every"] : translations.map(([name]) => name);
  const text = `{\n${names.map((name, i) => `  "${name}": ${texts[i]}`).join(",\n")}\n}\n`;
  if (isUpdate) writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, "utf8"));
}

describe("embeddings", () => {
  const surfaces = namesOf(harness, "embeddingSurfaces");
  const targets = Object.keys(embeddingTargets);

  test.each(casesOf("embeddings", "requests", surfaces))("request of $source: $name", (one) => {
    expectGolden(
      one,
      targets.map((name) => [name, embeddingRequest(harness, one.source, name, one.text)]),
    );
  });

  test.each(casesOf("embeddings", "responses", namesOf(harness, "embeddingDialects")))(
    "response of $source: $name",
    (one) => {
      const of = (surface: string, isBase64: number): Told =>
        tell(harness, "embeddingResponse", one.source, surface, one.text, isBase64, inputsOf(surface));
      const told = surfaces.map((surface): [string, Told] => [surface, of(surface, 0)]);
      expectGolden(one, [...told, ["embeddings base64", of("embeddings", 1)]]);
    },
  );
});

describe("reranks", () => {
  const surfaces = namesOf(harness, "rerankSurfaces");
  const providers = namesOf(harness, "rerankDialects");

  test.each(casesOf("reranks", "requests", surfaces))("request of $source: $name", (one) => {
    expectGolden(
      one,
      providers.map((name) => [name, tell(harness, "rerankRequest", one.source, rerankTarget(name), one.text)]),
    );
  });

  test.each(casesOf("reranks", "responses", providers))("response of $source: $name", (one) => {
    const told = surfaces.flatMap((surface) =>
      Object.entries(documentWishes).map(([wish, value]): [string, Told] => [
        `${surface} ${wish}`,
        tell(harness, "rerankResponse", one.source, surface, one.text, value),
      ]),
    );
    expectGolden(one, told);
  });
});

describe("counts", () => {
  const surfaces = namesOf(harness, "countSurfaces");
  const readable = countableSurfaces(harness);
  const requests = casesOf("counts", "requests", surfaces).filter((one) => readable.includes(one.source));

  test.each(requests)("request of $source: $name", (one) => {
    const told = countableProviders(harness).map((name): [string, Told] => [
      name,
      countRequest(harness, one.source, name, one.text),
    ]);
    expectGolden(one, [...told, ["estimate", { body: harness.number("countEstimate", one.source, one.text) }]]);
  });

  test.each(casesOf("counts", "responses", namesOf(harness, "countDialects")))("response of $source: $name", (one) => {
    const told = surfaces.map((surface): [string, Told] => [
      surface,
      tell(harness, "countResponse", one.source, surface, one.text),
    ]);
    expectGolden(one, told);
  });
});

test("every golden file has its case", () => {
  const kinds = ["embeddings", "reranks", "counts"] as const;
  const orphans = kinds.flatMap((kind) => [...orphansOf(kind, "requests"), ...orphansOf(kind, "responses")]);
  if (isUpdate) for (const path of orphans) rmSync(path);
  else expect(orphans).toEqual([]);
});

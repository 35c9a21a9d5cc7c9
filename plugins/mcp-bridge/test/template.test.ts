// Templates: what the library does that Higress uses, and where the sane mode departs from it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { loadHarness, type Harness } from "./harness.ts";
import { saneOutputs } from "./sane-outputs.ts";

interface Vector {
  template: string;
  out?: string;
  error?: string;
}

const file = join(import.meta.dirname, "../fixtures/template-vectors.json");
const { data, vectors } = JSON.parse(readFileSync(file, "utf8")) as { data: object; vectors: Vector[] };
const text = JSON.stringify(data).replaceAll("1e+21", "1e21");

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("template");
});

/** The output, or whether the template could not be parsed or not be executed. */
function render(template: string, mode: "sane" | "higress", given = text): string {
  const output = harness.bytes("render", template, given, mode === "higress" ? 1 : 0);
  if (output) return output.toString();
  const why = harness.text("why") ?? "";
  expect(why).not.toBe("");
  return why.startsWith("parse:") ? "cannot be parsed" : "cannot be executed";
}

function expected({ out = "", error }: Vector): string {
  if (error === undefined) return out;
  return error.startsWith("parse:") ? "cannot be parsed" : "cannot be executed";
}

describe("as Higress has it", () => {
  test.each(vectors)("$template", (vector) => {
    expect(render(vector.template, "higress")).toBe(expected(vector));
  });
});

describe("sane", () => {
  test.each(vectors)("$template", (vector) => {
    expect(render(vector.template, "sane")).toBe(saneOutputs[vector.template] ?? expected(vector));
  });

  test("the departures are of templates that there are", () => {
    const known = vectors.map(({ template }) => template);
    expect(Object.keys(saneOutputs).filter((template) => !known.includes(template))).toEqual([]);
  });
});

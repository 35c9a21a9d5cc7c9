// Slices and strings of the source lie in static memory (tools/static-slices.ts, tools/static-strings.ts) and read as
// any others.
import { main } from "assemblyscript/asc";
import { expect, test } from "vitest";
import { compileModule, repositoryRoot } from "../../tools/build-plugins.ts";
import { Harness, loadHarness } from "./harness.ts";

const foreign = '"\\\t Größe 水 🌊';
const long = `${"0123456789".repeat(10)}a sum is no literal`;
const expected = [
  ...["name", "name", "", foreign, "name", "in a list", foreign, "in a constructor", "name", long],
  "水".repeat(90),
];
const digits = (count: number) => "0123456789".repeat(26).slice(0, count);
const lines = (count: number) => `${digits(100)}
${digits(100)}
${digits(count - 202)}`;
const strings = ["a string", "", "Größe", "水 🌊", lines(254), lines(255), "after a gap", "a sTRING"];
const entry = "sdk/test/assembly/constants.ts";
const options = ["--config", "sdk/test/asconfig.json"];

/** As somebody compiles who has the SDK alone. */
async function withoutTransform(): Promise<Uint8Array<ArrayBuffer>> {
  let binary = new Uint8Array();
  const writeFile = (name: string, contents: string | Uint8Array): void => {
    if (name.endsWith(".wasm")) binary = new Uint8Array(contents as Uint8Array);
  };
  const { error } = await main([entry, ...options, "--baseDir", repositoryRoot, "--outFile", "m.wasm"], { writeFile });
  if (error) throw error;
  return binary;
}

test("every text is what was written, and equal ones are one", async () => {
  const harness = await loadHarness("constants");
  expect(harness.text("texts")?.split("\n").slice(0, -1)).toEqual(expected);
  expect(harness.number("areOne")).toBe(1);
  expect(harness.number("isOneInFunction")).toBe(1);
});

test("every string is what was written", async () => {
  const harness = await loadHarness("constants");
  expect(harness.text("strings")?.split(";")).toEqual(strings);
});

test("they outlive garbage collections, and so does what looks at them", async () => {
  const harness = await loadHarness("constants");
  harness.number("keep", 4, 10);
  for (let i = 0; i < 5; i++) {
    harness.collect();
    harness.buffer(new Uint8Array(1000).fill(0xff));
    expect(harness.text("texts")?.split("\n").slice(0, -1)).toEqual(expected);
    expect(harness.text("keptBytes")).toBe("Größ");
    expect(harness.text("strings")?.split(";")).toEqual(strings);
  }
});

test("a literal costs its UTF-8 alone", async () => {
  const { bytes } = await compileModule(entry, options);
  const wasm = Buffer.from(bytes);
  expect(wasm.includes("in a constructor")).toBe(true);
  expect(wasm.includes(Buffer.from("in a constructor", "utf16le"))).toBe(false);
  expect(wasm.includes("after a gap")).toBe(true);
  expect(wasm.includes(Buffer.from("after a gap", "utf16le"))).toBe(false);
});

test("without the transforms the same constants are made at the start", async () => {
  const bytes = await withoutTransform();
  expect(Buffer.from(bytes).includes("in a constructor")).toBe(false);
  const harness = new Harness(new WebAssembly.Module(bytes));
  expect(harness.text("texts")?.split("\n").slice(0, -1)).toEqual(expected);
  expect(harness.text("strings")?.split(";")).toEqual(strings);
});

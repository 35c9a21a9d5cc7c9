// What is said of templates is what the plugin finds: no template that it takes is refused, and what it cannot read is.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { templateFunctions } from "./functions.ts";
import { readTemplate } from "./read-template.ts";

const plugin = join(import.meta.dirname, "../../../../plugins/mcp-bridge");
const file = readFileSync(join(plugin, "fixtures/template-vectors.json"), "utf8");
const { vectors } = JSON.parse(file) as { vectors: { template: string; error?: string }[] };

describe("the golden vectors", () => {
  test.each(vectors)("$template", ({ template, error }) => {
    const { mistake } = readTemplate(template);
    if (error?.startsWith("parse:")) expect(mistake).not.toBeNull();
    else if (error === undefined) expect(mistake).toBeNull();
  });
});

test("the functions are the plugin's", () => {
  const folder = join(plugin, "assembly/template/functions");
  const entry = /new FunctionEntry\(\s*"(\w+)",\s*\w+,\s*(\d+)(?:,\s*(\w+))?\s*\)/g;
  const known = readdirSync(folder).flatMap((name) => {
    const found = [...readFileSync(join(folder, name), "utf8").matchAll(entry)];
    return found.map(([, called = "", least, most = least]) => [
      called,
      [Number(least), most === "ANY" ? Infinity : Number(most)],
    ]);
  });
  expect(Object.fromEntries(known)).toEqual(templateFunctions);
});

test.each([
  ["{{.args.a", "{{ has no }}"],
  ["{{if .a}}x", "{{if}} has no {{end}}"],
  ["{{end}}", "{{end}} ends nothing"],
  ["{{else}}", "{{else}} belongs to nothing"],
  ["{{if .a}}{{else}}{{else}}{{end}}", "{{else}} belongs to nothing"],
  ["{{break}}", "{{break}} is outside {{range}}"],
  ['{{template "x"}}', 'there is no template "x"'],
  ["{{uper .a}}", "there is no function uper"],
  ["{{.a | foo}}", "there is no function foo"],
  ["{{(upper .a}}", "a parenthesis does not end"],
  ['{{"abc}}', "a text in it does not end"],
  ["{{.a-b}}", '".a-b" is no name'],
  ["{{$x}}", "there is no variable $x"],
  ["{{range $i, $e := .l}}{{$e}}{{end}}{{$e}}", "there is no variable $e"],
  ["{{.a .b}}", '"b" stands where nothing may'],
  ["{{upper}}", "upper takes 1 arguments, not 0"],
  ["{{.a | replace `b`}}", "replace takes 3 arguments, not 2"],
  ["{{gjson `list.#(id==2`}}", 'the path "list.#(id==2" lacks a )'],
  ["{{gjson `a.`}}", 'the path "a." ends with .'],
  ["{{gjson ``}}", 'the path "" is empty'],
])("%s: %s", (template, message) => {
  expect(readTemplate(template).mistake?.message).toBe(message);
});

test("what is asked of the data is known where it can be", () => {
  const references = (template: string) => readTemplate(template).references;
  expect(references("{{.args.a.b}} {{upper (.config.c)}}")).toEqual([
    ["args", "a", "b"],
    ["config", "c"],
  ]);
  expect(references("{{range .list}}{{.name}}{{$.args.a}}{{._args.b}}{{end}}{{.after}}")).toEqual([
    ["list"],
    ["args", "a"],
    ["_args", "b"],
    ["after"],
  ]);
  expect(references("{{with .a}}{{.b}}{{else}}{{.c}}{{end}}")).toEqual([["a"], ["c"]]);
});
